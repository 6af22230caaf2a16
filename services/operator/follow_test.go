package operator_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

func TestFollow(t *testing.T) {
	o, c := open(t), conversation()
	id := o.ask(c)
	o.says(c, subject.Visitor, "Hello?")
	o.says(c, subject.Visitor, "Is  anybody\nthere?")
	d := o.becomes(id, "with two unread", func(d *operatorv1.Dialog) bool { return d.GetUnread() == 2 })
	if d.GetLastText() != "Is anybody there?" || d.GetLastAuthor() != chatv1.Author_AUTHOR_VISITOR {
		t.Errorf("preview %q by %v, want that of the newest", d.GetLastText(), d.GetLastAuthor())
	}
	if _, err := o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: id}); err != nil {
		t.Fatal(err)
	}
	sent, err := o.Send(o.anna(), answer(id, newID(), "Yes, me."))
	if err != nil {
		t.Fatal(err)
	}
	d = o.becomes(id, "with the answer", func(d *operatorv1.Dialog) bool { return d.GetLastOffset() == sent.GetOffset() })
	if d.GetUnread() != 0 || d.GetLastText() != "Yes, me." || d.GetLastAuthor() != chatv1.Author_AUTHOR_OPERATOR {
		t.Errorf("dialog %v, want nothing unread behind the answer", d)
	}
}

// TestUnreadableEvent has something in the conversation that is no message: the dialog goes on.
func TestUnreadableEvent(t *testing.T) {
	o, c := open(t), conversation()
	id := o.ask(c)
	js := must[jetstream.JetStream](t)(jetstream.New(o.nc))
	if _, err := js.Publish(t.Context(), c.Of(subject.Visitor), []byte("\xff\xff")); err != nil {
		t.Fatal(err)
	}
	o.says(c, subject.Visitor, "Hello?")
	o.becomes(id, "with the message behind it", func(d *operatorv1.Dialog) bool { return d.GetLastText() == "Hello?" })
}

// TestRedelivery kills the service's consumer, so that every event is delivered again from the
// beginning to two replicas at once: nothing changes and nothing is done twice.
func TestRedelivery(t *testing.T) {
	o := open(t)
	gone, left, here := conversation(), conversation(), conversation()
	o.taken(o.anna(), gone)
	if _, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: gone.MessageID("call")}); err != nil {
		t.Fatal(err)
	}
	o.ask(left)
	o.happens(left, subject.Visitor, ended())
	o.taken(o.anna(), here)
	o.says(here, subject.Visitor, "Hello?")
	o.becomesState(left.MessageID("call"), closed)
	o.becomes(here.MessageID("call"), "with the message", func(d *operatorv1.Dialog) bool { return d.GetUnread() == 1 })
	all := []subject.Conversation{gone, left, here}
	var dialogs []*operatorv1.Dialog
	var owners [][]string
	for _, c := range all {
		owners = append(owners, o.owners(c))
	}
	o.settled()
	for _, c := range all {
		dialogs = append(dialogs, o.dialog(c.MessageID("call")))
	}

	o.stop()
	js := must[jetstream.JetStream](t)(jetstream.New(o.nc))
	if err := js.DeleteConsumer(t.Context(), bus.StreamName, "operator"); err != nil {
		t.Fatal(err)
	}
	next := o.again()
	next.run()
	o.again().run()
	next.settled()
	for i, c := range all {
		if diff := cmp.Diff(dialogs[i], o.dialog(c.MessageID("call")), protocmp.Transform()); diff != "" {
			t.Errorf("the dialog has changed (-before +after):\n%s", diff)
		}
		o.wantOwners(c, owners[i]...)
	}
}

// settled waits until everything in the log has been delivered and acknowledged.
func (o *office) settled() {
	o.t.Helper()
	js := must[jetstream.JetStream](o.t)(jetstream.New(o.nc))
	eventually.Succeeds(o.t, "everything is acknowledged", func() error {
		cons, err := js.Consumer(o.t.Context(), bus.StreamName, "operator")
		if err != nil {
			return err
		}
		stream, err := js.Stream(o.t.Context(), bus.StreamName)
		if err != nil {
			return err
		}
		if floor, last := cons.CachedInfo().AckFloor.Stream, stream.CachedInfo().State.LastSeq; floor < last {
			return fmt.Errorf("acknowledged up to %d of %d", floor, last)
		}
		return nil
	})
}

