package token_test

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchboard-chat/switchboard/internal/token"
)

func TestServiceSourceRenewsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKeys(t, secret('a'))
		src, err := k.ServiceSource(token.Scenario)
		if err != nil {
			t.Fatal(err)
		}
		first := sign(t)(src.Token("a.v1.A"))
		for range 100 { // longer than three lifetimes
			s := sign(t)(src.Token("a.v1.A"))
			got, err := k.ParseService(s)
			if err != nil {
				t.Fatal(err)
			}
			if left := time.Until(got.Expires); left < token.ServiceLifetime/2-time.Second {
				t.Fatalf("a token with %v left, want at least half of %v", left, token.ServiceLifetime)
			}
			time.Sleep(10 * time.Second)
		}
		if sign(t)(src.Token("a.v1.A")) == first {
			t.Error("the first token was never renewed")
		}
	})
}

func TestServiceSourceBindsTheAudience(t *testing.T) {
	k := newKeys(t, secret('a'))
	src, err := k.ServiceSource(token.Gateway)
	if err != nil {
		t.Fatal(err)
	}
	md, err := src.GetRequestMetadata(t.Context(), "https://127.0.0.1:7000/switchboard.history.v1.HistoryService")
	if err != nil {
		t.Fatal(err)
	}
	s, ok := strings.CutPrefix(md["authorization"], "Service ")
	if !ok {
		t.Fatalf("authorization = %q, want the scheme Service", md["authorization"])
	}
	got, err := k.ParseService(s)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != token.Gateway || got.Audience != "switchboard.history.v1.HistoryService" {
		t.Errorf("token of %q for %q, want gateway for switchboard.history.v1.HistoryService", got.Name, got.Audience)
	}
}

func TestServiceSourceKeepsTokens(t *testing.T) {
	src, err := newKeys(t, secret('a')).ServiceSource(token.Gateway)
	if err != nil {
		t.Fatal(err)
	}
	want := sign(t)(src.Token("a.v1.A"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got, err := src.Token("a.v1.A"); err != nil || got != want {
				t.Errorf("Token() = %q, %v, want the kept %q", got, err, want)
			}
		})
	}
	wg.Wait()
}

func TestServiceSourceRefusesUnknownServices(t *testing.T) {
	if _, err := newKeys(t, secret('a')).ServiceSource("billing"); err == nil {
		t.Error("ServiceSource(billing) succeeded, want an error")
	}
}
