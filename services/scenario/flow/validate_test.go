package flow

import (
	"strings"
	"testing"
)

func TestCheckAnswer(t *testing.T) {
	number := func(v float64) *float64 { return &v }
	text := rule{kind: "text", least: 2, most: 4}
	phone, email := rule{kind: "phone"}, rule{kind: "email"}
	between := rule{kind: "number", min: number(-2), max: number(2000)}
	tests := map[string]struct {
		rule   rule
		answer string
		want   string // "" is a refusal
	}{
		"text":                    {text, " яґї ", "яґї"},
		"text, short":             {text, "x", ""},
		"text, long":              {text, "яґїєа", ""},
		"text, spaces":            {rule{kind: "text", most: 9}, " \n ", ""},
		"phone":                   {phone, " +38 (050) 123-45.67", "+380501234567"},
		"phone, no plus":          {phone, "050 123 45 67", "0501234567"},
		"phone, other dashes":     {phone, "050\u2011123\u201345\u00a067", "0501234567"},
		"phone, shortest":         {phone, "1234567", "1234567"},
		"phone, too short":        {phone, "123456", ""},
		"phone, longest":          {phone, "+123456789012345", "+123456789012345"},
		"phone, too long":         {phone, "+1234567890123456", ""},
		"phone, plus inside":      {phone, "050+1234567", ""},
		"phone, letters":          {phone, "call 1234567", ""},
		"phone, other digits":     {phone, "٠٥٠١٢٣٤٥٦٧", ""},
		"e-mail":                  {email, " Ann.Lee+tea@Shop.Example.COM ", "Ann.Lee+tea@shop.example.com"},
		"e-mail, other letters":   {email, "олена@пошта.укр", "олена@пошта.укр"},
		"e-mail, no dot":          {email, "ann@localhost", ""},
		"e-mail, dot at the end":  {email, "ann@example.com.", ""},
		"e-mail, dot first":       {email, "ann@.example.com", ""},
		"e-mail, dash":            {email, "ann@-example.com", ""},
		"e-mail, display name":    {email, "Ann <ann@example.com>", ""},
		"e-mail, brackets":        {email, "<ann@example.com>", ""},
		"e-mail, comment":         {email, "ann@example.com (Ann)", ""},
		"e-mail, quoted":          {email, `"ann lee"@example.com`, ""},
		"e-mail, literal":         {email, "ann@[127.0.0.1]", ""},
		"e-mail, two":             {email, "ann@example.com, bob@example.com", ""},
		"e-mail, header":          {email, "ann@example.com\r\nBcc: x@example.com", ""},
		"e-mail, long":            {email, strings.Repeat("a", 250) + "@example.com", ""},
		"number":                  {between, "12", "12"},
		"number, decimals":        {between, "+12.50", "12.50"},
		"number, comma":           {between, "12,5", "12.5"},
		"number, negative":        {between, "-2", "-2"},
		"number, spaces":          {between, "1\u00a0500", "1500"},
		"number, small fraction":  {between, "0,125", "0.125"},
		"number, thousands":       {between, "1,500", ""},
		"number, below":           {between, "-2.1", ""},
		"number, above":           {between, "2000.1", ""},
		"number, words":           {between, "two", ""},
		"number, not a number":    {between, "NaN", ""},
		"number, hexadecimal":     {between, "0x10", ""},
		"number, exponent":        {between, "1e3", ""},
		"number, endless":         {rule{kind: "number"}, strings.Repeat("9", 31), ""},
		"number, digits are kept": {rule{kind: "number"}, "00123456789012345678901234", "00123456789012345678901234"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := tt.rule.check(tt.answer)
			if ok != (tt.want != "") || (ok && got != tt.want) {
				t.Errorf("check(%q) = %q, %v, want %q", tt.answer, got, ok, tt.want)
			}
		})
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"check", "check_2", "menu", "ask_phone", "x"}
	tests := map[string]string{
		"chek": `; did you mean "check"?`, "Check": `; did you mean "check"?`, "check_3": `; did you mean "check_2"?`, "mneu": `; did you mean "menu"?`,
		"askphone": `; did you mean "ask_phone"?`, "aks_phone_": "", "phone": "", "y": "", "": "", "something_else": "",
	}
	for name, want := range tests {
		if got := suggest(name, known); got != want {
			t.Errorf("suggest(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestFault walks a loop that Parse would have refused.
func TestFault(t *testing.T) {
	f := &Flow{start: "start", nodes: map[string]node{"start": &start{next: "a"}, "a": &message{content: content{id: "a", text: template{{literal: "x"}}}, next: "a"}}}
	s, actions := f.Next(State{}, Input{Event: Start{}})
	if len(actions) != 1 || actions[0] != (Fault{Node: "a"}) || s.Node != "" {
		t.Errorf("Next() = %+v, %v, want a fault and no open question", s, actions)
	}
}
