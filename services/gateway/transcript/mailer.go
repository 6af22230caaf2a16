package transcript

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

const (
	maxQueue    = 100
	maxAttempts = 3
	senders     = 2
	attemptTime = 30 * time.Second
	lastTime    = 10 * time.Second // for all that waits when the gateway goes
)

// ErrFull means that too many mails wait.
var ErrFull = errors.New("too many mails wait")

// Config is through what mails are sent.
type Config struct {
	URL   string        // smtp://user:password@host:port or smtps://…
	From  string        // the sender, such as "Shop <chat@example.com>"
	Pause time.Duration // before the second attempt, twice as long before the third; 30 s
}

// Mailer sends mails through a relay, one after the other. Make one with [NewMailer], and run it.
type Mailer struct {
	host    string
	options []gomail.Option
	from    *mail.Address
	pause   time.Duration
	queue   chan Mail
}

// NewMailer returns a mailer. It connects when there is something to send.
func NewMailer(c Config) (*Mailer, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return nil, errors.New("-smtp-url: want smtp://user:password@host:port or smtps://…") // never shown: it has a password
	}
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("-mail-from %q: want an address, such as \"Shop <chat@example.com>\"", c.From)
	}
	m := &Mailer{host: u.Hostname(), from: from, pause: c.Pause, queue: make(chan Mail, maxQueue)}
	if m.pause == 0 {
		m.pause = 30 * time.Second
	}
	password, signsIn := u.User.Password()
	m.options = []gomail.Option{gomail.WithTimeout(attemptTime)}
	if signsIn {
		m.options = append(m.options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	port := 25
	switch {
	case u.Scheme == "smtps":
		port = 465
		m.options = append(m.options, gomail.WithSSL())
	case signsIn: // a password is not told to whoever listens
		port = 587
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		m.options = append(m.options, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return nil, errors.New("-smtp-url: the port is a number from 1 to 65535")
		}
	}
	m.options = append(m.options, gomail.WithPort(port))
	return m, nil
}

// Send has a mail sent soon, or fails with ErrFull. Whether it arrives nobody learns.
func (m *Mailer) Send(mail Mail) error {
	select {
	case m.queue <- mail:
		return nil
	default:
		return ErrFull
	}
}

// Run sends until ctx ends. What waits then is tried once more, for 10 s.
func (m *Mailer) Run(ctx context.Context) error {
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastTime, stop) })()
	var sending sync.WaitGroup
	for range senders {
		sending.Go(func() {
			for {
				select {
				case one := <-m.queue:
					m.deliver(working, ctx.Done(), one)
				case <-ctx.Done():
					return
				}
			}
		})
	}
	sending.Wait()
	for {
		select {
		case one := <-m.queue:
			m.deliver(working, ctx.Done(), one)
		default:
			return nil
		}
	}
}

// deliver tries until it works, or there is no sense in it. Where it would have to wait and is to end, it gives up.
func (m *Mailer) deliver(ctx context.Context, end <-chan struct{}, one Mail) {
	for n := 1; ; n++ {
		err := m.attempt(ctx, one)
		if err == nil {
			return
		}
		var refused *gomail.SendError
		if n == maxAttempts || errors.As(err, &refused) && refused.ErrorCode() >= 500 {
			lost(ctx, one, err, n)
			return
		}
		select {
		case <-time.After(m.pause << (n - 1)):
		case <-end:
			lost(ctx, one, err, n)
			return
		}
	}
}

// lost notes that a mail was given up. The address is nobody's to read in a log.
func lost(ctx context.Context, one Mail, err error, attempts int) {
	slog.ErrorContext(ctx, "transcript not sent", "attempts", attempts, "err", strings.ReplaceAll(err.Error(), one.To, "…"))
}

func (m *Mailer) attempt(ctx context.Context, one Mail) error {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	if err := msg.To(one.To); err != nil {
		return err
	}
	msg.Subject(one.Subject)
	msg.SetDate()
	msg.SetMessageID()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // so that nobody's absence answers
	msg.SetBodyString(gomail.TypeTextPlain, one.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, one.HTML)
	client, err := gomail.NewClient(m.host, m.options...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, attemptTime)
	defer cancel()
	return client.DialAndSendWithContext(ctx, msg)
}

// ParseAddress returns the address of a visitor, who writes it without a name.
func ParseAddress(s string) (string, error) {
	const longest = 254 // RFC 5321
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > longest || strings.ContainsAny(s, "\r\n \"") {
		return "", errors.New("want an e-mail address, such as anna@example.com")
	}
	domain := s[strings.LastIndexByte(s, '@')+1:]
	if strings.HasPrefix(domain, "[") || !strings.Contains(strings.Trim(domain, "."), ".") {
		return "", errors.New("want an e-mail address with a whole domain, such as anna@example.com")
	}
	return s, nil
}
