package flow

import (
	"fmt"
	"slices"
	"strings"
)

// cards shows pictures with words and buttons side by side. With at least one reply button they are a
// question, as a keyboard is.
type cards struct {
	content   // the text and the picture before them
	cards     []card
	buttons   []button // of all cards, in their order
	saveAs    string
	retry     template
	nextOther string
	next      string
}

type card struct {
	title   template
	text    template
	image   *image
	buttons []button
}

func readCards(o *object, id string) node {
	o.require("cards", "at least one card")
	n := &cards{
		content:   readContent(o, id),
		saveAs:    o.variable("save_as"),
		retry:     o.template("retry_text", MaxText),
		nextOther: o.target("next_other"),
		next:      o.target("next"),
	}
	known := answers{}
	for i, raw := range o.list("cards", maxCards) {
		if c := newObject(o.report, o.node, fmt.Sprintf("%scards[%d]", o.path, i), raw); c != nil {
			read := readCard(c, known)
			n.cards, n.buttons = append(n.cards, read), append(n.buttons, read.buttons...)
		}
	}
	if len(n.cards) == 0 {
		return n
	}
	if !n.text.hasWords() && !slices.ContainsFunc(n.cards, card.isSure) {
		o.problem("cards", "may all turn out empty: expected one with words besides the placeholders, or a text before them")
	}
	checkChoice(o, "a cards node", "cards", n.waits(), slices.ContainsFunc(n.cards, func(c card) bool {
		return c.isSure() && alwaysReplies(c.buttons)
	}))
	return n
}

func readCard(o *object, known answers) card {
	c := card{title: o.template("title", maxCardTitle), text: o.template("text", maxCardText), image: readImage(o)}
	if !o.has("image") && o.isBlank("title") && o.isBlank("text") {
		o.problem("title", "is missing: a card has an image, a title or a text")
	}
	if o.has("buttons") {
		c.buttons = readButtons(o, maxCardButtons, known)
	}
	o.allow("buttons")
	o.done("a card")
	return c
}

// isSure reports whether the card is shown even if every value is missing.
func (c card) isSure() bool {
	return c.title.hasWords() || c.text.hasWords() || c.image != nil && c.image.url.isLiteral()
}

func (n *cards) links() []link {
	links := []link{{field: "next", target: n.next}, {field: "next_other", target: n.nextOther}}
	for i, c := range n.cards {
		for j, b := range c.buttons {
			links = append(links, link{field: fmt.Sprintf("cards[%d].buttons[%d].next", i, j), target: b.next})
		}
	}
	return links
}

func (n *cards) waits() bool { return replies(n.buttons) }

func (n *cards) enter(r *run) string {
	if n.waits() {
		r.s.Node = n.id
	}
	n.ask(r)
	return n.next
}

func (n *cards) ask(r *run) {
	n.show(r)
	n.showCards(r)
}

func (n *cards) showCards(r *run) {
	shown := make([]Card, 0, len(n.cards))
	for _, c := range n.cards {
		if s, ok := c.render(r); ok {
			shown = append(shown, s)
		}
	}
	if len(shown) > 0 {
		r.act(Cards{Node: n.id, Cards: shown})
	}
}

// render is the card as it is shown; one that turns out empty is not.
func (c card) render(r *run) (Card, bool) {
	shown := Card{
		Title: cut(strings.TrimSpace(c.title.render(r, asIs, maxCardTitle)), maxCardTitle),
		Text:  cut(strings.TrimSpace(c.text.render(r, asIs, maxCardText)), maxCardText),
	}
	if c.image != nil {
		if shown.URL = renderPicture(r, c.image.url); shown.URL != "" {
			shown.Alt = c.image.alt.render(r, asIs, MaxText)
		}
	}
	shown.Buttons = renderButtons(r, c.buttons)
	return shown, shown.Title != "" || shown.Text != "" || shown.URL != ""
}

func (n *cards) answer(r *run, said said) string {
	if next, ok := n.choose(r, said); ok {
		return next
	}
	r.s.LastInput = said.words()
	if n.nextOther != "" {
		r.set(n.saveAs, said.words())
		return n.nextOther
	}
	r.s.Tries++
	if len(n.retry) == 0 {
		n.ask(r)
		return ""
	}
	n.say(r, n.orText(r, n.retry))
	n.showCards(r)
	return ""
}

// choose takes what was said as a press of one of the buttons, if it is one: of its own answer or label, or of
// the title of a card that has only this one.
func (n *cards) choose(r *run, said said) (next string, ok bool) {
	if i := find(r, n.buttons, said); i >= 0 {
		return n.buttons[i].press(r, said, n.saveAs), true
	}
	var named []button
	for _, c := range n.cards {
		if sameWords(said.text, c.title.render(r, asIs, maxCardTitle)) {
			named = append(named, c.buttons...)
		}
	}
	if len(named) != 1 || named[0].action != Reply {
		return "", false
	}
	return named[0].press(r, said, n.saveAs), true
}
