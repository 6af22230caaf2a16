package engineio_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// peerOf dials with small buffers, so that writing to it has to wait soon.
func peerOf(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // the test's own
		NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, addr)
			if err == nil {
				err = c.(*net.TCPConn).SetReadBuffer(64 << 10)
			}
			return c, err
		},
	}
	ws, res, err := d.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	if open := read(t, ws); !strings.HasPrefix(open, `0{"sid":"`) {
		t.Fatalf("open packet %s", open)
	}
	return ws
}

// over serves on a plain connection, which is watched, or on one with TLS, which a goroutine reads and
// writing to which waits. What the system takes at once is little.
func over(t *testing.T, transport string, cfg engineio.Config) (e echo, url string) {
	t.Helper()
	e = echo{opened: make(chan *engineio.Session, 16), closed: make(chan string, 16)}
	s := engineio.NewServer(cfg, e)
	srv := httptest.NewUnstartedServer(s)
	srv.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if over, ok := c.(*tls.Conn); ok {
			c = over.NetConn()
		}
		if state == http.StateNew {
			if err := c.(*net.TCPConn).SetWriteBuffer(32 << 10); err != nil {
				t.Error(err)
			}
		}
	}
	url = "ws"
	if transport == "TLS" {
		srv.StartTLS()
		url = "wss"
	} else {
		srv.Start()
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		srv.Close()
	})
	return e, url + srv.URL[strings.Index(srv.URL, "://"):] + "/?EIO=4&transport=websocket"
}

// What several goroutines send arrives whole and in the order of each, however the peer reads and whatever
// it says meanwhile.
func TestNothingIsTorn(t *testing.T) {
	for _, transport := range []string{"plain", "TLS"} {
		t.Run(transport, func(t *testing.T) {
			const senders, each = 4, 200
			e, url := over(t, transport, engineio.Config{MaxQueue: senders * each, MaxBacklog: 1 << 30})
			ws := peerOf(t, url)
			s := <-e.opened
			var sending sync.WaitGroup
			defer sending.Wait()
			for sender := range senders {
				sending.Go(func() {
					for n := range each {
						text := fmt.Appendf(nil, "%d %d %s", sender, n, strings.Repeat("x", 1<<rand.N(17)))
						p := engineio.Message(text)
						if n%3 == 0 {
							var err error
							if p, err = engineio.SharedMessage(text); err != nil {
								t.Error(err)
							}
						}
						s.Send(p)
					}
				})
			}
			next := make([]int, senders)
			for got := range senders * each {
				if got%50 == 0 { // the answers come between the others
					if err := ws.WriteControl(websocket.PingMessage, []byte("?"), time.Now().Add(patience)); err != nil {
						t.Fatal(err)
					}
				}
				var sender, n int
				text := read(t, ws)
				if _, err := fmt.Sscanf(text, "4%d %d", &sender, &n); err != nil {
					t.Fatalf("packet %d is %.60q…: %v", got, text, err)
				}
				if x := text[strings.LastIndex(text, " ")+1:]; n != next[sender] || strings.Trim(x, "x") != "" || len(x)&(len(x)-1) != 0 {
					t.Fatalf("packet %d is %.60q… of %d bytes, want number %d of sender %d", got, text, len(text), next[sender], sender)
				}
				next[sender]++
			}
		})
	}
}

// A peer that does not read is behind by bytes, too, and is let go when nothing can be written for long.
func TestBehindByBytes(t *testing.T) {
	for _, transport := range []string{"plain", "TLS"} {
		for name, cfg := range map[string]engineio.Config{
			"too many bytes": {MaxBacklog: 1 << 20, WriteTimeout: time.Minute, CloseWait: 100 * time.Millisecond},
			"for too long":   {MaxBacklog: 1 << 30, WriteTimeout: 100 * time.Millisecond, CloseWait: 100 * time.Millisecond},
		} {
			t.Run(transport+", "+name, func(t *testing.T) {
				e, url := over(t, transport, cfg)
				peerOf(t, url)
				s := <-e.opened
				for range 64 {
					s.Send(engineio.Message([]byte(strings.Repeat("x", 256<<10))))
				}
				if reason := ended(t, e); reason == "" {
					t.Error("it ended without a reason")
				}
			})
		}
	}
}

