package flow

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestPicture reads a picture's address and fills it in: a path is one of the gateway's own, if the scenario says so.
func TestPicture(t *testing.T) {
	const nowhere = ""
	for name, tt := range map[string]struct {
		address, value string
		problem        string // what the scenario's author is told
		want           string
	}{
		"another site's":             {address: "https://shop.example.com/{{x}}.png", value: "a b", want: "https://shop.example.com/a%20b.png"},
		"ours":                       {address: "/widget/v2/demo/sencha.svg", want: "/widget/v2/demo/sencha.svg"},
		"ours by name":               {address: "/teas/{{x}}.svg", value: "../a?b", want: "/teas/..%2Fa%3Fb.svg"},
		"a value is no host":         {address: "/{{x}}/a.png", value: "/evil.example.com", want: "/%2Fevil.example.com/a.png"},
		"a value that is missing":    {address: "/{{x}}/a.png", want: nowhere},
		"a value is no path of ours": {address: "{{x}}", value: "/console/", want: nowhere},
		"a value is an address":      {address: "{{x}}", value: "https://shop.example.com/a.png", want: "https://shop.example.com/a.png"},
		"another host":               {address: "//evil.example.com/a.png", problem: "expected a path of the gateway's own", want: nowhere},
		"a blank":                    {address: "/a b.png", problem: "expected a path of the gateway's own", want: nowhere},
		"another host, with a value": {address: "//evil/{{x}}.png", value: "a", problem: "expected a path of the gateway's own", want: nowhere},
		"a blank before a value":     {address: "/a b/{{x}}.png", value: "a", problem: "expected a path of the gateway's own", want: nowhere},
		"a backslash behind one":     {address: `/{{x}}/a\b.png`, value: "a", problem: "expected a path of the gateway's own", want: nowhere},
		"two slashes behind one":     {address: "/{{x}}//b.png", value: "a", want: "/a//b.png"},
		"no slash":                   {address: "a.png", problem: "expected an address that begins with https://", want: nowhere},
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := json.Marshal(tt.address)
			if err != nil {
				t.Fatal(err)
			}
			o := &object{report: &report{}, fields: map[string]json.RawMessage{"url": raw}}
			read := o.picture("url")
			switch err := o.report.err(); {
			case (err != nil) != (tt.problem != ""), err != nil && !strings.Contains(err.Error(), tt.problem):
				t.Errorf("problem %v, want %q", err, tt.problem)
			}
			r := &run{flow: &Flow{}, s: State{Vars: map[string]string{"x": tt.value}}}
			if got := renderPicture(r, read); got != tt.want {
				t.Errorf("the picture is at %q, want %q", got, tt.want)
			}
		})
	}
}

// What is no text is reported once.
func TestPictureNoText(t *testing.T) {
	o := &object{report: &report{}, fields: map[string]json.RawMessage{"url": json.RawMessage("5")}}
	o.picture("url")
	if err := o.report.err(); err == nil || strings.Count(err.Error(), "expected a string") != 1 {
		t.Errorf("problem %v, want one", err)
	}
}
