package engineio_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
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
	opened           chan *engineio.Session
	closed           chan string
	blocked, release chan struct{} // of the message "block"
}

func (e echo) Opened(s *engineio.Session) any { e.opened <- s; return nil }
func (e echo) Message(s *engineio.Session, data []byte, binary bool) error {
	switch string(data) {
	case "fail":
		return errors.New("as you wish")
	case "block":
		e.blocked <- struct{}{}
		<-e.release
	}
	if binary {
		s.Answer(engineio.BinaryMessage(append([]byte(nil), data...)))
		return nil
	}
	s.Answer(engineio.Message(data))
	return nil
}
func (e echo) Closed(_ *engineio.Session, reason string) { e.closed <- reason }

func serve(t *testing.T, cfg engineio.Config) (echo, *engineio.Server, string) {
	t.Helper()
	if cfg.CloseWait == 0 {
		cfg.CloseWait = 100 * time.Millisecond // most tests leave their sessions behind
	}
	e := echo{make(chan *engineio.Session, 16), make(chan string, 16), make(chan struct{}), make(chan struct{})}
	s := engineio.NewServer(cfg, e)
	srv := httptest.NewServer(s)
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
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

// answer is a response that has been read.
type answer struct {
	status int
	body   string
	header http.Header
}

// ask sends a request of a polling peer.
func ask(t *testing.T, method, url, body string, header ...string) answer {
	t.Helper()
	a, err := request(t.Context(), method, url, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func request(ctx context.Context, method, url, body string, header ...string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, string(data), res.Header}, err
}

// background sends a request and gives its answer later.
func background(t *testing.T, method, url, body string) <-chan answer {
	t.Helper()
	got := make(chan answer, 1)
	go func() {
		a, err := request(t.Context(), method, url, body)
		if err != nil {
			a.body = err.Error()
		}
		got <- a
	}()
	return got
}

func receive[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// polling is the address of a server for a peer that polls.
func polling(url string) string {
	return strings.Replace("http"+strings.TrimPrefix(url, "ws"), "websocket", "polling", 1)
}

// handshake opens a session that polls and returns its address.
func handshake(t *testing.T, url string) string {
	t.Helper()
	a := ask(t, http.MethodGet, polling(url), "")
	var open struct {
		SID      string   `json:"sid"`
		Upgrades []string `json:"upgrades"`
	}
	text, ok := strings.CutPrefix(a.body, "0")
	if err := json.Unmarshal([]byte(text), &open); !ok || err != nil || open.SID == "" || len(open.Upgrades) != 1 {
		t.Fatalf("handshake: %d %s %v", a.status, a.body, err)
	}
	return polling(url) + "&sid=" + open.SID
}

// waits returns once a GET of the session waits.
func waits(t *testing.T, s *engineio.Session) {
	t.Helper()
	for deadline := time.Now().Add(patience); !s.Waits(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("no GET waits")
		}
	}
}
