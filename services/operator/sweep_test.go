package operator_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"

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
	eventually(t, "the dialog that lost its conversation is forgotten", func() error {
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
