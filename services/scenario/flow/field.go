package flow

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/switchboard-chat/switchboard/internal/form"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// field asks for one value of a form.
type field struct {
	name        string
	label       template
	kind        string
	required    bool
	placeholder template
	choices     []string
	min, max    string
	scale       int
	style       string
}

func readField(o *object) field {
	f := field{
		name:        o.text("name", MaxText),
		label:       o.template("label", form.MaxLabel),
		kind:        o.text("kind", maxName),
		required:    o.boolean("required"),
		placeholder: o.template("placeholder", form.MaxLabel),
		min:         o.bound("min"),
		max:         o.bound("max"),
		scale:       o.integer("scale", form.MinScale, form.MaxScale, 0),
		style:       o.text("style", maxName),
	}
	for i, raw := range o.list("choices", form.MaxChoices) {
		if kindOf(raw) != "a string" {
			o.problem(fmt.Sprintf("choices[%d]", i), "expected a string, got %s", kindOf(raw))
			continue
		}
		f.choices = append(f.choices, decode[string](raw))
	}
	if _, ok := form.Kind(f.kind); !ok {
		if f.kind != "" {
			o.problem("kind", "expected one of %s, got %q%s", strings.Join(form.Kinds(), ", "), f.kind, suggest(f.kind, form.Kinds()))
		}
		f.kind = form.Kinds()[0]
	}
	if _, ok := form.Style(f.style); !ok && f.style != "" {
		o.problem("style", "expected one of %s, got %q%s", strings.Join(form.Styles(), ", "), f.style, suggest(f.style, form.Styles()))
		f.style = ""
	}
	o.done("a field")
	return f
}

// bound reads a number, also one that is written as a text, or a date.
func (o *object) bound(name string) string {
	if o.has(name) && kindOf(o.fields[name]) == "a number" {
		if v := o.number(name); v != nil {
			return formatNumber(*v)
		}
		return ""
	}
	return o.text(name, MaxText)
}

// proto is the field as the rules of forms look at it: without values in its texts.
func (f field) proto() *chatv1.FormField {
	kind, _ := form.Kind(f.kind)
	style, _ := form.Style(f.style)
	return &chatv1.FormField{
		Name: f.name, Label: words(f.label), Kind: kind, Required: f.required, Placeholder: words(f.placeholder),
		Choices: f.choices, Min: f.min, Max: f.max, Scale: uint32(f.scale), Style: style, //nolint:gosec // at most 10
	}
}

// words are what is there of a template even if every value is missing.
func words(t template) string {
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.literal)
	}
	return b.String()
}

// render is the field as it is shown.
func (f field) render(r *run) Field {
	return Field{
		Name: f.name, Label: line(r, f.label, form.MaxLabel), Kind: f.kind, Required: f.required,
		Placeholder: line(r, f.placeholder, form.MaxLabel), Choices: f.choices, Min: f.min, Max: f.max, Scale: f.scale, Style: f.style,
	}
}

// line fills a text of one line in.
func line(r *run, t template, limit int) string {
	s := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, t.render(r, asIs, limit))
	return cut(strings.TrimSpace(s), limit)
}

// check returns a value as it is saved, and whether it is one. Blank is no value.
func (f field) check(value string) (string, bool) {
	value = strings.TrimSpace(value)
	if value == "" || utf8.RuneCountInString(value) > form.MaxValue {
		return "", false
	}
	switch f.kind {
	case "email":
		return checkEmail(value)
	case "phone":
		return checkPhone(value)
	case "number":
		return f.checkNumber(value)
	case "date":
		_, err := time.Parse(time.DateOnly, value)
		return value, err == nil && (f.min == "" || value >= f.min) && (f.max == "" || value <= f.max)
	case "choice":
		return f.choose(value)
	case "consent":
		return value, value == "true"
	case "location":
		return checkLocation(value)
	case "rating":
		n, err := strconv.Atoi(value)
		scale := form.Scale(&chatv1.FormField{Scale: uint32(f.scale)}) //nolint:gosec // at most 10
		return strconv.Itoa(n), err == nil && n >= 1 && n <= int(scale)
	}
	return value, true
}

func (f field) checkNumber(value string) (string, bool) {
	text, n, ok := parseNumber(value)
	if !ok {
		return "", false
	}
	if _, least, ok := parseNumber(f.min); ok && n < least {
		return "", false
	}
	if _, most, ok := parseNumber(f.max); ok && n > most {
		return "", false
	}
	return text, true
}

// choose is the choice that was named, or the only one that is alike: as with buttons.
func (f field) choose(value string) (string, bool) {
	alike, count := "", 0
	for _, c := range f.choices {
		if sameText(value, c) {
			return c, true
		}
		if sameWords(value, c) {
			alike = c
			count++
		}
	}
	return alike, count == 1
}

var locationRule = regexp.MustCompile(`^(-?[0-9]{1,3}(?:\.[0-9]{1,15})?), ?(-?[0-9]{1,3}(?:\.[0-9]{1,15})?)$`)

// checkLocation takes a latitude and a longitude in degrees.
func checkLocation(value string) (string, bool) {
	m := locationRule.FindStringSubmatch(value)
	if m == nil {
		return "", false
	}
	latitude, _ := strconv.ParseFloat(m[1], 64)
	longitude, _ := strconv.ParseFloat(m[2], 64)
	return m[1] + "," + m[2], latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180
}
