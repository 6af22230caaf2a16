// Package form holds the rules of forms, in messages and in the settings of bots. It does no I/O.
package form

import (
	"fmt"
	"math/big"
	"regexp"
	"time"
	"unicode"
	"unicode/utf8"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// Bounds of a form. Lengths are in characters.
const (
	MaxText    = 4096
	MaxFields  = 20
	MaxSubmit  = 60
	MaxName    = 64
	MaxLabel   = 200
	MaxChoices = 50
	MaxChoice  = 200
	MinScale   = 2
	MaxScale   = 10
	MaxFaces   = 5    // steps that faces can tell apart
	MaxValues  = 20   // of an answer
	MaxValue   = 1000 // of one value

	defaultScale = 5
	dateLayout   = "2006-01-02"
)

// A Problem is one field that breaks a rule.
type Problem struct {
	Field string // its path below the form, such as fields[0].name
	Rule  string // what was expected
}

// Error implements error.
func (p Problem) Error() string { return p.Field + ": " + p.Rule }

// Check reports every rule that f breaks, in the order of the fields.
func Check(f *chatv1.Form) []Problem {
	var c checker
	c.text("text", f.GetText(), MaxText)
	if f.GetParseMode() < 0 || f.GetParseMode() > chatv1.ParseMode_PARSE_MODE_MARKDOWN {
		c.add("parse_mode", "%d, expected plain, HTML or Markdown", f.GetParseMode())
	}
	c.line("submit", f.GetSubmit(), MaxSubmit)
	if n := len(f.GetFields()); n == 0 || n > MaxFields {
		c.add("fields", "%d, expected 1 to %d", n, MaxFields)
		return c.found
	}
	first := make(map[string]int, len(f.GetFields()))
	for i, one := range f.GetFields() {
		c.at = fmt.Sprintf("fields[%d].", i)
		c.field(one, len(f.GetFields()) == 1)
		if at, ok := first[one.GetName()]; ok && one.GetName() != "" {
			c.add("name", "is the same as that of fields[%d]: every field has its own", at)
			continue
		}
		first[one.GetName()] = i
	}
	return c.found
}

// IsName reports whether s can be the name of a field.
func IsName(s string) bool {
	for i, r := range s {
		switch {
		case unicode.IsLetter(r), r == '_':
		case i > 0 && (unicode.IsMark(r) || unicode.IsDigit(r) || r == '-'):
		default:
			return false
		}
	}
	return s != "" && utf8.ValidString(s) && utf8.RuneCountInString(s) <= MaxName
}

// Scale is how many steps a rating has.
func Scale(f *chatv1.FormField) uint32 {
	if f.GetScale() == 0 {
		return defaultScale
	}
	return f.GetScale()
}

// checker collects the problems of one form.
type checker struct {
	at    string // the path of what is looked at, with a dot at its end
	found []Problem
}

func (c *checker) add(field, format string, args ...any) {
	c.found = append(c.found, Problem{c.at + field, fmt.Sprintf(format, args...)})
}

func (c *checker) field(f *chatv1.FormField, alone bool) {
	switch f.GetName() {
	case "now", "random", "last_input", "trusted":
		c.add("name", "%q is built into scenarios, expected another name", f.GetName())
	}
	if !IsName(f.GetName()) {
		c.add("name", `%.80q, expected a letter or "_", then letters, digits, "_" and "-", at most %d characters`, f.GetName(), MaxName)
	}
	if f.GetLabel() == "" && !alone {
		c.add("label", "missing, expected 1 to %d characters; only the one field of a form needs none", MaxLabel)
	}
	c.line("label", f.GetLabel(), MaxLabel)
	c.line("placeholder", f.GetPlaceholder(), MaxLabel)
	kind := f.GetKind()
	if _, ok := chatv1.FormFieldKind_name[int32(kind)]; !ok {
		c.add("kind", "%d, expected text, long text, e-mail, phone, number, date, choice, consent, location or rating", kind)
		return
	}
	c.choices(f)
	c.rating(f)
	switch kind {
	case chatv1.FormFieldKind_FORM_FIELD_KIND_NUMBER:
		c.between(f, number, "a decimal number, such as 12.5")
	case chatv1.FormFieldKind_FORM_FIELD_KIND_DATE:
		c.between(f, day, "a day, YYYY-MM-DD")
	default:
		for _, b := range []struct{ name, value string }{{"min", f.GetMin()}, {"max", f.GetMax()}} {
			if b.value != "" {
				c.add(b.name, "is for numbers and dates only")
			}
		}
	}
}

func (c *checker) choices(f *chatv1.FormField) {
	n := len(f.GetChoices())
	if f.GetKind() != chatv1.FormFieldKind_FORM_FIELD_KIND_CHOICE {
		if n > 0 {
			c.add("choices", "are for the kind choice only")
		}
		return
	}
	if n == 0 || n > MaxChoices {
		c.add("choices", "%d, expected 1 to %d", n, MaxChoices)
		return
	}
	first := make(map[string]int, n)
	for i, s := range f.GetChoices() {
		name := fmt.Sprintf("choices[%d]", i)
		if s == "" {
			c.add(name, "is empty, expected 1 to %d characters", MaxChoice)
		}
		c.line(name, s, MaxChoice)
		if at, ok := first[s]; ok {
			c.add(name, "is the same as choices[%d]", at)
			continue
		}
		first[s] = i
	}
}

func (c *checker) rating(f *chatv1.FormField) {
	if f.GetKind() != chatv1.FormFieldKind_FORM_FIELD_KIND_RATING {
		if f.GetScale() != 0 {
			c.add("scale", "is for ratings only")
		}
		if f.GetStyle() != chatv1.RatingStyle_RATING_STYLE_UNSPECIFIED {
			c.add("style", "is for ratings only")
		}
		return
	}
	if s := Scale(f); s < MinScale || s > MaxScale {
		c.add("scale", "%d, expected %d to %d, or 0 for %d", s, MinScale, MaxScale, defaultScale)
	}
	if _, ok := chatv1.RatingStyle_name[int32(f.GetStyle())]; !ok {
		c.add("style", "%d, expected stars, faces or numbers", f.GetStyle())
	}
	if f.GetStyle() == chatv1.RatingStyle_RATING_STYLE_FACES && Scale(f) > MaxFaces {
		c.add("scale", "%d, expected at most %d with faces", f.GetScale(), MaxFaces)
	}
}

// between checks min and max; read makes both comparable, or says that it is none.
func (c *checker) between(f *chatv1.FormField, read func(string) (*big.Rat, bool), expected string) {
	var bounds [2]*big.Rat
	for i, b := range []struct{ name, value string }{{"min", f.GetMin()}, {"max", f.GetMax()}} {
		if b.value == "" {
			continue
		}
		v, ok := read(b.value)
		if !ok {
			c.add(b.name, "%.40q, expected %s, or nothing", b.value, expected)
		}
		bounds[i] = v
	}
	if bounds[0] != nil && bounds[1] != nil && bounds[0].Cmp(bounds[1]) > 0 {
		c.add("min", "%s is more than max, %s", f.GetMin(), f.GetMax())
	}
}

var numberRule = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?$`)

func number(s string) (*big.Rat, bool) {
	if !numberRule.MatchString(s) {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func day(s string) (*big.Rat, bool) {
	t, err := time.Parse(dateLayout, s)
	if err != nil {
		return nil, false
	}
	return new(big.Rat).SetInt64(t.Unix()), true
}

// line checks a text of one line; it may be empty.
func (c *checker) line(field, s string, most int) {
	for _, r := range s {
		if unicode.IsControl(r) {
			c.add(field, "has a line break or another control character, expected one line")
			return
		}
	}
	c.text(field, s, most)
}

// text checks a text of any lines; it may be empty.
func (c *checker) text(field, s string, most int) {
	switch n := utf8.RuneCountInString(s); {
	case !utf8.ValidString(s):
		c.add(field, "expected valid UTF-8")
	case n > most:
		c.add(field, "%d characters, expected at most %d", n, most)
	}
}
