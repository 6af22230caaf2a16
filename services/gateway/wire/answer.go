package wire

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/switchboard-chat/switchboard/internal/form"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

const maxMessageID = 300

// isMessage reports whether s can be the id of a message of the conversation.
func isMessage(c subject.Conversation, s string) bool {
	local, ok := strings.CutPrefix(s, c.MessageID(""))
	return ok && local != "" && len(s) <= maxMessageID &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// answer is what the frame puts into a form. Which fields the form has is not looked at: it is for whoever
// has asked.
func (f Frame) answer(c subject.Conversation) (*chatv1.FormAnswer, *Problem) {
	switch {
	case form.IsSettings(f.Form), isMessage(c, f.Form):
	default:
		return nil, bad("form", fmt.Sprintf("%.80q: want the id of a message of this conversation, or prechat, offline or rating", f.Form))
	}
	if n := len(f.Values); n > form.MaxValues {
		return nil, &Problem{Code: TooLarge, Field: "values", Message: fmt.Sprintf("%d, at most %d", n, form.MaxValues)}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Values)) { // in the order of names, so that a problem is always the same
		if !form.IsName(name) {
			return nil, bad("values", fmt.Sprintf(`%.80q: want names of a letter or "_", then letters, digits, "_" and "-", at most %d characters`, name, form.MaxName))
		}
		switch n := utf8.RuneCountInString(f.Values[name]); {
		case n == 0:
			return nil, bad("values."+name, "empty: leave out what was not filled in")
		case n > form.MaxValue:
			return nil, &Problem{Code: TooLarge, Field: "values." + name, Message: fmt.Sprintf("%d characters, at most %d", n, form.MaxValue)}
		}
	}
	if p := text("text", f.Text); p != nil {
		return nil, p
	}
	return &chatv1.FormAnswer{Form: f.Form, Values: f.Values, Text: f.Text}, nil
}
