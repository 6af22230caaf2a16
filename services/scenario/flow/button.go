package flow

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// button is one choice as written in a scenario.
type button struct {
	text      template
	action    ActionType
	answer    template // of a reply; empty means the label
	address   template // of a link
	columns   int
	bgColor   string
	textColor string
	next      string
}

var colorRule = regexp.MustCompile(`^#([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$`)

// answers are the fixed answers of reply buttons that have been read, with where those are.
type answers map[string]string

// readButtons reads at most so many buttons and sees that each reply can be told from the others.
func readButtons(o *object, most int, known answers) []button {
	list := o.list("buttons", most)
	buttons := make([]button, 0, len(list))
	for i, raw := range list {
		b := newObject(o.report, o.node, fmt.Sprintf("%sbuttons[%d]", o.path, i), raw)
		if b == nil {
			continue
		}
		read := readButton(b)
		buttons = append(buttons, read)
		if read.action != Reply || !read.text.isLiteral() || !read.answer.isLiteral() {
			continue
		}
		answer := strings.ToLower(strings.TrimSpace(cmp.Or(literal(read.answer), literal(read.text))))
		if before, ok := known[answer]; ok && answer != "" {
			b.problem("Text", "answers the same as %s; expected another Text or ActionBody", before)
		}
		known[answer] = fmt.Sprintf("%sbuttons[%d]", o.path, i)
	}
	return buttons
}

func readButton(o *object) button {
	o.requireText("Text", "the label")
	b := button{
		text:      o.template("Text", maxLabel),
		columns:   o.integer("Columns", 1, 6, 6),
		bgColor:   o.color("BgColor"),
		textColor: o.color("TextColor"),
		action:    cmp.Or(ActionType(o.text("ActionType", maxName)), Reply),
		next:      o.target("next"),
	}
	switch b.action {
	case Reply:
		o.require("next", "the node to go on with when this button is pressed")
		b.answer = o.template("ActionBody", maxLabel)
	case OpenURL:
		o.require("ActionBody", "the address that is opened")
		b.address = o.address("ActionBody")
	case None:
		o.text("ActionBody", maxURL) // without meaning, but allowed: editors keep it
	default:
		o.text("ActionBody", maxURL)
		o.problem("ActionType", `expected "reply", "open-url" or "none", got %q`, b.action)
		b.action = None
	}
	if b.action != Reply && o.has("next") {
		o.problem("next", "is for a reply button; a press of this one does not answer")
	}
	o.done("a button")
	return b
}

// render is the button as it is shown; a link whose address is wrong is not.
func (b button) render(r *run) (Button, bool) {
	shown := Button{ActionType: b.action, Columns: b.columns, BgColor: b.bgColor, TextColor: b.textColor}
	shown.Text = b.text.render(r, asIs, maxLabel)
	switch b.action {
	case Reply:
		shown.ActionBody = b.answer.render(r, asIs, maxLabel)
	case OpenURL:
		shown.ActionBody = renderAddress(r, b.address)
		if shown.ActionBody == "" {
			return Button{}, false
		}
	}
	return shown, strings.TrimSpace(shown.Text) != ""
}

// renderButtons are the buttons that can be shown.
func renderButtons(r *run, buttons []button) []Button {
	shown := make([]Button, 0, len(buttons))
	for _, b := range buttons {
		if s, ok := b.render(r); ok {
			shown = append(shown, s)
		}
	}
	return shown
}

// replies reports whether one of the buttons answers.
func replies(buttons []button) bool {
	return slices.ContainsFunc(buttons, func(b button) bool { return b.action == Reply })
}

// alwaysReplies reports whether there is a button that answers even if every value is missing.
func alwaysReplies(buttons []button) bool {
	return slices.ContainsFunc(buttons, func(b button) bool { return b.action == Reply && b.text.hasWords() })
}

// checkChoice sees that the node, which is what, either waits for an answer or goes on. At is the field with
// its buttons, and always says that one of them answers even if every value is missing.
func checkChoice(o *object, what, at string, waits, always bool) {
	if !waits {
		for _, field := range []string{"save_as", "retry_text", "next_other"} {
			if o.has(field) {
				o.problem(field, "is for %s with reply buttons; this one has none and does not wait", what)
			}
		}
		return
	}
	if o.has("next") {
		o.problem("next", "is for %s without reply buttons; this one goes on with the next of the button pressed, or next_other", what)
	}
	if o.has("next_other") && o.has("retry_text") {
		o.problem("retry_text", "is never said, because next_other takes every other answer; expected one of the two")
	}
	if !o.has("next_other") && !always {
		o.problem(at, "may all turn out empty and leave no way on: expected a reply button with words in its Text, or next_other")
	}
}

// press takes what was said as the answer of the button, and returns the node to go on with.
func (b button) press(r *run, said said, saveAs string) string {
	_, answer := b.labels(r)
	r.s.LastInput = said.words()
	r.set(saveAs, answer)
	return b.next
}

// labels are the label and the answer of a reply button.
func (b button) labels(r *run) (text, answer string) {
	text = b.text.render(r, asIs, maxLabel)
	return text, cmp.Or(b.answer.render(r, asIs, maxLabel), text)
}

// find is the index of the reply button whose answer was given, else of the only one whose label is the same,
// else of the only one whose label is alike: whoever writes a label need not mind case, punctuation or emoji.
// Without one it is -1.
func find(r *run, buttons []button, said said) int {
	var labelled, alike []int
	for i, b := range buttons {
		if b.action != Reply {
			continue
		}
		text, answer := b.labels(r)
		switch {
		case sameText(said.answer(), answer):
			return i
		case sameText(said.text, text):
			labelled = append(labelled, i)
		case sameWords(said.text, text):
			alike = append(alike, i)
		}
	}
	switch {
	case len(labelled) == 1:
		return labelled[0]
	case len(labelled) == 0 && len(alike) == 1:
		return alike[0]
	}
	return -1
}

func (o *object) color(name string) string {
	s := o.text(name, maxName)
	if s != "" && !colorRule.MatchString(s) {
		o.problem(name, "expected a colour such as #4e8cff, got %q", s)
		return ""
	}
	return s
}

// literal is the text of a template without placeholders.
func literal(t template) string {
	if len(t) == 0 {
		return ""
	}
	return t[0].literal
}
