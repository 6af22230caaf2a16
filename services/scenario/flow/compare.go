package flow

import (
	"cmp"
	"strings"
	"unicode"
)

// said is what the visitor said: a text, a button's label and body, or what was put into a form and the same
// in words.
type said struct {
	text   string
	body   string
	filled bool
	values map[string]string
}

// answer is what the said means to a keyboard: a button's body, if it has one.
func (s said) answer() string { return cmp.Or(s.body, s.text) }

// words are what the visitor sees as said.
func (s said) words() string { return cmp.Or(s.text, s.body) }

// sameText compares without regard to case and the spaces around.
func sameText(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// sameWords compares only letters and digits; without any, nothing is the same.
func sameWords(a, b string) bool {
	a, b = wordsOf(a), wordsOf(b)
	return a != "" && strings.EqualFold(a, b)
}

// wordsOf is s without everything but letters and digits, with single spaces between words.
func wordsOf(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsMark(c) && !unicode.IsDigit(c)
	}), " ")
}

// same compares two values as numbers if both are, otherwise as texts.
func same(a, b string) bool {
	if sameText(a, b) {
		return true
	}
	c, ok := order(a, b)
	return ok && c == 0
}

// order compares two numbers; ok says that both are.
func order(a, b string) (c int, ok bool) {
	_, x, okX := parseNumber(a)
	_, y, okY := parseNumber(b)
	switch {
	case !okX || !okY:
		return 0, false
	case x < y:
		return -1, true
	case x > y:
		return 1, true
	}
	return 0, true
}
