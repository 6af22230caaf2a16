package gateway_test

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/mail"
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
	"github.com/switchboard-chat/switchboard/services/gateway/transcript"
	"github.com/switchboard-chat/switchboard/services/gateway/transcript/smtptest"
)

func mailing(t *testing.T) (*site, *smtptest.Relay) {
	t.Helper()
	relay := smtptest.New(t, nil, false)
	cfg := crowded()
	cfg.Mail = transcript.Config{URL: "smtp://" + relay.Addr, From: "Shop <chat@example.com>"}
	s := newSiteWith(t, cfg)
	s.set(rich(2))
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return s, relay
}

// texts are the plain text and the page of a mail.
func texts(t *testing.T, m smtptest.Mail) (subject, text, page string) {
	t.Helper()
	got := try[*mail.Message](t)(mail.ReadMessage(strings.NewReader(m.Data)))
	_, params, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(got.Body, params["boundary"])
	read := func() string {
		part := try[*multipart.Part](t)(parts.NextRawPart())
		return string(try[[]byte](t)(io.ReadAll(quotedprintable.NewReader(part))))
	}
	text, page = read(), read()
	return try[string](t)(new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))), text, page
}

func TestTranscript(t *testing.T) {
	s, relay := mailing(t)
	c, session := s.visit()
	if ack, _ := c.emit("message", say(newID(), "Чи є <b>зелений</b>?")); ack.field("ok") != "true" {
		t.Fatalf("not taken: %s", ack.args)
	}
	s.record.upTo = 1 // and what is said from here on only the log has
	answer := spoken("Yes, <b>three</b>")
	answer.GetText().ParseMode = chatv1.ParseMode_PARSE_MODE_HTML
	answer.AuthorName = "Olena"
	s.say(token.Operator, session.field("conversation"), newID(), answer)
	for name, tt := range map[string]struct {
		body map[string]any
		want []string
	}{
		"in Ukrainian": {map[string]any{"language": "uk-UA", "timezone": "Europe/Kyiv"}, []string{"Ваша розмова: Крамниця", "часовим поясом Europe/Kyiv", "Ви\nЧи є <b>зелений</b>?", "Olena\nYes, three"}},
		"by default":   {nil, []string{"Your conversation with Крамниця", "time zone UTC", "You\nЧи є"}},
	} {
		body := map[string]any{"token": session.field("token"), "email": "Anna@example.com"}
		for k, v := range tt.body {
			body[k] = v
		}
		if status, answer, _ := s.post("/widget/v2/transcript", http.Header{"Origin": {s.url}}, body); status != http.StatusAccepted || answer != "{}" {
			t.Fatalf("%s: %d %s", name, status, answer)
		}
		m := relay.Next()
		subject, text, page := texts(t, m)
		for _, want := range tt.want {
			if !strings.Contains(strings.ReplaceAll(text, "\r\n", "\n"), want) {
				t.Errorf("%s lacks %q: %s", name, want, text)
			}
		}
		if m.From != "chat@example.com" || len(m.To) != 1 || m.To[0] != "Anna@example.com" || subject != tt.want[0] {
			t.Errorf("%s: from %s to %s: %s", name, m.From, m.To, subject)
		}
		if !strings.Contains(page, "&lt;b&gt;зелений&lt;/b&gt;") || strings.Contains(page, "<b>зелений") {
			t.Errorf("%s: %s", name, page)
		}
	}
}

