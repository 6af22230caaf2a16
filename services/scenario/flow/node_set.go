package flow

import (
	"maps"
	"slices"
)

// set gives variables values and goes on.
type set struct {
	names  []string
	values []template
	next   string
}

func readSet(o *object) node {
	s := &set{next: o.target("next")}
	o.require("next", "the node to go on with")
	o.require("variables", `what is set, such as {"city": "Kyiv"}`)
	vars := o.child("variables")
	if vars == nil {
		return s
	}
	if len(vars.order) == 0 || len(vars.order) > maxSets {
		o.problem("variables", "expected 1 to %d, got %d", maxSets, len(vars.order))
		return s
	}
	for _, name := range vars.order {
		if err := checkOwnName(name); err != nil {
			o.problem("variables", "%v", err)
		}
		s.names = append(s.names, name)
		s.values = append(s.values, vars.template(name, MaxText))
	}
	return s
}

func (s *set) links() []link { return []link{{field: "next", target: s.next}} }
func (s *set) waits() bool   { return false }

// enter fills every value in before it sets one, so that their order does not matter.
func (s *set) enter(r *run) string {
	values := make(map[string]string, len(s.names))
	for i, name := range s.names {
		values[name] = s.values[i].render(r, asIs, MaxText)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		r.set(name, values[name])
	}
	return s.next
}
