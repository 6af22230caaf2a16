package flow

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// holds reports whether the test's operator holds between the field and its values.
func (t test) holds(r *run) bool {
	field := r.lookup(t.path, t.name)
	switch t.operator {
	case "empty":
		return isEmpty(field)
	case "not_empty":
		return !isEmpty(field)
	case "contains":
		return contains(field, t.values[0].render(r, asIs, MaxText))
	}
	is := textOf(field)
	isSame := func(v template) bool { return same(is, v.render(r, asIs, MaxText)) }
	switch t.operator {
	case "equals":
		return isSame(t.values[0])
	case "not_equals":
		return !isSame(t.values[0])
	case "in_list":
		return slices.ContainsFunc(t.values, isSame)
	}
	c, ok := order(is, t.values[0].render(r, asIs, MaxText))
	switch t.operator {
	case "greater":
		return ok && c > 0
	case "less":
		return ok && c < 0
	}
	return false
}

// contains looks for an element in a list and for a part in anything else. Nothing is not part of
// anything, so that a missing value does not make a rule hold.
func contains(v any, part string) bool {
	if strings.TrimSpace(part) == "" {
		return false
	}
	if list, ok := v.([]any); ok {
		return slices.ContainsFunc(list, func(e any) bool { return same(textOf(e), part) })
	}
	return strings.Contains(strings.ToLower(textOf(v)), strings.ToLower(strings.TrimSpace(part)))
}

// isEmpty reports whether there is nothing to see in v.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return strings.TrimSpace(textOf(v)) == ""
}

// operand reads what a field is compared with: a string with placeholders, a number, true or false.
func (o *object) operand(field string, raw json.RawMessage) template {
	switch kindOf(raw) {
	case "a string":
		s := decode[string](raw)
		if utf8.RuneCountInString(s) > MaxText {
			o.problem(field, "expected at most %d characters", MaxText)
			return nil
		}
		t, err := parseTemplate(s)
		if err != nil {
			o.problem(field, "%v", err)
		}
		return t
	case "a number":
		v, err := decode[json.Number](raw).Float64()
		if err != nil {
			o.problem(field, "expected a number that fits into 64 bits, got %s", raw)
		}
		return template{{literal: formatNumber(v)}}
	case "true or false":
		return template{{literal: strconv.FormatBool(decode[bool](raw))}}
	}
	o.problem(field, "expected a string, a number, true or false, got %s", kindOf(raw))
	return nil
}