// TestVisitorEndsWithoutGateway is woken again until the gateway can give the conversation back.
func TestVisitorEndsWithoutGateway(t *testing.T) {
	o, c := open(t), conversation()
	id := o.taken(o.anna(), c).GetId()
	o.door.down(true)
	o.happens(c, subject.Visitor, ended())
	eventually.Succeeds(t, "the gateway was asked", func() error {
		o.door.mu.Lock()
		defer o.door.mu.Unlock()
		if len(o.door.changes) < 3 { // the queue, the operator, and the close
			return errNotYet
		}
		return nil
	})
	o.door.down(false)
	o.becomesState(id, closed)
	o.wantOwners(c, "queue connect", "operator taken anna", "bot closed_by_visitor")
}

// TestFollowAtOnce lets two replicas and the calls of an operator bring a dialog up to the log at
// the same time: everybody's change is in it at the end.
func TestFollowAtOnce(t *testing.T) {
	o := open(t)
	other := o.again()
	other.run()
	for range 10 {
		c := conversation()
		id := o.ask(c)
		for range 3 {
			o.says(c, subject.Visitor, "Hello?")
		}
		if _, err := other.Take(o.anna(), &operatorv1.TakeRequest{DialogId: id}); err != nil {
			t.Fatalf("Take: %v", err)
		}
		sent, err := o.Send(o.anna(), answer(id, newID(), "Yes?"))
		if err != nil {
			t.Fatalf("Send: %v", err)
		}
		d := o.becomes(id, "with the answer", func(d *operatorv1.Dialog) bool { return d.GetLastOffset() == sent.GetOffset() })
		if d.GetState() != active || d.GetUnread() != 0 {
			t.Errorf("dialog %v, want it active and read", d)
		}
	}
}

func TestNewNeedsItsDependencies(t *testing.T) {
	o := newOffice(t)
	for name, change := range map[string]func(*operator.Deps){
		"no connection": func(d *operator.Deps) { d.Conn = nil },
		"no log":        func(d *operator.Deps) { d.Log = nil },
		"no store":      func(d *operator.Deps) { d.Store = nil },
		"no gateway":    func(d *operator.Deps) { d.Gateway = nil },
	} {
		deps := o.deps
		change(&deps)
		if s, err := operator.New(t.Context(), deps); err == nil {
			t.Errorf("%s: New() = %v, want an error", name, s)
		}
	}
}

// TestNewGeneration begins the log anew, as after a power cut: the dialog follows it from the
// beginning to where it was.
func TestNewGeneration(t *testing.T) {
	o, c := open(t), conversation()
	id := o.taken(o.anna(), c).GetId()
	o.says(c, subject.Visitor, "Hello?")
	before := o.becomes(id, "with the message", func(d *operatorv1.Dialog) bool { return d.GetUnread() == 1 })
	old := o.log.Generation()
	renewed, err := o.log.Renew(t.Context(), bus.Offset{Generation: old, Sequence: 1 << 40}) // as if that had been seen
	if err != nil || !renewed {
		t.Fatalf("Renew() = %v, %v, want a new generation", renewed, err)
	}
	o.says(c, subject.Visitor, "Are you there?")
	d := o.becomes(id, "with both messages", func(d *operatorv1.Dialog) bool { return d.GetUnread() == 2 })
	if d.GetState() != active || d.GetOperatorId() != "anna" || d.GetEpoch() != before.GetEpoch() || d.GetVersion() <= before.GetVersion() {
		t.Errorf("dialog %v, want it as before under a later version than %d", d, before.GetVersion())
	}
	if _, err := o.Send(o.anna(), answer(id, newID(), "Yes.")); err != nil {
		t.Errorf("Send in the new generation: %v", err)
	}
	o.wantOwners(c, "queue connect", "operator taken anna")
}
