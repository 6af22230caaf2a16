package flow

import (
	"fmt"
	"slices"
	"strings"
)

// check sees that the nodes make a scenario: one start, unique aliases, targets that exist, and a
// question in every loop.
func (f *Flow) check(r *report) {
	f.checkStart(r)
	f.checkAliases(r)
	f.checkLinks(r)
	f.checkLoops(r)
	f.warn()
}

func (f *Flow) checkStart(r *report) {
	for _, id := range f.order {
		if _, ok := f.nodes[id].(*start); !ok {
			continue
		}
		if f.start != "" {
			r.add(id, "type", "there is a start node already, %q; expected exactly one", f.start)
			continue
		}
		f.start = id
	}
	if f.start == "" {
		r.add("", "nodes", "there is no start node; expected exactly one")
	}
}

func (f *Flow) checkAliases(r *report) {
	for _, id := range f.order {
		e, ok := f.nodes[id].(*entry)
		if !ok || e.alias == "" {
			continue
		}
		if other, taken := f.aliases[e.alias]; taken {
			r.add(id, "alias", "node %q has the alias %q already", other, e.alias)
			continue
		}
		f.aliases[e.alias] = id
	}
}

func (f *Flow) checkLinks(r *report) {
	aliases := make([]string, 0, len(f.aliases))
	for alias := range f.aliases {
		aliases = append(aliases, alias)
	}
	slices.Sort(aliases)
	for _, id := range f.order {
		for _, l := range f.nodes[id].links() {
			if l.target == "" || f.resolve(l) != "" {
				continue
			}
			switch {
			case r.full():
				r.more++
			case l.alias:
				r.add(id, l.field, "there is no entry point with the alias %q%s", l.target, suggest(l.target, aliases))
			default:
				r.add(id, l.field, "there is no node %q%s", l.target, suggest(l.target, f.order))
			}
		}
	}
}

// resolve is the id of the node that a link leads to, or "" if there is none.
func (f *Flow) resolve(l link) string {
	if l.alias {
		return f.aliases[l.target]
	}
	if _, ok := f.nodes[l.target]; !ok {
		return ""
	}
	return l.target
}

// checkLoops sees that nothing goes round, or on and on, without waiting for somebody.
func (f *Flow) checkLoops(r *report) {
	w := walker{flow: f, report: r, length: map[string]int{}, on: map[string]int{}}
	for _, id := range f.order {
		w.visit(id)
	}
	if w.looped {
		return // lengths mean nothing then
	}
	for _, id := range f.order {
		if n := w.length[id]; n > MaxSteps {
			r.add(id, "", "%d nodes follow one another from here without waiting for the visitor; expected at most %d", n, MaxSteps)
			return // the nodes behind it would say the same
		}
	}
}

// walker follows the links that are taken without waiting.
type walker struct {
	flow   *Flow
	report *report
	path   []string
	on     map[string]int // the index of a node that is in path
	length map[string]int // the longest way from a node that has been left
	looped bool
}

func (w *walker) visit(id string) int {
	if n, done := w.length[id]; done {
		return n
	}
	n := w.flow.nodes[id]
	if n.waits() {
		w.length[id] = 1
		return 1
	}
	w.on[id] = len(w.path)
	w.path = append(w.path, id)
	longest := 0
	for _, l := range n.links() {
		target := w.flow.resolve(l)
		if target == "" {
			continue
		}
		if from, ok := w.on[target]; ok {
			w.loop(l, from)
			continue
		}
		longest = max(longest, w.visit(target))
	}
	delete(w.on, id)
	w.path = w.path[:len(w.path)-1]
	w.length[id] = longest + 1
	return longest + 1
}

// loop reports that the last node of the path leads back to the one at from.
func (w *walker) loop(l link, from int) {
	w.looped = true
	const shown = 10 // nodes of a long path
	loop := slices.Clone(w.path[from:min(len(w.path), from+shown)])
	if more := len(w.path) - from - shown; more > 0 {
		loop = append(loop, fmt.Sprintf("… %d more …", more))
	}
	loop = append(loop, w.path[from])
	last := w.path[len(w.path)-1]
	w.report.add(last, l.field, "goes round for ever without waiting for the visitor: %s; expected a keyboard, a form or an input in between", strings.Join(loop, " → "))
}

// warn finds the nodes that no conversation comes to, and the links that it never takes.
func (f *Flow) warn() {
	seen := map[string]bool{}
	var reach func(id string)
	reach = func(id string) {
		if id == "" || seen[id] {
			return
		}
		seen[id] = true
		for _, l := range f.nodes[id].links() {
			reach(f.resolve(l))
		}
	}
	reach(f.start)
	for _, id := range f.aliases {
		reach(id)
	}
	for _, id := range f.order {
		if !seen[id] {
			f.warnings = append(f.warnings, fmt.Sprintf("node %q: nothing leads here", id))
		}
		if n, ok := f.nodes[id].(*operator); ok && n.closedAlias != "" && n.next != "" {
			f.warnings = append(f.warnings, fmt.Sprintf("node %q: next: is never used, because closed_alias says where to go on", id))
		}
	}
}
