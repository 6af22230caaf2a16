package flow

import (
	"bytes"
	"encoding/json"
	"math"
	"unicode/utf8"
)

// object reads one JSON object of a scenario strictly: names are exact, and done finds those that are
// there twice or that nobody asked for. What is missing or wrong is reported and read as the zero value,
// so that one reading finds every problem.
type object struct {
	report *report
	node   string // the id of the node that the object belongs to, if known
	path   string // the path of the object in front of its fields, such as "buttons[1]."
	fields map[string]json.RawMessage
	order  []string
	twice  []string
	asked  []string
}

// newObject reads raw, which is valid JSON; field is its own place. It returns nil if raw is no object.
func newObject(r *report, node, field string, raw json.RawMessage) *object {
	if kindOf(raw) != "an object" {
		r.add(node, field, "expected an object, got %s", kindOf(raw))
		return nil
	}
	o := &object{report: r, node: node, fields: map[string]json.RawMessage{}}
	if field != "" {
		o.path = field + "."
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	_, _ = dec.Token() // the opening brace; the syntax has been checked
	for dec.More() {
		token, _ := dec.Token()
		name, _ := token.(string)
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			o.problem(name, "%v", err)
			return o
		}
		if _, twice := o.fields[name]; twice {
			o.twice = append(o.twice, name)
			continue
		}
		o.fields[name] = value
		o.order = append(o.order, name)
	}
	return o
}

func (o *object) problem(field, format string, args ...any) {
	o.report.add(o.node, o.path+field, format, args...)
}

// done reports the fields that are there twice or were not asked for; what is the object in a sentence.
func (o *object) done(what string) {
	for _, name := range o.twice {
		o.problem(name, "is there twice")
	}
	asked := make(map[string]bool, len(o.asked))
	for _, name := range o.asked {
		asked[name] = true
	}
	for _, name := range o.order {
		if asked[name] || o.report.full() {
			continue
		}
		o.problem(name, "%s has no such field%s", what, suggest(name, o.asked))
	}
}

// has reports whether the field is there.
func (o *object) has(name string) bool {
	_, ok := o.fields[name]
	return ok
}

// take returns the field's value if it is of the kind.
func (o *object) take(name, kind string) (json.RawMessage, bool) {
	o.asked = append(o.asked, name)
	raw, ok := o.fields[name]
	if !ok {
		return nil, false
	}
	if kindOf(raw) != kind {
		o.problem(name, "expected %s, got %s", kind, kindOf(raw))
		return nil, false
	}
	return raw, true
}

// require reports the field if it is not there; use says what it is for.
func (o *object) require(name, use string) {
	if !o.has(name) {
		o.problem(name, "is missing: %s", use)
	}
}

// text is a string of at most limit characters.
func (o *object) text(name string, limit int) string {
	raw, ok := o.take(name, "a string")
	if !ok {
		return ""
	}
	s := decode[string](raw)
	if n := utf8.RuneCountInString(s); n > limit {
		o.problem(name, "expected at most %d characters, got %d", limit, n)
		return ""
	}
	return s
}

// number is a finite number or nil.
func (o *object) number(name string) *float64 {
	raw, ok := o.take(name, "a number")
	if !ok {
		return nil
	}
	n := decode[json.Number](raw)
	v, err := n.Float64()
	if err != nil {
		o.problem(name, "expected a number that fits into 64 bits, got %s", n)
		return nil
	}
	return &v
}

// integer is a whole number from least to most; absent, it is what is given.
func (o *object) integer(name string, least, most, absent int) int {
	n := o.number(name)
	if n == nil {
		return absent
	}
	if *n != math.Trunc(*n) || *n < float64(least) || *n > float64(most) {
		o.problem(name, "expected a whole number from %d to %d, got %v", least, most, *n)
		return absent
	}
	return int(*n)
}

// boolean is true or false; absent is false.
func (o *object) boolean(name string) bool {
	raw, ok := o.take(name, "true or false")
	return ok && decode[bool](raw)
}

// child is an object or nil.
func (o *object) child(name string) *object {
	raw, ok := o.take(name, "an object")
	if !ok {
		return nil
	}
	return newObject(o.report, o.node, o.path+name, raw)
}

// list is an array of 1 to limit elements.
func (o *object) list(name string, limit int) []json.RawMessage {
	raw, ok := o.take(name, "a list")
	if !ok {
		return nil
	}
	l := decode[[]json.RawMessage](raw)
	if len(l) == 0 || len(l) > limit {
		o.problem(name, "expected 1 to %d, got %d", limit, len(l))
		return nil
	}
	return l
}

// target is the id of a node to go on with.
func (o *object) target(name string) string {
	s := o.text(name, maxName)
	if s == "" && o.isString(name) {
		o.problem(name, "is empty: expected the id of a node")
	}
	return s
}

// allow knows fields that are read in another way.
func (o *object) allow(names ...string) { o.asked = append(o.asked, names...) }

// isString reports whether the field is there and a string.
func (o *object) isString(name string) bool {
	return o.has(name) && kindOf(o.fields[name]) == "a string"
}

// decode reads a value whose kind has been checked.
func decode[T any](raw json.RawMessage) (v T) {
	_ = json.Unmarshal(raw, &v)
	return v
}

// kindOf names what a JSON value is.
func kindOf(raw json.RawMessage) string {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return "nothing"
	}
	switch raw[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}
