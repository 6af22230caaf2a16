package engineio_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// A load balancer sends requests to either of two servers: each session is found.
func TestRequestsFindTheirServer(t *testing.T) {
	servers := map[string]http.Handler{}
	route := func(id string) (http.Handler, bool) { h, ok := servers[id]; return h, ok }
	_, a, urlA := serve(t, engineio.Config{ID: "a", Route: route})
	_, b, urlB := serve(t, engineio.Config{ID: "b", Route: route})
	servers["a"], servers["b"] = a, b

	at := handshake(t, urlA)
	if !strings.Contains(at, "&sid=a.") {
		t.Fatalf("the sid does not name its server: %s", at)
	}
	elsewhere := polling(urlB) + at[strings.Index(at, "&sid="):]
	if got := ask(t, post, elsewhere, "4hello"); got.status != 200 {
		t.Errorf("POST elsewhere: %d %s", got.status, got.body)
	}
	got := ask(t, get, elsewhere, "", "Origin", "https://shop.example.com")
	if got.body != "4hello" || len(got.header.Values("Access-Control-Allow-Origin")) != 1 || len(got.header.Values("Vary")) != 1 {
		t.Errorf("GET elsewhere: %d %q %v", got.status, got.body, got.header)
	}
	ws := beside(t, elsewhere)
	probe(t, ws)
	write(t, ws, websocket.TextMessage, "5")
	write(t, ws, websocket.TextMessage, "4upgraded")
	if got := read(t, ws); got != "4upgraded" {
		t.Errorf("received %s", got)
	}
	if a.Sessions() != 1 || b.Sessions() != 0 {
		t.Errorf("%d and %d sessions", a.Sessions(), b.Sessions())
	}
	gone := polling(urlB) + "&sid=c.x"
	if got := ask(t, get, gone, ""); got.status != 400 || !strings.Contains(got.body, "Session ID unknown") {
		t.Errorf("a session of a server that is gone: %d %s", got.status, got.body)
	}
}

// Two servers that each take the other for the owner do not send a request round in circles.
func TestRequestsAreForwardedOnce(t *testing.T) {
	var forwarded int
	var b *engineio.Server
	a := engineio.NewServer(engineio.Config{ID: "a", Route: func(string) (http.Handler, bool) { forwarded++; return b, true }}, echo{})
	b = engineio.NewServer(engineio.Config{ID: "b", Route: func(string) (http.Handler, bool) { forwarded++; return a, true }}, echo{})
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), get, "/?EIO=4&transport=polling&sid=c.x", nil))
	if forwarded != 1 || w.Code != 400 || !strings.Contains(w.Body.String(), `"code":1`) {
		t.Errorf("forwarded %d times, %d %s", forwarded, w.Code, w.Body)
	}
}
