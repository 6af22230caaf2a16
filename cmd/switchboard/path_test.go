package main

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// story is the scenario of these tests.
const story = `{"format": 1, "nodes": [
	{"id": "start", "type": "start", "next": "hello"},
	{"id": "hello", "type": "message", "text": "Hello, {{name}}!", "next": "ask"},
	{"id": "ask", "type": "input", "text": "What is it about?", "save_as": "about", "next": "person"},
	{"id": "person", "type": "connect_operator", "text": "I fetch somebody for the {{about}}.", "topic": "tea", "closed_alias": "later", "next": "later"},
	{"id": "later", "type": "entry", "alias": "later", "next": "bye"},
	{"id": "bye", "type": "message", "text": "Bye."},
	{"id": "thanks", "type": "entry", "alias": "thanks", "next": "rate"},
	{"id": "rate", "type": "input", "text": "Was the {{about}} saved?", "save_as": "saved", "next": "bye"}
]}`

// TestPath is the main job from end to end: a visitor talks to the bot, then to an operator, and to
// the bot again; a reply that the bot decided before the operator came is refused by the broker.
func TestPath(t *testing.T) {
	topologies(t, func(t *testing.T, d *deployment) {
		v, anna := d.visit(""), d.desk("u-anna", "Anna")
		v.say("Hi")
		v.sees("visitor: Hi")
		v.sees("bot: Hello, Olena!")
		v.sees("bot: What is it about?")
		about := v.say("kettle")
		v.sees("visitor: kettle")
		asked := v.sees("bot: I fetch somebody for the kettle.")
		queue := v.sees("owner: queue")

		dialog := v.c.MessageID(about)
		taken := d.take(anna, dialog)
		if taken.GetState() != operatorv1.DialogState_DIALOG_STATE_ACTIVE || taken.GetEpoch() <= queue.Epoch {
			t.Errorf("taken in state %v under epoch %d, want active under one behind %d", taken.GetState(), taken.GetEpoch(), queue.Epoch)
		}
		if diff := cmp.Diff([]string{"tea", "later", "Olena", "kettle"}, []string{
			taken.GetTopic(), taken.GetClosedAlias(), taken.GetVisitor().GetName(),
			taken.GetVisitor().GetParams().GetFields()["about"].GetStringValue(),
		}); diff != "" {
			t.Errorf("what the operator is told (-want +got):\n%s", diff)
		}
		if now := v.sees("owner: operator Anna"); now.Epoch != taken.GetEpoch() {
			t.Errorf("the visitor is shown epoch %d, want %d", now.Epoch, taken.GetEpoch())
		}

		for _, epoch := range []uint64{0, queue.Epoch} { // before the call for an operator, and behind it
			_, err := d.late(v.c, fmt.Sprintf("%s/%d", about, 7+epoch), epoch, "Still there?")
			wantConflict(t, err, "u-anna", taken.GetEpoch())
		}
		again, err := d.late(v.c, about+"/0", 0, "I fetch somebody for the kettle.") // this one was stored in time
		if err != nil || again.GetOffset() != asked.Offset {
			t.Errorf("a repeat of what was stored before is at %q, %v, want %q", again.GetOffset(), err, asked.Offset)
		}

		v.say("Hello?")
		v.sees("visitor: Hello?")
		sent, err := anna.Send(t.Context(), &operatorv1.SendRequest{
			DialogId: dialog, ClientId: uuid.Must(uuid.NewV7()).String(),
			Body: &operatorv1.SendRequest_Text{Text: &chatv1.Text{Text: "Good day, Anna here."}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := v.sees("operator: Good day, Anna here."); got.Offset != sent.GetOffset() || got.ID != sent.GetId() {
			t.Errorf("the visitor sees the answer as %s at %s, want %s at %s", got.ID, got.Offset, sent.GetId(), sent.GetOffset())
		}

		closed, err := anna.Close(t.Context(), &operatorv1.CloseRequest{DialogId: dialog, Alias: "thanks"})
		if err != nil || closed.GetDialog().GetState() != operatorv1.DialogState_DIALOG_STATE_CLOSED {
			t.Fatalf("Close() = %v, %v, want a closed dialog", closed, err)
		}
		v.sees("owner: bot")
		v.sees("bot: Was the kettle saved?")
		v.say("yes")
		v.sees("visitor: yes")
		v.sees("bot: Bye.")
		d.recorded(v)
	})
}

// TestTakeAgainstReplies lets the bot speak while an operator takes the conversation: what is stored
// is before the change of owner, and everything else is refused.
func TestTakeAgainstReplies(t *testing.T) {
	topologies(t, func(t *testing.T, d *deployment) {
		const writers, each = 4, 25
		v, anna := d.visit(""), d.desk("u-anna", "Anna")
		v.say("Hi")
		v.sees("visitor: Hi")
		v.sees("bot: Hello, Olena!")
		v.sees("bot: What is it about?")
		about := v.say("kettle")
		v.sees("visitor: kettle")
		v.sees("bot: I fetch somebody for the kettle.")
		queue := v.sees("owner: queue")

		var (
			wg      sync.WaitGroup
			mu      sync.Mutex
			stored  []uint64
			refused []error
			begun   = make(chan struct{}, writers*each)
		)
		for w := range writers {
			wg.Go(func() {
				for n := range each {
					res, err := d.late(v.c, fmt.Sprintf("%s/%d", about, 100*(w+1)+n), queue.Epoch, "And another thing.")
					mu.Lock()
					if err == nil {
						stored = append(stored, res.GetSequence())
					} else {
						refused = append(refused, err)
					}
					mu.Unlock()
					begun <- struct{}{}
				}
			})
		}
		<-begun
		taken := d.take(anna, v.c.MessageID(about))
		wg.Wait()
		if len(stored) == 0 || len(stored)+len(refused) != writers*each {
			t.Errorf("%d replies stored and %d refused, want some stored and %d in all", len(stored), len(refused), writers*each)
		}
		if last := slices.Max(append(stored, 0)); last > taken.GetEpoch() {
			t.Errorf("a reply was stored at %d, behind the change of owner at %d", last, taken.GetEpoch())
		}
		for _, err := range refused {
			wantConflict(t, err, "u-anna", taken.GetEpoch())
		}
		_, err := d.late(v.c, about+"/999", queue.Epoch, "Too late.")
		wantConflict(t, err, "u-anna", taken.GetEpoch())
		events := d.events(v.c)
		n := 0
		for _, e := range events {
			if e.From == subject.Bot && e.Sequence > queue.Epoch {
				n++
			}
		}
		if n != len(stored) {
			t.Errorf("%d late replies are in the log, want the %d that were acknowledged", n, len(stored))
		}
	})
}

// late speaks as the scenario under an epoch.
func (d *deployment) late(c subject.Conversation, local string, epoch uint64, text string) (*gatewayv1.DeliverResponse, error) {
	return d.scenarioDoor.Deliver(d.t.Context(), &gatewayv1.DeliverRequest{
		Epoch: epoch, After: epoch, Message: &chatv1.Message{
			Id: c.MessageID(local), Bot: c.Bot, Conversation: c.ID, Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: text}},
		},
	})
}

// take takes a dialog that the visitor has just asked for.
func (d *deployment) take(who operatorv1.OperatorServiceClient, dialog string) *operatorv1.Dialog {
	d.t.Helper()
	res, err := who.Take(d.t.Context(), &operatorv1.TakeRequest{DialogId: dialog})
	if err != nil {
		d.t.Fatalf("Take: %v", err)
	}
	return res.GetDialog()
}

// wantConflict checks that err is the broker's refusal, and whom it names.
func wantConflict(t *testing.T, err error, operator string, epoch uint64) {
	t.Helper()
	st := status.Convert(err)
	if st.Code() != codes.FailedPrecondition || len(st.Details()) != 1 {
		t.Errorf("a late reply is answered with %v, want FAILED_PRECONDITION with the owner", err)
		return
	}
	c, ok := st.Details()[0].(*gatewayv1.OwnerConflict)
	if !ok || c.GetOwner().GetOperatorId() != operator || c.GetEpoch() != epoch {
		t.Errorf("a late reply is told of %v, want operator %s under epoch %d", st.Details()[0], operator, epoch)
	}
}

// events is the conversation as the log has it.
func (d *deployment) events(c subject.Conversation) (events []bus.Event) {
	d.t.Helper()
	last, err := d.log.Last(d.t.Context(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	err = d.log.ReadTo(d.t.Context(), c, 0, last, func(e bus.Event) error {
		events = append(events, e)
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return events
}

// recorded checks that the visitor saw what the log has, and that whoever comes back to the
// conversation in a second tab is shown the same.
func (d *deployment) recorded(v *visitor) {
	d.t.Helper()
	var want []string
	for _, e := range d.events(v.c) {
		want = append(want, d.log.At(e.Sequence).String()+" "+e.Message.GetId())
	}
	place := func(all []shown) (out []string) {
		for _, s := range all {
			out = append(out, s.Offset+" "+s.ID)
		}
		return out
	}
	if diff := cmp.Diff(want, place(v.seen)); diff != "" {
		d.t.Errorf("what the visitor saw is not the log (-log +seen):\n%s", diff)
	}
	tab := d.visit(v.token)
	if tab.c != v.c {
		d.t.Errorf("the second tab is in conversation %v, want %v", tab.c, v.c)
	}
	for len(tab.seen) < len(want) {
		var next shown
		tab.event("message", &next)
		tab.seen = append(tab.seen, next)
	}
	if diff := cmp.Diff(want, place(tab.seen)); diff != "" {
		d.t.Errorf("what a second tab is shown is not the log (-log +shown):\n%s", diff)
	}
}

// TestTakeAtOnce lets two operators reach for the same dialogs: one has each, and the other is told.
func TestTakeAtOnce(t *testing.T) {
	topologies(t, func(t *testing.T, d *deployment) {
		for range 5 {
			v := d.visit("")
			v.say("Hi")
			v.sees("visitor: Hi")
			v.sees("bot: Hello, Olena!")
			v.sees("bot: What is it about?")
			dialog := v.c.MessageID(v.say("kettle"))
			v.sees("visitor: kettle")
			v.sees("bot: I fetch somebody for the kettle.")
			v.sees("owner: queue")
			var (
				wg   sync.WaitGroup
				errs [2]error
			)
			names := []string{"Anna", "Borys"}
			for i, name := range names {
				desk := d.desk("u-"+name, name)
				wg.Go(func() {
					_, errs[i] = desk.Take(t.Context(), &operatorv1.TakeRequest{DialogId: dialog})
				})
			}
			wg.Wait()
			winner := slices.Index(errs[:], nil)
			if winner < 0 || errs[1-winner] == nil {
				t.Fatalf("Take by both: %v, want one of them to have the dialog", errs)
			}
			v.sees("owner: operator " + names[winner])
			if got := status.Convert(errs[1-winner]); got.Code() != codes.FailedPrecondition || got.Message() != "the dialog has been taken by "+names[winner] {
				t.Errorf("the slower one is told %v, want that %s has it", got, names[winner])
			}
		}
	})
}
