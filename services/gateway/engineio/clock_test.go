package engineio_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// pipes is a listener in memory, so that a test may own the clock.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error   { close(p.done); return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// inMemory serves inside the test's bubble and returns a peer that has been opened.
func inMemory(t *testing.T, cfg engineio.Config) (echo, *websocket.Conn) {
	t.Helper()
	e := echo{opened: make(chan *engineio.Session, 1), closed: make(chan string, 1)}
	p := pipes{make(chan net.Conn), make(chan struct{})}
	srv := &http.Server{Handler: engineio.NewServer(cfg, e), ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(p) }()
	t.Cleanup(func() {
		_ = srv.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	d := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		p.conns <- server
		return client, nil
	}}
	ws, res, err := d.DialContext(t.Context(), "ws://pipe/?EIO=4&transport=websocket", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	if got := read(t, ws); !strings.HasPrefix(got, "0{") {
		t.Fatalf("received %s, want the open packet", got)
	}
	return e, ws
}

// next reads with all the time in the world, and says how long it took.
func next(ws *websocket.Conn) (string, time.Duration) {
	_ = ws.SetReadDeadline(time.Time{})
	begin := time.Now()
	_, data, err := ws.ReadMessage()
	if err != nil {
		return "closed: " + err.Error(), time.Since(begin)
	}
	return string(data), time.Since(begin)
}

// Pings come by the clock: the next one PingInterval after the pong, however late that was within
// PingTimeout, and the end PingTimeout after a ping without one.
func TestPingsByTheClock(t *testing.T) {
	const interval, timeout = 25 * time.Second, 20 * time.Second // the defaults
	for name, late := range map[string]time.Duration{"at once": 0, "a little late": time.Second, "just in time": timeout - time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, ws := inMemory(t, engineio.Config{})
				for n := range 1000 { // hours, or half a day
					if got, after := next(ws); got != "2" || after != interval {
						t.Fatalf("packet %d is %s after %v, want a ping after %v", n, got, after, interval)
					}
					time.Sleep(late)
					write(t, ws, websocket.TextMessage, "3")
				}
				if got, after := next(ws); got != "2" || after != interval {
					t.Fatalf("received %s after %v, want a ping", got, after)
				}
				if got, after := next(ws); !strings.Contains(got, "ping timeout") || after != timeout {
					t.Errorf("received %s after %v, want the end after %v", got, after, timeout)
				}
				_ = ws.Close()
				ended(t, e)
			})
		})
	}
}

// A peer whose machine sleeps is let go in time, though nobody tells the server and nothing can be
// written; what it does when it wakes up comes too late.
func TestPeerSleeps(t *testing.T) {
	cfg := engineio.Config{PingInterval: 25 * time.Second, PingTimeout: 20 * time.Second, WriteTimeout: 10 * time.Second}
	for name, tt := range map[string]struct {
		news int
		want time.Duration
	}{
		"while there is news": {10, cfg.WriteTimeout},
		"while it is quiet":   {0, cfg.PingInterval + cfg.WriteTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e, ws := inMemory(t, cfg)
				begin := time.Now()
				s := <-e.opened
				for range tt.news {
					s.Send(engineio.Message([]byte("news")))
				}
				select {
				case <-e.closed:
				case <-time.After(time.Hour):
					t.Fatal("a peer that has slept for an hour is still connected")
				}
				if took := time.Since(begin); took != tt.want {
					t.Errorf("let go after %v, want %v", took, tt.want)
				}
				if err := ws.WriteMessage(websocket.TextMessage, []byte("4late")); err == nil {
					t.Error("it could still write")
				}
			})
		})
	}
}
