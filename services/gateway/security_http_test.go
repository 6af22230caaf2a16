package gateway_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// A path leads to what it names, whatever it is written like: to a page of ours, or nowhere.
func TestPaths(t *testing.T) {
	s := uploads(t, gateway.Config{}, on)
	defer http.DefaultClient.CloseIdleConnections()
	_, session := s.visit()
	_, up, _ := s.upload(session.field("token"), "a.txt", strings.NewReader("a file of the visitor's"))
	for _, path := range []string{
		"/widget/v2/files/", "/widget/v2/files/.", "/widget/v2/files/..", "/widget/v2/files/../kw.js/../../../etc/passwd", "/widget/v2/files/%2e%2e",
		"/widget/v2/files/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/widget/v2/files/..%5c..%5cetc%5cpasswd", "/widget/v2/files/%252e%252e%252f", "/widget/v2/files//etc/passwd",
		"/widget/v2/files/%2fetc%2fpasswd", "/widget/v2/files/uploads%2f" + up.ID, "/widget/v2/files/" + up.ID + "%00", "/widget/v2/files/" + up.ID + "%00.png",
		"/widget/v2/files/" + up.ID + "/", "/widget/v2/files/" + up.ID + "/x", "/widget/v2/files/" + up.ID + ";x", "/widget/v2/files/" + strings.ToLower(up.ID) + "A",
		"/widget/v2/files/" + up.ID + "%0d%0aX-Evil:%201", "/widget/v2/files/" + up.ID + "%20", "/widget/v2/files/" + up.ID + "\\", "/WIDGET/V2/FILES/" + up.ID,
		"/widget/v2/assets/..%2f..%2fembed.go", "/widget/v2/assets/%2e%2e%2fpackage.json", "/widget/v2/assets/", "/widget/v2/assets/%2e", "/widget/v2/assets/%00",
		"/widget/v2/assets/..%2f.gitkeep", "/widget/v2/demo/..%2f..%2f..%2fetc%2fpasswd", "/widget/v2/demo/%2e%2e", "/widget/v2/assets/..%2fkw.js", "/widget/v2/assets/..%2fframe%2findex.html", "/widget/v2/demo/..%2fframe%2findex.html",
		"/widget/v2/assets/x%2f..%2f..%2fdemo%2findex.html", "/widget/v2/frame/index.html", "/widget/v2/settings/..%2f..%2fx.js.map",
		"/widget/v2/kw.js/", "/widget/v2/kw.js%00", "/widget/v2/kw.js%2f..%2f..", "/widget/v2/.git/config", "/.env", "//evil.example/", "//evil.example/%2e%2e", "/\\evil.example/",
		"/widget/v2//files/" + up.ID, "/./widget/v2/files/" + up.ID, "/widget/%2e%2e/%2e%2e/etc/passwd", "/%ff%fe", "/socket.io/../widget/v2/files/x", "/socket.io%2f?EIO=4",
	} {
		got := s.raw("GET " + path + " HTTP/1.1\r\nHost: chat.example.com\r\nConnection: close\r\n\r\n")
		head, body, _ := strings.Cut(got, "\r\n\r\n")
		status, _, _ := strings.Cut(head, "\r\n")
		switch {
		case strings.Contains(body, "a file of the visitor's"), strings.Contains(body, "root:"), strings.Contains(head, "X-Evil"):
			t.Errorf("%s: %s", path, got)
		case strings.HasPrefix(status, "HTTP/1.1 400"), strings.HasPrefix(status, "HTTP/1.1 404"), strings.HasPrefix(status, "HTTP/1.1 405"):
		case strings.HasPrefix(status, "HTTP/1.1 301"), strings.HasPrefix(status, "HTTP/1.1 307"): // to the same path, written plainly
			_, to, _ := strings.Cut(head, "\r\nLocation: ")
			if to, _, _ = strings.Cut(to, "\r\n"); !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\") {
				t.Errorf("%s leads to %s", path, to)
			}
		default:
			t.Errorf("%s: %.200s", path, got)
		}
	}
	if got := s.raw("GET " + up.URL + " HTTP/1.1\r\nHost: chat.example.com\r\nConnection: close\r\n\r\n"); !strings.Contains(got, "a file of the visitor's") {
		t.Errorf("the file itself: %s", got)
	}
}

