package flow

import "fmt"

// keyboard shows buttons. With at least one reply button it is a question; without, it only shows
// links and goes on.
type keyboard struct {
	content
	inline    bool
	buttons   []button
	saveAs    string
	retry     template
	nextOther string // for an answer that is no button
	next      string // for a keyboard without reply buttons
}

func readKeyboard(o *object, id string) node {
	o.requireText("text", "what is asked")
	o.require("buttons", "at least one button")
	k := &keyboard{
		content:   readContent(o, id),
		inline:    o.boolean("inline"),
		saveAs:    o.variable("save_as"),
		retry:     o.template("retry_text", MaxText),
		nextOther: o.target("next_other"),
		next:      o.target("next"),
	}
	k.requireWords(o)
	k.buttons = readButtons(o)
	if len(k.buttons) == 0 {
		return k
	}
	if k.waits() {
		if o.has("next") {
			o.problem("next", "is for a keyboard without reply buttons; this one goes on with the next of the button pressed, or next_other")
		}
		if o.has("next_other") && o.has("retry_text") {
			o.problem("retry_text", "is never said, because next_other takes every other answer; expected one of the two")
		}
		if !o.has("next_other") && !k.alwaysAnswers() {
			o.problem("buttons", "may all turn out empty and leave no way on: expected a reply button with words in its Text, or next_other")
		}
		return k
	}
	for _, field := range []string{"save_as", "retry_text", "next_other"} {
		if o.has(field) {
			o.problem(field, "is for a keyboard with reply buttons; this one has none and does not wait")
		}
	}
	return k
}

func (k *keyboard) links() []link {
	links := []link{{field: "next", target: k.next}, {field: "next_other", target: k.nextOther}}
	for i, b := range k.buttons {
		links = append(links, link{field: fmt.Sprintf("buttons[%d].next", i), target: b.next})
	}
	return links
}

func (k *keyboard) waits() bool {
	for _, b := range k.buttons {
		if b.action == Reply {
			return true
		}
	}
	return false
}

// alwaysAnswers reports whether there is a reply button even if every value is missing.
func (k *keyboard) alwaysAnswers() bool {
	for _, b := range k.buttons {
		if b.action == Reply && b.text.hasWords() {
			return true
		}
	}
	return false
}

func (k *keyboard) enter(r *run) string {
	if k.waits() {
		r.s.Node = k.id
	}
	k.ask(r)
	return k.next
}

func (k *keyboard) ask(r *run) {
	k.showImage(r)
	k.showButtons(r, k.text)
}

// showButtons adds a text with the buttons, or the text alone if no button can be shown.
func (k *keyboard) showButtons(r *run, text template) {
	buttons := make([]Button, 0, len(k.buttons))
	for _, b := range k.buttons {
		if shown, ok := b.render(r); ok {
			buttons = append(buttons, shown)
		}
	}
	if len(buttons) == 0 {
		k.say(r, text)
		return
	}
	r.act(Keyboard{Node: k.id, Text: k.render(r, text), Mode: k.mode, Inline: k.inline, Buttons: buttons})
}

func (k *keyboard) answer(r *run, said said) string {
	if next, ok := k.choose(r, said); ok {
		return next
	}
	r.s.LastInput = said.words()
	if k.nextOther != "" {
		r.set(k.saveAs, said.words())
		return k.nextOther
	}
	r.s.Tries++
	if len(k.retry) == 0 {
		k.ask(r)
		return ""
	}
	k.showButtons(r, k.orText(r, k.retry))
	return ""
}

// choose takes what was said as a press of one of the buttons, if it is one.
func (k *keyboard) choose(r *run, said said) (next string, ok bool) {
	i := k.find(r, said)
	if i < 0 {
		return "", false
	}
	_, answer := k.buttons[i].labels(r)
	r.s.LastInput = said.words()
	r.set(k.saveAs, answer)
	return k.buttons[i].next, true
}

// find is the index of the reply button whose answer was given, else whose label is the same, else
// the only one whose label is alike: whoever writes a label need not mind case, punctuation or emoji.
// Without one it is -1.
func (k *keyboard) find(r *run, said said) int {
	labelled, alike, count := -1, -1, 0
	for i, b := range k.buttons {
		if b.action != Reply {
			continue
		}
		text, answer := b.labels(r)
		switch {
		case sameText(said.answer(), answer):
			return i
		case labelled < 0 && sameText(said.text, text):
			labelled = i
		case sameWords(said.text, text):
			alike = i
			count++
		}
	}
	if labelled < 0 && count == 1 {
		return alike
	}
	return labelled
}
