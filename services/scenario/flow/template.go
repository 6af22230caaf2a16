package flow

import (
	"errors"
	"fmt"
	"html"
	"net/url"
	"strings"
	"unicode/utf8"
)

// template is a text with placeholders: {{name}}, {{user.name}} or {{name|text if there is none}}.
type template []part

// part is a literal or, with a path, a placeholder.
type part struct {
	literal string // of a placeholder: what stands for a missing or blank value
	path    []string
	name    string // the path as written
}

// escaping is how values are put into a text. What the author wrote is never changed.
type escaping int

const (
	asIs escaping = iota
	asHTML
	asURL // percent-encoded, but for a value that begins the address
)

// escapingOf is how values are put into a text of a parse mode.
func escapingOf(m ParseMode) escaping {
	if m == HTML {
		return asHTML
	}
	return asIs
}

// parseTemplate finds the placeholders of s.
func parseTemplate(s string) (template, error) {
	var t template
	for s != "" {
		before, rest, found := strings.Cut(s, "{{")
		if before != "" {
			t = append(t, part{literal: before})
		}
		if !found {
			break
		}
		inside, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return nil, errors.New(`a "{{" without its "}}"`)
		}
		p, err := parsePlaceholder(inside)
		if err != nil {
			return nil, err
		}
		t = append(t, p)
		s = after
	}
	return t, nil
}

func parsePlaceholder(inside string) (part, error) {
	name, instead, _ := strings.Cut(inside, "|")
	name = strings.TrimSpace(name)
	path, err := parsePath(name)
	if err != nil {
		return part{}, fmt.Errorf("placeholder {{%s}}: %w", inside, err)
	}
	if strings.Contains(instead, "{{") {
		return part{}, fmt.Errorf("placeholder {{%s}}: the text behind | may hold no other placeholder", inside)
	}
	return part{literal: strings.TrimSpace(instead), path: path, name: name}, nil
}

// isPlaceholder reports whether the part is filled in.
func (p part) isPlaceholder() bool { return p.path != nil }

// isLiteral reports whether nothing is filled in.
func (t template) isLiteral() bool {
	for _, p := range t {
		if p.isPlaceholder() {
			return false
		}
	}
	return true
}

// hasWords reports whether there is something to read even if every value is missing.
func (t template) hasWords() bool {
	for _, p := range t {
		if strings.TrimSpace(p.literal) != "" {
			return true
		}
	}
	return false
}

// render fills the template in. All values together take at most limit characters before they are
// escaped; what the author wrote is always there in full, so no tag is ever cut. A value is not looked
// at for placeholders.
func (t template) render(r *run, as escaping, limit int) string {
	if len(t) == 0 {
		return ""
	}
	if len(t) == 1 && !t[0].isPlaceholder() {
		return t[0].literal
	}
	var b strings.Builder
	for i, p := range t {
		if !p.isPlaceholder() {
			b.WriteString(p.literal)
			continue
		}
		value := textOf(r.lookup(p.path, p.name))
		if strings.TrimSpace(value) == "" {
			b.WriteString(p.literal)
			continue
		}
		value = cut(value, limit)
		limit -= utf8.RuneCountInString(value)
		b.WriteString(as.escape(value, i == 0))
	}
	return b.String()
}

// escape makes a value safe where it stands.
func (as escaping) escape(value string, begins bool) string {
	switch {
	case as == asHTML:
		return html.EscapeString(value)
	case as == asURL && !begins:
		return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	}
	return value
}

// cut is the first n characters of s, without half a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// cutBytes is as much of s as fits into n bytes, without half a character.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