// What a request says beside its path, its method and its headers of ours means nothing.
func TestRequestsThatPretend(t *testing.T) {
	s := uploads(t, gateway.Config{}, on)
	for name, tt := range map[string]struct{ request, want string }{
		"a path in a header":       {"GET /none HTTP/1.1\r\nHost: x\r\nX-Original-URL: /widget/v2/kw.js\r\nX-Rewrite-URL: /widget/v2/kw.js", " 404 "},
		"a method in a header":     {"GET /widget/v2/token HTTP/1.1\r\nHost: x\r\nX-HTTP-Method-Override: POST\r\nX-Method-Override: POST", " 405 "},
		"a method in the query":    {"GET /widget/v2/token?_method=POST HTTP/1.1\r\nHost: x", " 405 "},
		"another method":           {"PUT /widget/v2/files/x HTTP/1.1\r\nHost: x", " 405 "},
		"delete":                   {"DELETE /widget/v2/files/x HTTP/1.1\r\nHost: x", " 405 "},
		"trace":                    {"TRACE / HTTP/1.1\r\nHost: x", " 405 "},
		"two hosts":                {"GET /widget/v2/kw.js HTTP/1.1\r\nHost: x\r\nHost: y", " 400 "},
		"no host":                  {"GET /widget/v2/kw.js HTTP/1.1", " 400 "},
		"a host with a path":       {"GET /widget/v2/kw.js HTTP/1.1\r\nHost: x/y z", " 400 "},
		"a space before the colon": {"GET /widget/v2/kw.js HTTP/1.1\r\nHost : x", " 400 "},
		"two lengths":              {"POST /widget/v2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3", " 400 "},
		"length and chunks":        {"POST /widget/v2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: xchunked", " 501 "},
		"a proxy's request":        {"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\nProxy-Authorization: Basic eDp5", " 200 "}, // our own page, not theirs
		"connect":                  {"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example", " 405 "},
	} {
		got := s.raw(tt.request + "\r\nConnection: close\r\n\r\n")
		if status, _, _ := strings.Cut(got, "\r\n"); !strings.Contains(status, tt.want) {
			t.Errorf("%s: %.300s, want%s", name, got, tt.want)
		}
	}
}

// bomb is much in little.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	for range 64 {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Nothing that comes is unpacked, so nothing that is small becomes large.
func TestNothingIsUnpacked(t *testing.T) {
	s := newSiteWith(t, crowded())
	defer http.DefaultClient.CloseIdleConnections()
	s.set(uploading(2))
	_, session := s.visit()

	const hangUp = "\x88\x80\x00\x00\x00\x00"
	polling := s.session(nil)
	defer s.leave(polling)
	for transport, address := range map[string]string{"websocket": overSocket, "upgrade": overSocket + polling} {
		got := s.raw("GET /socket.io/?"+address+" HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"+
			"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x-webkit-deflate-frame\r\n\r\n", hangUp)
		if !strings.HasPrefix(got, "HTTP/1.1 101 ") || strings.Contains(strings.ToLower(got), "extensions") {
			t.Errorf("%s: %q", transport, got)
		}
	}
	// A frame that says that it is compressed all the same is refused.
	got := s.raw("GET /socket.io/?"+overSocket+" HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		"\xc1\x82\x00\x00\x00\x00"+"40")
	if !strings.Contains(got, "\x03\xea") { // 1002
		t.Errorf("a compressed frame: %q", got)
	}

	packed := bomb(t)[:8000]
	zipped := http.Header{"Content-Encoding": {"gzip"}, "Content-Type": {"application/json"}}
	if status, answer, _ := s.request(http.MethodPost, "/widget/v2/token", zipped, string(packed)); status != http.StatusBadRequest {
		t.Errorf("token: %d %s", status, answer)
	}
	sid := s.session(nil)
	if status, answer, _ := s.request(http.MethodPost, "/socket.io/?"+overPolling+sid, zipped, string(packed)); status != http.StatusBadRequest {
		t.Errorf("polling: %d %s", status, answer)
	}
	if status, _, code := s.upload(session.field("token"), "a.txt", bytes.NewReader(packed), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }); status != http.StatusUnsupportedMediaType || code != wire.TypeForbidden {
		t.Errorf("upload: %d %s", status, code)
	}
}

