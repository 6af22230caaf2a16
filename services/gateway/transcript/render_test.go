package transcript

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// said is a message of an author at a minute of an hour.
func said(id string, author chatv1.Author, m *chatv1.Message) *chatv1.Message {
	m.Id, m.Author = id, author
	m.Time = timestamppb.New(time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC))
	return m
}

func text1(s string, mode chatv1.ParseMode) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: s, ParseMode: mode}}}
}

const (
	visitor  = chatv1.Author_AUTHOR_VISITOR
	bot      = chatv1.Author_AUTHOR_BOT
	operator = chatv1.Author_AUTHOR_OPERATOR
)

func edit(target, s string) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_Edit{Edit: &chatv1.Edit{Message: target, Text: &chatv1.Text{Text: s}}}}
}

func deletion(target string) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_Deletion{Deletion: &chatv1.Deletion{Message: target}}}
}

func TestWrite(t *testing.T) {
	named := func(m *chatv1.Message) *chatv1.Message { m.AuthorName = "Олена\u202e"; return m }
	buttons := []*chatv1.Button{{Text: "Green"}, {Text: "Black"}}
	m, ok := Write(Conversation{
		Title: "Leaf\n& Kettle", Language: "en-GB", Timezone: "Europe/Kyiv",
		Messages: []*chatv1.Message{
			said("0", visitor, &chatv1.Message{Body: &chatv1.Message_Start{Start: &chatv1.Start{}}}),
			said("1", bot, text1("Which <b>tea</b> &amp; why?", chatv1.ParseMode_PARSE_MODE_HTML)),
			said("2", bot, &chatv1.Message{Body: &chatv1.Message_Keyboard{Keyboard: &chatv1.Keyboard{Text: "Choose", Buttons: buttons}}}),
			said("3", visitor, &chatv1.Message{Body: &chatv1.Message_Button{Button: &chatv1.ButtonPress{Text: "Green", ActionBody: "x"}}}),
			said("4", visitor, text1("<script>alert(1)</script>", chatv1.ParseMode_PARSE_MODE_UNSPECIFIED)),
			said("5", visitor, &chatv1.Message{Body: &chatv1.Message_File{File: &chatv1.File{Name: "bill.pdf", Url: "/widget/v2/files/secret"}}}),
			said("6", bot, &chatv1.Message{Body: &chatv1.Message_Cards{Cards: &chatv1.Cards{Cards: []*chatv1.Card{{Title: "Oolong", Text: "Mild", Buttons: buttons[:1]}, {Text: "Only words"}}}}}),
			said("7", operator, &chatv1.Message{Body: &chatv1.Message_OwnerChange{OwnerChange: &chatv1.OwnerChange{}}}),
			said("8", operator, named(text1("Hello", chatv1.ParseMode_PARSE_MODE_UNSPECIFIED))),
			said("9", operator, text1("Typo", chatv1.ParseMode_PARSE_MODE_UNSPECIFIED)),
			said("10", operator, text1("Wrong chat", chatv1.ParseMode_PARSE_MODE_UNSPECIFIED)),
			said("11", operator, edit("9", "No typo")),
			said("12", operator, edit("9", "None at all")),
			said("13", operator, deletion("10")),
			said("14", operator, edit("10", "Still here")),
			said("15", bot, edit("8", "Not mine")),
			said("16", operator, deletion("4")),
			said("17", visitor, &chatv1.Message{Body: &chatv1.Message_FormAnswer{FormAnswer: &chatv1.FormAnswer{Text: "Name: Anna"}}}),
			said("18", operator, &chatv1.Message{Body: &chatv1.Message_Seen{Seen: &chatv1.Seen{Message: "4"}}}),
		},
	})
	const want = `Your conversation with Leaf & Kettle
Times are in the time zone Europe/Kyiv.

2026-03-29 02:30  Leaf & Kettle
Which tea & why?

2026-03-29 02:30  Leaf & Kettle
Choose
[Green] [Black]

2026-03-29 02:30  You
Green

2026-03-29 02:30  You
<script>alert(1)</script>

2026-03-29 02:30  You
[File: bill.pdf]

2026-03-29 02:30  Leaf & Kettle
Oolong
Mild
[Green]

Only words

2026-03-29 02:30  Олена
Hello

2026-03-29 02:30  Operator (edited)
None at all

2026-03-29 02:30  Operator
Message deleted

2026-03-29 02:30  You
Name: Anna
`
	if diff := cmp.Diff(want, m.Text); diff != "" || !ok {
		t.Errorf("Write() = %v (-want +got):\n%s", ok, diff)
	}
	if m.Subject != "Your conversation with Leaf & Kettle" {
		t.Errorf("subject %q", m.Subject)
	}
	for _, s := range []string{"<script>", "secret"} {
		if strings.Contains(m.HTML, s) {
			t.Errorf("the page has %s", s)
		}
	}
	for _, s := range []string{`<html lang="en" dir="ltr">`, "&lt;script&gt;alert(1)&lt;/script&gt;", "None at all", "· edited"} {
		if !strings.Contains(m.HTML, s) {
			t.Errorf("the page has no %s:\n%s", s, m.HTML)
		}
	}
}

func TestWriteNothing(t *testing.T) {
	for name, messages := range map[string][]*chatv1.Message{
		"no messages": nil,
		"none shown":  {said("1", visitor, &chatv1.Message{Body: &chatv1.Message_Start{}}), said("2", bot, &chatv1.Message{})},
	} {
		if m, ok := Write(Conversation{Title: "x", Messages: messages}); ok {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// Whatever a browser says of its place and language, something readable comes out.
func TestWriteAnywhere(t *testing.T) {
	for name, tt := range map[string]struct{ language, timezone, want string }{
		"nothing said":     {"", "", "Times are in the time zone UTC."},
		"unknown":          {"tlh", "Mars/Base", "Times are in the time zone UTC."},
		"the machine's":    {"en", "Local", "Times are in the time zone UTC."},
		"a file":           {"en", "../../etc/passwd", "Times are in the time zone UTC."},
		"nonsense":         {"%s%n", "\x00", "Times are in the time zone UTC."},
		"by another name":  {"he-IL", "Asia/Jerusalem", "השעות לפי אזור הזמן Asia/Jerusalem."},
		"with a region":    {"pt-BR", "America/Sao_Paulo", "Horários no fuso America/Sao_Paulo."},
		"from right":       {"ar", "Africa/Cairo", `dir="rtl"`},
		"across the hours": {"uk", "Pacific/Kiritimati", "2026-03-29 14:30"},
	} {
		m, ok := Write(Conversation{Title: "Shop", Language: tt.language, Timezone: tt.timezone, Messages: []*chatv1.Message{said("1", bot, text1("x", 0))}})
		if !ok || !strings.Contains(m.Text+m.HTML, tt.want) {
			t.Errorf("%s: %s, want %s", name, m.Text, tt.want)
		}
	}
}

func TestEveryLanguageIsWhole(t *testing.T) {
	for lang, w := range languages() {
		v := reflect.ValueOf(w)
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.String && f.String() == "" {
				t.Errorf("%s: no %s", lang, v.Type().Field(i).Name)
			}
		}
		for _, s := range []string{w.Subject, w.Times} {
			if got := fmt.Sprintf(s, "@"); strings.Count(got, "@") != 1 || strings.Contains(got, "%!") {
				t.Errorf("%s: %q wants one %%s", lang, s)
			}
		}
	}
	if n := len(languages()); n != 16 {
		t.Errorf("%d languages, want 16", n)
	}
}
