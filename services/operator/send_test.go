package operator_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

func answer(dialog, client, s string) *operatorv1.SendRequest {
	return &operatorv1.SendRequest{
		DialogId: dialog, ClientId: client, Body: &operatorv1.SendRequest_Text{Text: &chatv1.Text{Text: s}},
	}
}

func TestSend(t *testing.T) {
	o, c := open(t), conversation()
	d := o.taken(o.anna(), c)
	req := answer(d.GetId(), newID(), "Good day!")
	first, err := o.Send(o.anna(), req)
	if err != nil {
		t.Fatal(err)
	}
	if want := c.MessageID(req.GetClientId()); first.GetId() != want {
		t.Errorf("id %s, want %s", first.GetId(), want)
	}
	call := o.door.deliveries()[0]
	if call.GetUnfenced() || call.GetEpoch() != d.GetEpoch() || call.GetAfter() != d.GetEpoch() {
		t.Errorf("delivered %v, want it fenced by epoch %d", call, d.GetEpoch())
	}
	if m := call.GetMessage(); m.GetAuthorId() != "anna" || m.GetAuthorName() != "ANNA" || m.GetBot() != c.Bot || m.GetConversation() != c.ID {
		t.Errorf("message %v, want it of anna in %v", m, c)
	}
	again, err := o.Send(o.anna(), req)
	if err != nil || again.GetOffset() != first.GetOffset() {
		t.Errorf("a repeat is at %q, %v, want %q", again.GetOffset(), err, first.GetOffset())
	}
	o.wantSaid(c, "Good day!")

	if _, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: d.GetId()}); err != nil {
		t.Fatal(err)
	}
	again, err = o.Send(o.anna(), req)
	if err != nil || again.GetOffset() != first.GetOffset() {
		t.Errorf("a repeat after the close is at %q, %v, want %q", again.GetOffset(), err, first.GetOffset())
	}
	_, err = o.Send(o.borys(), req) // it is none of borys's business where that is
	wantCode(t, err, codes.FailedPrecondition, "the dialog is closed")
	_, err = o.Send(o.anna(), answer(d.GetId(), newID(), "One more thing"))
	wantCode(t, err, codes.FailedPrecondition, "the dialog is closed")
	o.wantSaid(c, "Good day!")
}

// TestSendFenced sends by a dialog that has not heard yet that the conversation went elsewhere: the
// broker refuses, and the sender is told.
func TestSendFenced(t *testing.T) {
	o, c := newOffice(t), conversation()
	d := o.taken(o.anna(), c)
	stored := answer(d.GetId(), newID(), "In time")
	first, err := o.Send(o.anna(), stored)
	if err != nil {
		t.Fatal(err)
	}
	o.happens(c, subject.Owner, owned(toBot, ""))
	_, err = o.Send(o.anna(), answer(d.GetId(), newID(), "Too late"))
	wantCode(t, err, codes.FailedPrecondition, "the dialog is closed")
	again, err := o.Send(o.anna(), stored)
	if err != nil || again.GetOffset() != first.GetOffset() {
		t.Errorf("a repeat of what was in time is at %q, %v, want %q", again.GetOffset(), err, first.GetOffset())
	}
	o.wantSaid(c, "In time")
	if d := o.dialog(d.GetId()); d.GetState() != closed {
		t.Errorf("dialog %v, want it closed: the refusal said so", d)
	}
}

// TestSendAgain sends by a dialog that does not know its newest epoch, which is still the sender's.
func TestSendAgain(t *testing.T) {
	o, c := newOffice(t), conversation()
	d := o.taken(o.anna(), c)
	epoch := o.happens(c, subject.Owner, owned(&chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_OPERATOR, OperatorId: "anna"}, d.GetId()))
	if _, err := o.Send(o.anna(), answer(d.GetId(), newID(), "Still me")); err != nil {
		t.Fatal(err)
	}
	calls := o.door.deliveries()
	if last := calls[len(calls)-1]; len(calls) != 2 || last.GetEpoch() != epoch {
		t.Errorf("%d deliveries, the last under epoch %d, want 2 and %d", len(calls), last.GetEpoch(), epoch)
	}
	o.wantSaid(c, "Still me")
}

func TestSendByWhom(t *testing.T) {
	o, c := open(t), conversation()
	id := o.ask(c)
	_, err := o.Send(o.anna(), answer(id, newID(), "Hm"))
	wantCode(t, err, codes.FailedPrecondition, "take it first")
	if _, err := o.Send(o.crm(), answer(id, newID(), "Somebody comes at once")); err != nil {
		t.Errorf("Send by a machine into the queue: %v", err)
	}
	if _, err := o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: id}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Send(o.crm("1"), answer(id, newID(), "Your order is 7")); err != nil {
		t.Errorf("Send by a machine beside the owner: %v", err)
	}
	for _, call := range o.door.deliveries() {
		if !call.GetUnfenced() {
			t.Errorf("delivered %v, want a machine to speak beside the owner", call)
		}
	}
	_, err = o.Send(o.borys(), answer(id, newID(), "Me too"))
	wantCode(t, err, codes.FailedPrecondition, "taken by ANNA")
	_, err = o.Send(o.boss(), answer(id, newID(), "Me too"))
	wantCode(t, err, codes.FailedPrecondition, "taken by ANNA")
	_, err = o.Send(o.crm("2"), answer(id, newID(), "Me too"))
	wantCode(t, err, codes.NotFound, "no such dialog")
	_, err = o.Send(t.Context(), answer(id, newID(), "Me too"))
	wantCode(t, err, codes.Unauthenticated, "")
	o.wantSaid(c, "Somebody comes at once", "Your order is 7")
}

