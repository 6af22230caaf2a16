package engineio_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

func TestPayloadsAreEchoed(t *testing.T) {
	_, _, url := serve(t, engineio.Config{})
	for name, payload := range map[string]string{
		"one packet":      "4hello",
		"empty message":   "4",
		"several":         "4test1\x1e4test2\x1e4test3",
		"text and binary": "4hello\x1ebAQIDBA==",
		"not ASCII":       "4привіт 👋",
	} {
		t.Run(name, func(t *testing.T) {
			at := handshake(t, url)
			if a := ask(t, post, at, payload); a.status != http.StatusOK || a.body != "ok" {
				t.Errorf("POST: %d %s", a.status, a.body)
			}
			if a := ask(t, get, at, ""); a.status != http.StatusOK || a.body != payload || a.header.Get("Cache-Control") != "no-store" {
				t.Errorf("GET: %d %q %v", a.status, a.body, a.header)
			}
		})
	}
}

// A poll waits, and is answered at once when there is something.
func TestPollWaits(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	got := background(t, get, at, "")
	s := receive(t, e.opened)
	waits(t, s)
	s.Send(engineio.Message([]byte("late")))
	if a := receive(t, got); a.body != "4late" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestWhatEndsASessionThatPolls(t *testing.T) {
	tests := map[string]struct {
		cfg          engineio.Config
		body         string
		status       int
		reason, poll string // of a GET that waits
	}{
		"close":             {engineio.Config{}, "1", 200, "client close", "6"},
		"not a packet":      {engineio.Config{}, "abc", 400, "parse error", "1"},
		"empty body":        {engineio.Config{}, "", 400, "parse error", "1"},
		"empty packet":      {engineio.Config{}, "\x1e", 400, "parse error", "1"},
		"bad base64":        {engineio.Config{}, "b!", 400, "parse error", "1"},
		"a ping":            {engineio.Config{}, "2", 400, "invalid heartbeat direction", "1"},
		"body too large":    {engineio.Config{MaxPayload: 10}, "4" + strings.Repeat("x", 10), 413, "payload too large", "1"},
		"too many packets":  {engineio.Config{MaxPackets: 2}, "6\x1e6\x1e6", 400, "parse error", "1"},
		"handler's refusal": {engineio.Config{}, "4fail", 400, "as you wish", "1"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e, _, url := serve(t, tt.cfg)
			at := handshake(t, url)
			waiting := background(t, get, at, "")
			waits(t, receive(t, e.opened))
			if a := ask(t, post, at, tt.body); a.status != tt.status {
				t.Errorf("POST: %d %s, want %d", a.status, a.body, tt.status)
			}
			if a := receive(t, waiting); a.status != 200 || a.body != tt.poll {
				t.Errorf("the poll got %d %q, want %q", a.status, a.body, tt.poll)
			}
			if got := ended(t, e); !strings.HasPrefix(got, tt.reason) {
				t.Errorf("ended by %q, want %q", got, tt.reason)
			}
			if a := ask(t, get, at, ""); a.status != 400 || !strings.Contains(a.body, `"code":1`) {
				t.Errorf("then %d %s", a.status, a.body)
			}
		})
	}
}

// A peer that closes has a GET on its way, whichever comes first.
func TestPollBehindClose(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	if a := ask(t, post, at, "1"); a.status != 200 {
		t.Errorf("POST: %d", a.status)
	}
	if a := ask(t, get, at, ""); a.status != 200 && a.status != 400 || a.status == 200 && a.body != "6" { // late, where the machine is
		t.Errorf("then %d %q", a.status, a.body)
	}
	if a := ask(t, get, at, ""); a.status != 400 {
		t.Errorf("then %d %q", a.status, a.body)
	}
	if reason := ended(t, e); reason != "client close" {
		t.Errorf("ended by %q", reason)
	}
}

// A body that does not come to its end does not hold its session.
func TestSlowPostEndsTheSession(t *testing.T) {
	e, _, url := serve(t, engineio.Config{WriteTimeout: 50 * time.Millisecond})
	at := handshake(t, url)
	body, never := io.Pipe()
	defer func() { _ = never.Close() }()
	failed := make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(t.Context(), post, at, body)
		if err != nil {
			failed <- err
			return
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close()
		}
		failed <- err
	}()
	if reason := ended(t, e); !strings.Contains(reason, "timeout") {
		t.Errorf("ended by %q", reason)
	}
	_ = never.Close()
	_ = receive(t, failed) // an answer or the end of the connection, as it happens
}

func TestOverlappingPollsEndTheSession(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	first, second := background(t, get, at, ""), background(t, get, at+"&t=2", "")
	got := []answer{receive(t, first), receive(t, second)}
	if got[0].status != 200 {
		got[0], got[1] = got[1], got[0]
	}
	if got[0].status != 200 || got[0].body != "1" || got[1].status != 400 {
		t.Errorf("answers %+v, want a close packet and 400", got)
	}
	if reason := ended(t, e); reason != "overlapping requests" {
		t.Errorf("ended by %q", reason)
	}
	if a := ask(t, get, at, ""); a.status != 400 {
		t.Errorf("then %d %s", a.status, a.body)
	}
}

