package operator_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

func edit(dialog, client, target, s string) *operatorv1.EditMessageRequest {
	return &operatorv1.EditMessageRequest{DialogId: dialog, ClientId: client, MessageId: target, Text: &chatv1.Text{Text: s}}
}

func deletion(dialog, client, target string) *operatorv1.DeleteMessageRequest {
	return &operatorv1.DeleteMessageRequest{DialogId: dialog, ClientId: client, MessageId: target}
}

// sent says something in the dialog and returns its full id.
func (o *office) sent(by context.Context, dialog, s string) string {
	o.t.Helper()
	return must[*operatorv1.SendResponse](o.t)(o.Send(by, answer(dialog, newID(), s))).GetId()
}

func TestEditMessage(t *testing.T) {
	o, c := open(t), conversation()
	d := o.taken(o.anna(), c)
	target := o.sent(o.anna(), d.GetId(), "Good dya!")
	req := edit(d.GetId(), newID(), target, "Good day!")
	first, err := o.EditMessage(o.anna(), req)
	if err != nil {
		t.Fatal(err)
	}
	again, err := o.EditMessage(o.anna(), req)
	if err != nil || again.GetOffset() != first.GetOffset() {
		t.Errorf("a repeat is at %q, %v, want %q", again.GetOffset(), err, first.GetOffset())
	}
	stored := o.logged(c, subject.Operator)
	if len(stored) != 2 {
		t.Fatalf("stored %v, want the text and one edit", stored)
	}
	m := stored[1].Message
	if m.GetEdit().GetMessage() != target || m.GetEdit().GetText().GetText() != "Good day!" || m.GetAuthorId() != "anna" || m.GetId() != c.MessageID(req.GetClientId()) {
		t.Errorf("stored %v, want anna's edit of %s", m, target)
	}
	calls := o.door.deliveries()
	if last := calls[len(calls)-1]; last.GetUnfenced() || last.GetEpoch() != d.GetEpoch() {
		t.Errorf("delivered %v, want it fenced by epoch %d", last, d.GetEpoch())
	}
}

// TestAmendRefused tries what may not be changed or taken back.
func TestAmendRefused(t *testing.T) {
	o, c := open(t), conversation()
	d := o.taken(o.anna(), c).GetId()
	own := o.sent(o.anna(), d, "Mine")
	machine := o.sent(o.crm(), d, "The machine's")
	gone := o.sent(o.anna(), d, "Oops")
	if _, err := o.DeleteMessage(o.anna(), deletion(d, newID(), gone)); err != nil {
		t.Fatal(err)
	}
	picture := must[*operatorv1.SendResponse](t)(o.Send(o.anna(), &operatorv1.SendRequest{
		DialogId: d, ClientId: newID(), Body: &operatorv1.SendRequest_Image{Image: &chatv1.Image{Url: "https://shop.example.com/a.png"}},
	})).GetId()
	edited := newID()
	if _, err := o.EditMessage(o.anna(), edit(d, edited, own, "Mine, better")); err != nil {
		t.Fatal(err)
	}
	visitors := text("Hello")
	visitors.Id = c.MessageID(newID())
	o.happens(c, subject.Visitor, visitors)
	before := len(o.logged(c, subject.Operator))

	for name, tt := range map[string]struct {
		by      context.Context
		target  string
		edit    codes.Code
		removal codes.Code
	}{
		"another's":            {o.anna(), machine, codes.PermissionDenied, codes.PermissionDenied},
		"the visitor's":        {o.anna(), visitors.GetId(), codes.PermissionDenied, codes.PermissionDenied},
		"of nobody":            {o.anna(), c.MessageID(newID()), codes.NotFound, codes.NotFound},
		"deleted":              {o.anna(), gone, codes.FailedPrecondition, codes.FailedPrecondition},
		"an edit":              {o.anna(), c.MessageID(edited), codes.FailedPrecondition, codes.FailedPrecondition},
		"of a colleague":       {o.borys(), own, codes.FailedPrecondition, codes.FailedPrecondition}, // the dialog is not his
		"of another machine":   {o.crm("2"), machine, codes.NotFound, codes.NotFound},
		"the visitor's, boss":  {o.boss(), visitors.GetId(), codes.FailedPrecondition, codes.PermissionDenied},
		"elsewhere":            {o.anna(), conversation().MessageID(newID()), codes.InvalidArgument, codes.InvalidArgument},
		"no id":                {o.anna(), "", codes.InvalidArgument, codes.InvalidArgument},
		"the conversation":     {o.anna(), c.MessageID(""), codes.InvalidArgument, codes.InvalidArgument},
		"a long id":            {o.anna(), c.MessageID(strings.Repeat("x", 300)), codes.InvalidArgument, codes.InvalidArgument},
		"by nobody":            {t.Context(), own, codes.Unauthenticated, codes.Unauthenticated},
		"a picture, edited":    {o.anna(), picture, codes.FailedPrecondition, codes.OK},
		"by a boss":            {o.boss(), own, codes.FailedPrecondition, codes.OK},
		"the machine's itself": {o.crm(), machine, codes.OK, codes.OK},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := o.EditMessage(tt.by, edit(d, newID(), tt.target, "Changed"))
			wantCode(t, err, tt.edit, "")
			if tt.removal != codes.OK {
				_, err = o.DeleteMessage(tt.by, deletion(d, newID(), tt.target))
				wantCode(t, err, tt.removal, "")
			}
		})
	}
	if got := len(o.logged(c, subject.Operator)); got != before+1 {
		t.Errorf("%d events of operators, want %d: one edit of the machine's own", got, before+1)
	}
	for _, by := range []struct {
		context.Context
		target string
	}{{o.anna(), picture}, {o.boss(), own}, {o.crm(), machine}} {
		if _, err := o.DeleteMessage(by, deletion(d, newID(), by.target)); err != nil {
			t.Errorf("DeleteMessage(%s): %v", by.target, err)
		}
	}
	_, err := o.EditMessage(o.anna(), edit(d, newID(), own, " "))
	wantField(t, err, "text.text")
	_, err = o.EditMessage(o.anna(), edit(d, "1", own, "x"))
	wantField(t, err, "client_id")
	_, err = o.DeleteMessage(o.anna(), deletion("", newID(), own))
	wantField(t, err, "dialog_id")
}