// A connection that cannot be watched is served all the same.
func TestOverTLS(t *testing.T) {
	e, url := over(t, "TLS", engineio.Config{PingInterval: 20 * time.Millisecond, PingTimeout: patience})
	ws := peerOf(t, url)
	if got := read(t, ws); got != "2" {
		t.Fatalf("received %s, want a ping", got)
	}
	write(t, ws, websocket.TextMessage, "4hello")
	if got := read(t, ws); got != "4hello" {
		t.Errorf("received %s", got)
	}
	(<-e.opened).Close("bye")
	if got := read(t, ws); !strings.Contains(got, "bye") {
		t.Errorf("received %s, want the end", got)
	}
	_ = ws.Close()
	ended(t, e)
}

// Several messages in one segment are all handled, though nothing more comes.
func TestManyAtOnce(t *testing.T) {
	_, _, url := serve(t, engineio.Config{})
	conn := new(gathering)
	d := websocket.Dialer{NetDialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		var err error
		conn.Conn, err = new(net.Dialer).DialContext(ctx, network, addr)
		return conn, err
	}}
	ws, res, err := d.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	defer ws.Close()
	read(t, ws)
	for range 3 { // the last time it has been quiet for a while
		conn.gather = true
		for n := range 40 {
			write(t, ws, websocket.TextMessage, fmt.Sprintf("4%d", n))
		}
		conn.release(t)
		for n := range 40 {
			if got, want := read(t, ws), fmt.Sprintf("4%d", n); got != want {
				t.Fatalf("received %s, want %s", got, want)
			}
		}
	}
}

// gathering writes what it was given in one piece.
type gathering struct {
	net.Conn
	gather bool
	all    []byte
}

func (g *gathering) Write(p []byte) (int, error) {
	if !g.gather {
		return g.Conn.Write(p)
	}
	g.all = append(g.all, p...)
	return len(p), nil
}

func (g *gathering) release(t *testing.T) {
	t.Helper()
	if _, err := g.Conn.Write(g.all); err != nil {
		t.Fatal(err)
	}
	g.gather, g.all = false, nil
}

// Who reads slowly but does read gets everything, however long it takes.
func TestSlowButReading(t *testing.T) {
	for _, transport := range []string{"plain", "TLS"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			const limit, size = time.Second, 8 << 20
			e, url := over(t, transport, engineio.Config{WriteTimeout: limit, MaxBacklog: 2 * size})
			ws := peerOf(t, url)
			(<-e.opened).Send(engineio.Message([]byte(strings.Repeat("x", size))))
			_, r, err := ws.NextReader()
			if err != nil {
				t.Fatal(err)
			}
			begin, got := time.Now(), 0
			for buf, tick := make([]byte, 16<<10), time.NewTicker(4*time.Millisecond); ; <-tick.C {
				n, err := r.Read(buf)
				if got += n; errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatalf("after %d bytes and %v: %v", got, time.Since(begin), err)
				}
			}
			if took := time.Since(begin); got != size+1 || took < 2*limit {
				t.Errorf("read %d bytes in %v, want %d, more slowly than the limit allows for all", got, took, size+1)
			}
		})
	}
}

// What follows the beginning of a long message begins with any byte, also that of a pong.
func TestAnyByteArrives(t *testing.T) {
	for _, transport := range []string{"plain", "TLS"} {
		t.Run(transport, func(t *testing.T) {
			const each = 100
			e, url := over(t, transport, engineio.Config{})
			ws := peerOf(t, url)
			s := <-e.opened
			text := strings.Repeat("ъ", 4<<10) // 0xd1 0x8a
			for range 10 {
				for range each { // more than the system takes at once
					s.Send(engineio.Message([]byte(text)))
				}
				for n := range each {
					if got := read(t, ws); got != "4"+text {
						t.Fatalf("packet %d is %.60q… of %d bytes", n, got, len(got))
					}
				}
			}
		})
	}
}

// A peer that pings and does not read holds up nobody who sends, even if it had to be waited for before.
func TestPingsWithoutReading(t *testing.T) {
	e, url := over(t, "plain", engineio.Config{WriteTimeout: time.Minute, CloseWait: 100 * time.Millisecond})
	ws := peerOf(t, url)
	s := <-e.opened
	s.Send(engineio.Message([]byte(strings.Repeat("x", 1<<20)))) // more than the system takes at once
	read(t, ws)
	for range 40_000 {
		if ws.WriteControl(websocket.PingMessage, make([]byte, 125), time.Now().Add(time.Second)) != nil {
			break // nobody takes them any more
		}
	}
	sent := make(chan struct{})
	go func() {
		s.Send(engineio.Message([]byte("x")))
		close(sent)
	}()
	receive(t, sent)
}