// What is too much is refused at once, and whoever sends it holds nothing.
func TestOversizedBodies(t *testing.T) {
	s := newSiteWith(t, crowded())
	defer http.DefaultClient.CloseIdleConnections()
	if got := s.raw("POST /widget/v2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n" + strings.Repeat(" ", 9_000)); !strings.Contains(got, " 413 ") {
		t.Errorf("token: %.200s", got)
	}
	if got := s.raw("POST /widget/v2/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2710\r\n" + strings.Repeat(" ", 10_000) + "\r\n"); !strings.Contains(got, " 413 ") {
		t.Errorf("token in pieces: %.200s", got)
	}
	for name, packet := range map[string]string{
		"CONNECT":  `40{"token":"` + strings.Repeat("x", 33<<10) + `"}`,
		"an event": `42["message",{"id":"` + newID() + `","type":"text","text":"` + strings.Repeat("x", 60<<10) + `"}]`,
		"a frame":  strings.Repeat("4", 65<<10),
	} {
		c, _ := s.visit()
		if name == "CONNECT" {
			c = s.dial(shop)
		}
		c.write(packet)
		got := c.read()
		for _, want := range map[string][]string{"CONNECT": {"44{", "too_large"}, "an event": {`42["problem"`, "too_large"}, "a frame": {"closed", "1009"}}[name] {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %.200s, want %s", name, got, want)
			}
		}
	}
	const pieces = " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
	if got := s.raw("POST /socket.io/?" + overPolling + s.session(nil) + pieces + "\r\n11000\r\n" + strings.Repeat("4", 0x11000) + "\r\n"); !strings.Contains(got, " 413 ") {
		t.Errorf("posted in pieces: %.200s", got)
	}
	s.set(&configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Uploads: &configv1.UploadSettings{Enabled: true, MaxBytes: 1024}, Version: 2})
	_, session := s.visit()
	if got := s.raw("POST /widget/v2/upload" + pieces + "Authorization: Bearer " + session.field("token") + "\r\n\r\n1000\r\n" + strings.Repeat("4", 0x1000) + "\r\n"); !strings.Contains(got, " 413 ") {
		t.Errorf("uploaded in pieces: %.200s", got)
	}
	sid := s.session(http.Header{"Origin": {shop}})
	if status, body, _ := s.request(http.MethodPost, "/socket.io/?"+overPolling+sid, http.Header{"Origin": {shop}}, strings.Repeat("4", 65<<10)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("posted: %d %s", status, body)
	}
}

// A body that does not come holds nothing for long.
func TestSlowBodies(t *testing.T) {
	s := newSiteWith(t, gateway.Config{BodyTime: 50 * time.Millisecond})
	if got := s.raw("POST /widget/v2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"); !strings.Contains(got, " 400 ") {
		t.Errorf("token: %.200s", got)
	}
}