func TestSendLostAnswer(t *testing.T) {
	o, c := open(t), conversation()
	req := answer(o.taken(o.anna(), c).GetId(), newID(), "Good day!")
	o.door.losing()
	_, err := o.Send(o.anna(), req)
	wantCode(t, err, codes.Unavailable, "")
	stored := o.logged(c, subject.Operator)
	again, err := o.Send(o.anna(), req)
	if err != nil || len(stored) != 1 || again.GetOffset() != o.log.At(stored[0].Sequence).String() {
		t.Errorf("a repeat is at %q, %v, want the place of %v", again.GetOffset(), err, stored)
	}
	o.wantSaid(c, "Good day!")
}

func TestSendBadInput(t *testing.T) {
	o := newOffice(t)
	id := o.taken(o.anna(), conversation()).GetId()
	image := func(url string) *operatorv1.SendRequest {
		return &operatorv1.SendRequest{DialogId: id, ClientId: newID(), Body: &operatorv1.SendRequest_Image{Image: &chatv1.Image{Url: url}}}
	}
	file := func(url string) *operatorv1.SendRequest {
		return &operatorv1.SendRequest{DialogId: id, ClientId: newID(), Body: &operatorv1.SendRequest_File{File: &chatv1.File{Url: url}}}
	}
	cards := func(cards ...*chatv1.Card) *operatorv1.SendRequest {
		return &operatorv1.SendRequest{DialogId: id, ClientId: newID(), Body: &operatorv1.SendRequest_Cards{Cards: &chatv1.Cards{Cards: cards}}}
	}
	form := func(fields ...*chatv1.FormField) *operatorv1.SendRequest {
		return &operatorv1.SendRequest{DialogId: id, ClientId: newID(), Body: &operatorv1.SendRequest_Form{Form: &chatv1.Form{Text: "Who?", Fields: fields}}}
	}
	reply := func(to string) *operatorv1.SendRequest {
		r := answer(id, newID(), "Yes")
		r.ReplyTo = to
		return r
	}
	c := conversationID(id)
	tests := map[string]struct {
		req   *operatorv1.SendRequest
		field string // empty: it is good
	}{
		"no dialog":               {answer("", newID(), "Hi"), "dialog_id"},
		"no client id":            {answer(id, "", "Hi"), "client_id"},
		"a client id of its own":  {answer(id, "message-1", "Hi"), "client_id"},
		"upper case":              {answer(id, strings.ToUpper("0198c7de-6a1b-7c3d-9e4f-abcdefabcdef"), "Hi"), "client_id"},
		"a line break in the id":  {answer(id, newID()+"\n", "Hi"), "client_id"},
		"no body":                 {&operatorv1.SendRequest{DialogId: id, ClientId: newID()}, "body"},
		"blank":                   {answer(id, newID(), " \n\t"), "text.text"},
		"too long":                {answer(id, newID(), strings.Repeat("я", 4097)), "text.text"},
		"as long as can be":       {answer(id, newID(), strings.Repeat("я", 4096)), ""},
		"a reply":                 {reply(c + "/" + newID()), ""},
		"a reply to a long id":    {reply(c + "/" + strings.Repeat("x", 300)), "reply_to"},
		"a reply elsewhere":       {reply(newID() + "/" + newID()), "reply_to"},
		"a picture":               {image("https://shop.example.com/a.png"), ""},
		"a picture of ours":       {image("/widget/v2/demo/sencha.svg"), ""},
		"a picture of nobody's":   {image("//evil.example.com/a.png"), "image.url"},
		"a picture by script":     {image("javascript:alert(1)"), "image.url"},
		"a picture without one":   {image(""), "image.url"},
		"cards":                   {cards(&chatv1.Card{Title: "Sencha"}, &chatv1.Card{Title: "Assam"}), ""},
		"no cards":                {cards(), "cards.cards"},
		"an empty card":           {cards(&chatv1.Card{Title: "Sencha"}, &chatv1.Card{}), "cards.cards[1]"},
		"a form":                  {form(&chatv1.FormField{Name: "name"}), ""},
		"a form of no fields":     {form(), "form.fields"},
		"a field without a name":  {form(&chatv1.FormField{}), "form.fields[0].name"},
		"a file":                  {file("http://shop.example.com/a.pdf"), ""},
		"a file with a long name": {file("https://shop.example.com/" + strings.Repeat("a", 2048)), "file.url"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := o.Send(o.anna(), tt.req)
			if tt.field != "" {
				wantField(t, err, tt.field)
				return
			}
			if err != nil {
				t.Errorf("Send: %v", err)
			}
		})
	}
}

// conversationID is the conversation of a dialog.
func conversationID(dialog string) string { return dialog[:strings.IndexByte(dialog, '/')] }

// wantSaid checks what operators and machines have said in the conversation.
func (o *office) wantSaid(c subject.Conversation, want ...string) {
	o.t.Helper()
	var got []string
	for _, e := range o.logged(c, subject.Operator) {
		got = append(got, e.Message.GetText().GetText())
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		o.t.Errorf("said %q, want %q", got, want)
	}
}
