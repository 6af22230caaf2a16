package engineio_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

const (
	get  = http.MethodGet
	post = http.MethodPost
)

func TestRequestsAreRefused(t *testing.T) {
	_, _, url := serve(t, engineio.Config{})
	base := strings.Split(polling(url), "?")[0]
	session := strings.TrimPrefix(handshake(t, url), base+"?")
	onWebSocket := dialSession(t, url)
	for name, tt := range map[string]struct {
		method, query string
		code          string
	}{
		"no transport":              {get, "EIO=4", "0"},
		"unknown transport":         {get, "EIO=4&transport=carrier-pigeon", "0"},
		"webtransport":              {get, "EIO=4&transport=webtransport", "0"},
		"unknown sid":               {get, "EIO=4&transport=polling&sid=x", "1"},
		"unknown sid, POST":         {post, "EIO=4&transport=polling&sid=x", "1"},
		"unknown sid, websocket":    {get, "EIO=4&transport=websocket&sid=x", "1"},
		"another gateway's sid":     {get, "EIO=4&transport=polling&sid=a.x", "1"},
		"handshake by POST":         {post, "EIO=4&transport=polling", "2"},
		"handshake by PUT":          {http.MethodPut, "EIO=4&transport=polling", "2"},
		"websocket without upgrade": {get, "EIO=4&transport=websocket", "3"},
		"upgrade without upgrade":   {get, strings.Replace(session, "polling", "websocket", 1), "3"},
		"DELETE":                    {http.MethodDelete, session, "3"},
		"poll of a websocket":       {get, "EIO=4&transport=polling&sid=" + onWebSocket, "3"},
		"post to a websocket":       {post, "EIO=4&transport=polling&sid=" + onWebSocket, "3"},
		"no version":                {get, "transport=polling", "5"},
		"no version, websocket":     {get, "transport=websocket", "5"},
		"version 3 where off":       {get, "EIO=3&transport=polling", "5"},
		"version abc":               {get, "EIO=abc&transport=polling", "5"},
	} {
		t.Run(name, func(t *testing.T) {
			a := ask(t, tt.method, base+"?"+tt.query, "")
			if a.status != http.StatusBadRequest || !strings.Contains(a.body, `{"code":`+tt.code+`,"message":"`) {
				t.Errorf("%d %s, want 400 with code %s", a.status, a.body, tt.code)
			}
			if kind := a.header.Get("Content-Type"); kind != "application/json" {
				t.Errorf("Content-Type %s", kind)
			}
		})
	}
}

// dialSession opens a session on a WebSocket and returns its id.
func dialSession(t *testing.T, url string) string {
	t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	return strings.Split(read(t, ws), `"`)[3]
}

// Pages of other origins may poll, without cookies unless their library insists.
func TestCrossOrigin(t *testing.T) {
	_, _, url := serve(t, engineio.Config{AllowEIO3: true})
	const origin = "https://shop.example.com"
	for name, tt := range map[string]struct {
		method, url, allowed, credentials string
		status                            int
	}{
		"handshake":             {get, polling(url), origin, "", 200},
		"refused":               {get, polling(url) + "&sid=x", origin, "", 400},
		"preflight":             {http.MethodOptions, polling(url) + "&sid=x", origin, "", 204},
		"handshake, revision 3": {get, strings.Replace(polling(url), "EIO=4", "EIO=3", 1), origin, "true", 200},
	} {
		t.Run(name, func(t *testing.T) {
			a := ask(t, tt.method, tt.url, "", "Origin", origin)
			if a.status != tt.status || a.header.Get("Access-Control-Allow-Origin") != tt.allowed || a.header.Get("Access-Control-Allow-Credentials") != tt.credentials || a.header.Get("Vary") != "Origin" || a.header.Get("Set-Cookie") != "" {
				t.Errorf("%d %v", a.status, a.header)
			}
		})
	}
	if a := ask(t, get, polling(url), ""); a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("without Origin: %v", a.header)
	}
	// A page may send headers of its own, and is told by an answer that it can read that there is no PUT.
	a := ask(t, http.MethodOptions, polling(url), "", "Origin", origin, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "x-shop")
	if !strings.Contains(a.header.Get("Access-Control-Allow-Methods"), "PUT") || a.header.Get("Access-Control-Allow-Headers") != "x-shop" {
		t.Errorf("preflight: %v", a.header)
	}
}

// A proxy may bring the requests of a peer over one HTTP/2 connection, where they overtake each other.
func TestPollingOverHTTP2(t *testing.T) {
	e := echo{opened: make(chan *engineio.Session, 1), closed: make(chan string, 1)}
	s := engineio.NewServer(engineio.Config{}, e)
	srv := httptest.NewUnstartedServer(s)
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	defer srv.Close()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	send := func(method, query, body string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, srv.URL+"/?EIO=4&transport=polling"+query, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := transport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		data, err := io.ReadAll(res.Body)
		if err != nil || res.ProtoMajor != 2 {
			t.Fatalf("HTTP/%d, %v", res.ProtoMajor, err)
		}
		return res.StatusCode, string(data)
	}
	_, open := send(get, "", "")
	sid := "&sid=" + strings.Split(open, `"`)[3]
	session := receive(t, e.opened)
	for range 20 {
		got := make(chan string, 1)
		go func() { _, body := send(get, sid, ""); got <- body }()
		waits(t, session)
		if status, body := send(post, sid, "4hello"); status != 200 || body != "ok" {
			t.Fatalf("POST: %d %q", status, body)
		}
		if body := receive(t, got); body != "4hello" {
			t.Fatalf("polled %q", body)
		}
	}
	if status, _ := send(post, sid, "1"); status != 200 {
		t.Errorf("close: %d", status)
	}
	ended(t, e)
}
