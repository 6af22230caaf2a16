package widget

import (
	"fmt"
	"strings"
	"unicode/utf8"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const (
	maxCode    = 64 << 10
	maxSources = 20
)

func (v *checker) customCode(c *configv1.CustomCode) {
	const root = "widget.custom_code"
	for _, part := range []struct{ name, code string }{{"css", c.GetCss()}, {"html", c.GetHtml()}, {"js", c.GetJs()}} {
		switch field := root + "." + part.name; {
		case len(part.code) > maxCode:
			v.Add(field, "%d bytes, expected at most %d", len(part.code), maxCode)
		case !utf8.ValidString(part.code) || strings.ContainsRune(part.code, 0):
			v.Add(field, "expected valid UTF-8 without NUL")
		}
	}
	if n := len(c.GetSources()); n > maxSources {
		v.Add(root+".sources", "%d entries, expected at most %d", n, maxSources)
		return
	}
	first := make(map[string]int, len(c.GetSources()))
	for i, s := range c.GetSources() {
		field := fmt.Sprintf("%s.sources[%d]", root, i)
		if err := ParseOrigin(s); err != nil {
			v.Add(field, "%s", err)
			continue
		}
		if at, ok := first[s]; ok {
			v.Add(field, "is the same as %s.sources[%d]: list every origin once", root, at)
			continue
		}
		first[s] = i
	}
}
