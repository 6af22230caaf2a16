package flow

import "strings"

// Next takes one event and returns the new state and what to do, in order. It never panics, walks
// through at most [MaxSteps] nodes (see [Fault]) and changes neither s nor in.
//
// Unless an operator owns the conversation, no event of the visitor but ParamsChanged, Leave and a
// second Start is met with silence:
//   - What is said before the scenario has started, after it has run out, or at a node that a newer
//     version no longer has, starts it again. What was said is no answer to a question that the
//     visitor has not seen; only if it is a button of the first keyboard or cards, or fills the first form
//     in, it counts.
//   - A button of an older keyboard counts if the open question has one with the same answer or
//     label; otherwise its label is taken as if it had been written. So is what is put into a form when the
//     open question is none.
func (f *Flow) Next(s State, in Input) (State, []Action) {
	r := run{flow: f, s: s, now: in.Now, random: in.Random}
	if in.Params != nil {
		r.s.Params = keepParams(in.Params)
	}
	if in.Trusted != nil {
		r.s.Trusted = keepParams(in.Trusted)
	}
	switch e := in.Event.(type) {
	case OwnerTaken:
		r.s.WithOperator = true
	case OwnerBack:
		r.back(e.Alias)
	case Leave:
		r.s = State{Version: s.Version, Params: r.s.Params, Trusted: r.s.Trusted, WithOperator: s.WithOperator}
	case Answer:
		r.filled(e)
	case Start, Text, Press, Jump:
		if !r.s.WithOperator {
			r.visitor(e)
		}
	}
	return r.s, r.actions
}

// visitor handles what the visitor does while the bot owns the conversation.
func (r *run) visitor(e Event) {
	switch e := e.(type) {
	case Start:
		if r.open() == nil {
			r.begin()
		}
	case Text:
		r.hear(said{text: clean(e.Text)})
	case Press:
		r.hear(said{text: clean(e.Text), body: clean(e.Body)})
	case Jump:
		r.jump(e.Alias)
	}
}

// open is the question that waits for the visitor, or nil.
func (r *run) open() question {
	q, ok := r.flow.nodes[r.s.Node].(question)
	if !ok || !q.waits() {
		return nil
	}
	return q
}

func (r *run) begin() {
	r.s.Started = true
	r.walk(r.flow.start)
}

func (r *run) hear(said said) {
	if q := r.open(); q != nil {
		if next := q.answer(r, said); next != "" {
			r.walk(next)
		}
		return
	}
	r.s.LastInput = said.words()
	r.begin()
	if q, ok := r.open().(offer); ok {
		if next, ok := q.choose(r, said); ok {
			r.walk(next)
		}
	}
}

func (r *run) jump(alias string) {
	if id, ok := r.flow.aliases[alias]; ok {
		r.s.Started = true
		r.walk(id)
		return
	}
	if q := r.open(); q != nil {
		q.ask(r)
		return
	}
	r.begin()
}

// back goes on after an operator.
func (r *run) back(alias string) {
	was := r.s.WithOperator
	r.s.WithOperator = false
	if _, ok := r.flow.aliases[alias]; ok {
		r.jump(alias)
		return
	}
	if n, ok := r.flow.nodes[r.s.Node].(*operator); ok {
		if next := n.after(r.flow); next != "" {
			r.walk(next)
			return
		}
		r.s.Node = ""
		r.act(End{Node: n.id})
		return
	}
	if q := r.open(); q != nil && was {
		r.s.Tries = 0
		q.ask(r)
	}
}

// clean makes what a visitor said fit to be kept: valid and no longer than a text may be.
func clean(s string) string {
	return cut(strings.ToValidUTF8(s, "\uFFFD"), MaxText)
}
