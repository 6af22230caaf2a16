package flow_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/internal/form"
	"github.com/switchboard-chat/switchboard/internal/media"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

// step is Next, with all that must hold of every step of every conversation.
func step(tb testing.TB, f *flow.Flow, s flow.State, in flow.Input) (flow.State, []flow.Action) {
	tb.Helper()
	before := encode(tb, s)
	next, actions := f.Next(s, in)
	after := encode(tb, next)

	if diff := cmp.Diff(before, encode(tb, s)); diff != "" {
		tb.Errorf("Next changed the state that it was given:\n%s", diff)
	}
	again, actionsAgain := f.Next(s, in)
	if diff := cmp.Diff(actions, actionsAgain) + cmp.Diff(after, encode(tb, again)); diff != "" {
		tb.Errorf("Next gives another result the second time:\n%s", diff)
	}
	var stored flow.State
	if err := json.Unmarshal([]byte(before), &stored); err != nil {
		tb.Fatal(err)
	}
	fromStored, actionsFromStored := f.Next(stored, in)
	if diff := cmp.Diff(actions, actionsFromStored) + cmp.Diff(after, encode(tb, fromStored)); diff != "" {
		tb.Errorf("Next gives another result from a stored state:\n%s", diff)
	}
	if len(after) > 512<<10 {
		tb.Errorf("the state has %d bytes", len(after))
	}
	checkActions(tb, s, in, next, actions)
	return next, actions
}

// encode is the state as it is stored, in which no answer may get lost.
func encode(tb testing.TB, s flow.State) string {
	tb.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		tb.Fatalf("the state cannot be stored: %v", err)
	}
	return string(data)
}

func checkActions(tb testing.TB, s flow.State, in flow.Input, next flow.State, actions []flow.Action) {
	tb.Helper()
	for _, a := range actions {
		switch a := a.(type) {
		case flow.Fault:
			tb.Errorf("fault at %q", a.Node)
		case flow.Say:
			if strings.TrimSpace(a.Text) == "" {
				tb.Errorf("node %q says nothing", a.Node)
			}
			if !utf8.ValidString(a.Text) {
				tb.Errorf("node %q says %q", a.Node, a.Text)
			}
		case flow.Image:
			checkPicture(tb, a.Node, a.URL)
		case flow.Keyboard:
			if len(a.Buttons) == 0 || len(a.Buttons) > flow.MaxButtons {
				tb.Errorf("node %q shows %d buttons", a.Node, len(a.Buttons))
			}
			checkLinks(tb, a.Node, a.Buttons)
		case flow.Cards:
			checkCards(tb, a)
		case flow.Form:
			checkForm(tb, a)
		case flow.Connect:
			if !next.WithOperator {
				tb.Errorf("node %q connects, but the state is not with an operator", a.Node)
			}
		}
	}
	switch in.Event.(type) {
	case flow.Text, flow.Press, flow.Jump, flow.Answer:
		if !s.WithOperator && len(actions) == 0 && !ofSettings(in.Event) {
			tb.Errorf("%#v is met with silence", in.Event)
		}
	}
	if _, ok := in.Event.(flow.OwnerBack); !ok && s.WithOperator && len(actions) > 0 {
		tb.Errorf("the bot speaks while an operator answers: %v", actions)
	}
}

func checkWeb(tb testing.TB, node, address string) {
	tb.Helper()
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		tb.Errorf("node %q leads to %q", node, address)
	}
}

// checkPicture lets a picture be one of the gateway's own, too.
func checkPicture(tb testing.TB, node, address string) {
	tb.Helper()
	if !media.IsOwnPath(address) {
		checkWeb(tb, node, address)
	}
}

// ofSettings reports whether the event only tells what a form of the settings has asked.
func ofSettings(e flow.Event) bool {
	a, ok := e.(flow.Answer)
	return ok && (a.Form == form.Prechat || a.Form == form.Rating)
}

func checkLinks(tb testing.TB, node string, buttons []flow.Button) {
	tb.Helper()
	for _, b := range buttons {
		if b.ActionType == flow.OpenURL {
			checkWeb(tb, node, b.ActionBody)
		}
	}
}

// checkCards holds cards to the bounds that the gateway does.
func checkCards(tb testing.TB, a flow.Cards) {
	tb.Helper()
	if len(a.Cards) == 0 || len(a.Cards) > 10 {
		tb.Errorf("node %q shows %d cards", a.Node, len(a.Cards))
	}
	for _, c := range a.Cards {
		if c.Title+c.Text+c.URL == "" || utf8.RuneCountInString(c.Title) > 200 || utf8.RuneCountInString(c.Text) > 1000 || len(c.Buttons) > 6 {
			tb.Errorf("node %q shows the card %+v", a.Node, c)
		}
		if c.URL != "" {
			checkPicture(tb, a.Node, c.URL)
		}
		checkLinks(tb, a.Node, c.Buttons)
	}
}

// checkForm holds a form to the rules of forms.
func checkForm(tb testing.TB, a flow.Form) {
	tb.Helper()
	f := &chatv1.Form{Text: a.Text, Submit: a.Submit}
	for _, of := range a.Fields {
		kind, _ := form.Kind(of.Kind)
		style, _ := form.Style(of.Style)
		f.Fields = append(f.Fields, &chatv1.FormField{
			Name: of.Name, Label: of.Label, Kind: kind, Required: of.Required, Placeholder: of.Placeholder,
			Choices: of.Choices, Min: of.Min, Max: of.Max, Scale: uint32(of.Scale), Style: style, //nolint:gosec // at most 10
		})
	}
	if found := form.Check(f); len(found) > 0 {
		tb.Errorf("node %q asks by %+v: %v", a.Node, a, found)
	}
}
