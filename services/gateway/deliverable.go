package gateway

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/card"
	"github.com/switchboard-chat/switchboard/internal/form"
	"github.com/switchboard-chat/switchboard/internal/media"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// Bounds of what is delivered.
const (
	maxButtons = 64   // of a keyboard
	maxEdited  = 4096 // characters
)

// deliverable checks what only a stranger to the contract would get wrong; sizes are the log's where the
// contract says none. What an edit, a deletion or a notice of reading is about is the operator service's to
// know: nobody else may bring one.
func deliverable(c subject.Conversation, from subject.From, m *chatv1.Message) error {
	switch b := m.GetBody().(type) {
	case *chatv1.Message_Text:
		if b.Text.GetText() == "" {
			return invalid("message.text.text", "empty")
		}
	case *chatv1.Message_Image:
		if !media.IsOwnPath(b.Image.GetUrl()) {
			return validURL("message.image.url", b.Image.GetUrl())
		}
	case *chatv1.Message_File:
		return validURL("message.file.url", b.File.GetUrl())
	case *chatv1.Message_Keyboard:
		return validKeyboard("message.keyboard", b.Keyboard)
	case *chatv1.Message_InlineKeyboard:
		return validKeyboard("message.inline_keyboard", b.InlineKeyboard)
	case *chatv1.Message_Cards:
		if found := card.Check(b.Cards); len(found) > 0 {
			return invalid("message.cards."+found[0].Field, "%s", found[0].Rule)
		}
	case *chatv1.Message_Form:
		if found := form.Check(b.Form); len(found) > 0 {
			return invalid("message.form."+found[0].Field, "%s", found[0].Rule)
		}
	case *chatv1.Message_Edit:
		text := b.Edit.GetText().GetText()
		if n := utf8.RuneCountInString(text); n > maxEdited || strings.TrimSpace(text) == "" {
			return invalid("message.edit.text.text", "%d characters: want 1 to %d, not only blanks", n, maxEdited)
		}
		return validTarget(c, from, "message.edit.message", b.Edit.GetMessage())
	case *chatv1.Message_Deletion:
		return validTarget(c, from, "message.deletion.message", b.Deletion.GetMessage())
	case *chatv1.Message_Seen:
		return validTarget(c, from, "message.seen.message", b.Seen.GetMessage())
	case *chatv1.Message_SystemEvent:
	default:
		return invalid("message.body", "want text, image, file, keyboard, inline_keyboard, cards, form, edit, deletion, seen or system_event")
	}
	return nil
}

func invalid(field, format string, args ...any) error {
	return status.Error(codes.InvalidArgument, field+": "+fmt.Sprintf(format, args...))
}

func validTarget(c subject.Conversation, from subject.From, field, id string) error {
	if from != subject.Operator {
		return invalid(field, "only the operator service knows who has said what")
	}
	return validID(c, field, id)
}

func validURL(field, s string) error {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return invalid(field, "%.80q: want an address that starts with https:// or http://", s)
	}
	return nil
}

// absolute gives pictures of the gateway's own its public origin, as those have that visitors upload; without one the
// path stays. m is the caller's own.
func (g *Gateway) absolute(m *chatv1.Message) {
	pictures := []*chatv1.Image{m.GetImage()}
	for _, c := range m.GetCards().GetCards() {
		pictures = append(pictures, c.GetImage())
	}
	for _, p := range pictures {
		if media.IsOwnPath(p.GetUrl()) {
			p.Url = g.cfg.PublicURL + p.GetUrl()
		}
	}
}

func validKeyboard(field string, k *chatv1.Keyboard) error {
	if n := len(k.GetButtons()); n == 0 || n > maxButtons {
		return invalid(field+".buttons", "%d: want 1 to %d", n, maxButtons)
	}
	for _, b := range k.GetButtons() {
		if b.GetActionType() == chatv1.ActionType_ACTION_TYPE_OPEN_URL {
			if err := validURL(field+".buttons.action_body", b.GetActionBody()); err != nil {
				return err
			}
		}
	}
	return nil
}
