package flow

import (
	"fmt"
	"strings"
)

// maxProblems bounds a report; what is beyond is only counted.
const maxProblems = 100

// Problem is one reason why a scenario was refused.
type Problem struct {
	Node    string // the node's id; empty if the problem is the file's or the node has no usable id
	Field   string // the path of the field, such as "buttons[1].next"; empty if it is the whole
	Message string // what is wrong and what was expected
}

// String is the problem in one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Node != "" {
		fmt.Fprintf(&b, "node %q: ", p.Node)
	}
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.Message)
	return b.String()
}

// ParseError is why Parse refused a scenario: every problem found, and how many more there were than a
// report holds.
type ParseError struct {
	Problems []Problem
	More     int
}

// Error has one line per problem.
func (e *ParseError) Error() string {
	lines := make([]string, 0, len(e.Problems)+1)
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", e.More))
	}
	return strings.Join(lines, "\n")
}

// report collects problems.
type report struct {
	list []Problem
	more int
}

func (r *report) add(node, field, format string, args ...any) {
	if r.full() {
		r.more++
		return
	}
	r.list = append(r.list, Problem{Node: node, Field: field, Message: fmt.Sprintf(format, args...)})
}

// full reports whether what is added is only counted, so that nobody works on its wording.
func (r *report) full() bool { return len(r.list) >= maxProblems }

// err is nil if there was no problem.
func (r *report) err() error {
	if len(r.list) == 0 {
		return nil
	}
	return &ParseError{Problems: r.list, More: r.more}
}
