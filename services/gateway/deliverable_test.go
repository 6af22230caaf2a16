package gateway_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
)

// Cards, forms and what changes messages are held to the contract, and a refusal names the field.
func TestDeliverHoldsTheContract(t *testing.T) {
	s := newSite(t)
	c, other := newID(), newID()
	cards := func(cards ...*chatv1.Card) *chatv1.Message {
		return &chatv1.Message{Body: &chatv1.Message_Cards{Cards: &chatv1.Cards{Cards: cards}}}
	}
	form := func(fields ...*chatv1.FormField) *chatv1.Message {
		return &chatv1.Message{Body: &chatv1.Message_Form{Form: &chatv1.Form{Text: "Who?", Fields: fields}}}
	}
	edit := func(target, text string) *chatv1.Message {
		return &chatv1.Message{Body: &chatv1.Message_Edit{Edit: &chatv1.Edit{Message: target, Text: &chatv1.Text{Text: text}}}}
	}
	deletion := func(target string) *chatv1.Message {
		return &chatv1.Message{Body: &chatv1.Message_Deletion{Deletion: &chatv1.Deletion{Message: target}}}
	}
	seen := func(target string) *chatv1.Message {
		return &chatv1.Message{Body: &chatv1.Message_Seen{Seen: &chatv1.Seen{Message: target}}}
	}
	picture := &chatv1.Image{Url: "https://shop.example.com/a.png"}
	link := func(to string) *chatv1.Button {
		return &chatv1.Button{Text: "More", ActionType: chatv1.ActionType_ACTION_TYPE_OPEN_URL, ActionBody: to}
	}
	tests := map[string]struct {
		as    string
		m     *chatv1.Message
		field string // empty: it is good
	}{
		"cards":                  {token.Scenario, cards(&chatv1.Card{Title: strings.Repeat("я", 200), Text: strings.Repeat("я", 1000), Image: picture, Buttons: []*chatv1.Button{link("https://x.example.com")}}), ""},
		"a card of a picture":    {token.Operator, cards(&chatv1.Card{Image: picture}), ""},
		"as many as can be":      {token.Operator, cards(make([]*chatv1.Card, 10)...), "message.cards.cards[0]"},
		"no cards":               {token.Scenario, cards(), "message.cards.cards"},
		"too many cards":         {token.Scenario, cards(make([]*chatv1.Card, 11)...), "message.cards.cards"},
		"an empty card":          {token.Scenario, cards(&chatv1.Card{Title: "a"}, &chatv1.Card{Text: " "}), "message.cards.cards[1]"},
		"a long title":           {token.Scenario, cards(&chatv1.Card{Title: strings.Repeat("я", 201)}), "message.cards.cards[0].title"},
		"a long text":            {token.Scenario, cards(&chatv1.Card{Text: strings.Repeat("я", 1001)}), "message.cards.cards[0].text"},
		"too many buttons":       {token.Scenario, cards(&chatv1.Card{Title: "a", Buttons: make([]*chatv1.Button, 7)}), "message.cards.cards[0].buttons"},
		"a picture of ours":      {token.Scenario, cards(&chatv1.Card{Image: &chatv1.Image{Url: "/widget/v2/demo/sencha.svg"}}), ""},
		"a picture of nobody's":  {token.Scenario, cards(&chatv1.Card{Image: &chatv1.Image{Url: "//evil.example.com/a.png"}}), "message.cards.cards[0].image.url"},
		"an image of ours":       {token.Operator, &chatv1.Message{Body: &chatv1.Message_Image{Image: &chatv1.Image{Url: "/a.svg"}}}, ""},
		"an image of nobody's":   {token.Operator, &chatv1.Message{Body: &chatv1.Message_Image{Image: &chatv1.Image{Url: `/\evil.example.com`}}}, "message.image.url"},
		"a picture by script":    {token.Scenario, cards(&chatv1.Card{Image: &chatv1.Image{Url: "javascript:1"}}), "message.cards.cards[0].image.url"},
		"a link by script":       {token.Scenario, cards(&chatv1.Card{Title: "a", Buttons: []*chatv1.Button{link("javascript:1")}}), "message.cards.cards[0].buttons[0].action_body"},
		"a form":                 {token.Scenario, form(&chatv1.FormField{Name: "name"}), ""},
		"a form without a field": {token.Scenario, form(), "message.form.fields"},
		"a field without a name": {token.Operator, form(&chatv1.FormField{}), "message.form.fields[0].name"},
		"an edit":                {token.Operator, edit(c+"/1", "Two tins"), ""},
		"an empty edit":          {token.Operator, edit(c+"/1", " "), "message.edit.text.text"},
		"a long edit":            {token.Operator, edit(c+"/1", strings.Repeat("я", 4097)), "message.edit.text.text"},
		"an edit elsewhere":      {token.Operator, edit(other+"/1", "x"), "message.edit.message"},
		"an edit by a bot":       {token.Scenario, edit(c+"/1", "x"), "message.edit.message"},
		"a deletion":             {token.Operator, deletion(c + "/1"), ""},
		"a deletion elsewhere":   {token.Operator, deletion(other + "/1"), "message.deletion.message"},
		"a deletion by a bot":    {token.Scenario, deletion(c + "/1"), "message.deletion.message"},
		"seen":                   {token.Operator, seen(c + "/1"), ""},
		"nothing seen":           {token.Operator, seen(""), "message.seen.message"},
		"seen by a bot":          {token.Scenario, seen(c + "/1"), "message.seen.message"},
		"an answer to a form": {token.Operator, &chatv1.Message{Body: &chatv1.Message_FormAnswer{FormAnswer: &chatv1.FormAnswer{
			Form: "rating", Text: "5",
		}}}, "message.body"},
	}
	n := 0
	for name, tt := range tests {
		n++
		local := fmt.Sprintf("m/%d", n)
		t.Run(name, func(t *testing.T) {
			tt.m.Id, tt.m.Bot, tt.m.Conversation = c+"/"+local, "1", c
			_, err := s.as(tt.as).Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: tt.m})
			switch {
			case tt.field == "" && err != nil:
				t.Errorf("Deliver = %v, want it stored", err)
			case tt.field != "" && (status.Code(err) != codes.InvalidArgument || !strings.HasPrefix(status.Convert(err).Message(), tt.field+": ")):
				t.Errorf("Deliver = %v, want it refused for %s", err, tt.field)
			}
		})
	}
}

