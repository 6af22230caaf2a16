package transcript

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"
	"time"
	_ "time/tzdata" // so that the time zones are the same on every machine
	"unicode"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

//go:embed page.html
var pageSource string

// maxWords is how many bytes of what was said a transcript has at most: mails wait in memory.
const maxWords = 256 << 10

// Conversation is what is written down, and for whom.
type Conversation struct {
	Title    string // of the chat
	Messages []*chatv1.Message
	Language string // a tag; English, if there are no words of it
	Timezone string // a name of the IANA database; UTC, if there is none
}

// Mail is a transcript, ready to be sent.
type Mail struct {
	To, Subject, Text, HTML string
}

// Write writes the conversation down, the end of a very long one; ok is false where nothing is shown in it.
func Write(c Conversation) (m Mail, ok bool) {
	w, lang := in(c.Language)
	zone := place(c.Timezone)
	title := oneLine(c.Title)
	var lines []line
	for _, s := range fold(c.Messages) {
		l := line{Text: strings.TrimSpace(s.text(w)), Time: s.m.GetTime().AsTime().In(zone).Format("2006-01-02 15:04")}
		switch {
		case l.Text == "":
			continue
		case s.deleted:
			l.Text = w.Deleted
		case s.edited:
			l.Note = w.Edited
		}
		switch s.m.GetAuthor() {
		case chatv1.Author_AUTHOR_VISITOR:
			l.Who, l.Mine = w.You, true
		case chatv1.Author_AUTHOR_OPERATOR:
			l.Who = w.Operator
		default:
			l.Who = title
		}
		if name := oneLine(s.m.GetAuthorName()); name != "" && !l.Mine {
			l.Who = name
		}
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return Mail{}, false
	}
	m = Mail{Subject: fmt.Sprintf(w.Subject, title)}
	times := fmt.Sprintf(w.Times, zone)
	gap := ""
	if kept := newest(lines); len(kept) < len(lines) {
		gap, lines = "…", kept
	}
	m.Text = text(m.Subject, times, gap, lines)
	m.HTML = page(map[string]any{
		"Lang": lang, "Dir": map[bool]string{true: "rtl", false: "ltr"}[w.rtl], "Subject": m.Subject, "Times": times, "Gap": gap, "Lines": lines,
	})
	return m, true
}

// newest are as many of the last lines as have room.
func newest(lines []line) []line {
	left := maxWords
	for i := len(lines) - 1; i >= 0; i-- {
		if left -= len(lines[i].Text); left < 0 {
			return lines[i+1:]
		}
	}
	return lines
}

// place is where a visitor is. What a browser knows and we do not spoils no transcript.
func place(timezone string) *time.Location {
	if timezone == "" || timezone == "Local" {
		return time.UTC
	}
	loc, err := time.LoadLocation(timezone)
	if err != nil {
		return time.UTC
	}
	return loc
}

func text(subject, times, gap string, lines []line) string {
	var b strings.Builder
	b.WriteString(subject + "\n" + times + "\n")
	if gap != "" {
		b.WriteString("\n" + gap + "\n")
	}
	for _, l := range lines {
		note := ""
		if l.Note != "" {
			note = " (" + l.Note + ")"
		}
		fmt.Fprintf(&b, "\n%s  %s%s\n%s\n", l.Time, l.Who, note, l.Text)
	}
	return b.String()
}

func page(data map[string]any) string {
	var b bytes.Buffer
	t := template.Must(template.New("page").Parse(pageSource))
	if err := t.Execute(&b, data); err != nil {
		panic(err) // the page is ours and always executes
	}
	return b.String()
}

// oneLine keeps a title to one line of what can be shown.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)), " ")
}
