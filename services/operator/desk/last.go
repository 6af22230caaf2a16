package desk

import (
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// Retold returns a dialog that has ended after an amendment behind its end: what is taken back is not to be read
// anywhere. It reports whether the event changes the dialog; an older amendment does not, nor does any a dialog that
// goes on, which follows the log by itself.
func Retold(d Dialog, e Event) (Dialog, bool) {
	if d.Open() || e.Sequence <= d.Handled {
		return d, false
	}
	d, changed := amended(d, e.Message)
	if changed {
		d.Handled = e.Sequence
	}
	return d, changed
}

// amended returns the dialog after a change of what was said last, which the preview then shows, or after its
// deletion, which leaves no words in it; and whether m is either.
func amended(d Dialog, m *chatv1.Message) (Dialog, bool) {
	if d.LastID == "" {
		return d, false
	}
	switch b := m.GetBody().(type) {
	case *chatv1.Message_Edit:
		if b.Edit.GetMessage() != d.LastID {
			return d, false
		}
		d.Dialog = proto.CloneOf(d.Dialog)
		d.LastText, _ = Preview(&chatv1.Message{Body: &chatv1.Message_Text{Text: b.Edit.GetText()}})
	case *chatv1.Message_Deletion:
		if b.Deletion.GetMessage() != d.LastID {
			return d, false
		}
		d.Dialog = proto.CloneOf(d.Dialog)
		d.LastText, d.LastDeleted, d.LastID = "", true, "" // no edit counts any more
	default:
		return d, false
	}
	return d, true
}

// said notes an utterance as the last one. d is the caller's own.
func said(d Dialog, e Event) Dialog {
	if text, ok := Preview(e.Message); ok {
		d.LastText, d.LastAuthor, d.LastDeleted, d.LastID = text, author(e.From), false, e.Message.GetId()
	}
	return d
}

// amends reports whether the event is no utterance but about one: it was changed, taken back or read.
func amends(m *chatv1.Message) bool {
	switch m.GetBody().(type) {
	case *chatv1.Message_Edit, *chatv1.Message_Deletion, *chatv1.Message_Seen:
		return true
	}
	return false
}

func author(from subject.From) chatv1.Author {
	switch from {
	case subject.Visitor:
		return chatv1.Author_AUTHOR_VISITOR
	case subject.Bot:
		return chatv1.Author_AUTHOR_BOT
	case subject.Operator:
		return chatv1.Author_AUTHOR_OPERATOR
	}
	return chatv1.Author_AUTHOR_SYSTEM
}
