package flow_test

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

func parse(t *testing.T, nodes ...string) *flow.Flow {
	t.Helper()
	f, err := flow.Parse([]byte(file(nodes...)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestParamsOfOtherTypesAreLeftOut(t *testing.T) {
	f := parse(t, leaf)
	s, _ := step(t, f, flow.State{Version: 7}, flow.Input{Event: flow.ParamsChanged{}, Params: map[string]any{
		"nan": math.NaN(), "inf": math.Inf(1), "chan": make(chan int), "nothing": nil, "bad\xff": "\xff",
		"ok": "yes", "n": 1.5, "b": true, "list": []any{nil, "x"}, "user": map[string]any{"age": 3.0},
	}})
	want := flow.State{Version: 7, Params: map[string]any{
		"bad\uFFFD": "\uFFFD", "ok": "yes", "n": 1.5, "b": true, "list": []any{nil, "x"}, "user": map[string]any{"age": 3.0},
	}}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Errorf("state differs (-want +got):\n%s", diff)
	}
}

// What the site's server has signed is not to be had otherwise, and goes before what a page says.
func TestTrustedParams(t *testing.T) {
	f := parse(t, `{"id": "a", "type": "input", "text": "{{trusted.plan|none}} {{plan|none}} {{trusted.user.age|none}} {{trusted|none}}", "save_as": "plan", "next": "a"}`)
	page := map[string]any{"plan": "free", "trusted": map[string]any{"plan": "gold"}, "trusted.plan": "gold", "user": map[string]any{"age": 9.0}}
	signed := map[string]any{"plan": "gold", "user": map[string]any{"age": 30.0}}
	var s flow.State
	for _, tt := range []struct {
		name string
		in   flow.Input
		want string
	}{
		{"the page says so", flow.Input{Event: flow.Start{}, Params: page}, "none free none none"},
		{"signed", flow.Input{Event: flow.Jump{}, Trusted: signed}, "gold gold 30 none"},
		{"the page again", flow.Input{Event: flow.Jump{}, Params: page}, "gold gold 30 none"},
		{"an answer is not signed", flow.Input{Event: flow.Text{Text: "mine"}}, "gold mine 30 none"},
		{"after the visitor has left", flow.Input{Event: flow.Leave{}}, ""},
		{"and come back", flow.Input{Event: flow.Start{}}, "gold gold 30 none"},
		{"signed that there are none", flow.Input{Event: flow.Jump{}, Trusted: map[string]any{}}, "none free none none"},
	} {
		var actions []flow.Action
		s, actions = step(t, f, s, tt.in)
		got := ""
		for _, a := range actions {
			got += a.(flow.Say).Text
		}
		if got != tt.want {
			t.Errorf("%s: said %q, want %q", tt.name, got, tt.want)
		}
	}
	if _, err := flow.Parse([]byte(file(`{"id": "a", "type": "input", "text": "?", "save_as": "trusted", "next": "a"}`))); err == nil {
		t.Error("a scenario may give trusted a value of its own")
	}
}

func TestNothingHappensWithoutAnEvent(t *testing.T) {
	f := parse(t, leaf)
	s, actions := step(t, f, flow.State{}, flow.Input{})
	if diff := cmp.Diff(flow.State{}, s); diff != "" || len(actions) > 0 {
		t.Errorf("Next() = %v, %v, want nothing", s, actions)
	}
}

// TestPublish goes on in a version that has changed under the conversation.
func TestPublish(t *testing.T) {
	question := `{"id": "a", "type": "input", "text": "New?", "next": "b"}`
	done := `{"id": "b", "type": "message", "text": "Done."}`
	tests := map[string]struct {
		flow  *flow.Flow
		event flow.Event
		want  []flow.Action
	}{
		"the node is still there": {
			parse(t, `{"id": "a", "type": "input", "text": "First?", "next": "old"}`, `{"id": "old", "type": "input", "text": "?", "next": "b"}`, done),
			flow.Text{Text: "x"},
			[]flow.Action{flow.Say{Node: "b", Text: "Done."}, flow.End{Node: "b"}},
		},
		"the node is gone": {
			parse(t, question, done),
			flow.Text{Text: "x"},
			[]flow.Action{flow.Say{Node: "a", Text: "New?"}},
		},
		"the node is gone and the page jumps nowhere": {
			parse(t, question, done),
			flow.Jump{Alias: "x"},
			[]flow.Action{flow.Say{Node: "a", Text: "New?"}},
		},
		"the node does not wait any more": {
			parse(t, question, done, `{"id": "old", "type": "message", "text": "x"}`),
			flow.Press{Text: "x"},
			[]flow.Action{flow.Say{Node: "a", Text: "New?"}},
		},
		"the keyboard has only links now": {
			parse(t, question, done, `{"id": "old", "type": "keyboard", "text": "x", "buttons": [{"Text": "x", "ActionType": "none"}]}`),
			flow.Start{},
			[]flow.Action{flow.Say{Node: "a", Text: "New?"}},
		},
		"an operator comes back to a node that is gone": {
			parse(t, question, done), flow.OwnerBack{}, nil,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, with := tt.event.(flow.OwnerBack)
			s, actions := step(t, tt.flow, flow.State{Started: true, Node: "old", WithOperator: with}, flow.Input{Event: tt.event})
			if diff := cmp.Diff(tt.want, actions); diff != "" {
				t.Errorf("actions differ (-want +got):\n%s", diff)
			}
			if s.WithOperator {
				t.Error("still with an operator")
			}
		})
	}
}

// TestOwners follows operators who come and go, with and without the scenario asking.
func TestOwners(t *testing.T) {
	f := parse(t,
		`{"id": "a", "type": "input", "text": "Name?", "next": "b"}`,
		`{"id": "b", "type": "connect_operator"}`,
		`{"id": "c", "type": "entry", "alias": "closed", "next": "d"}`,
		`{"id": "d", "type": "message", "text": "Bye."}`)
	ask := []flow.Action{flow.Say{Node: "a", Text: "Name?"}}
	bye := []flow.Action{flow.Say{Node: "d", Text: "Bye."}, flow.End{Node: "d"}}
	tests := map[string]struct {
		from  flow.State
		event flow.Event
		want  []flow.Action
	}{
		"taken before the start, back":             {flow.State{WithOperator: true}, flow.OwnerBack{}, nil},
		"taken before the start, back at an alias": {flow.State{WithOperator: true}, flow.OwnerBack{Alias: "closed"}, bye},
		"stepped in at a question, back":           {flow.State{Started: true, Node: "a", WithOperator: true, Tries: 3}, flow.OwnerBack{}, ask},
		"back twice":                               {flow.State{Started: true, Node: "a"}, flow.OwnerBack{}, nil},
		"asked for, back without an alias":         {flow.State{Started: true, Node: "b", WithOperator: true}, flow.OwnerBack{}, []flow.Action{flow.End{Node: "b"}}},
		"asked for, back at an unknown alias":      {flow.State{Started: true, Node: "b", WithOperator: true}, flow.OwnerBack{Alias: "gone"}, []flow.Action{flow.End{Node: "b"}}},
		"start while with an operator":             {flow.State{WithOperator: true}, flow.Start{}, nil},
		"jump while with an operator":              {flow.State{WithOperator: true}, flow.Jump{Alias: "closed"}, nil},
		"press while with an operator":             {flow.State{WithOperator: true}, flow.Press{Text: "x"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s, actions := step(t, f, tt.from, flow.Input{Event: tt.event})
			if diff := cmp.Diff(tt.want, actions); diff != "" {
				t.Errorf("actions differ (-want +got):\n%s", diff)
			}
			if s.Tries != 0 {
				t.Errorf("%d tries, want a fresh question", s.Tries)
			}
		})
	}
}

// TestButtons says what finds a button of the open keyboard.
func TestButtons(t *testing.T) {
	f := parse(t, `{"id": "a", "type": "keyboard", "text": "?", "next_other": "other", "buttons": [
			{"Text": "📦 My order", "ActionBody": "order", "next": "order"},
			{"Text": "C", "next": "c"}, {"Text": "C++", "next": "cpp"},
			{"Text": "Yes", "ActionBody": "yes-a", "next": "yes-a"}, {"Text": "Yes!", "ActionBody": "yes-b", "next": "yes-b"},
			{"Text": "👍", "next": "up"}, {"Text": "{{lang|English}}", "next": "lang"},
			{"Text": "Site", "ActionType": "open-url", "ActionBody": "https://example.com"}]}`,
		says("order"), says("c"), says("cpp"), says("yes-a"), says("yes-b"), says("up"), says("lang"), says("other"))
	tests := map[string]struct {
		event flow.Event
		want  string
	}{
		"pressed":                           {flow.Press{Text: "📦 My order", Body: "order"}, "order"},
		"pressed with another label":        {flow.Press{Text: "Where is it?", Body: "order"}, "order"},
		"pressed with another body":         {flow.Press{Text: "📦 My order", Body: "parcel"}, "order"},
		"the body decides":                  {flow.Press{Text: "Yes", Body: "yes-b"}, "yes-b"},
		"written as it is":                  {flow.Text{Text: "📦 My order"}, "order"},
		"written without emoji and case":    {flow.Text{Text: " my  ORDER. "}, "order"},
		"its answer written":                {flow.Text{Text: "Order"}, "order"},
		"exact before alike":                {flow.Text{Text: "c++"}, "cpp"},
		"alike twice":                       {flow.Text{Text: "c#"}, "other"},
		"label before alike":                {flow.Text{Text: "yes"}, "yes-a"},
		"emoji only":                        {flow.Text{Text: "👍"}, "up"},
		"another emoji":                     {flow.Text{Text: "👎"}, "other"},
		"a label with a value":              {flow.Text{Text: "english"}, "lang"},
		"a link is no answer":               {flow.Text{Text: "Site"}, "other"},
		"anything else":                     {flow.Text{Text: "my order, please"}, "other"},
		"an older keyboard's button":        {flow.Press{Text: "Old", Body: "old"}, "other"},
		"nothing":                           {flow.Text{}, "other"},
		"a label that is only a word of it": {flow.Text{Text: "my"}, "other"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, actions := step(t, f, flow.State{Started: true, Node: "a"}, flow.Input{Event: tt.event})
			if len(actions) == 0 || actions[0].At() != tt.want {
				t.Errorf("%#v leads to %v, want %s", tt.event, actions, tt.want)
			}
		})
	}
}

