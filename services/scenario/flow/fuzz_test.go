package flow_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

// FuzzParse parses anything. What is taken must hold a conversation; what is refused must say why.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"testdata/nodes.json", "testdata/loyal.json", "testdata/forms.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(chain(3)))
	f.Add([]byte(file(leaf, `{"id": "b", "type": "condition", "rules": [{"conditions": [{"field": "x.y", "operator": "in_list", "value": [1, "{{z}}"]}], "next": "a"}], "else": "b"}`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := flow.Parse(data)
		_, again := flow.Parse(data)
		if err != nil {
			var refused *flow.ParseError
			if !errors.As(err, &refused) || len(refused.Problems) == 0 {
				t.Fatalf("Parse() = %v, want a *ParseError with problems", err)
			}
			if diff := cmp.Diff(err.Error(), again.Error()); diff != "" {
				t.Errorf("Parse gives other problems the second time:\n%s", diff)
			}
			return
		}
		converse(t, parsed, []byte("s\nb0\nb1\ntxyz\nb0\nt5\nb2\no\nc\nt+380501234567\nta@b.cd\nt9\nfx {\"a\":\"1\"}\nfoffline {}\n"))
	})
}

// FuzzNext plays anything as a script on four scenarios.
func FuzzNext(f *testing.F) {
	flows := []*flow.Flow{welcome(f), scenario(f, "nodes"), scenario(f, "loyal"), scenario(f, "forms")}
	f.Add([]byte("s\nb1\nt+380501234567\nb0\nta@b.cd\nb1\no\nthello\ncthanks\nb0\n"))
	f.Add([]byte("p{\"user\":{\"name\":\"<\"},\"tags\":[\"shy\"]}\ns\nt17\nb1\nc\ne\njmenu\nb9\n"))
	f.Add([]byte("fprechat {\"name\":\"<\",\"tier\":\"gold\"}\ns\nb1\nfx {\"name\":\"A\",\"phone\":\"+380501234567\",\"day\":\"2026-12-24\"}\nt4\nfoffline {\"rating\":\"9\"}\n"))
	f.Add([]byte("tyes\ntx\ntxy\njproduct-inquiry\nb0\n"))
	f.Fuzz(func(t *testing.T, script []byte) {
		for _, parsed := range flows {
			converse(t, parsed, script)
		}
	})
}

// converse plays a script of one line an event: a letter for its kind and what it carries. A button
// is the n-th of the newest keyboard.
func converse(t *testing.T, f *flow.Flow, script []byte) {
	const longest = 50 // events
	var s flow.State
	var buttons []flow.Button
	for n, line := range bytes.SplitN(script, []byte("\n"), longest) {
		if len(line) == 0 {
			continue
		}
		in := flow.Input{Now: time.Unix(int64(n), 0).UTC(), Random: uint64(n)}
		rest := string(line[1:])
		switch line[0] {
		case 's':
			in.Event = flow.Start{}
		case 't':
			in.Event = flow.Text{Text: rest}
		case 'b':
			press := flow.Press{Text: rest}
			if len(rest) > 0 && len(buttons) > 0 {
				b := buttons[int(rest[0])%len(buttons)]
				press = flow.Press{Text: b.Text, Body: b.ActionBody}
			}
			in.Event = press
		case 'f':
			name, values, _ := strings.Cut(rest, " ")
			answer := flow.Answer{Form: name, Text: values}
			_ = json.Unmarshal([]byte(values), &answer.Values) // what cannot be read is no value
			in.Event = answer
		case 'j':
			in.Event = flow.Jump{Alias: rest}
		case 'p':
			in.Event = flow.ParamsChanged{}
			_ = json.Unmarshal(line[1:], &in.Params) // what cannot be read changes nothing
		case 'o':
			in.Event = flow.OwnerTaken{}
		case 'c':
			in.Event = flow.OwnerBack{Alias: rest}
		case 'e':
			in.Event = flow.Leave{}
		}
		var actions []flow.Action
		s, actions = step(t, f, s, in)
		for _, a := range actions {
			switch a := a.(type) {
			case flow.Keyboard:
				buttons = a.Buttons
			case flow.Cards:
				buttons = nil
				for _, c := range a.Cards {
					buttons = append(buttons, c.Buttons...)
				}
			}
		}
	}
}
