package engineio_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// serve3 serves revision 3, too.
func serve3(t *testing.T, cfg engineio.Config) (echo, string) {
	t.Helper()
	cfg.AllowEIO3 = true
	e, _, url := serve(t, cfg)
	return e, strings.Replace(url, "EIO=4", "EIO=3", 1)
}

// handshake3 opens a session of revision 3 that polls and returns its address.
func handshake3(t *testing.T, url string) string {
	t.Helper()
	a := ask(t, get, polling(url), "")
	length, open, ok := strings.Cut(a.body, ":")
	if !ok || len(open) < 20 || open[0] != '0' || length == "" {
		t.Fatalf("handshake: %d %s", a.status, a.body)
	}
	return polling(url) + "&sid=" + strings.Split(open, `"`)[3]
}

func TestRevision3Polling(t *testing.T) {
	e, url := serve3(t, engineio.Config{})
	for name, tt := range map[string]struct {
		kind, send, want string
		status           int
	}{
		"one packet":      {"text/plain", "6:4hello", "6:4hello", 200},
		"several":         {"text/plain", "6:4test16:4test2", "6:4test16:4test2", 200},
		"characters":      {"text/plain", "8:4я👋 час", "8:4я👋 час", 200},
		"base64":          {"text/plain", "10:b4AQIDBA==", "10:b4AQIDBA==", 200},
		"binary payload":  {"application/octet-stream", "\x00\x06\xff4hello\x01\x05\xff\x04\x01\x02\x03\x04", "6:4hello10:b4AQIDBA==", 200},
		"client's ping":   {"text/plain", "6:2probe", "6:3probe", 200},
		"no length":       {"text/plain", "4hello", "", 400},
		"length too long": {"text/plain", "9:4hello", "", 400},
		"too short":       {"text/plain", "2:4hello", "", 400},
		"half of a pair":  {"text/plain", "2:4👋", "", 400},
		"a pong":          {"text/plain", "1:3", "", 400},
		"empty":           {"text/plain", "", "", 400},
	} {
		t.Run(name, func(t *testing.T) {
			at := handshake3(t, url)
			if s := receive(t, e.opened); s.Revision() != 3 || s.Peer.Query.Get("EIO") != "3" {
				t.Errorf("revision %d, %v", s.Revision(), s.Peer.Query)
			}
			if a := ask(t, post, at, tt.send, "Content-Type", tt.kind); a.status != tt.status {
				t.Fatalf("POST: %d %s, want %d", a.status, a.body, tt.status)
			}
			if a := ask(t, get, at, ""); a.body != tt.want && tt.status == 200 {
				t.Errorf("GET: %q, want %q", a.body, tt.want)
			}
		})
	}
}

// In revision 3 the peer pings, and bytes on a WebSocket begin with the type.
func TestRevision3WebSocket(t *testing.T) {
	e, url := serve3(t, engineio.Config{PingInterval: 100 * time.Millisecond, PingTimeout: 100 * time.Millisecond})
	ws := dial(t, url)
	for range 3 {
		write(t, ws, websocket.TextMessage, "2")
		if got := read(t, ws); got != "3" {
			t.Errorf("a ping was answered by %s", got)
		}
	}
	write(t, ws, websocket.BinaryMessage, "\x04\x01\x02")
	if got := read(t, ws); got != "\x04\x01\x02" {
		t.Errorf("received %q", got)
	}
	if got := read(t, ws); !strings.Contains(got, "ping timeout") {
		t.Errorf("received %q, want the end", got)
	}
	_ = ws.Close()
	ended(t, e)
}

func TestRevision3Upgrade(t *testing.T) {
	_, url := serve3(t, engineio.Config{})
	at := handshake3(t, url)
	ws := beside(t, at)
	probe(t, ws)
	if a := ask(t, get, at, ""); a.body != "1:6" {
		t.Errorf("polled %q, want a noop", a.body)
	}
	write(t, ws, websocket.TextMessage, "5")
	write(t, ws, websocket.TextMessage, "4hello")
	if got := read(t, ws); got != "4hello" {
		t.Errorf("received %s", got)
	}
}