func says(id string) string {
	return `{"id": "` + id + `", "type": "message", "text": "` + id + `"}`
}

// TestValuesDoNotGrow renders a text that is full of a long value.
func TestValuesDoNotGrow(t *testing.T) {
	f := parse(t, `{"id": "a", "type": "message", "parse_mode": "HTML", "text": "<b>`+strings.Repeat("{{last_input}}", 290)+`</b>"}`)
	_, actions := step(t, f, flow.State{}, flow.Input{Event: flow.Text{Text: strings.Repeat("<", 3000)}})
	said, ok := actions[0].(flow.Say)
	if want := "<b>" + strings.Repeat("&lt;", flow.MaxText) + "</b>"; !ok || said.Text != want {
		t.Errorf("the text has %d characters, want %d", len(said.Text), len(want))
	}
}

func TestConcurrentUse(t *testing.T) {
	f := welcome(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var s flow.State
			for _, e := range []flow.Event{flow.Start{}, flow.Press{Body: "call"}, flow.Text{Text: "+380501234567"}, flow.Jump{Alias: "thanks"}} {
				s, _ = step(t, f, s, flow.Input{Event: e})
			}
		})
	}
	wg.Wait()
}

// TestRetryIsNeverSilent has retry texts that turn out empty.
func TestRetryIsNeverSilent(t *testing.T) {
	f := parse(t,
		`{"id": "a", "type": "input", "text": "Name?", "retry_text": "{{hint}}", "next": "b", "validate": {"kind": "text", "min_length": 3}}`,
		`{"id": "b", "type": "keyboard", "text": "Sure?", "retry_text": "{{hint}}", "buttons": [{"Text": "{{yes}}", "next": "a"}, {"Text": "No", "next": "a"}]}`)
	tests := map[string]flow.Action{
		"a": flow.Say{Node: "a", Text: "Name?"},
		"b": flow.Keyboard{Node: "b", Text: "Sure?", Buttons: []flow.Button{{Text: "No", ActionType: flow.Reply, Columns: 6}}},
	}
	for node, want := range tests {
		_, actions := step(t, f, flow.State{Started: true, Node: node}, flow.Input{Event: flow.Text{Text: "x"}})
		if diff := cmp.Diff([]flow.Action{want}, actions); diff != "" {
			t.Errorf("actions at %q differ (-want +got):\n%s", node, diff)
		}
	}
}
