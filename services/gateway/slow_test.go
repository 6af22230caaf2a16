package gateway_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/internal/token"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
)

// dialSlowly is another tab of the session's visitor, and one whose system takes little on its behalf.
func (s *site) dialSlowly(session event) *client {
	s.t.Helper()
	small := func(_, _ string, c syscall.RawConn) (err error) {
		cerr := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10) })
		return errors.Join(cerr, err)
	}
	d := websocket.Dialer{NetDialContext: (&net.Dialer{Control: small}).DialContext}
	ws, res, err := d.DialContext(s.t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/socket.io/?EIO=4&transport=websocket", http.Header{"Origin": {shop}})
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	s.t.Cleanup(func() { _ = ws.Close() })
	c := &client{t: s.t, ws: ws}
	c.read()
	c.join(session)
	return c
}

// join makes the client another tab of the session's visitor.
func (c *client) join(session event) {
	c.t.Helper()
	c.connect(map[string]any{"token": session.field("token")})
	c.next()
	c.next()
}

// Who stops reading is cut off. Nobody waits for it meanwhile: not the other tabs of its conversation, not
// who speaks in it, and nobody elsewhere. When it comes back it gets what it has missed.
func TestSlowReader(t *testing.T) {
	s := newSiteWith(t, gateway.Config{Messages: limit.Unlimited()})
	_, session := s.visit()
	slow := s.dialSlowly(session)
	tab := s.dial(shop)
	tab.join(session)
	other, _ := s.visit()
	bot := s.as(token.Scenario)

	const (
		messages = 500  // more than the sockets' buffers hold
		commands = 4000 // and more than the gateway's queue
	)
	text, newest := strings.Repeat("x", 16<<10), ""
	for n := range messages + commands {
		want := "message"
		var err error
		if n < messages {
			m := botText(session.field("conversation"), fmt.Sprintf("m/%d", n), text)
			_, err = bot.Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: m})
		} else {
			want = "command"
			e := &gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Command{Command: &gatewayv1.Command{Title: fmt.Sprint(n)}}}
			_, err = bot.SendEvent(t.Context(), &gatewayv1.SendEventRequest{Bot: "1", Conversation: session.field("conversation"), Event: e})
		}
		if err != nil {
			t.Fatal(err)
		}
		e := tab.next() // the tab has each one, though the slow one has not taken it
		if e.name != want {
			t.Fatalf("event %d of the other tab is %s %s", n, e.name, e.args)
		}
		if n < messages {
			newest = e.offset()
		}
		if n%200 == 0 {
			if ack, _ := other.emit("message", say(newID(), "hello")); ack.field("ok") != "true" {
				t.Fatalf("a visitor elsewhere got %s", ack.args)
			}
		}
	}
	got, offset := 0, ""
	for p := slow.read(); !strings.HasPrefix(p, "closed: "); p = slow.read() {
		if strings.HasPrefix(p, `42["message"`) {
			got++
			offset = p[strings.LastIndex(p[:len(p)-2], `"`)+1 : len(p)-2]
		}
	}
	if got == 0 || got >= messages {
		t.Fatalf("the slow one was sent %d of %d messages before it was cut off", got, messages)
	}
	back := s.dial(shop)
	back.connect(map[string]any{"token": session.field("token"), "offset": offset})
	if again := back.next(); again.field("resumed") != "true" {
		t.Fatalf("coming back: %s", again.args)
	}
	for offset != newest {
		got, offset = got+1, back.next().offset()
	}
	if got != messages {
		t.Errorf("the slow one has %d messages, want %d", got, messages)
	}
}

// Whoever comes back is sent everything that it has missed at once, and is not slow because that is much.
func TestResumeBringsMuch(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	ack, _ := c.emit("message", say(newID(), "the last that it saw"))
	_ = c.ws.Close()
	const missed = 950
	bot := s.as(token.Scenario)
	for n := range missed {
		m := botText(session.field("conversation"), fmt.Sprintf("m/%d", n), fmt.Sprint(n))
		if _, err := bot.Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: m}); err != nil {
			t.Fatal(err)
		}
	}
	back := s.dial(shop)
	back.connect(map[string]any{"token": session.field("token"), "offset": ack.field("offset")})
	if again := back.next(); again.field("resumed") != "true" {
		t.Fatalf("coming back: %s", again.args)
	}
	for n := range missed {
		if e := back.next(); e.field("text") != fmt.Sprint(n) {
			t.Fatalf("event %d is %s %s", n, e.name, e.args)
		}
	}
}