// Only what our own proxies say of an address counts, so nobody gets round a limit or a block by a header.
func TestSpoofedAddresses(t *testing.T) {
	garbage := []string{"", ",,,,", "unknown", "_hidden", "203.0.113.7:1234", "[2001:db8::7]:1", "127.0.0.1", "::1", "::ffff:127.0.0.1", "0x7f000001", "203.0.113.7\t", "203.0.113.256", "fe80::1%eth0", strings.Repeat("198.51.100.1,", 2_000) + "198.51.100.2"}
	for name, proxies := range map[string]string{"nobody's proxy": "", "another proxy": "10.0.0.0/8, fd00::/8"} {
		cfg := gateway.Config{Connects: slowly(3)}
		if err := cfg.TrustedProxies.UnmarshalText([]byte(proxies)); err != nil {
			t.Fatal(err)
		}
		s := newSiteWith(t, cfg)
		limited := 0
		for i, value := range append(garbage, "198.51.100.1", "198.51.100.2", "2001:db8::1") {
			h := http.Header{"X-Forwarded-For": {value}, "X-Real-Ip": {fmt.Sprintf("198.51.100.%d", i)}, "Forwarded": {fmt.Sprintf("for=198.51.100.%d", i)}, "True-Client-Ip": {"1.1.1.1"}, "Cf-Connecting-Ip": {"1.1.1.1"}}
			if status, _, _ := s.request(http.MethodPost, "/widget/v2/token", h, `{"bot_id":"1","site":"`+shop+`"}`); status == http.StatusTooManyRequests {
				limited++
			}
		}
		if want := len(garbage); limited != want {
			t.Errorf("%s: %d are limited, want all but three: %d", name, limited, want)
		}
		http.DefaultClient.CloseIdleConnections()
	}

	cfg := gateway.Config{Connects: slowly(2)}
	if err := cfg.TrustedProxies.UnmarshalText([]byte("127.0.0.1, 10.0.0.0/8, 2001:db8:ffff::/48")); err != nil {
		t.Fatal(err)
	}
	s := newSiteWith(t, cfg)
	defer http.DefaultClient.CloseIdleConnections()
	for name, tt := range map[string]struct {
		forwarded []string // of requests that are one client's
		others    []string // of one that is another's
	}{
		"lies before it":           {[]string{"203.0.113.7", "198.51.100.1, 203.0.113.7", "203.0.113.8,203.0.113.7, 10.1.1.1"}, []string{"203.0.113.8"}},
		"IPv6, and its neighbours": {[]string{"2001:db8:1:1::1", "2001:db8:1:1::2", "9.9.9.9, 2001:db8:1:1:ffff::3, 2001:db8:ffff::9"}, []string{"2001:db8:1:2::1"}},
		"IPv4 as IPv6":             {[]string{"::ffff:203.0.113.20", "203.0.113.20", "1.1.1.1, ::ffff:203.0.113.20"}, []string{"203.0.113.21"}},
		"a very long list":         {[]string{"203.0.113.30", strings.Repeat("1.2.3.4,", 3_500) + "203.0.113.30", strings.Repeat("10.0.0.1,", 3_000) + "203.0.113.30"}, []string{"203.0.113.31"}},
	} {
		for i, value := range append(tt.forwarded, tt.others...) {
			want := http.StatusOK
			if i == 2 {
				want = http.StatusTooManyRequests
			}
			if status, body, _ := s.request(http.MethodPost, "/widget/v2/token", http.Header{"X-Forwarded-For": {value}}, `{"bot_id":"1","site":"`+shop+`"}`); status != want {
				t.Errorf("%s, %d: %d %s, want %d", name, i, status, body, want)
			}
		}
	}
	// The same address counts for the socket, and for a block.
	for transport, enter := range transports {
		if transport == "revision 3" {
			continue // is off here
		}
		if got := enter(s, http.Header{"Origin": {shop}, "X-Forwarded-For": {"6.6.6.6, 203.0.113.7"}}, map[string]any{"bot_id": "1"}); !strings.Contains(got, "rate_limited") {
			t.Errorf("%s: %s", transport, got)
		}
	}
	s.set(blocking(2, "203.0.113.50"))
	if status, body, _ := s.request(http.MethodPost, "/widget/v2/token", http.Header{"X-Forwarded-For": {"203.0.113.51, 203.0.113.50"}}, `{"bot_id":"1","site":"`+shop+`"}`); status != http.StatusForbidden || !strings.Contains(body, wire.Blocked) {
		t.Errorf("who is blocked, and lies: %d %s", status, body)
	}
}
