package scenario_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

const shopping = `{"format": 1, "nodes": [
	{"id": "start", "type": "start", "next": "teas"},
	{"id": "teas", "type": "cards", "cards": [
		{"title": "Sencha", "text": "Green", "image": {"url": "https://shop.example.com/s.png", "alt": "A cup"},
		 "buttons": [{"Text": "Take it", "ActionBody": "sencha", "Columns": 3, "next": "who"}]}]},
	{"id": "who", "type": "form", "text": "<b>Who</b> are you, {{name|friend}}?", "parse_mode": "HTML", "submit": "Send", "fields": [
		{"name": "name", "label": "Name", "required": true, "placeholder": "Olena"},
		{"name": "size", "label": "Size", "kind": "choice", "choices": ["small", "large"]},
		{"name": "how", "label": "How", "kind": "rating", "scale": 4, "style": "faces"}], "next": "bye"},
	{"id": "bye", "type": "message", "text": "{{name}}, {{size}}, {{how|-}}, {{email}}."}
]}`

func filled(form string, values map[string]string) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_FormAnswer{FormAnswer: &chatv1.FormAnswer{Form: form, Values: values, Text: "in words"}}}
}

// Cards and forms are said as the contract has them, and what is put into a form, also before the chat, is
// known to the scenario.
func TestCardsAndForms(t *testing.T) {
	h, c := open(t, shopping), conversation()
	h.happens(c, subject.Visitor, "m0", filled("prechat", map[string]string{"name": "Olena", "email": "o@example.com"}))
	h.happens(c, subject.Visitor, "m1", &chatv1.Message{Body: &chatv1.Message_Start{Start: &chatv1.Start{}}})
	h.happens(c, subject.Visitor, "m2", &chatv1.Message{Body: &chatv1.Message_Button{Button: &chatv1.ButtonPress{Text: "Take it", ActionBody: "sencha"}}})
	got := h.answers(c, 2)
	wantCards := &chatv1.Cards{Cards: []*chatv1.Card{{
		Title: "Sencha", Text: "Green", Image: &chatv1.Image{Url: "https://shop.example.com/s.png", Alt: "A cup"},
		Buttons: []*chatv1.Button{{Text: "Take it", ActionType: chatv1.ActionType_ACTION_TYPE_REPLY, ActionBody: "sencha", Columns: 3}},
	}}}
	if diff := cmp.Diff(wantCards, got[0].GetCards(), protocmp.Transform()); diff != "" {
		t.Errorf("cards (-want +got):\n%s", diff)
	}
	wantForm := &chatv1.Form{
		Text: "<b>Who</b> are you, Olena?", ParseMode: chatv1.ParseMode_PARSE_MODE_HTML, Submit: "Send",
		Fields: []*chatv1.FormField{
			{Name: "name", Label: "Name", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_TEXT, Required: true, Placeholder: "Olena"},
			{Name: "size", Label: "Size", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_CHOICE, Choices: []string{"small", "large"}},
			{Name: "how", Label: "How", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_RATING, Scale: 4, Style: chatv1.RatingStyle_RATING_STYLE_FACES},
		},
	}
	if diff := cmp.Diff(wantForm, got[1].GetForm(), protocmp.Transform()); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
	h.happens(c, subject.Visitor, "m3", filled(got[1].GetId(), map[string]string{"name": "Ivan", "size": "large"}))
	if last := h.answers(c, 3)[2].GetText().GetText(); last != "Ivan, large, -, o@example.com." {
		t.Errorf("the bot says %q, want what was filled in", last)
	}
}

// What is left out of hours reaches people, also where the bot has no scenario; nothing else does there.
func TestOfflineFormCallsSomebody(t *testing.T) {
	for name, json := range map[string]string{"with a scenario": shopping, "without": ""} {
		t.Run(name, func(t *testing.T) {
			h, c := newHouse(t), conversation()
			if json != "" {
				h.publish(c.Bot, json)
			}
			h.run()
			h.happens(c, subject.Visitor, "m1", filled("prechat", map[string]string{"name": "Olena"}))
			h.happens(c, subject.Visitor, "m2", filled("offline", map[string]string{"email": "o@example.com"}))
			h.settled()
			asked := h.intake.requests()
			if len(asked) != 1 || asked[0].GetId() != c.MessageID("m2") || asked[0].GetTopic() != "offline" {
				t.Fatalf("operators are asked %v, want once about m2", asked)
			}
			if known := asked[0].GetVisitor(); known.GetName() != "Olena" || known.GetParams().AsMap()["email"] != "o@example.com" {
				t.Errorf("they are told of %v, want the name and the address", known)
			}
			if said := h.replies(c); len(said) != 0 {
				t.Errorf("the bot says %v, want nothing", said)
			}
		})
	}
}
