package desk_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	opening = operatorv1.DialogState_DIALOG_STATE_OPENING
	waiting = operatorv1.DialogState_DIALOG_STATE_WAITING
	active  = operatorv1.DialogState_DIALOG_STATE_ACTIVE
	closed  = operatorv1.DialogState_DIALOG_STATE_CLOSED
)

var conversation = subject.Conversation{Bot: "1", ID: "0198c7de-6a1b-7c3d-9e4f-abcdefabcdef"}

// newDialog is a dialog as the service makes it.
func newDialog() desk.Dialog {
	return desk.Dialog{
		Dialog: &operatorv1.Dialog{
			Id: conversation.MessageID("call"), Bot: conversation.Bot, Conversation: conversation.ID, State: opening,
			Topic: "tea", ClosedAlias: "later", OpenedAt: at(0), Version: 1,
		},
		Generation: "00000000g", Handled: 10, Opened: 3,
	}
}

// in is a dialog in the state, of anna if somebody has it.
func in(state operatorv1.DialogState) desk.Dialog {
	d := newDialog()
	d.State = state
	if state == waiting || state == active || state == closed {
		d.Queued, d.Epoch = 11, 11
	}
	if state == active || state == closed {
		d.OperatorId, d.OperatorName, d.Epoch = "anna", "Anna", 12
	}
	return d
}

// at is a time so many seconds after some beginning.
func at(seconds int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(seconds) * time.Second))
}

// event is the event at the sequence, which happened so many seconds after the beginning.
func event(from subject.From, sequence uint64, m *chatv1.Message) desk.Event {
	if m != nil {
		m.Offset, m.Time = "00000000g-"+string(rune('a'+sequence-10)), at(int(sequence)) //nolint:gosec // small
	}
	return desk.Event{From: from, Sequence: sequence, Message: m}
}

func text(s string) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: s}}}
}

// named is a text with an id.
func named(id, s string) *chatv1.Message {
	m := text(s)
	m.Id = id
	return m
}

func edited(id, s string, mode chatv1.ParseMode) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_Edit{Edit: &chatv1.Edit{Message: id, Text: &chatv1.Text{Text: s, ParseMode: mode}}}}
}

func deleted(id string) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_Deletion{Deletion: &chatv1.Deletion{Message: id}}}
}

func end(id string) *chatv1.Message {
	return &chatv1.Message{Id: id, Body: &chatv1.Message_End{End: &chatv1.End{}}}
}

// owner says that the dialog's owner is this one.
func owner(kind chatv1.OwnerKind, who, dialog string) *chatv1.Message {
	o := &chatv1.Owner{Kind: kind, OperatorId: who}
	if who != "" {
		o.OperatorName = "Name of " + who
	}
	return &chatv1.Message{Body: &chatv1.Message_OwnerChange{OwnerChange: &chatv1.OwnerChange{
		Owner: o, Dialog: dialog, Reason: chatv1.OwnerReason_OWNER_REASON_TRANSFERRED,
	}}}
}

const (
	bot      = chatv1.OwnerKind_OWNER_KIND_BOT
	queue    = chatv1.OwnerKind_OWNER_KIND_QUEUE
	operator = chatv1.OwnerKind_OWNER_KIND_OPERATOR
)

// wantDialog compares dialogs with everything that they keep.
func wantDialog(t *testing.T, got, want desk.Dialog) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("dialog (-want +got):\n%s", diff)
	}
}
