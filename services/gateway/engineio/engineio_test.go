package engineio_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

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
		"binary message": {websocket.BinaryMessage, "x", "x", ""},
		"ping":           {websocket.TextMessage, "2", "closed: websocket: close 1002", "invalid heartbeat direction"},
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
			if got := ended(t, e); !strings.HasPrefix(got, tt.reason) {
				t.Errorf("ended by %q, want %q", got, tt.reason)
			}
		})
	}
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

// A message and its echo, of peers that each wait for theirs.
func BenchmarkEcho(b *testing.B) {
	for name, peers := range map[string]int{"a few peers": 2, "64 peers": 64} {
		b.Run(name, func(b *testing.B) {
			e := echo{opened: make(chan *engineio.Session, peers), closed: make(chan string, peers)}
			s := engineio.NewServer(engineio.Config{}, e)
			srv := httptest.NewServer(s)
			defer srv.Close()
			msg := []byte("4" + strings.Repeat("x", 200))
			b.ReportAllocs()
			b.SetParallelism(max(peers/runtime.GOMAXPROCS(0), 1))
			b.RunParallel(func(pb *testing.PB) {
				ws, res, err := websocket.DefaultDialer.DialContext(b.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/?EIO=4&transport=websocket", nil)
				if err != nil {
					b.Error(err)
					return
				}
				_ = res.Body.Close()
				defer ws.Close()
				if _, _, err := ws.ReadMessage(); err != nil {
					b.Error(err)
				}
				for pb.Next() {
					if err := ws.WriteMessage(websocket.TextMessage, msg); err != nil {
						b.Error(err)
					}
					if _, _, err := ws.ReadMessage(); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}

// An application that takes its time over some does not keep others from coming.
func TestSlowlyOpened(t *testing.T) {
	many := 2*runtime.GOMAXPROCS(0) + 1
	e := echo{opened: make(chan *engineio.Session), closed: make(chan string, many)}
	opening := slowToOpen{e, make(chan struct{}), make(chan struct{})}
	s := engineio.NewServer(engineio.Config{CloseWait: 100 * time.Millisecond}, opening)
	srv := httptest.NewServer(s)
	defer func() {
		close(opening.release)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		srv.Close()
	}()
	for range many {
		dial(t, "ws"+strings.TrimPrefix(srv.URL, "http")+"/?EIO=4&transport=websocket")
		receive(t, opening.begun)
	}
}

// slowToOpen is an echo that waits before it takes a session.
type slowToOpen struct {
	echo
	begun, release chan struct{}
}

func (s slowToOpen) Opened(*engineio.Session) any {
	s.begun <- struct{}{}
	<-s.release
	return nil
}
