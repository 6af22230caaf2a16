package operator_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// TestOwnersAreRenewed lets the event that says who owns a conversation become half as old as the log
// keeps events: it is said again, once, and nothing else changes.
func TestOwnersAreRenewed(t *testing.T) {
	o, mine, waits := open(t), conversation(), conversation()
	taken := o.taken(o.anna(), mine)
	queued := o.dialog(o.ask(waits))
	anna := &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_OPERATOR, OperatorId: "anna", OperatorName: "ANNA"}
	for d, owner := range map[*operatorv1.Dialog]*chatv1.Owner{taken: anna, queued: {Kind: chatv1.OwnerKind_OWNER_KIND_QUEUE}} {
		old := owned(owner, d.GetId())
		old.GetOwnerChange().Reason = chatv1.OwnerReason_OWNER_REASON_RENEWED
		old.Time = timestamppb.New(time.Now().Add(-o.log.MaxAge()/2 - time.Hour))
		epoch := o.happens(subject.Conversation{Bot: d.GetBot(), ID: d.GetConversation()}, subject.Owner, old)
		o.becomes(d.GetId(), "has followed", func(d *operatorv1.Dialog) bool { return d.GetEpoch() == epoch })
	}

	o.again(sweeping).run()
	for d, want := range map[*operatorv1.Dialog][]string{
		taken:  {"queue connect", "operator taken anna", "operator renewed anna", "operator renewed anna"},
		queued: {"queue connect", "queue renewed", "queue renewed"},
	} {
		c := subject.Conversation{Bot: d.GetBot(), ID: d.GetConversation()}
		now := o.becomes(d.GetId(), "is renewed", func(d *operatorv1.Dialog) bool {
			owners := o.logged(c, subject.Owner)
			return len(owners) == len(want) && d.GetEpoch() == owners[len(owners)-1].Sequence
		})
		o.wantOwners(c, want...)
		if now.GetState() != d.GetState() || now.GetOperatorId() != d.GetOperatorId() || !proto.Equal(now.GetTakenAt(), d.GetTakenAt()) || !proto.Equal(now.GetLastAt(), d.GetLastAt()) {
			t.Errorf("dialog became %v, was %v", now, d)
		}
	}
	if _, err := o.Send(o.anna(), answer(taken.GetId(), newID(), "Still here")); err != nil {
		t.Errorf("Send under the renewed epoch: %v", err)
	}
}
