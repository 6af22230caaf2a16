package flow

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzRender puts any value into any text.
func FuzzRender(f *testing.F) {
	f.Add("Hello, {{name|there}}!", "Ann")
	f.Add("<b>{{name}}</b>", `"><script>`)
	f.Add("https://shop.example.com/?q={{name}}#{{user.name|x}}", "&a=b/../..@evil")
	f.Add("{{name}}.example.com/{{name}}", "http://x")
	f.Add("{{ name }} {{last_input|{ }}", "{{name}}")
	f.Fuzz(func(t *testing.T, text, value string) {
		tmpl, err := parseTemplate(text)
		if err != nil {
			return
		}
		r := &run{flow: &Flow{}, s: State{
			LastInput: value,
			Vars:      map[string]string{"name": value},
			Params:    keepParams(map[string]any{"user": map[string]any{"name": value}, value: value}),
		}}
		const limit = 100
		written := 0 // characters of the author's own
		tags := 0
		for _, p := range tmpl {
			written += utf8.RuneCountInString(p.literal)
			tags += strings.Count(p.literal, "<")
		}
		if got := utf8.RuneCountInString(tmpl.render(r, asIs, limit)); got > written+limit {
			t.Errorf("%d characters, want at most %d", got, written+limit)
		}
		if got := strings.Count(tmpl.render(r, asHTML, limit), "<"); got > tags {
			t.Errorf("%d tags begin, want at most %d", got, tags)
		}
		checkHost(t, r, text, tmpl)
	})
}

// checkHost sees that no value changes the host of an address that the author wrote.
func checkHost(t *testing.T, r *run, text string, tmpl template) {
	o := &object{report: &report{}, fields: map[string]json.RawMessage{"url": quoted(text)}}
	if read := o.address("url"); o.report.err() != nil || len(read) == 0 {
		return
	}
	got := renderAddress(r, tmpl)
	if got == "" || tmpl[0].isPlaceholder() {
		return
	}
	u, err := url.Parse(got)
	if err != nil {
		t.Fatalf("the address is %q: %v", got, err)
	}
	rest, _ := cutScheme(tmpl[0].literal)
	if host, _, _ := strings.Cut(rest, "/"); !strings.HasPrefix(host, u.Host) {
		t.Errorf("the host of %q is %q, want that of %q", got, u.Host, text)
	}
}

func quoted(s string) json.RawMessage {
	raw, _ := json.Marshal(s)
	return raw
}
