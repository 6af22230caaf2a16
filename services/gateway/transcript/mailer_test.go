package transcript

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http/httptest"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"
	"go.uber.org/goleak"

	"github.com/switchboard-chat/switchboard/services/gateway/transcript/smtptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func running(t *testing.T, c Config) *Mailer {
	t.Helper()
	m, err := NewMailer(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v", err)
		}
	})
	return m
}

var one = Mail{To: "anna@example.com", Subject: "Ваша розмова: Крамниця", Text: "Привіт\n", HTML: "<p>Привіт</p>"}

func TestMailerSends(t *testing.T) {
	r := smtptest.New(t, nil, false)
	m := running(t, Config{URL: "smtp://" + r.Addr, From: "Крамниця <chat@example.com>"})
	if err := m.Send(one); err != nil {
		t.Fatal(err)
	}
	got := r.Next()
	parsed, err := mail.ReadMessage(strings.NewReader(got.Data))
	if err != nil {
		t.Fatal(err)
	}
	from, err := parsed.Header.AddressList("From")
	if err != nil || got.From != "chat@example.com" || from[0].Name != "Крамниця" || len(got.To) != 1 || got.To[0] != one.To {
		t.Errorf("from %s %v (%v) to %v", got.From, from, err, got.To)
	}
	for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "Mime-Version": "1.0"} {
		if s := parsed.Header.Get(name); s != want {
			t.Errorf("%s: %q, want %q", name, s, want)
		}
	}
	if parsed.Header.Get("Message-Id") == "" || parsed.Header.Get("Date") == "" || !strings.HasPrefix(parsed.Header.Get("Content-Type"), "multipart/alternative") {
		t.Errorf("header %v", parsed.Header)
	}
}

// A relay that is away for a moment loses nothing; one that says no is believed.
func TestMailerTriesAgain(t *testing.T) {
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "try later"}
	no := &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	for name, tt := range map[string]struct {
		refuse []error
		tries  int // until the next mail has come
	}{
		"busy twice":       {[]error{busy, busy}, 4},
		"busy three times": {[]error{busy, busy, busy}, 4},
		"refused":          {[]error{no}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			r := smtptest.New(t, nil, false)
			r.Refuse(tt.refuse...)
			m, err := NewMailer(Config{URL: "smtp://" + r.Addr, From: "chat@example.com", Pause: time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			m.deliver(t.Context(), nil, one)
			m.deliver(t.Context(), nil, one)
			r.Next()
			if n := r.Tries(); n != tt.tries {
				t.Errorf("%d attempts, want %d", n, tt.tries)
			}
		})
	}
}

// What waits when the gateway goes is sent all the same.
func TestMailerFinishes(t *testing.T) {
	r := smtptest.New(t, nil, false)
	m, err := NewMailer(Config{URL: "smtp://" + r.Addr, From: "chat@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if err := m.Send(one); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if n := r.Tries(); n != 5 {
		t.Errorf("%d mails were sent, want 5", n)
	}
}

func TestMailerIsBounded(t *testing.T) {
	m, err := NewMailer(Config{URL: "smtp://127.0.0.1:1", From: "chat@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	for range maxQueue {
		if err := m.Send(one); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Send(one); !errors.Is(err, ErrFull) {
		t.Errorf("Send() = %v, want ErrFull", err)
	}
}

// A password goes over TLS only, and to a server whose name is certified.
func TestMailerSignsIn(t *testing.T) {
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	known := x509.NewCertPool()
	known.AddCert(web.Certificate())
	config := &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}
	trusting := gomail.WithTLSConfig(&tls.Config{RootCAs: known, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12})
	for name, tt := range map[string]struct {
		scheme   string
		config   *tls.Config
		implicit bool
		trust    bool
		want     bool
	}{
		"TLS":                     {"smtps", config, true, true, true},
		"STARTTLS":                {"smtp", config, false, true, true},
		"no TLS":                  {"smtp", nil, false, true, false},
		"unknown certificate":     {"smtps", config, true, false, false},
		"unknown after STARTTLS":  {"smtp", config, false, false, false},
		"TLS where there is none": {"smtps", nil, false, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := smtptest.New(t, tt.config, tt.implicit)
			m, err := NewMailer(Config{URL: tt.scheme + "://user:p%40ss@" + r.Addr, From: "chat@example.com"})
			if err != nil {
				t.Fatal(err)
			}
			if tt.trust {
				m.options = append(m.options, trusting)
			}
			err = m.attempt(t.Context(), one)
			if (err == nil) != tt.want {
				t.Fatalf("attempt() = %v, want success %v", err, tt.want)
			}
			if err != nil {
				if strings.Contains(err.Error(), "p@ss") || len(r.SignIns()) > 0 {
					t.Errorf("the password was told: %v, %v", err, r.SignIns())
				}
				return
			}
			r.Next()
			if got := r.SignIns(); len(got) != 1 || got[0] != "user:p@ss" {
				t.Errorf("signed in as %v", got)
			}
		})
	}
}

func TestNewMailerRefuses(t *testing.T) {
	for name, c := range map[string]Config{
		"no scheme":     {URL: "relay.example.com:25", From: "a@b.com"},
		"http":          {URL: "http://relay.example.com", From: "a@b.com"},
		"no host":       {URL: "smtp://:25", From: "a@b.com"},
		"a path":        {URL: "smtp://relay.example.com/x", From: "a@b.com"},
		"a large port":  {URL: "smtp://relay.example.com:65536", From: "a@b.com"},
		"no sender":     {URL: "smtp://relay.example.com"},
		"a bad sender":  {URL: "smtp://relay.example.com", From: "chat"},
		"a bad address": {URL: "smtp://user:" + "secret@relay example.com", From: "a@b.com"},
	} {
		m, err := NewMailer(c)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, %v, want an error that tells no secret", name, m, err)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for s, want := range map[string]bool{
		"anna@example.com": true, "a.b+c@mail.example.co.uk": true, "їжак@приклад.укр": true,
		"": false, "anna": false, "anna@": false, "@example.com": false, "anna@localhost": false, "anna@[127.0.0.1]": false, "anna@example.": false,
		"Anna <anna@example.com>": false, "<anna@example.com>": false, "a@b.com, c@d.com": false, "a@b.com\r\nBcc: c@d.com": false, "a@b.com\n": false,
		" anna@example.com": false, `"a b"@example.com`: false, "a@b.com (x)": false, strings.Repeat("x", 250) + "@b.com": false,
	} {
		if got, err := ParseAddress(s); (err == nil) != want || err == nil && got != s {
			t.Errorf("ParseAddress(%q) = %q, %v, want %v", s, got, err, want)
		}
	}
}