// TestAmendAgain repeats what is done already, also after the dialog is closed and the answer was lost.
func TestAmendAgain(t *testing.T) {
	o, c := open(t), conversation()
	d := o.taken(o.anna(), c).GetId()
	target := o.sent(o.anna(), d, "Oops")
	req := deletion(d, newID(), target)
	o.door.losing()
	_, err := o.DeleteMessage(o.anna(), req)
	wantCode(t, err, codes.Unavailable, "")
	if _, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: d}); err != nil {
		t.Fatal(err)
	}
	stored := o.logged(c, subject.Operator)
	again, err := o.DeleteMessage(o.anna(), req)
	if err != nil || len(stored) != 2 || again.GetOffset() != o.log.At(stored[1].Sequence).String() {
		t.Errorf("a repeat is at %q, %v, want the place of the deletion in %v", again.GetOffset(), err, stored)
	}
	_, err = o.DeleteMessage(o.anna(), deletion(d, newID(), target))
	wantCode(t, err, codes.FailedPrecondition, "the dialog is closed")
}

// What amends a message is no utterance: the dialog's preview stays, and so does what is unread.
func TestAmendmentsAreNoUtterances(t *testing.T) {
	o, c := open(t), conversation()
	d := o.taken(o.anna(), c).GetId()
	target := o.sent(o.anna(), d, "Good day!")
	o.says(c, subject.Visitor, "Hello?")
	o.becomes(d, "unread", func(d *operatorv1.Dialog) bool { return d.GetUnread() == 1 })
	res, err := o.EditMessage(o.anna(), edit(d, newID(), target, "Good evening!"))
	if err != nil {
		t.Fatal(err)
	}
	got := o.becomes(d, "edited", func(d *operatorv1.Dialog) bool { return d.GetLastOffset() == res.GetOffset() })
	if got.GetUnread() != 1 || got.GetLastText() != "Hello?" {
		t.Errorf("dialog %v, want Hello? unread", got)
	}
}

// TestAmendedPreview sees that the list shows what was said last as it reads now, in the dialog where it was said and
// after that one's end.
func TestAmendedPreview(t *testing.T) {
	o, c := open(t), conversation()
	first := o.taken(o.anna(), c).GetId()
	target := o.sent(o.anna(), first, "The code is 1234")
	if _, err := o.EditMessage(o.anna(), edit(first, newID(), target, "The code is 5678")); err != nil {
		t.Fatal(err)
	}
	o.becomes(first, "shows the edit", func(d *operatorv1.Dialog) bool { return d.GetLastText() == "The code is 5678" })
	if _, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: first}); err != nil {
		t.Fatal(err)
	}
	again := request(c)
	again.Id, again.Epoch = c.MessageID("again"), o.dialog(first).GetEpoch()
	if _, err := o.OpenDialog(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: again.GetId()}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.DeleteMessage(o.anna(), deletion(again.GetId(), newID(), target)); err != nil {
		t.Fatal(err)
	}
	if d := o.dialog(first); d.GetLastText() != "" || !d.GetLastDeleted() || d.GetState() != operatorv1.DialogState_DIALOG_STATE_CLOSED {
		t.Errorf("the closed dialog is %v, want no words of what was taken back", d)
	}
}

// TestAmendRepeatedLate repeats an edit after a newer one, as when its answer was lost: the newer one stays.
func TestAmendRepeatedLate(t *testing.T) {
	o, c := open(t), conversation()
	first := o.taken(o.anna(), c).GetId()
	target := o.sent(o.anna(), first, "one")
	two, three := edit(first, newID(), target, "two"), edit(first, newID(), target, "three")
	for _, req := range []*operatorv1.EditMessageRequest{two, three, two} {
		must[*operatorv1.EditMessageResponse](t)(o.EditMessage(o.anna(), req))
	}
	if d := o.dialog(first); d.GetLastText() != "three" {
		t.Errorf("the dialog is %v, want three said last", d)
	}
	must[*operatorv1.CloseResponse](t)(o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: first}))
	must[*operatorv1.EditMessageResponse](t)(o.EditMessage(o.anna(), two))
	if d := o.dialog(first); d.GetLastText() != "three" {
		t.Errorf("the closed dialog is %v, want three said last", d)
	}
	again := request(c)
	again.Id, again.Epoch = c.MessageID("again"), o.dialog(first).GetEpoch()
	must[*operatorv1.OpenDialogResponse](t)(o.OpenDialog(t.Context(), again))
	must[*operatorv1.TakeResponse](t)(o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: again.GetId()}))
	four, five := edit(again.GetId(), newID(), target, "four"), edit(again.GetId(), newID(), target, "five")
	for _, req := range []*operatorv1.EditMessageRequest{four, five, four} {
		must[*operatorv1.EditMessageResponse](t)(o.EditMessage(o.anna(), req))
	}
	if d := o.dialog(first); d.GetLastText() != "five" || d.GetState() != operatorv1.DialogState_DIALOG_STATE_CLOSED {
		t.Errorf("the closed dialog is %v, want five said last", d)
	}
}
