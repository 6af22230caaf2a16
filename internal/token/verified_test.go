package token_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchboard-chat/switchboard/internal/token"
)

// A service token that was found good is good for no longer than it says.
func TestServiceTokenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeys(t, secret('a'))
		s := sign(t)(k.SignService(token.Service{Name: token.Scenario, Audience: "a.v1.A"}))
		for range 2 {
			if p, err := k.ParseService(s); err != nil || p.Name != token.Scenario || p.Audience != "a.v1.A" {
				t.Fatalf("ParseService() = %+v, %v, want the scenario's", p, err)
			}
		}
		other := newKeys(t, secret('b'))
		if _, err := other.ParseService(s); !errors.Is(err, token.ErrInvalid) {
			t.Errorf("under another secret: %v, want ErrInvalid", err)
		}
		for i := range 1000 { // and however many others there are
			o := sign(t)(k.SignService(token.Service{Name: token.Gateway, Audience: fmt.Sprint(i)}))
			if p, err := k.ParseService(o); err != nil || p.Audience != fmt.Sprint(i) {
				t.Fatalf("ParseService() = %+v, %v, want the audience %d", p, err, i)
			}
		}
		if _, err := k.ParseService(s); err != nil {
			t.Fatal(err)
		}
		time.Sleep(token.ServiceLifetime + token.Leeway + time.Second)
		if p, err := k.ParseService(s); !errors.Is(err, token.ErrExpired) || p != (token.Service{}) {
			t.Errorf("at its end: %+v, %v, want ErrExpired", p, err)
		}
	})
}

// BenchmarkParseServiceAgain is what a call between services costs beyond the first.
func BenchmarkParseServiceAgain(b *testing.B) {
	k := newKeys(b, secret('a'))
	s := sign(b)(k.SignService(token.Service{Name: token.Scenario}))
	for b.Loop() {
		if _, err := k.ParseService(s); err != nil {
			b.Fatal(err)
		}
	}
}
