// Package card holds the rules of cards in messages. It does no I/O.
package card

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/switchboard-chat/switchboard/internal/media"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// Bounds of cards. Lengths are in characters, but of an address in bytes.
const (
	MaxCards   = 10
	MaxTitle   = 200
	MaxText    = 1000
	MaxButtons = 6
	MaxURL     = 2048
)

// A Problem is one field that breaks a rule.
type Problem struct {
	Field string // its path below the cards, such as cards[0].title
	Rule  string // what was expected
}

// Error implements error.
func (p Problem) Error() string { return p.Field + ": " + p.Rule }

// Check reports every rule that the cards break, in their order.
func Check(cards *chatv1.Cards) []Problem {
	var c checker
	if n := len(cards.GetCards()); n == 0 || n > MaxCards {
		c.add("cards", "%d, expected 1 to %d", n, MaxCards)
		return c.found
	}
	for i, one := range cards.GetCards() {
		c.at = fmt.Sprintf("cards[%d]", i)
		c.card(one)
	}
	return c.found
}

// checker collects the problems of cards.
type checker struct {
	at    string // the path of the card that is looked at
	found []Problem
}

func (c *checker) add(field, format string, args ...any) {
	c.found = append(c.found, Problem{c.at + field, fmt.Sprintf(format, args...)})
}

func (c *checker) card(of *chatv1.Card) {
	c.text(".title", of.GetTitle(), MaxTitle)
	c.text(".text", of.GetText(), MaxText)
	if of.GetImage() == nil && strings.TrimSpace(of.GetTitle()+of.GetText()) == "" {
		c.add("", "is empty, expected an image, a title or a text")
	}
	if of.GetImage() != nil {
		if u := of.GetImage().GetUrl(); !media.IsOwnPath(u) && !isAddress(u) {
			c.add(".image.url", "%.80q, expected an address that starts with https:// or http://, or a path of the gateway's own, at most %d bytes", u, MaxURL)
		}
	}
	if n := len(of.GetButtons()); n > MaxButtons {
		c.add(".buttons", "%d, expected at most %d", n, MaxButtons)
		return
	}
	for i, b := range of.GetButtons() {
		if b.GetActionType() == chatv1.ActionType_ACTION_TYPE_OPEN_URL {
			c.address(fmt.Sprintf(".buttons[%d].action_body", i), b.GetActionBody())
		}
	}
}

func (c *checker) text(field, s string, most int) {
	if n := utf8.RuneCountInString(s); n > most {
		c.add(field, "%d characters, expected at most %d", n, most)
	}
}

func (c *checker) address(field, s string) {
	if !isAddress(s) {
		c.add(field, "%.80q, expected an address that starts with https:// or http://, at most %d bytes", s, MaxURL)
	}
}

func isAddress(s string) bool {
	return len(s) <= MaxURL && (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://"))
}
