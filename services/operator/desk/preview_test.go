package desk_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

func TestPreview(t *testing.T) {
	html := func(s string) *chatv1.Message {
		return &chatv1.Message{Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: s, ParseMode: chatv1.ParseMode_PARSE_MODE_HTML}}}
	}
	tests := map[string]struct {
		m    *chatv1.Message
		want string
		none bool // it is no utterance
	}{
		"text":              {m: text("Hello"), want: "Hello"},
		"blanks and lines":  {m: text(" Hello,\r\n\t world  "), want: "Hello, world"},
		"plain text as is":  {m: text("a <b> & c"), want: "a <b> & c"},
		"HTML":              {m: html("Order <b>7</b> &amp; <a href=\"https://x\">more</a>"), want: "Order 7 & more"},
		"HTML without end":  {m: html("1 < 2 &lt; 3"), want: "1 < 2 < 3"},
		"nothing but tags":  {m: html("<b></b>"), want: ""},
		"as long as can be": {m: text(strings.Repeat("я", desk.PreviewLength)), want: strings.Repeat("я", desk.PreviewLength)},
		"longer":            {m: text(strings.Repeat("я", desk.PreviewLength+1)), want: strings.Repeat("я", desk.PreviewLength-1) + "…"},
		"cut at a blank":    {m: text(strings.Repeat("я", desk.PreviewLength-2) + " ю ю"), want: strings.Repeat("я", desk.PreviewLength-2) + "…"},
		"a button": {
			m:    &chatv1.Message{Body: &chatv1.Message_Button{Button: &chatv1.ButtonPress{Text: "Yes", ActionBody: "y"}}},
			want: "Yes",
		},
		"a keyboard": {
			m: &chatv1.Message{Body: &chatv1.Message_Keyboard{Keyboard: &chatv1.Keyboard{
				Text: "<i>Which</i>?", ParseMode: chatv1.ParseMode_PARSE_MODE_HTML, Buttons: []*chatv1.Button{{Text: "Yes"}},
			}}},
			want: "Which?",
		},
		"an inline keyboard":         {m: &chatv1.Message{Body: &chatv1.Message_InlineKeyboard{InlineKeyboard: &chatv1.Keyboard{Text: "Which?"}}}, want: "Which?"},
		"a picture with a caption":   {m: &chatv1.Message{Body: &chatv1.Message_Image{Image: &chatv1.Image{Caption: "Our tea", Alt: "A cup"}}}, want: "Our tea"},
		"a picture with a text only": {m: &chatv1.Message{Body: &chatv1.Message_Image{Image: &chatv1.Image{Alt: "A cup"}}}, want: "A cup"},
		"a file":                     {m: &chatv1.Message{Body: &chatv1.Message_File{File: &chatv1.File{Name: "tea.pdf"}}}, want: "tea.pdf"},
		"cards": {m: &chatv1.Message{Body: &chatv1.Message_Cards{Cards: &chatv1.Cards{Cards: []*chatv1.Card{
			{Image: &chatv1.Image{Url: "https://x"}}, {Title: "Sencha", Text: "Green"}, {Title: "Assam"},
		}}}}, want: "Sencha"},
		"cards of pictures": {m: &chatv1.Message{Body: &chatv1.Message_Cards{Cards: &chatv1.Cards{Cards: []*chatv1.Card{{Image: &chatv1.Image{}}}}}}, want: ""},
		"a form": {
			m:    &chatv1.Message{Body: &chatv1.Message_Form{Form: &chatv1.Form{Text: "<b>Who</b>?", ParseMode: chatv1.ParseMode_PARSE_MODE_HTML}}},
			want: "Who?",
		},
		"an answer to it":   {m: &chatv1.Message{Body: &chatv1.Message_FormAnswer{FormAnswer: &chatv1.FormAnswer{Text: "Name: Olena\nPhone: 1"}}}, want: "Name: Olena Phone: 1"},
		"an edit":           {m: &chatv1.Message{Body: &chatv1.Message_Edit{Edit: &chatv1.Edit{Text: &chatv1.Text{Text: "x"}}}}, none: true},
		"a deletion":        {m: &chatv1.Message{Body: &chatv1.Message_Deletion{}}, none: true},
		"something seen":    {m: &chatv1.Message{Body: &chatv1.Message_Seen{}}, none: true},
		"a change of owner": {m: owner(queue, "", "d"), none: true},
		"an end":            {m: end("e"), none: true},
		"a start":           {m: &chatv1.Message{Body: &chatv1.Message_Start{}}, none: true},
		"nothing":           {m: &chatv1.Message{}, none: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := desk.Preview(tt.m)
			if got != tt.want || ok == tt.none {
				t.Errorf("Preview() = %q, %v, want %q, %v", got, ok, tt.want, !tt.none)
			}
		})
	}
}

func FuzzPreview(f *testing.F) {
	for _, s := range []string{"", "Hello", "<b>x</b>", "<", "&lt;", strings.Repeat("я ", 200)} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, html bool) {
		m := text(strings.ToValidUTF8(s, "?"))
		if html {
			m.GetText().ParseMode = chatv1.ParseMode_PARSE_MODE_HTML
		}
		got, ok := desk.Preview(m)
		if !ok || !utf8.ValidString(got) || utf8.RuneCountInString(got) > desk.PreviewLength || strings.ContainsAny(got, "\r\n\t") {
			t.Errorf("Preview(%q) = %q, %v, want one line of at most %d characters", s, got, ok, desk.PreviewLength)
		}
	})
}
