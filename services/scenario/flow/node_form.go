package flow

import (
	"fmt"
	"unicode/utf8"

	"github.com/switchboard-chat/switchboard/internal/form"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// formNode asks for one or several values at once.
type formNode struct {
	content
	fields    []field
	submit    template
	retry     template
	nextOther string // for what is said beside the form
	next      string
}

func readForm(o *object, id string) node {
	o.requireText("text", "what is asked for")
	o.require("fields", "at least one field")
	o.require("next", "the node to go on with")
	n := &formNode{
		content:   readContent(o, id),
		submit:    o.template("submit", form.MaxSubmit),
		retry:     o.template("retry_text", MaxText),
		nextOther: o.target("next_other"),
		next:      o.target("next"),
	}
	n.requireWords(o)
	list := o.list("fields", form.MaxFields)
	for i, raw := range list {
		if f := newObject(o.report, o.node, fmt.Sprintf("%sfields[%d]", o.path, i), raw); f != nil {
			n.fields = append(n.fields, readField(f))
		}
	}
	if len(list) == 0 || len(n.fields) < len(list) {
		return n
	}
	f := &chatv1.Form{Submit: words(n.submit)}
	for i, of := range n.fields {
		p := of.proto()
		if len(of.label) > 0 && p.GetLabel() == "" && len(list) > 1 {
			o.problem(fmt.Sprintf("fields[%d].label", i), "may turn out empty: expected words besides the placeholders")
			p.Label = "?"
		}
		f.Fields = append(f.Fields, p)
	}
	for _, p := range form.Check(f) {
		o.problem(p.Field, "%s", p.Rule)
	}
	return n
}

func (n *formNode) links() []link {
	return []link{{field: "next", target: n.next}, {field: "next_other", target: n.nextOther}}
}

func (n *formNode) waits() bool { return true }

func (n *formNode) enter(r *run) string {
	r.s.Node = n.id
	n.ask(r)
	return ""
}

func (n *formNode) ask(r *run) {
	n.showImage(r)
	n.showForm(r, n.text)
}

// showForm adds the form with a text. One that the values have made too long for a form goes before it.
func (n *formNode) showForm(r *run, text template) {
	f := Form{Node: n.id, Text: n.render(r, text), Mode: n.mode, Submit: line(r, n.submit, form.MaxSubmit)}
	if utf8.RuneCountInString(f.Text) > form.MaxText {
		r.act(Say{Node: n.id, Text: f.Text, Mode: n.mode})
		f.Text, f.Mode = "", Plain
	}
	for _, of := range n.fields {
		f.Fields = append(f.Fields, of.render(r))
	}
	r.act(f)
}

func (n *formNode) answer(r *run, said said) string {
	if next, ok := n.choose(r, said); ok {
		return next
	}
	if !said.filled && len(n.fields) == 1 && n.take(r, map[string]string{n.fields[0].name: said.words()}) {
		r.s.LastInput = said.words()
		return n.next
	}
	r.s.LastInput = said.words()
	if n.nextOther != "" && !said.filled {
		return n.nextOther
	}
	r.s.Tries++
	n.showForm(r, n.orText(r, n.retry))
	return ""
}

// choose takes what was put into the form, if all of it is right.
func (n *formNode) choose(r *run, said said) (next string, ok bool) {
	if !said.filled || !n.take(r, said.values) {
		return "", false
	}
	r.s.LastInput = said.words()
	return n.next, true
}

// take saves the values, all of them or, if one is wrong or missing, none. What was left empty has no value any
// more: it may have had one from an answer before. Values of none of the fields are of another form.
func (n *formNode) take(r *run, given map[string]string) bool {
	values := make([]string, len(n.fields))
	foreign := len(given) > 0
	for i, f := range n.fields {
		value, there := given[f.name]
		foreign = foreign && !there
		if !there && !f.required {
			continue
		}
		var ok bool
		if values[i], ok = f.check(value); !ok {
			return false
		}
	}
	if foreign {
		return false
	}
	for i, f := range n.fields {
		if values[i] == "" {
			r.unset(f.name)
			continue
		}
		r.set(f.name, values[i])
	}
	return true
}
