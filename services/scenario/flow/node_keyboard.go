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
	k.buttons = readButtons(o, MaxButtons, answers{})
	if len(k.buttons) > 0 {
		checkChoice(o, "a keyboard", "buttons", k.waits(), alwaysReplies(k.buttons))
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

func (k *keyboard) waits() bool { return replies(k.buttons) }

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
	buttons := renderButtons(r, k.buttons)
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
	i := find(r, k.buttons, said)
	if i < 0 {
		return "", false
	}
	return k.buttons[i].press(r, said, k.saveAs), true
}