func TestOverlappingPostsEndTheSession(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	first := background(t, post, at, "4block")
	<-e.blocked
	if a := ask(t, post, at, "4x"); a.status != 400 {
		t.Errorf("the second got %d %s", a.status, a.body)
	}
	close(e.release)
	receive(t, first)
	if reason := ended(t, e); reason != "overlapping requests" {
		t.Errorf("ended by %q", reason)
	}
}

func TestPingsWhilePolling(t *testing.T) {
	e, _, url := serve(t, engineio.Config{PingInterval: 20 * time.Millisecond, PingTimeout: 100 * time.Millisecond})
	at := handshake(t, url)
	for range 3 {
		if a := ask(t, get, at, ""); a.body != "2" {
			t.Fatalf("polled %d %q, want a ping", a.status, a.body)
		}
		if a := ask(t, post, at, "3"); a.status != 200 {
			t.Fatalf("pong: %d %s", a.status, a.body)
		}
	}
	if reason := ended(t, e); reason != "ping timeout" {
		t.Errorf("ended by %q", reason)
	}
	if a := ask(t, get, at, ""); a.status != 400 {
		t.Errorf("then %d %q", a.status, a.body)
	}
}

// Whoever does not poll is cut off once it is MaxQueue behind, and gets no volatile packets before.
func TestSlowPollerIsCutOff(t *testing.T) {
	e, _, url := serve(t, engineio.Config{MaxQueue: 4, Behind: 2})
	at := handshake(t, url)
	s := receive(t, e.opened)
	packet := engineio.Message([]byte("x"))
	for range 4 {
		s.Send(packet.Volatile())
	}
	if a := ask(t, get, at, ""); a.body != "4x\x1e4x" {
		t.Errorf("of four volatile packets came %q, want two", a.body)
	}
	for range 5 {
		s.Send(packet)
	}
	if reason := ended(t, e); reason != "too slow" {
		t.Errorf("ended by %q", reason)
	}
}

// What was sent before Close is fetched before the end.
func TestCloseFlushesToAPoller(t *testing.T) {
	e, _, url := serve(t, engineio.Config{CloseWait: patience})
	at := handshake(t, url)
	s := receive(t, e.opened)
	s.Send(engineio.Message([]byte("bye")))
	s.Close("enough")
	if a := ask(t, get, at, ""); a.body != "4bye\x1e1" {
		t.Errorf("polled %q", a.body)
	}
	if reason := ended(t, e); reason != "enough" {
		t.Errorf("ended by %q", reason)
	}
}

// A peer that hangs up while it polls has gone.
func TestAbortedPollEndsTheSession(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	ctx, hangUp := context.WithCancel(t.Context())
	failed := make(chan error, 1)
	go func() {
		_, err := request(ctx, get, at, "")
		failed <- err
	}()
	waits(t, receive(t, e.opened))
	hangUp()
	if receive(t, failed) == nil {
		t.Error("an idle session's poll was answered")
	}
	if reason := ended(t, e); reason != "transport error" {
		t.Errorf("ended by %q", reason)
	}
}

// A server that goes takes no connections any more by which the end could be fetched: it does not wait for
// who is between two polls.
func TestShutdownBetweenPolls(t *testing.T) {
	e, s, url := serve(t, engineio.Config{CloseWait: time.Hour})
	at := handshake(t, url)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if a := ask(t, get, at, ""); a.status != 400 {
		t.Errorf("then %d %q", a.status, a.body)
	}
	ended(t, e)
}

func TestShutdownWhilePolling(t *testing.T) {
	e, s, url := serve(t, engineio.Config{})
	at := handshake(t, url)
	waiting := background(t, get, at, "")
	waits(t, receive(t, e.opened))
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if a := receive(t, waiting); a.body != "1" {
		t.Errorf("polled %d %q", a.status, a.body)
	}
	if a := ask(t, get, polling(url), ""); a.status != http.StatusServiceUnavailable {
		t.Errorf("a late handshake: %d", a.status)
	}
	ended(t, e)
}

// A peer that hangs up while it polls and asks again at once is told that its session has ended, whichever
// the server notices first.
func TestPollBehindAbortedPoll(t *testing.T) {
	e, _, url := serve(t, engineio.Config{})
	for range 300 {
		at := handshake(t, url)
		ctx, hangUp := context.WithCancel(t.Context())
		failed := make(chan error, 1)
		go func() {
			_, err := request(ctx, get, at, "")
			failed <- err
		}()
		waits(t, receive(t, e.opened))
		hangUp()
		if a := ask(t, get, at, ""); a.status != 400 {
			t.Fatalf("then %d %q, want 400", a.status, a.body)
		}
		_ = receive(t, failed) // an error, unless the end of the session was faster
		ended(t, e)
	}
}
