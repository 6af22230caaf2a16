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
	s := newSite(t)
	_, session := s.visit()
	slow := s.dialSlowly(session)
	tab := s.dial(shop)
	tab.join(session)
	other, _ := s.visit()
	bot := s.as(token.Scenario)

	const packets = 1000 // more than sockets' buffers and the gateway's queue hold
	text := strings.Repeat("x", 16<<10)
	var newest string
	for n := range packets {
		m := botText(session.field("conversation"), fmt.Sprintf("m/%d", n), text)
		if _, err := bot.Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: m}); err != nil {
			t.Fatal(err)
		}
		e := tab.next() // the tab has each one, though the slow one has not taken it
		if e.name != "message" || len(e.field("text")) != len(text) {
			t.Fatalf("event %d of the other tab is %s", n, e.name)
		}
		newest = e.offset()
		if n%100 == 0 {
			if ack, _ := other.emit("message", say(newID(), "hello")); ack.field("ok") != "true" {
				t.Fatalf("a visitor elsewhere got %s", ack.args)
			}
		}
	}
	got, offset := 0, ""
	for {
		p := slow.read()
		if strings.HasPrefix(p, "closed: ") {
			if !strings.Contains(p, "4008") {
				t.Errorf("the slow one was %s, want close code 4008", p)
			}
			break
		}
		if strings.HasPrefix(p, `42["message"`) {
			got++
			offset = p[strings.LastIndex(p[:len(p)-2], `"`)+1 : len(p)-2]
		}
	}
	if got == 0 || got >= packets {
		t.Fatalf("the slow one was sent %d of %d events before it was cut off", got, packets)
	}
	back := s.dial(shop)
	back.connect(map[string]any{"token": session.field("token"), "offset": offset})
	if again := back.next(); again.field("resumed") != "true" {
		t.Fatalf("coming back: %s", again.args)
	}
	for offset != newest {
		got, offset = got+1, back.next().offset()
	}
	if got != packets {
		t.Errorf("the slow one has %d events, want %d", got, packets)
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
