package flow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// condition goes on with the first rule that holds.
type condition struct {
	rules     []branch
	otherwise string
}

// branch is one rule: all of its tests must hold, or any.
type branch struct {
	tests []test
	any   bool
	next  string
}

// test compares a value with what is expected.
type test struct {
	path     []string
	name     string
	operator string
	values   []template
}

var operators = []string{"equals", "not_equals", "contains", "in_list", "empty", "not_empty", "greater", "less"}

func readCondition(o *object) node {
	o.require("rules", "at least one rule")
	o.require("else", "the node to go on with when no rule holds")
	c := &condition{otherwise: o.target("else")}
	list := o.list("rules", maxRules)
	for i, raw := range list {
		if b := newObject(o.report, o.node, fmt.Sprintf("%srules[%d]", o.path, i), raw); b != nil {
			c.rules = append(c.rules, readBranch(b))
		}
	}
	return c
}

func readBranch(o *object) branch {
	o.require("next", "the node to go on with when the rule holds")
	o.require("conditions", "at least one condition")
	b := branch{next: o.target("next")}
	switch logic := cmp.Or(o.text("logic", maxName), "AND"); logic {
	case "AND", "OR":
		b.any = logic == "OR"
	default:
		o.problem("logic", `expected "AND" or "OR", got %q`, logic)
	}
	list := o.list("conditions", maxConditions)
	for i, raw := range list {
		if t := newObject(o.report, o.node, fmt.Sprintf("%sconditions[%d]", o.path, i), raw); t != nil {
			b.tests = append(b.tests, readTest(t))
		}
	}
	o.done("a rule")
	return b
}

func readTest(o *object) test {
	o.require("field", "the name of what is compared")
	o.require("operator", "expected one of "+strings.Join(operators, ", "))
	t := test{name: o.text("field", maxLabel), operator: o.text("operator", maxName)}
	var err error
	if t.path, err = parsePath(t.name); err != nil && t.name != "" {
		o.problem("field", "%v, without braces", err)
	}
	switch {
	case t.operator == "empty" || t.operator == "not_empty":
		if o.has("value") {
			o.problem("value", "is without meaning for %s", t.operator)
		}
		o.allow("value")
	case t.operator == "in_list":
		o.require("value", `a list, such as ["gold", "silver"]`)
		for i, raw := range o.list("value", maxList) {
			t.values = append(t.values, o.operand(fmt.Sprintf("value[%d]", i), raw))
		}
	case slices.Contains(operators, t.operator):
		o.require("value", "what to compare with")
		o.allow("value")
		if o.has("value") {
			t.values = []template{o.operand("value", o.fields["value"])}
		}
	case t.operator != "":
		o.allow("value")
		o.problem("operator", "expected one of %s, got %q%s", strings.Join(operators, ", "), t.operator, suggest(t.operator, operators))
	}
	o.done("a condition")
	return t
}

func (c *condition) links() []link {
	links := []link{{field: "else", target: c.otherwise}}
	for i, b := range c.rules {
		links = append(links, link{field: fmt.Sprintf("rules[%d].next", i), target: b.next})
	}
	return links
}

func (c *condition) waits() bool { return false }

func (c *condition) enter(r *run) string {
	for _, b := range c.rules {
		if b.holds(r) {
			return b.next
		}
	}
	return c.otherwise
}

func (b branch) holds(r *run) bool {
	for _, t := range b.tests {
		if t.holds(r) == b.any {
			return b.any
		}
	}
	return !b.any
}
