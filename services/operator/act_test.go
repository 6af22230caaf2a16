package operator_test

import (
	"context"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/subject"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

func TestTake(t *testing.T) {
	o, c := open(t), conversation()
	id := o.ask(c)
	for range 2 { // the second time the dialog is the caller's already
		res, err := o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: id})
		if err != nil {
			t.Fatal(err)
		}
		if d := res.GetDialog(); d.GetState() != active || d.GetOperatorId() != "anna" || d.GetOperatorName() != "ANNA" || d.GetTakenAt() == nil {
			t.Errorf("dialog %v, want it active with anna", d)
		}
	}
	o.wantOwners(c, "queue connect", "operator taken anna")
	_, err := o.Take(o.borys(), &operatorv1.TakeRequest{DialogId: id})
	wantCode(t, err, codes.FailedPrecondition, "taken by ANNA")
	_, err = o.Take(o.as("vira", configv1.Role_ROLE_OPERATOR, "2"), &operatorv1.TakeRequest{DialogId: id})
	wantCode(t, err, codes.NotFound, "no such dialog")
	_, err = o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: c.MessageID("other")})
	wantCode(t, err, codes.NotFound, "no such dialog")
	_, err = o.Take(o.anna(), &operatorv1.TakeRequest{})
	wantField(t, err, "dialog_id")
	_, err = o.Take(t.Context(), &operatorv1.TakeRequest{DialogId: id})
	wantCode(t, err, codes.Unauthenticated, "nobody is signed in")
}

// TestTakeAtOnce lets operators on two replicas reach for the same dialogs: one has it, the others
// are told who.
func TestTakeAtOnce(t *testing.T) {
	o := open(t)
	other := o.again()
	for range 15 {
		c := conversation()
		id := o.ask(c)
		callers := map[string]*office{"anna": o, "borys": other, "vira": other}
		winners, refusals := make(chan string, len(callers)), make(chan error, len(callers))
		var wg sync.WaitGroup
		for name, on := range callers {
			wg.Go(func() {
				res, err := on.Take(o.as(name, configv1.Role_ROLE_OPERATOR), &operatorv1.TakeRequest{DialogId: id})
				if err != nil {
					refusals <- err
					return
				}
				winners <- name
				if got := res.GetDialog().GetOperatorId(); got != name {
					t.Errorf("%s was given the dialog of %s", name, got)
				}
			})
		}
		wg.Wait()
		if len(winners) != 1 {
			t.Fatalf("%d operators have the dialog, want 1", len(winners))
		}
		winner := <-winners
		o.wantOwners(c, "queue connect", "operator taken "+winner)
		for range len(refusals) {
			wantCode(t, <-refusals, codes.FailedPrecondition, "taken by "+o.dialog(id).GetOperatorName())
		}
	}
}

func TestTakeAfterLostAnswer(t *testing.T) {
	o, c := newOffice(t), conversation()
	id := o.ask(c)
	o.door.losing()
	_, err := o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: id})
	wantCode(t, err, codes.Unavailable, "")
	_, err = o.Take(o.borys(), &operatorv1.TakeRequest{DialogId: id})
	wantCode(t, err, codes.FailedPrecondition, "taken by ANNA")
	if _, err := o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: id}); err != nil {
		t.Errorf("Take again: %v", err)
	}
	o.wantOwners(c, "queue connect", "operator taken anna")
}

func TestClose(t *testing.T) {
	tests := map[string]struct {
		by    func(*office) context.Context
		alias string
		want  string // the owner event; empty if refused
	}{
		"by its operator, at an alias": {(*office).anna, "thanks", "bot closed thanks"},
		"by its operator, no alias":    {(*office).anna, "", "bot closed later"},
		"by a supervisor":              {(*office).boss, "", "bot closed later"},
		"by a machine":                 {func(o *office) context.Context { return o.crm() }, "", "bot closed later"},
		"by somebody else":             {(*office).borys, "", ""},
	}
	o := open(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := conversation()
			id := o.taken(o.anna(), c).GetId()
			req := &operatorv1.CloseRequest{DialogId: id, Alias: tt.alias}
			res, err := o.Close(tt.by(o), req)
			if tt.want == "" {
				wantCode(t, err, codes.FailedPrecondition, "taken by ANNA")
				o.wantOwners(c, "queue connect", "operator taken anna")
				return
			}
			if err != nil || res.GetDialog().GetState() != closed || res.GetDialog().GetClosedAt() == nil {
				t.Fatalf("Close() = %v, %v, want a closed dialog", res, err)
			}
			events := o.logged(c, subject.Owner)
			if last := events[len(events)-1]; last.Message.GetOwnerChange().GetDialog() != id || last.Sequence != res.GetDialog().GetEpoch() {
				t.Errorf("the last owner event is %v at %d, want it of dialog %s at %d", last.Message, last.Sequence, id, res.GetDialog().GetEpoch())
			}
			if _, err := o.Close(tt.by(o), req); err != nil {
				t.Errorf("Close again: %v", err)
			}
			_, err = o.Take(o.borys(), &operatorv1.TakeRequest{DialogId: id})
			wantCode(t, err, codes.FailedPrecondition, "the dialog is closed")
			o.wantOwners(c, "queue connect", "operator taken anna", tt.want)
		})
	}
	t.Run("from the queue", func(t *testing.T) {
		id := o.ask(conversation())
		_, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: id})
		wantCode(t, err, codes.FailedPrecondition, "take it first")
		if _, err := o.Close(o.boss(), &operatorv1.CloseRequest{DialogId: id}); err != nil {
			t.Errorf("Close by a supervisor: %v", err)
		}
	})
	t.Run("a long alias", func(t *testing.T) {
		_, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: "x", Alias: string(make([]byte, 101))})
		wantField(t, err, "alias")
	})
}

