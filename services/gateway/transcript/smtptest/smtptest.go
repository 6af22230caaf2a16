// Package smtptest is a mail server for tests.
package smtptest

import (
	"crypto/tls"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

const patience = 20 * time.Second

// Mail is one that was taken.
type Mail struct {
	From string
	To   []string
	Data string
}

// Relay is a mail server that keeps what it takes.
type Relay struct {
	Addr string

	t    testing.TB
	mail chan Mail

	mu      sync.Mutex
	refuse  []error
	tries   int
	signIns []string
}

// New starts a server on an address of its own. With a config it offers STARTTLS, or speaks TLS from the beginning.
func New(tb testing.TB, config *tls.Config, implicit bool) *Relay {
	tb.Helper()
	r := &Relay{t: tb, mail: make(chan Mail, 200)}
	srv := smtp.NewServer(backend{r})
	srv.Domain, srv.TLSConfig, srv.ErrorLog = "relay.example.com", config, quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r.Addr = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, config)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	tb.Cleanup(func() {
		_ = srv.Close()
		if err := <-done; err != nil {
			tb.Errorf("mail server: %v", err)
		}
	})
	return r
}

// Refuse answers the next mails with these errors, one each.
func (r *Relay) Refuse(errs ...error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = errs
}

// Tries is how many mails were offered.
func (r *Relay) Tries() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tries
}

// SignIns are those so far, as user:password.
func (r *Relay) SignIns() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.signIns
}

// Next waits for a mail.
func (r *Relay) Next() Mail {
	r.t.Helper()
	select {
	case m := <-r.mail:
		return m
	case <-time.After(patience):
		r.t.Fatal("no mail came")
		return Mail{}
	}
}

type backend struct{ r *Relay }

func (b backend) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{r: b.r}, nil }

type session struct {
	r    *Relay
	mail Mail
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.r.mu.Lock()
		defer s.r.mu.Unlock()
		s.r.signIns = append(s.r.signIns, user+":"+password)
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mail = Mail{From: from}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *session) Data(body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.r.tries++
	if len(s.r.refuse) > 0 {
		err, s.r.refuse = s.r.refuse[0], s.r.refuse[1:]
		return err
	}
	s.mail.Data = string(data)
	s.r.mail <- s.mail
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
