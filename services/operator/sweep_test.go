package operator_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

func sweeping(d *operator.Deps) { d.SweepEvery, d.OpeningAge = 5*time.Millisecond, time.Nanosecond }

// TestSweep leaves dialogs half made, as a process does that is killed before the owner event is
// stored; the next process finishes them.
func TestSweep(t *testing.T) {
	o, lucky, lost := newOffice(t), conversation(), conversation()
	o.door.down(true)
	for _, req := range []*operatorv1.OpenDialogRequest{request(lucky), request(lost)} {
		_, err := o.OpenDialog(t.Context(), req)
		wantCode(t, err, codes.Unavailable, "")
	}
	o.happens(lost, subject.Owner, owned(&chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_OPERATOR, OperatorId: "borys"}, ""))
	o.door.down(false)

	o.again(sweeping).run()
	d := o.becomesState(lucky.MessageID("call"), waiting)
	o.wantOwners(lucky, "queue connect")
	if e := o.logged(lucky, subject.Owner)[0]; d.GetEpoch() != e.Sequence {
		t.Errorf("the dialog waits under epoch %d, want %d", d.GetEpoch(), e.Sequence)
	}
	eventually.Succeeds(t, "the dialog that lost its conversation is forgotten", func() error {
		_, err := o.GetDialog(o.boss(), &operatorv1.GetDialogRequest{DialogId: lost.MessageID("call")})
		if err == nil {
			return errNotYet
		}
		wantCode(t, err, codes.NotFound, "")
		return nil
	})
	o.wantOwners(lost, "operator transferred borys")
}

// TestKilledBeforeItKnew loses the gateway's answer and the process: the event wakes the next one.
func TestKilledBeforeItKnew(t *testing.T) {
	o, c := newOffice(t), conversation()
	o.door.losing()
	_, err := o.OpenDialog(t.Context(), request(c))
	wantCode(t, err, codes.Unavailable, "")
	if d := o.dialog(c.MessageID("call")); d.GetState() != opening {
		t.Errorf("dialog %v, want it opening", d)
	}
	o.again().run() // it does not sweep
	o.becomesState(c.MessageID("call"), waiting)
	o.wantOwners(c, "queue connect")
}

// TestRenew has dialogs whose owner was said so long ago that the log is about to forget it: it is
// said again, and that is all that changes.
func TestRenew(t *testing.T) {
	o := open(t, sweeping)
	old := timestamppb.New(time.Now().Add(-o.log.MaxAge() * 2 / 3).Truncate(time.Millisecond))
	for want, owner := range map[operatorv1.DialogState]*chatv1.Owner{
		waiting: {Kind: chatv1.OwnerKind_OWNER_KIND_QUEUE},
		active:  {Kind: chatv1.OwnerKind_OWNER_KIND_OPERATOR, OperatorId: "anna", OperatorName: "ANNA"},
	} {
		c := conversation()
		id := o.ask(c)
		said := owned(owner, id)
		said.Time = old
		epoch := o.happens(c, subject.Owner, said)
		o.happens(c, subject.Visitor, text("Hello?"))
		d := o.becomes(id, "renewed", func(d *operatorv1.Dialog) bool { return d.GetEpoch() > epoch && d.GetUnread() == 1 })
		if d.GetState() != want || d.GetOperatorId() != owner.GetOperatorId() || want == active && !proto.Equal(d.GetTakenAt(), old) {
			t.Errorf("dialog %v, want it %v as before, taken at %v", d, want, old)
		}
		if d.GetState() == active {
			if _, err := o.Send(o.anna(), answer(id, newID(), "Yes?")); err != nil {
				t.Errorf("Send under a renewed epoch: %v", err)
			}
		}
		told := o.owners(c)
		if len(told) != 3 || !strings.Contains(told[2], " renewed") {
			t.Errorf("owner events %q, want the last renewed once", told)
		}
	}
}
