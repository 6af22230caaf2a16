package config

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimiterByEmail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter()
		for i := range emailBurst {
			if !l.allow("a") {
				t.Fatalf("attempt %d refused, want %d", i+1, emailBurst)
			}
		}
		if l.allow("a") {
			t.Error("one attempt too many")
		}
		if !l.allow("b") {
			t.Error("another e-mail is held up")
		}
		time.Sleep(emailEvery)
		if !l.allow("a") || l.allow("a") {
			t.Errorf("after %v: want exactly one attempt", emailEvery)
		}
	})
}

func TestLimiterOverall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, allowed := newLimiter(), 0
		for i := range 10 * overallBurst {
			if l.allow(fmt.Sprint(i)) {
				allowed++
			}
		}
		if allowed != overallBurst {
			t.Errorf("%d attempts at once, want %d", allowed, overallBurst)
		}
	})
}

func TestLimiterRefusalsCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter()
		for range 10 * overallBurst {
			l.allow("a")
		}
		if !l.allow("b") {
			t.Error("attempts that were refused for their e-mail hold up others")
		}
		for i := range 10 * overallBurst {
			l.allow(fmt.Sprint(i))
		}
		if n := len(l.emails); n > overallBurst {
			t.Errorf("%d e-mails are kept after %d attempts that counted", n, overallBurst)
		}
	})
}

func TestLimiterIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, most := newLimiter(), 0
		for i := range 3 * maxEmails {
			time.Sleep(overallEvery)
			if !l.allow(fmt.Sprint(i)) {
				t.Fatalf("e-mail %d is refused at the allowed pace", i)
			}
			most = max(most, len(l.emails))
		}
		if most > maxEmails {
			t.Errorf("%d e-mails were kept, want at most %d", most, maxEmails)
		}
	})
}
