package flow

import (
	"maps"
	"time"
)

// maxVars bounds the answers and variables of one conversation, in bytes of names and values.
const maxVars = 64 << 10

// run is one call of Next.
type run struct {
	flow    *Flow
	s       State
	now     time.Time
	random  uint64
	actions []Action
	owned   bool // s.Vars is a copy of this run's own
}

func (r *run) act(a Action) { r.actions = append(r.actions, a) }

// set gives a variable a value, cut to what there is room for. Without a name it does nothing.
func (r *run) set(name, value string) {
	if name == "" {
		return
	}
	r.own()
	room := maxVars - len(name)
	for n, v := range r.s.Vars {
		if n != name {
			room -= len(n) + len(v)
		}
	}
	r.s.Vars[name] = cutBytes(value, max(0, room))
}

// unset takes a variable's value away.
func (r *run) unset(name string) {
	if _, ok := r.s.Vars[name]; ok {
		r.own()
		delete(r.s.Vars, name)
	}
}

// own makes the variables a copy of this run's own.
func (r *run) own() {
	if !r.owned {
		r.s.Vars, r.owned = maps.Clone(r.s.Vars), true
	}
	if r.s.Vars == nil {
		r.s.Vars = map[string]string{}
	}
}

// walk goes from node to node until one waits or the scenario runs out.
func (r *run) walk(id string) {
	r.s.Node, r.s.Tries = "", 0
	for range MaxSteps {
		n := r.flow.nodes[id]
		next := n.enter(r)
		if next != "" {
			id = next
			continue
		}
		if !n.waits() {
			r.act(End{Node: id})
		}
		return
	}
	r.actions = []Action{Fault{Node: id}}
}
