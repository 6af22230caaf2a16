// Package desk is the rules of dialogs: how a dialog follows the events of its conversation, and who
// may do what with it. It does no I/O and reads no clock.
package desk

import (
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// A Dialog is a dialog and how far it has followed the log. It is a value: [Apply] returns another.
type Dialog struct {
	*operatorv1.Dialog // never changed in place

	Generation string    // the generation of the log that the places below are of
	Handled    uint64    // the newest event that is in the dialog, also of those behind its end
	Opened     uint64    // the epoch under which the scenario asked for a person
	Queued     uint64    // the epoch of the queue; 0 = not in the queue yet
	EndedBy    string    // the id of the event by which the visitor ended the dialog, or empty
	LastID     string    // the id of what LastText is of; empty: of nothing, or it was taken back
	Owned      time.Time // when the log was last told who owns the dialog
}

// Open reports whether the dialog goes on.
func (d Dialog) Open() bool {
	return d.GetState() != operatorv1.DialogState_DIALOG_STATE_CLOSED
}

// Live reports whether the dialog is with people: in the queue or taken.
func (d Dialog) Live() bool {
	return d.GetState() == operatorv1.DialogState_DIALOG_STATE_WAITING || d.GetState() == operatorv1.DialogState_DIALOG_STATE_ACTIVE
}

// Conversation is the dialog's conversation.
func (d Dialog) Conversation() subject.Conversation {
	return subject.Conversation{Bot: d.GetBot(), ID: d.GetConversation()}
}

// An Event is a stored event of the dialog's conversation. A nil Message is one that nobody
// understands.
type Event struct {
	From     subject.From
	Sequence uint64
	Message  *chatv1.Message // with its offset
}

// Apply returns the dialog after the event. Events up to d.Handled, and all events of a dialog that
// has ended, change nothing.
func Apply(d Dialog, e Event) Dialog {
	if e.Sequence <= d.Handled || !d.Open() {
		return d
	}
	d.Handled = e.Sequence
	if e.Message == nil {
		return d
	}
	d.Dialog = proto.CloneOf(d.Dialog)
	d.LastOffset = e.Message.GetOffset()
	if !renewed(e.Message) && !amends(e.Message) {
		d.LastAt = e.Message.GetTime()
	}
	if e.From == subject.Owner {
		return changeOwner(d, e)
	}
	d = said(d, e)
	d, _ = amended(d, e.Message)
	switch e.From {
	case subject.Visitor:
		return visitorActs(d, e.Message)
	case subject.Operator:
		if !amends(e.Message) {
			d.Unread = 0
		}
	}
	return d
}

func visitorActs(d Dialog, m *chatv1.Message) Dialog {
	if !d.Live() {
		return d
	}
	if m.GetEnd() != nil && d.EndedBy == "" {
		d.EndedBy = m.GetId()
	}
	if _, utterance := Preview(m); utterance {
		d.Unread++
	}
	return d
}

// changeOwner follows an owner event, of which d.Epoch is the newest so far. d is the caller's own.
func changeOwner(d Dialog, e Event) Dialog {
	change := e.Message.GetOwnerChange()
	if change == nil || e.Sequence <= d.GetEpoch() {
		return d
	}
	if change.GetDialog() != d.GetId() {
		if !d.Live() {
			return d // whether the dialog still gets into the queue is for the broker to say
		}
		return closed(d, e) // the conversation went elsewhere
	}
	d.Owned = e.Message.GetTime().AsTime()
	switch owner := change.GetOwner(); owner.GetKind() {
	case chatv1.OwnerKind_OWNER_KIND_QUEUE:
		if d.Queued == 0 {
			d.Queued, d.Unread = e.Sequence, 0
		}
		d.State, d.OperatorId, d.OperatorName, d.TakenAt = operatorv1.DialogState_DIALOG_STATE_WAITING, "", "", nil
	case chatv1.OwnerKind_OWNER_KIND_OPERATOR:
		d.State, d.OperatorId, d.OperatorName = operatorv1.DialogState_DIALOG_STATE_ACTIVE, owner.GetOperatorId(), owner.GetOperatorName()
		if !renewed(e.Message) || d.GetTakenAt() == nil {
			d.TakenAt = e.Message.GetTime()
		}
	default:
		return closed(d, e)
	}
	d.Epoch = e.Sequence
	return d
}

// renewed reports whether the event only says again who owns the conversation.
func renewed(m *chatv1.Message) bool {
	return m.GetOwnerChange().GetReason() == chatv1.OwnerReason_OWNER_REASON_RENEWED
}

func closed(d Dialog, e Event) Dialog {
	d.State, d.ClosedAt, d.Epoch = operatorv1.DialogState_DIALOG_STATE_CLOSED, e.Message.GetTime(), e.Sequence
	return d
}

// Restart returns an open dialog as it was before it followed anything, to follow a log that has begun a
// new generation: the places of the old one mean nothing there, and its newest events may be gone.
func Restart(d Dialog, generation string) Dialog {
	fresh := proto.CloneOf(d.Dialog)
	fresh.State = operatorv1.DialogState_DIALOG_STATE_OPENING
	fresh.OperatorId, fresh.OperatorName, fresh.TakenAt = "", "", nil
	fresh.Epoch, fresh.Unread = 0, 0
	fresh.LastText, fresh.LastAuthor, fresh.LastOffset, fresh.LastAt = "", chatv1.Author_AUTHOR_UNSPECIFIED, "", nil
	fresh.LastDeleted = false
	return Dialog{Dialog: fresh, Generation: generation, Opened: d.Opened, Owned: d.Owned}
}
