package flow

import (
	"testing"
	"time"
)

func testRun() *run {
	return &run{
		flow:   &Flow{constants: map[string]string{"shop": "Leaf & Kettle", "name": "constant", "braces": "{{shop}}"}},
		now:    time.Date(2026, 11, 22, 12, 0, 0, 0, time.FixedZone("", 2*60*60)),
		random: 18446744073709551615,
		s: State{
			LastInput: `"<hi>"`,
			Vars:      map[string]string{"city": "Kyiv", "blank": " "},
			Params: map[string]any{
				"name": "Olena", "city": "Lviv", "braces2": "{{name}}", "a.b": "dotted", "yes": true, "big": 1e21, "tiny": 1e-7,
				"total": 1234567.5, "none": nil, "user": map[string]any{"name": "Ann", "tags": []any{"x", nil, 2.0}},
			},
		},
	}
}

func TestRender(t *testing.T) {
	tests := map[string]struct {
		text string
		as   escaping
		want string
	}{
		"plain":                         {"Hello", asIs, "Hello"},
		"empty":                         {"", asIs, ""},
		"parameter before constant":     {"Hi {{name}}!", asIs, "Hi Olena!"},
		"answer before parameter":       {"{{city}}", asIs, "Kyiv"},
		"constant":                      {"{{ shop }}", asIs, "Leaf & Kettle"},
		"missing":                       {"[{{nobody}}]", asIs, "[]"},
		"default for missing":           {"{{nobody| you there }}", asIs, "you there"},
		"default for blank":             {"{{blank|x}}", asIs, "x"},
		"default with a bar":            {"{{nobody|a|b}}", asIs, "a|b"},
		"default not used":              {"{{name|x}}", asIs, "Olena"},
		"nested":                        {"{{user.name}}", asIs, "Ann"},
		"index":                         {"{{user.tags.2}}{{user.tags.3}}{{user.tags.x}}", asIs, "2"},
		"list":                          {"{{user.tags}}", asIs, "x, 2"},
		"object":                        {"{{user|none}}", asIs, "none"},
		"into a string":                 {"{{name.first|none}}", asIs, "none"},
		"dot in a name":                 {"{{a.b}}", asIs, "dotted"},
		"numbers":                       {"{{total}} {{big}} {{tiny}}", asIs, "1234567.5 1e+21 1e-07"},
		"boolean and null":              {"{{yes}}{{none}}", asIs, "true"},
		"built-in":                      {"{{now}} {{random}} {{last_input}}", asIs, `2026-11-22T12:00:00+02:00 18446744073709551615 "<hi>"`},
		"no second look":                {"{{braces}} {{braces2}}", asIs, "{{shop}} {{name}}"},
		"single braces":                 {"{name} }} {", asIs, "{name} }} {"},
		"HTML":                          {"<b>{{last_input}}</b> {{shop}} {{x|<i>&amp;</i>}}", asHTML, "<b>&#34;&lt;hi&gt;&#34;</b> Leaf &amp; Kettle <i>&amp;</i>"},
		"address":                       {"https://a.b/{{shop}}?q={{last_input}}", asURL, "https://a.b/Leaf%20%26%20Kettle?q=%22%3Chi%3E%22"},
		"a value that begins it":        {"{{last_input}}/{{shop}}", asURL, `"<hi>"/Leaf%20%26%20Kettle`},
		"a default in an address stays": {"https://a.b/{{x|c/d}}", asURL, "https://a.b/c/d"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tmpl, err := parseTemplate(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := tmpl.render(testRun(), tt.as, MaxText); got != tt.want {
				t.Errorf("render(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	tests := map[string]struct {
		s     string
		n     int
		chars string
		bytes string
	}{
		"fits":   {"abc", 3, "abc", "abc"},
		"longer": {"abcd", 3, "abc", "abc"},
		"wide":   {"яґїє", 3, "яґї", "я"},
		"none":   {"я", 0, "", ""},
		"empty":  {"", 0, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := cut(tt.s, tt.n); got != tt.chars {
				t.Errorf("cut(%q, %d) = %q, want %q", tt.s, tt.n, got, tt.chars)
			}
			if got := cutBytes(tt.s, tt.n); got != tt.bytes {
				t.Errorf("cutBytes(%q, %d) = %q, want %q", tt.s, tt.n, got, tt.bytes)
			}
		})
	}
}