// The mail server is nobody's to use but for their own conversation.
func TestTranscriptIsNoRelay(t *testing.T) {
	s, relay := mailing(t)
	c, session := s.visit()
	mine := session.field("token")
	if status, answer, _ := s.post("/widget/v2/transcript", nil, map[string]any{"token": mine, "email": "a@example.com"}); status != http.StatusConflict || !strings.Contains(answer, "nothing_said") {
		t.Errorf("of nothing: %d %s", status, answer)
	}
	if ack, _ := c.emit("message", say(newID(), "hello")); ack.field("ok") != "true" {
		t.Fatalf("not taken: %s", ack.args)
	}
	for name, tt := range map[string]struct {
		header http.Header
		body   map[string]any
		status int
		code   string
	}{
		"no token":         {nil, map[string]any{"email": "a@example.com"}, 401, "token_missing"},
		"no good token":    {nil, map[string]any{"token": "x", "email": "a@example.com"}, 401, "token_invalid"},
		"another page":     {http.Header{"Origin": {shop}}, map[string]any{"token": mine, "email": "a@example.com"}, 403, "origin_forbidden"},
		"across sites":     {http.Header{"Sec-Fetch-Site": {"cross-site"}}, map[string]any{"token": mine, "email": "a@example.com"}, 403, "origin_forbidden"},
		"no address":       {nil, map[string]any{"token": mine}, 400, `bad_request","message":"want an e-mail address, such as anna@example.com","field":"email`},
		"two addresses":    {nil, map[string]any{"token": mine, "email": "a@example.com, b@example.com"}, 400, "bad_request"},
		"another header":   {nil, map[string]any{"token": mine, "email": "a@example.com\r\nBcc: b@example.com"}, 400, "bad_request"},
		"a name":           {nil, map[string]any{"token": mine, "email": "A <a@example.com>"}, 400, "bad_request"},
		"our own network":  {nil, map[string]any{"token": mine, "email": "root@localhost"}, 400, "bad_request"},
		"a long language":  {nil, map[string]any{"token": mine, "email": "a@example.com", "language": strings.Repeat("x", 36)}, 400, "bad_request"},
		"a long time zone": {nil, map[string]any{"token": mine, "email": "a@example.com", "timezone": strings.Repeat("x", 65)}, 400, "bad_request"},
		"another field":    {nil, map[string]any{"token": mine, "email": "a@example.com", "subject": "x"}, 400, "bad_request"},
	} {
		if status, answer, _ := s.post("/widget/v2/transcript", tt.header, tt.body); status != tt.status || !strings.Contains(answer, `"code":"`+tt.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", name, status, answer, tt.status, tt.code)
		}
	}
	if n := relay.Tries(); n != 0 {
		t.Errorf("%d mails were sent", n)
	}
	for i, want := range []int{202, 202, 202, 429} { // three a day of one conversation
		if status, answer, _ := s.post("/widget/v2/transcript", nil, map[string]any{"token": mine, "email": fmt.Sprintf("a%d@example.com", i)}); status != want {
			t.Errorf("mail %d: %d %s, want %d", i, status, answer, want)
		}
	}
	sent := 0
	for range 6 { // five a day to one recipient, whoever asks
		c, session := s.visit()
		c.emit("message", say(newID(), "hello"))
		if status, _, _ := s.post("/widget/v2/transcript", nil, map[string]any{"token": session.field("token"), "email": "Victim@example.com"}); status == http.StatusAccepted {
			sent++
		}
	}
	if sent != 5 {
		t.Errorf("%d mails to one recipient, want 5", sent)
	}
}

// Whoever asks again and again has their conversation read no more often than they may write.
func TestTranscriptsAreReadSeldom(t *testing.T) {
	cfg := crowded()
	cfg.Messages = limit.Rate{PerSecond: 1e-6, Burst: 2}
	cfg.Mail = transcript.Config{URL: "smtp://" + smtptest.New(t, nil, false).Addr, From: "Shop <chat@example.com>"}
	s := newSiteWith(t, cfg)
	s.set(rich(2))
	_, session := s.visit()
	for i, want := range []int{409, 409, 429} { // nothing has been said
		status, answer, _ := s.post("/widget/v2/transcript", nil, map[string]any{"token": session.field("token"), "email": "a@example.com"})
		if status != want {
			t.Errorf("request %d: %d %s, want %d", i, status, answer, want)
		}
	}
}

func TestTranscriptsThatAreOff(t *testing.T) {
	s, _ := mailing(t)
	b := rich(3)
	b.Widget.Transcript = &configv1.TranscriptSettings{Download: true}
	s.set(b)
	without := newSiteWith(t, gateway.Config{})
	without.set(rich(2))
	for name, s := range map[string]*site{"of the bot": s, "without a mail server": without} {
		_, session := s.visit()
		if status, answer, _ := s.post("/widget/v2/transcript", nil, map[string]any{"token": session.field("token"), "email": "a@example.com"}); status != http.StatusForbidden || !strings.Contains(answer, "mail_off") {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
}
