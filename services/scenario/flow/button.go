package flow

import (
	"cmp"
	"fmt"
	"regexp"
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

// readButtons reads the buttons and sees that each reply can be told from the others.
func readButtons(o *object) []button {
	list := o.list("buttons", MaxButtons)
	buttons := make([]button, 0, len(list))
	answers := map[string]int{}
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
		if before, ok := answers[answer]; ok && answer != "" {
			b.problem("Text", "answers the same as buttons[%d]; expected another Text or ActionBody", before)
		}
		answers[answer] = i
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

// labels are the label and the answer of a reply button.
func (b button) labels(r *run) (text, answer string) {
	text = b.text.render(r, asIs, maxLabel)
	return text, cmp.Or(b.answer.render(r, asIs, maxLabel), text)
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
