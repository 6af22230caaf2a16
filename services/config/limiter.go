package config

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The pace of sign-ins that one process allows: a person who mistypes never meets it, and a program
// that tries passwords gets nowhere.
const (
	emailBurst   = 5
	emailEvery   = 10 * time.Second
	overallBurst = 50
	overallEvery = 100 * time.Millisecond
	maxEmails    = 10_000
)

// limiter bounds sign-ins by e-mail and overall. Whoever keeps trying somebody else's e-mail can
// delay that person's sign-in by seconds, and nobody who is signed in.
type limiter struct {
	overall *rate.Limiter

	mu     sync.Mutex
	emails map[string]*rate.Limiter
}

func newLimiter() *limiter {
	return &limiter{
		overall: rate.NewLimiter(rate.Every(overallEvery), overallBurst),
		emails:  make(map[string]*rate.Limiter),
	}
}

// allow takes one attempt and reports whether there was one left. What is refused takes nothing from
// the others: neither an attempt of theirs nor room for their e-mail.
func (l *limiter) allow(email string) bool {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	e, known := l.emails[email]
	if known && e.TokensAt(now) < 1 || !l.overall.AllowN(now, 1) {
		return false
	}
	if !known {
		if len(l.emails) >= maxEmails {
			l.forget(now)
		}
		e = rate.NewLimiter(rate.Every(emailEvery), emailBurst)
		l.emails[email] = e
	}
	return e.AllowN(now, 1)
}

// forget drops the e-mails that have all their attempts back. At the overall pace those are all but a
// few hundred.
func (l *limiter) forget(now time.Time) {
	for email, e := range l.emails {
		if e.TokensAt(now) >= emailBurst {
			delete(l.emails, email)
		}
	}
}
