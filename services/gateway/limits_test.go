package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
)

// What comes too often is refused with when to try again: in every tab, on every door.
func TestTooOften(t *testing.T) {
	slow := limit.Rate{PerSecond: 0.01, Burst: 2}
	t.Run("messages of a visitor", func(t *testing.T) {
		s := newSiteWith(t, gateway.Config{Messages: slow})
		c, session := s.visit()
		c.emit("message", say(newID(), "x"))
		again := s.dial(shop) // another tab, or the same one after a reconnection
		again.connect(map[string]any{"token": session.field("token")})
		again.emit("message", say(newID(), "x"))
		ack, _ := again.emit("message", say(newID(), "x"))
		wantLimited(t, ack.field("error"))
		ack, _ = again.emit("history", map[string]any{"before": "000000000-7"})
		wantLimited(t, ack.field("error"))
	})
	t.Run("messages of a bot", func(t *testing.T) {
		s := newSiteWith(t, gateway.Config{BotMessages: slow})
		for range 2 {
			c, _ := s.visit()
			c.emit("message", say(newID(), "x"))
		}
		c, _ := s.visit()
		ack, _ := c.emit("message", say(newID(), "x"))
		wantLimited(t, ack.field("error"))
	})
	t.Run("connections", func(t *testing.T) {
		s := newSiteWith(t, gateway.Config{Connects: slow})
		_, session := s.visit()
		s.visit()
		c := s.dial(shop)
		wantLimited(t, c.connect(map[string]any{"token": session.field("token")}))
	})
	t.Run("conversations", func(t *testing.T) {
		s := newSiteWith(t, gateway.Config{Conversations: slow})
		_, session := s.visit()
		s.visit()
		c := s.dial(shop)
		wantLimited(t, c.connect(map[string]any{"bot_id": "1"}))
		status, body := s.token(`{"bot_id": "1", "site": "` + shop + `"}`)
		if wantLimited(t, body); status != http.StatusTooManyRequests {
			t.Errorf("token: %d, want 429", status)
		}
		again := s.dial(shop) // whoever has a conversation goes on
		if answer := again.connect(map[string]any{"token": session.field("token")}); !strings.HasPrefix(answer, "40{") {
			t.Errorf("CONNECT with a token: %s", answer)
		}
	})
}

func wantLimited(t *testing.T, problem string) {
	t.Helper()
	if !strings.Contains(problem, `"code":"rate_limited"`) || !strings.Contains(problem, `"retry_after_ms":`) {
		t.Errorf("answered %s, want rate_limited with when to try again", problem)
	}
}
