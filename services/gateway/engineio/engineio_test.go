package engineio_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// echo sends back what it gets and reports the ends of sessions.
type echo struct {
	opened chan *engineio.Session
	closed chan string
}

func (e echo) Opened(s *engineio.Session) any { e.opened <- s; return nil }
func (e echo) Message(s *engineio.Session, data []byte) error {
	s.Send(engineio.Message(append([]byte(nil), data...)))
	return nil
}
func (e echo) Closed(_ *engineio.Session, reason string) { e.closed <- reason }

func serve(t *testing.T, cfg engineio.Config) (echo, *engineio.Server, string) {
	t.Helper()
	e := echo{make(chan *engineio.Session, 16), make(chan string, 16)}
	s := engineio.NewServer(cfg, e)
	srv := httptest.NewServer(s)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		srv.Close()
	})
	return e, s, "ws" + strings.TrimPrefix(srv.URL, "http") + "/?EIO=4&transport=websocket"
}

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	if open := read(t, ws); !strings.HasPrefix(open, `0{"sid":"`) || !strings.Contains(open, `"upgrades":[]`) {
		t.Fatalf("open packet %s", open)
	}
	return ws
}

func read(t *testing.T, ws *websocket.Conn) string {
	t.Helper()
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	_, data, err := ws.ReadMessage()
	if err != nil {
		return "closed: " + err.Error()
	}
	return string(data)
}

func write(t *testing.T, ws *websocket.Conn, kind int, s string) {
	t.Helper()
	if err := ws.WriteMessage(kind, []byte(s)); err != nil {
		t.Fatal(err)
	}
}

func ended(t *testing.T, e echo) string {
	t.Helper()
	select {
	case reason := <-e.closed:
		return reason
	case <-time.After(patience):
		t.Fatal("the session did not end")
		return ""
	}
}

func TestPackets(t *testing.T) {
	tests := map[string]struct {
		kind         int
		send         string
		want, reason string // want is received; an empty reason means that the session goes on
	}{
		"message":        {websocket.TextMessage, "4hello", "4hello", ""},
		"empty message":  {websocket.TextMessage, "4", "4", ""},
		"close":          {websocket.TextMessage, "1", "closed: websocket: close 1000", "client close"},
		"empty packet":   {websocket.TextMessage, "", "closed: websocket: close 1002", "parse error"},
		"unknown type":   {websocket.TextMessage, "abc", "closed: websocket: close 1002", "parse error"},
		"binary message": {websocket.BinaryMessage, "x", "closed: websocket: close 1002", "binary messages are not understood"},
		"too large":      {websocket.TextMessage, "4" + strings.Repeat("x", 2000), "closed: websocket: close 1009", "payload too large"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, _, url := serve(t, engineio.Config{MaxPayload: 1000})
			ws := dial(t, url)
			write(t, ws, tt.kind, tt.send)
			if got := read(t, ws); !strings.HasPrefix(got, tt.want) {
				t.Errorf("received %s, want %s", got, tt.want)
			}
			if tt.reason == "" {
				return
			}
			_ = ws.Close()
			if got := ended(t, e); got != tt.reason {
				t.Errorf("ended by %q, want %q", got, tt.reason)
			}
		})
	}
}

func TestHandshakeRefuses(t *testing.T) {
	_, _, url := serve(t, engineio.Config{})
	base := "http" + strings.TrimPrefix(strings.Split(url, "?")[0], "ws")
	for query, want := range map[string]string{
		"EIO=3&transport=websocket":       `"code":5`,
		"transport=websocket":             `"code":5`,
		"EIO=4&transport=carrier-pigeon":  `"code":0`,
		"EIO=4&transport=websocket&sid=x": `"code":1`,
		"EIO=4&transport=websocket":       `"code":3`, // no upgrade header
	} {
		t.Run(query, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"?"+query, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body := make([]byte, 200)
			n, _ := res.Body.Read(body)
			if res.StatusCode != http.StatusBadRequest || !strings.Contains(string(body[:n]), want) {
				t.Errorf("%d %s, want 400 with %s", res.StatusCode, body[:n], want)
			}
		})
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestPings(t *testing.T) {
	e, _, url := serve(t, engineio.Config{PingInterval: 20 * time.Millisecond, PingTimeout: 50 * time.Millisecond})
	ws := dial(t, url)
	for range 3 {
		if got := read(t, ws); got != "2" {
			t.Fatalf("received %s, want a ping", got)
		}
		write(t, ws, websocket.TextMessage, "3")
	}
	for got := "2"; got == "2"; { // no more pongs
		got = read(t, ws)
		if got != "2" && !strings.Contains(got, "ping timeout") {
			t.Errorf("received %s, want the end", got)
		}
	}
	_ = ws.Close()
	ended(t, e)
}

// Who does not read is cut off, and nobody waits for it.
func TestSlowPeerIsCutOff(t *testing.T) {
	e, _, url := serve(t, engineio.Config{MaxQueue: 8, WriteTimeout: time.Minute})
	dial(t, url)
	s := <-e.opened
	big, err := engineio.SharedMessage([]byte(strings.Repeat("x", 1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.After(patience)
	for {
		s.Send(big)
		select {
		case <-e.closed:
			return
		case <-deadline:
			t.Fatal("a peer that never reads is still connected")
		default:
		}
	}
}

// What was sent before Close arrives before the end.
func TestCloseFlushes(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	ws := dial(t, url)
	s := <-e.opened
	for range 50 {
		s.Send(engineio.Message([]byte("x")))
	}
	s.Close("bye")
	for i := range 50 {
		if got := read(t, ws); got != "4x" {
			t.Fatalf("packet %d is %s", i, got)
		}
	}
	if got := read(t, ws); !strings.Contains(got, "bye") {
		t.Errorf("received %s, want the end", got)
	}
	_ = ws.Close()
	ended(t, e)
}

func TestShutdown(t *testing.T) {
	e, s, url := serve(t, engineio.Config{})
	ws := dial(t, url)
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		done <- s.Shutdown(ctx)
	}()
	if got := read(t, ws); !strings.Contains(got, "1012") {
		t.Errorf("received %s, want close code 1012", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, res, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil); err == nil || res == nil || res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a late handshake: %v", err)
	} else {
		_ = res.Body.Close()
	}
	ended(t, e)
}

func BenchmarkEcho(b *testing.B) {
	e := echo{make(chan *engineio.Session, 1), make(chan string, 1)}
	s := engineio.NewServer(engineio.Config{}, e)
	srv := httptest.NewServer(s)
	defer srv.Close()
	ws, res, err := websocket.DefaultDialer.DialContext(b.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/?EIO=4&transport=websocket", nil)
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body.Close()
	defer ws.Close()
	if _, _, err := ws.ReadMessage(); err != nil {
		b.Fatal(err)
	}
	msg := []byte("4" + strings.Repeat("x", 200))
	b.ReportAllocs()
	for b.Loop() {
		if err := ws.WriteMessage(websocket.TextMessage, msg); err != nil {
			b.Fatal(err)
		}
		if _, _, err := ws.ReadMessage(); err != nil {
			b.Fatal(err)
		}
	}
}
