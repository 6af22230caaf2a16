package engineio_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// beside opens a WebSocket for a session that polls.
func beside(t *testing.T, at string) *websocket.Conn {
	t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(strings.Replace(at, "polling", "websocket", 1), "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	return ws
}

// probe exchanges the probe.
func probe(t *testing.T, ws *websocket.Conn) {
	t.Helper()
	write(t, ws, websocket.TextMessage, "2probe")
	if got := read(t, ws); got != "3probe" {
		t.Fatalf("the probe was answered by %s", got)
	}
}

// The session goes over to the WebSocket with what was queued, once, and in order.
func TestUpgrade(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	s := receive(t, e.opened)
	waiting := background(t, get, at, "")
	waits(t, s)
	ws := beside(t, at)
	probe(t, ws)
	if a := receive(t, waiting); a.body != "6" {
		t.Errorf("the poll that waits got %q, want a noop", a.body)
	}
	s.Send(engineio.Message([]byte("polled")))
	if a := ask(t, get, at, ""); a.body != "4polled" { // a peer may ask once more
		t.Errorf("polled %q", a.body)
	}
	if a := ask(t, get, at, ""); a.body != "6" {
		t.Errorf("then %q, want a noop", a.body)
	}
	s.Send(engineio.Message([]byte("queued")))
	write(t, ws, websocket.TextMessage, "5")
	write(t, ws, websocket.TextMessage, "4hello")
	for _, want := range []string{"4queued", "4hello"} {
		if got := read(t, ws); got != want {
			t.Errorf("received %s, want %s", got, want)
		}
	}
	if a := ask(t, get, at, ""); a.status != 400 {
		t.Errorf("a poll after the upgrade: %d %q", a.status, a.body)
	}
	if a := ask(t, post, at, "4x"); a.status != 400 {
		t.Errorf("a post after the upgrade: %d %q", a.status, a.body)
	}
	if got := read(t, beside(t, at)); !strings.HasPrefix(got, "closed: websocket: close 1000") {
		t.Errorf("a second WebSocket after the upgrade received %s, want the end", got)
	}
	write(t, ws, websocket.BinaryMessage, "\x01\x02")
	if got := read(t, ws); got != "\x01\x02" {
		t.Errorf("received %q", got)
	}
	write(t, ws, websocket.TextMessage, "1")
	if reason := ended(t, e); reason != "client close" {
		t.Errorf("ended by %q", reason)
	}
}

// Whatever goes wrong on the WebSocket, the session goes on polling, and may try again.
func TestUpgradeThatFails(t *testing.T) {
	for name, fail := range map[string]func(t *testing.T, ws *websocket.Conn){
		"hung up":              func(_ *testing.T, ws *websocket.Conn) { _ = ws.Close() },
		"hung up after probe":  func(t *testing.T, ws *websocket.Conn) { probe(t, ws); _ = ws.Close() },
		"another ping":         func(t *testing.T, ws *websocket.Conn) { write(t, ws, websocket.TextMessage, "2") },
		"a message first":      func(t *testing.T, ws *websocket.Conn) { write(t, ws, websocket.TextMessage, "4x") },
		"upgrade before probe": func(t *testing.T, ws *websocket.Conn) { write(t, ws, websocket.TextMessage, "5") },
		"binary probe":         func(t *testing.T, ws *websocket.Conn) { write(t, ws, websocket.BinaryMessage, "2probe") },
		"a message after":      func(t *testing.T, ws *websocket.Conn) { probe(t, ws); write(t, ws, websocket.TextMessage, "4x") },
		"nothing":              func(*testing.T, *websocket.Conn) {},
		"nothing after probe":  func(t *testing.T, ws *websocket.Conn) { probe(t, ws) },
	} {
		t.Run(name, func(t *testing.T) {
			_, _, url := serve(t, engineio.Config{UpgradeTimeout: 100 * time.Millisecond})
			at := handshake(t, url)
			ws := beside(t, at)
			fail(t, ws)
			if got := read(t, ws); !strings.HasPrefix(got, "closed") {
				t.Errorf("received %s, want the end", got)
			}
			if a := ask(t, post, at, "4still"); a.status != 200 {
				t.Errorf("POST: %d %q", a.status, a.body)
			}
			if a := ask(t, get, at, ""); a.body != "4still" {
				t.Errorf("GET: %d %q", a.status, a.body)
			}
		})
	}
}

// A poll that comes in the midst of an upgrade is as one that comes after it.
func TestPollDuringUpgrade(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	s := receive(t, e.opened)
	ws := beside(t, at)
	got := background(t, get, at, "")
	waits(t, s)
	write(t, ws, websocket.TextMessage, "2probe")
	write(t, ws, websocket.TextMessage, "5")
	if a := receive(t, got); a.status != http.StatusBadRequest && a.body != "6" { // the upgrade was late
		t.Errorf("polled %d %q", a.status, a.body)
	}
}

// One WebSocket at a time is probed. Another one is closed at once, whatever comes over it.
func TestSecondProbe(t *testing.T) {
	_, _, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	first := beside(t, at)
	probe(t, first)
	second := beside(t, at)
	write(t, second, websocket.TextMessage, "2probe")
	if got := read(t, second); !strings.HasPrefix(got, "closed: websocket: close 1000") {
		t.Errorf("received %s, want the end", got)
	}
	write(t, first, websocket.TextMessage, "5")
	write(t, first, websocket.TextMessage, "4still")
	if got := read(t, first); got != "4still" {
		t.Errorf("the first received %s", got)
	}
}

// A session that began on its WebSocket needs no other.
func TestWebSocketBesideWebSocket(t *testing.T) {
	_, _, url := serve(t, engineio.Config{})
	sid := dialSession(t, url)
	if got := read(t, beside(t, polling(url)+"&sid="+sid)); !strings.HasPrefix(got, "closed: websocket: close 1000") {
		t.Errorf("received %s, want the end", got)
	}
}

// A session that ends takes the WebSocket with it that was to be its.
func TestSessionEndsDuringUpgrade(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	ws := beside(t, at)
	probe(t, ws)
	if a := ask(t, post, at, "1"); a.status != 200 {
		t.Errorf("POST: %d", a.status)
	}
	if got := read(t, ws); !strings.HasPrefix(got, "closed") {
		t.Errorf("received %s", got)
	}
	if reason := ended(t, e); reason != "client close" {
		t.Errorf("ended by %q", reason)
	}
}

// Messages flow both ways while sessions go over: none is lost, repeated or reordered.
func TestUpgradeUnderLoad(t *testing.T) {
	const messages = 500
	e, _, url := serve(t, engineio.Config{MaxQueue: 2 * messages})
	at := handshake(t, url)
	s := receive(t, e.opened)
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for i := range messages {
			s.Send(engineio.Message(number(i)))
		}
	}()
	var got []string
	poll := func() {
		for p := range strings.SplitSeq(ask(t, get, at, "").body, "\x1e") {
			if p != "6" {
				got = append(got, p[1:])
			}
		}
	}
	poll()
	ws := beside(t, at)
	probe(t, ws)
	poll()
	write(t, ws, websocket.TextMessage, "5")
	for len(got) < messages {
		p := read(t, ws)
		if strings.HasPrefix(p, "closed") {
			t.Fatal(p)
		}
		got = append(got, p[1:])
	}
	for i, p := range got {
		if p != string(number(i)) {
			t.Fatalf("message %d is %s", i, p)
		}
	}
	<-sent
}

func number(i int) []byte { return []byte(strings.Repeat("x", i%50) + string(rune('a'+i%26))) }