// The pieces of a message are shown as they come, with the author that the caller is, and are held to their
// bounds.
func TestPartial(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	conversation := session.field("conversation")
	send := func(as string, p *gatewayv1.Partial) error {
		_, err := s.as(as).SendEvent(t.Context(), &gatewayv1.SendEventRequest{
			Bot: "1", Conversation: conversation, Event: &gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Partial{Partial: p}},
		})
		return err
	}
	id := conversation + "/" + newID()
	for name, tt := range map[string]struct {
		as   string
		p    *gatewayv1.Partial
		want string // without the id
	}{
		"the first": {token.Operator, &gatewayv1.Partial{
			Id: id, Text: "Two *t", ParseMode: chatv1.ParseMode_PARSE_MODE_MARKDOWN, Author: chatv1.Author_AUTHOR_VISITOR, AuthorName: "CRM",
		}, `"at":0,"text":"Two *t","parse_mode":"Markdown","author":"operator","author_name":"CRM"`},
		"the next":         {token.Scenario, &gatewayv1.Partial{Id: id, At: 6, Text: "ins*"}, `"at":6,"text":"ins*","author":"bot"`},
		"the whole back":   {token.Operator, &gatewayv1.Partial{Id: id}, `"at":0,"text":"","author":"operator"`},
		"the last that is": {token.Operator, &gatewayv1.Partial{Id: id, At: 65534, Text: "😀"}, `"at":65534,"text":"😀","author":"operator"`},
	} {
		if err := send(tt.as, tt.p); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := `{"id":"` + id + `",` + tt.want + `}`
		if e := c.next(); e.name != "partial" || string(e.args[0]) != want {
			t.Errorf("%s is shown as %s %s, want %s", name, e.name, e.args, want)
		}
	}
	for field, p := range map[string]*gatewayv1.Partial{
		"event.partial.id":   {Id: newID() + "/1", Text: "x"},
		"event.partial.text": {Id: id, At: 1},
		"event.partial.at":   {Id: id, At: 65535, Text: "😀"},
	} {
		if err := send(token.Operator, p); status.Code(err) != codes.InvalidArgument || !strings.HasPrefix(status.Convert(err).Message(), field+": ") {
			t.Errorf("SendEvent(%v) = %v, want it refused for %s", p, err, field)
		}
	}
	long := &gatewayv1.Partial{Id: id, Text: strings.Repeat("я", 4097)}
	if err := send(token.Operator, long); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a long piece: %v, want it refused", err)
	}
}

// What a visitor puts into a form is stored as they did it.
func TestFormAnswerIsStored(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	ack, _ := c.emit("message", map[string]any{
		"id": newID(), "type": "form_answer", "form": "prechat", "values": map[string]string{"name": "Olena"}, "text": "Name: Olena",
	})
	m := s.stored(session.field("conversation"), ack.field("offset"))
	a := m.GetFormAnswer()
	if a.GetForm() != "prechat" || a.GetValues()["name"] != "Olena" || m.GetAuthor() != chatv1.Author_AUTHOR_VISITOR {
		t.Errorf("stored %v, want the visitor's answer", m)
	}
}

// A picture of the gateway's own is a path where every page finds its gateway by itself, and else has the origin that
// others reach it by, as an upload has.
func TestDeliveredPicturesOfOurs(t *testing.T) {
	const path, elsewhere = "/widget/v2/demo/sencha.svg", "https://shop.example.com/a.png"
	for origin, want := range map[string]string{"": path, "https://chat.example.com": "https://chat.example.com" + path} {
		s := newSiteWith(t, gateway.Config{PublicURL: origin})
		c := newID()
		deliver := func(n string, m *chatv1.Message) *chatv1.Message {
			t.Helper()
			m.Id, m.Bot, m.Conversation = c+"/"+n, "1", c
			res, err := s.as(token.Scenario).Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: m})
			if err != nil {
				t.Fatal(err)
			}
			return s.stored(c, res.GetOffset())
		}
		image := &chatv1.Message{Body: &chatv1.Message_Image{Image: &chatv1.Image{Url: path}}}
		if got := deliver("1", image).GetImage().GetUrl(); got != want {
			t.Errorf("with %q a picture is at %q, want %q", origin, got, want)
		}
		if image.GetImage().GetUrl() != path {
			t.Errorf("Deliver has changed what it was given: %v", image)
		}
		cards := deliver("2", &chatv1.Message{Body: &chatv1.Message_Cards{Cards: &chatv1.Cards{Cards: []*chatv1.Card{
			{Title: "none"}, {Image: &chatv1.Image{Url: path}}, {Image: &chatv1.Image{Url: elsewhere}},
		}}}}).GetCards().GetCards()
		if got := cards[1].GetImage().GetUrl(); got != want {
			t.Errorf("with %q a card's picture is at %q, want %q", origin, got, want)
		}
		if got := cards[2].GetImage().GetUrl(); got != elsewhere || cards[0].GetImage() != nil {
			t.Errorf("cards %v, want the others as they were", cards)
		}
	}
}
