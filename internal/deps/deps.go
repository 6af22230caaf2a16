// Package deps holds the architecture: which packages may import which. Its test lists the packages
// of the workspace and fails for every import that the rules do not allow.
package deps

import (
	"fmt"
	"slices"
	"strings"
)

// Module is the path that all our packages begin with.
const Module = "github.com/switchboard-chat/switchboard/"

// A Package is what the rules look at. The JSON is that of `go list`.
type Package struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// pure are the packages that decide and do no I/O. Only what they import themselves is looked at:
// net/mail, which parses an address, imports net, but nothing that it offers touches the network.
var pure = []string{
	"internal/card",
	"internal/form",
	"internal/media",
	"internal/subject",
	"services/config/invalid",
	"services/config/widget",
	"services/gateway/hours",
	"services/gateway/wire",
	"services/operator/desk",
	"services/scenario/flow",
}

// pureStandard are parts of the standard library that a pure package may not import, with all that is
// below them but for what pureExcept names.
var (
	pureStandard = []string{"database", "io/ioutil", "log", "net", "os", "plugin", "runtime", "syscall", "testing"}
	pureExcept   = []string{"net/mail", "net/netip", "net/url"}
)

// pureForeign is what a pure package may import from other modules.
var pureForeign = []string{
	"github.com/google/uuid",
	"golang.org/x/net/idna",
	"golang.org/x/text",
	"google.golang.org/protobuf",
}

// embedders says who alone may import a package with built web files, which is large.
var embedders = map[string][]string{
	"web/widget":  {"services/gateway"},
	"web/console": {"internal/consoleweb"},
}

// Violations reports every import that the rules do not allow, in the order of the packages:
//
//   - a service imports no other service;
//   - only cmd/switchboard, which runs them all, imports services from outside;
//   - a pure package imports nothing that does I/O, and of ours only pure packages and contracts;
//   - built web files are imported only by those who serve them;
//   - nothing outside e2e imports e2e.
//
// Tests are held to all of them but the third.
func Violations(packages []Package) []string {
	var found []string
	for _, p := range packages {
		from := own(p.ImportPath)
		for _, imp := range imports(p) {
			to := own(imp)
			if why := forbidden(from, to); why != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", from, to, why))
			}
		}
		if !slices.Contains(pure, from) {
			continue
		}
		for _, imp := range p.Imports {
			if why := impure(imp); why != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", from, strings.TrimPrefix(imp, Module), why))
			}
		}
	}
	return found
}

// forbidden says why one of our packages may not import another, or "".
func forbidden(from, to string) string {
	if below(to, "e2e") && !below(from, "e2e") {
		return "the product knows nothing of its end-to-end tests"
	}
	if by, ok := embedders[to]; ok && !slices.ContainsFunc(by, func(e string) bool { return below(from, e) }) {
		return "only " + strings.Join(by, " and ") + " may hold these files"
	}
	s := service(to)
	switch {
	case s == "", s == service(from):
		return ""
	case service(from) != "":
		return "a service never imports another; they meet on the bus and over gRPC"
	case !below(from, "cmd/switchboard"):
		return "only cmd/switchboard runs services"
	}
	return ""
}

// impure says why a pure package may not import imp, or "".
func impure(imp string) string {
	if to := own(imp); to != "" {
		if slices.Contains(pure, to) || below(to, "proto") {
			return ""
		}
		return "a pure package imports of ours only pure packages and contracts"
	}
	under := func(root string) bool { return below(imp, root) }
	if first, _, _ := strings.Cut(imp, "/"); strings.Contains(first, ".") {
		if slices.ContainsFunc(pureForeign, under) {
			return ""
		}
		return "not known to do no I/O"
	}
	if slices.ContainsFunc(pureStandard, under) && !slices.Contains(pureExcept, imp) {
		return "a pure package does no I/O"
	}
	return ""
}

// imports is what p and its tests import, each once.
func imports(p Package) []string {
	all := slices.Concat(p.Imports, p.TestImports, p.XTestImports)
	slices.Sort(all)
	return slices.Compact(all)
}

// own is the path of one of our packages inside the repository, or "".
func own(path string) string {
	rest, ok := strings.CutPrefix(path, Module)
	if !ok {
		return ""
	}
	return rest
}

// service is the name of the service that one of our packages belongs to, or "".
func service(path string) string {
	rest, ok := strings.CutPrefix(path, "services/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// below reports whether path is root or a package below it.
func below(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}
