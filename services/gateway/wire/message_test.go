package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// What is more than words is shown as docs/protocol.md says, and what is not there is left out.
func TestEncodeMessage(t *testing.T) {
	const id = "01977f3e-8a7b-7c1d-9e2f-0123456789ab/m"
	tests := map[string]struct {
		m    *chatv1.Message
		want string // of the fields that the type has of its own
	}{
		"cards": {&chatv1.Message{Body: &chatv1.Message_Cards{Cards: &chatv1.Cards{Cards: []*chatv1.Card{
			{
				Title: "Sencha", Text: "Green", Image: &chatv1.Image{Url: "https://shop.example.com/s.png", Alt: "A cup", Width: 320, Height: 180},
				Buttons: []*chatv1.Button{{Text: "Take it", ActionBody: "sencha"}, {Text: "More", ActionType: chatv1.ActionType_ACTION_TYPE_OPEN_URL, ActionBody: "https://shop.example.com"}},
			},
			{Title: "Assam"},
		}}}}, `{"type":"cards","cards":[
			{"title":"Sencha","text":"Green","image":{"url":"https://shop.example.com/s.png","alt":"A cup","width":320,"height":180},"buttons":[
				{"Text":"Take it","ActionType":"reply","ActionBody":"sencha"},{"Text":"More","ActionType":"open-url","ActionBody":"https://shop.example.com"}]},
			{"title":"Assam"}]}`},
		"form": {&chatv1.Message{Body: &chatv1.Message_Form{Form: &chatv1.Form{
			Text: "Who are <b>you</b>?", ParseMode: chatv1.ParseMode_PARSE_MODE_HTML, Submit: "Send",
			Fields: []*chatv1.FormField{
				{Name: "name", Label: "Name", Required: true, Placeholder: "Olena"},
				{Name: "day", Label: "Day", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_DATE, Min: "2026-01-01", Max: "2026-12-31"},
				{Name: "tea", Label: "Tea", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_CHOICE, Choices: []string{"black", "green"}},
				{Name: "how", Label: "How", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_RATING, Scale: 10, Style: chatv1.RatingStyle_RATING_STYLE_NUMBERS},
			},
		}}}, `{"type":"form","text":"Who are <b>you</b>?","parse_mode":"HTML","submit":"Send","fields":[
			{"name":"name","label":"Name","kind":"text","required":true,"placeholder":"Olena"},
			{"name":"day","label":"Day","kind":"date","min":"2026-01-01","max":"2026-12-31"},
			{"name":"tea","label":"Tea","kind":"choice","choices":["black","green"]},
			{"name":"how","label":"How","kind":"rating","scale":10,"style":"numbers"}]}`},
		"form_answer": {&chatv1.Message{Body: &chatv1.Message_FormAnswer{FormAnswer: &chatv1.FormAnswer{
			Form: id, Values: map[string]string{"name": "Olena"}, Text: "Name: Olena",
		}}}, `{"type":"form_answer","form":"` + id + `","values":{"name":"Olena"},"text":"Name: Olena"}`},
		"edit": {&chatv1.Message{Body: &chatv1.Message_Edit{Edit: &chatv1.Edit{
			Message: id, Text: &chatv1.Text{Text: "*Two* tins", ParseMode: chatv1.ParseMode_PARSE_MODE_MARKDOWN},
		}}}, `{"type":"edit","target":"` + id + `","text":"*Two* tins","parse_mode":"Markdown"}`},
		"delete": {&chatv1.Message{Body: &chatv1.Message_Deletion{Deletion: &chatv1.Deletion{Message: id}}}, `{"type":"delete","target":"` + id + `"}`},
		"seen":   {&chatv1.Message{Body: &chatv1.Message_Seen{Seen: &chatv1.Seen{Message: id}}}, `{"type":"seen","target":"` + id + `"}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.m.Id = "m"
			data, err := wire.EncodeMessage(tt.m, 1)
			if err != nil {
				t.Fatal(err)
			}
			var got, want map[string]any
			if err := json.Unmarshal(data, &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			for _, of := range []string{"id", "author", "time"} { // every event's
				delete(got, of)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("EncodeMessage() (-want +got):\n%s", diff)
			}
		})
	}
}
