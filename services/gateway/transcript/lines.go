// Package transcript writes a conversation down, and sends it by mail to a visitor who asks for it.
package transcript

import (
	"strings"

	"golang.org/x/net/html"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// line is what somebody said.
type line struct {
	Time, Who, Text string
	Mine            bool
	Note            string // such as "edited"
}

// shown is one message that a visitor sees as one, with what was changed of it.
type shown struct {
	m               *chatv1.Message
	edit            *chatv1.Text
	edited, deleted bool
}

// fold returns the messages that are shown, in their order, with later edits and deletions applied.
func fold(messages []*chatv1.Message) []*shown {
	var all []*shown
	byID := map[string]*shown{}
	of := func(m *chatv1.Message, target string) *shown {
		if s := byID[target]; s != nil && s.m.GetAuthor() == m.GetAuthor() && !s.deleted {
			return s
		}
		return nil
	}
	for _, m := range messages {
		switch b := m.GetBody().(type) {
		case *chatv1.Message_Edit:
			if s := of(m, b.Edit.GetMessage()); s != nil {
				s.edit, s.edited = b.Edit.GetText(), true
			}
		case *chatv1.Message_Deletion:
			if s := of(m, b.Deletion.GetMessage()); s != nil {
				s.deleted = true
			}
		default:
			s := &shown{m: m}
			all, byID[m.GetId()] = append(all, s), s
		}
	}
	return all
}

// text is what a message says, in plain words; empty where a visitor is shown nothing.
func (s *shown) text(w words) string {
	if s.edited {
		return plain(s.edit.GetText(), s.edit.GetParseMode())
	}
	switch b := s.m.GetBody().(type) {
	case *chatv1.Message_Text:
		return plain(b.Text.GetText(), b.Text.GetParseMode())
	case *chatv1.Message_Button:
		return b.Button.GetText()
	case *chatv1.Message_Image:
		return file(w, b.Image.GetAlt(), b.Image.GetCaption())
	case *chatv1.Message_File:
		return file(w, b.File.GetName(), "")
	case *chatv1.Message_Keyboard:
		return keyboard(b.Keyboard)
	case *chatv1.Message_InlineKeyboard:
		return keyboard(b.InlineKeyboard)
	case *chatv1.Message_Cards:
		return cards(b.Cards)
	case *chatv1.Message_Form:
		return plain(b.Form.GetText(), b.Form.GetParseMode())
	case *chatv1.Message_FormAnswer:
		return b.FormAnswer.GetText()
	case *chatv1.Message_SystemEvent:
		return b.SystemEvent.GetText()
	}
	return ""
}

// file names a picture or a file, without its address: whoever has that may read it.
func file(w words, name, caption string) string {
	return strings.TrimSpace("[" + strings.TrimSuffix(w.File+": "+name, ": ") + "]\n" + caption)
}

func keyboard(k *chatv1.Keyboard) string {
	return plain(k.GetText(), k.GetParseMode()) + labels(k.GetButtons())
}

func cards(c *chatv1.Cards) string {
	parts := make([]string, len(c.GetCards()))
	for i, one := range c.GetCards() {
		parts[i] = strings.TrimSpace(one.GetTitle()+"\n"+one.GetText()) + labels(one.GetButtons())
	}
	return strings.Join(parts, "\n\n")
}

func labels(buttons []*chatv1.Button) string {
	var b strings.Builder
	for i, one := range buttons {
		b.WriteString(map[bool]string{true: "\n", false: " "}[i == 0])
		b.WriteString("[" + one.GetText() + "]")
	}
	return b.String()
}

// plain is a text without the tags of its HTML. Markdown is readable as it is.
func plain(s string, mode chatv1.ParseMode) string {
	if mode != chatv1.ParseMode_PARSE_MODE_HTML {
		return s
	}
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(s)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		}
	}
}
