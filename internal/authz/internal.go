package authz

import "strings"

// Internal reports whether the gRPC service with this full name is for our own services alone, so
// that it is not offered where the public can reach it.
func Internal(service string) bool {
	known := false
	for method, r := range table() {
		if !strings.HasPrefix(method, "/"+service+"/") {
			continue
		}
		known = true
		if r.public || r.anybody || len(r.roles) > 0 {
			return false
		}
	}
	return known
}
