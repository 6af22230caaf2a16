package operator_test

import (
	"testing"

	"github.com/switchboard-chat/switchboard/internal/subject"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// TestQuietConversation goes on without its store where no dialog is open.
func TestQuietConversation(t *testing.T) {
	o, c := open(t), conversation()
	o.says(c, subject.Visitor, "Hi")
	o.settled()
	if err := o.store.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.says(c, subject.Bot, "Hello!")
	o.says(c, subject.Visitor, "How are you?")
	o.settled()
}

// TestDialogAfterQuiet opens dialogs in a conversation that had none: they miss nothing.
func TestDialogAfterQuiet(t *testing.T) {
	o, c := open(t), conversation()
	for _, call := range []string{"first", "second"} {
		for range 3 {
			o.says(c, subject.Visitor, "Is there a person?")
			o.settled()
		}
		_, epoch, err := o.log.Owner(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		req := request(c)
		req.Id, req.Epoch = c.MessageID(call), epoch
		if _, err := o.OpenDialog(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		o.says(c, subject.Visitor, "Hello?")
		o.becomes(req.GetId(), "with the message", func(d *operatorv1.Dialog) bool { return d.GetUnread() == 1 })
		if _, err := o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: req.GetId()}); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: req.GetId()}); err != nil {
			t.Fatal(err)
		}
	}
}
