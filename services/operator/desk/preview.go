package desk

import (
	"cmp"
	"html"
	"strings"
	"unicode/utf8"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// PreviewLength is how many characters a preview has at most.
const PreviewLength = 140

// Preview is one line of plain text that stands for an utterance. It is false for events that are
// none, such as a change of owner.
func Preview(m *chatv1.Message) (string, bool) {
	var text string
	mode := chatv1.ParseMode_PARSE_MODE_UNSPECIFIED
	switch b := m.GetBody().(type) {
	case *chatv1.Message_Text:
		text, mode = b.Text.GetText(), b.Text.GetParseMode()
	case *chatv1.Message_Button:
		text = b.Button.GetText()
	case *chatv1.Message_Keyboard:
		text, mode = b.Keyboard.GetText(), b.Keyboard.GetParseMode()
	case *chatv1.Message_InlineKeyboard:
		text, mode = b.InlineKeyboard.GetText(), b.InlineKeyboard.GetParseMode()
	case *chatv1.Message_Image:
		text = b.Image.GetCaption()
		if text == "" {
			text = b.Image.GetAlt()
		}
	case *chatv1.Message_File:
		text = b.File.GetName()
	case *chatv1.Message_Cards:
		text = cards(b.Cards)
	case *chatv1.Message_Form:
		text, mode = b.Form.GetText(), b.Form.GetParseMode()
	case *chatv1.Message_FormAnswer:
		text = b.FormAnswer.GetText()
	default:
		return "", false
	}
	if mode == chatv1.ParseMode_PARSE_MODE_HTML {
		text = plain(text)
	}
	return cut(strings.Join(strings.Fields(text), " ")), true
}

// cards are the first words that there are on cards.
func cards(c *chatv1.Cards) string {
	for _, one := range c.GetCards() {
		if text := cmp.Or(one.GetTitle(), one.GetText(), one.GetImage().GetAlt()); strings.TrimSpace(text) != "" {
			return text
		}
	}
	return ""
}

// plain takes the tags out of HTML. What it returns is text and must not be shown as HTML.
func plain(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<")
		b.WriteString(before)
		if !found {
			return html.UnescapeString(b.String())
		}
		_, after, closed := strings.Cut(rest, ">")
		if !closed { // no tag
			b.WriteString("<" + rest)
			return html.UnescapeString(b.String())
		}
		s = after
	}
}

func cut(s string) string {
	if utf8.RuneCountInString(s) <= PreviewLength {
		return s
	}
	r := []rune(s)
	return strings.TrimRight(string(r[:PreviewLength-1]), " ") + "…"
}
