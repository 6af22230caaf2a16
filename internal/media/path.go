package media

import "strings"

const maxPath = 2048 // bytes

// IsOwnPath reports whether a picture's address is a path, such as /logo.svg: one of the gateway's own, whatever host
// that has. No browser reads it as the name of another one.
func IsOwnPath(s string) bool {
	return len(s) <= maxPath && strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f })
}
