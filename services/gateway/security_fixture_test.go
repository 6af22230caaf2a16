package gateway_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
)

// crowded is the configuration of a test that comes more often than visitors do.
func crowded() gateway.Config {
	return gateway.Config{
		AllowEIO3: true, Connects: limit.Unlimited(), Conversations: limit.Unlimited(), Messages: limit.Unlimited(),
		Uploads: limit.Unlimited(), BotUploads: limit.Unlimited(),
	}
}

// request is what is asked of a site, with the headers as they go over the wire.
func (s *site) request(method, path string, header http.Header, body string) (status int, answer string, answered http.Header) {
	s.t.Helper()
	req := try[*http.Request](s.t)(http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body)))
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := http.DefaultTransport.RoundTrip(req) // and follows nothing
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode, string(try[[]byte](s.t)(io.ReadAll(res.Body))), res.Header
}

// socket opens a WebSocket with the headers.
func (s *site) socket(query string, header http.Header) *client {
	s.t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(s.t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/socket.io/?"+query, header)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	s.t.Cleanup(func() { _ = ws.Close() })
	return &client{t: s.t, ws: ws}
}

const (
	overPolling = "EIO=4&transport=polling"
	overSocket  = "EIO=4&transport=websocket"
)

// session opens one that polls.
func (s *site) session(header http.Header) (query string) {
	s.t.Helper()
	_, open, _ := s.request(http.MethodGet, "/socket.io/?"+overPolling, header, "")
	return "&sid=" + strings.Split(open, `"`)[3]
}

// leave ends one that polls, or the gateway waits for it at its own end.
func (s *site) leave(sid string) {
	s.request(http.MethodPost, "/socket.io/?"+overPolling+sid, nil, "1")
}

// upgrade takes a session from polling to a WebSocket.
func (s *site) upgrade(sid string, header http.Header) *client {
	s.t.Helper()
	c := s.socket(overSocket+sid, header)
	c.write("2probe")
	if got := c.read(); got != "3probe" {
		s.t.Fatalf("the probe was answered by %s", got)
	}
	c.write("5")
	return c
}

// transports are the ways in: each connects with auth from a page with the headers, and returns the answer.
var transports = map[string]func(s *site, header http.Header, auth map[string]any) string{
	"websocket": func(s *site, header http.Header, auth map[string]any) string {
		c := s.socket(overSocket, header)
		c.read()
		return c.connect(auth)
	},
	"polling": func(s *site, header http.Header, auth map[string]any) string {
		sid := s.session(header)
		data := try[[]byte](s.t)(json.Marshal(auth))
		if status, body, _ := s.request(http.MethodPost, "/socket.io/?"+overPolling+sid, header, "40"+string(data)); status != http.StatusOK {
			s.t.Fatalf("CONNECT: %d %s", status, body)
		}
		_, answer, _ := s.request(http.MethodGet, "/socket.io/?"+overPolling+sid, header, "")
		s.leave(sid)
		first, _, _ := strings.Cut(answer, "\x1e")
		return first
	},
	"upgrade": func(s *site, header http.Header, auth map[string]any) string {
		return s.upgrade(s.session(header), header).connect(auth)
	},
	"revision 3": func(s *site, header http.Header, auth map[string]any) string {
		q := url.Values{}
		for k, v := range auth {
			q.Set(k, v.(string))
		}
		c := s.socket("EIO=3&transport=websocket&"+q.Encode(), header)
		c.read()
		return c.read()
	},
}

// raw sends bytes over a connection of its own and returns what comes back until it is closed. What is to
// follow is sent once the head of an answer has come.
func (s *site) raw(request string, following ...string) string {
	s.t.Helper()
	conn := try[net.Conn](s.t)((&net.Dialer{}).DialContext(s.t.Context(), "tcp", strings.TrimPrefix(s.url, "http://")))
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(patience))
	_ = try[int](s.t)(io.WriteString(conn, request))
	r := bufio.NewReader(conn)
	head := ""
	for _, more := range following {
		for !strings.HasSuffix(head, "\r\n\r\n") {
			head += try[string](s.t)(r.ReadString('\n'))
		}
		_ = try[int](s.t)(io.WriteString(conn, more))
	}
	rest, err := io.ReadAll(r)
	if err != nil {
		s.t.Fatalf("%v after %q", err, head+string(rest))
	}
	return head + string(rest)
}

// forge makes a JWT as one likes, signed by HMAC with the key; without one it is not signed.
func forge(t *testing.T, header map[string]any, v token.Visitor, key []byte) string {
	t.Helper()
	text := func(v any) string {
		return base64.RawURLEncoding.EncodeToString(try[[]byte](t)(json.Marshal(v)))
	}
	signed := text(header) + "." + text(map[string]any{"p": v, "exp": time.Now().Add(time.Hour).Unix()})
	if key == nil {
		return signed + "."
	}
	mac := hmac.New(sha256.New, key)
	_, _ = io.WriteString(mac, signed)
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// another is a token that is genuine, too, but another one.
func another(t *testing.T, s *site, v token.Visitor) string {
	t.Helper()
	v.Conversation = newID()
	return try[string](t)(s.tokens.SignVisitor(v))
}

// slowly lets something happen so often, and then hardly ever again.
func slowly(burst int) limit.Rate { return limit.Rate{PerSecond: 0.001, Burst: burst} }

func uploading(version int64) *configv1.Bot {
	return &configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Uploads: on, Version: version}
}

func blocking(version int64, network string) *configv1.Bot {
	return &configv1.Bot{
		Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Version: version,
		Blocks: []*configv1.Block{{Who: &configv1.Block_Network{Network: network}}},
	}
}
