// Package invalid collects what is wrong with a request, so that a person learns everything at once.
package invalid

import (
	"fmt"
	"strings"
)

// A Problem is one field that breaks a rule.
type Problem struct {
	Field string // its path, such as allowed_origins[2] or widget.colors.header.bg
	Rule  string // what was expected
}

// Problems is an error that names every field and its rule. An empty one is no error: see [Problems.Err].
type Problems []Problem

// Add notes a problem.
func (p *Problems) Add(field, format string, args ...any) {
	*p = append(*p, Problem{field, fmt.Sprintf(format, args...)})
}

// Err returns p, or nil if there is no problem.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Error lists the problems on one line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Field + ": " + one.Rule
	}
	return strings.Join(lines, "; ")
}