// TestCloseAgainstTake closes from the queue while an operator takes the dialog: whatever comes
// first, the dialog ends closed and the log tells one story.
func TestCloseAgainstTake(t *testing.T) {
	o := open(t)
	for range 10 {
		c := conversation()
		id := o.ask(c)
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: id})
			if err != nil && status.Code(err) != codes.FailedPrecondition {
				t.Errorf("Take: %v", err)
			}
		})
		wg.Go(func() {
			if _, err := o.Close(o.boss(), &operatorv1.CloseRequest{DialogId: id}); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
		wg.Wait()
		if d := o.dialog(id); d.GetState() != closed {
			t.Errorf("dialog %v, want it closed", d)
		}
		told := o.owners(c)
		if last := told[len(told)-1]; last != "bot closed later" || len(told) > 3 {
			t.Errorf("owner events %q, want a close at the end and nothing twice", told)
		}
	}
}

func TestVisitorEnds(t *testing.T) {
	o := open(t)
	tests := map[string]struct {
		open func(subject.Conversation) string
		want []string
	}{
		"while waiting":     {o.ask, []string{"queue connect", "bot closed_by_visitor"}},
		"with the operator": {func(c subject.Conversation) string { return o.taken(o.anna(), c).GetId() }, []string{"queue connect", "operator taken anna", "bot closed_by_visitor"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := conversation()
			id := tt.open(c)
			o.happens(c, subject.Visitor, ended())
			o.becomesState(id, closed)
			o.happens(c, subject.Visitor, ended()) // of no dialog any more
			o.happens(c, subject.Visitor, text("Hello again"))
			next := request(c)
			next.Id, next.Epoch = c.MessageID("call-2"), o.dialog(id).GetEpoch()
			if _, err := o.OpenDialog(t.Context(), next); err != nil {
				t.Fatal(err)
			}
			o.becomesState(next.GetId(), waiting)
			o.wantOwners(c, append(tt.want, "queue connect")...)
		})
	}
}

// TestGoneElsewhere gives the conversation away past the dialog.
func TestGoneElsewhere(t *testing.T) {
	o, c := open(t), conversation()
	id := o.taken(o.anna(), c).GetId()
	epoch := o.happens(c, subject.Owner, owned(toBot, ""))
	d := o.becomesState(id, closed)
	if d.GetEpoch() != epoch {
		t.Errorf("the dialog is closed under epoch %d, want %d", d.GetEpoch(), epoch)
	}
}

func TestSendTyping(t *testing.T) {
	o, c := open(t), conversation()
	id := o.taken(o.anna(), c).GetId()
	if _, err := o.SendTyping(o.anna(), &operatorv1.SendTypingRequest{DialogId: id}); err != nil {
		t.Fatal(err)
	}
	o.door.mu.Lock()
	live := o.door.live
	o.door.mu.Unlock()
	if len(live) != 1 || live[0].GetConversation() != c.ID || live[0].GetEvent().GetTyping().GetName() != "ANNA" {
		t.Errorf("live events %v, want one that ANNA writes", live)
	}
	_, err := o.SendTyping(o.borys(), &operatorv1.SendTypingRequest{DialogId: id})
	wantCode(t, err, codes.FailedPrecondition, "taken by ANNA")
	_, err = o.SendTyping(o.anna(), &operatorv1.SendTypingRequest{DialogId: o.ask(conversation())})
	wantCode(t, err, codes.FailedPrecondition, "take it first")
	o.door.down(true)
	_, err = o.SendTyping(o.anna(), &operatorv1.SendTypingRequest{DialogId: id})
	wantCode(t, err, codes.Unavailable, "")
}
