package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// strangers are origins that are neither the shop's nor the gateway's own, however much like them.
func (s *site) strangers() map[string][]string {
	own, host := s.url, strings.TrimPrefix(s.url, "http://")
	return map[string][]string{
		"another site":                 {"https://evil.example.com"},
		"a page without an origin":     {"null"},
		"http for https":               {"http://shop.example.com"},
		"with a slash":                 {shop + "/"},
		"with a path":                  {shop + "/chat"},
		"with the default port":        {shop + ":443"},
		"with another port":            {shop + ":8443"},
		"in upper case":                {"HTTPS://SHOP.EXAMPLE.COM"},
		"with the root's dot":          {shop + "."},
		"a domain that begins alike":   {shop + ".evil.example"},
		"a domain that ends alike":     {"https://evilshop.example.com"},
		"a domain below":               {"https://a.shop.example.com"},
		"a user's name before":         {"https://user@shop.example.com"},
		"the shop as a user's name":    {"https://shop.example.com@evil.example"},
		"a space behind":               {shop + " https://evil.example.com"},
		"a comma behind":               {shop + ", https://evil.example.com"},
		"the shop, then another":       {shop, "https://evil.example.com"},
		"another, then the shop":       {"https://evil.example.com", shop},
		"our own, then another":        {own, "https://evil.example.com"},
		"our own, twice":               {own, own},
		"our own with a user's name":   {"http://user@" + host},
		"our own with a path":          {own + "/widget/"},
		"our own with a query":         {own + "?"},
		"our own with a fragment":      {own + "#x"},
		"our own under another scheme": {"ftp://" + host},
		"our own with upper case":      {"HTTP://" + host},
		"our host on another port":     {"http://127.0.0.1:1"},
		"our host as a path":           {"https://evil.example/" + host},
		"a script":                     {"javascript://" + host},
		"another site, %0d%0a":         {"https://evil.example%0d%0aAccess-Control-Allow-Origin:*"},
	}
}

func TestForbiddenOrigins(t *testing.T) {
	s := newSiteWith(t, crowded())
	s.set(&configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Uploads: on, Version: 2})
	defer http.DefaultClient.CloseIdleConnections()
	c := s.dial(shop)
	pid := identified(t, c.connect(map[string]any{"bot_id": "1"})).PID
	session, offset := c.next(), c.next().offset()

	for name, origin := range s.strangers() {
		header := http.Header{"Origin": origin}
		for transport, enter := range transports {
			for who, auth := range map[string]map[string]any{
				"a newcomer": {"bot_id": "1"},
				"a token":    {"token": session.field("token")},
				"a recovery": {"pid": pid, "offset": offset, "bot_id": "1"},
			} {
				if got := enter(s, header, auth); !strings.HasPrefix(got, "44{") || !strings.Contains(got, `"code":"origin_forbidden"`) {
					t.Errorf("%s, %s, %s: %s", transport, name, who, got)
				}
			}
		}
		if status, body, _ := s.request(http.MethodPost, "/widget/v2/token", header, `{"bot_id":"1","site":"`+shop+`"}`); status != http.StatusForbidden {
			t.Errorf("token, asked from %s: %d %s", name, status, body)
		}
		site := try[[]byte](t)(json.Marshal(strings.Join(origin, ",")))
		if status, body, _ := s.request(http.MethodPost, "/widget/v2/token", nil, `{"bot_id":"1","site":`+string(site)+`}`); status != http.StatusForbidden {
			t.Errorf("token, asked for %s: %d %s", name, status, body)
		}
		_, script, h := s.request(http.MethodGet, "/widget/v2/settings/1.js", header, "")
		if !strings.HasPrefix(script, `__kw.refused("1",{"code":"origin_forbidden"`) || h.Get("Vary") == "" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("settings, asked from %s: %s %v", name, script, h)
		}
		if status, _, code := s.upload(session.field("token"), "a.txt", strings.NewReader("x"), func(r *http.Request) { r.Header["Origin"] = origin }); status != http.StatusForbidden {
			t.Errorf("upload from %s: %d %s", name, status, code)
		}
		if !strings.Contains(name, "another site") {
			continue
		}
		_, _, h = s.request(http.MethodGet, "/widget/v2/frame/?bot-id=1", http.Header{"Origin": origin, "Referer": {origin[0] + "/"}}, "")
		if policy := h.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "frame-ancestors 'self' "+shop) || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("frame, asked from %s: %v", name, h)
		}
	}
}

// Who is welcome is so on every transport; whoever names no origin needs a token.
func TestAllowedAndMissingOrigins(t *testing.T) {
	s := newSiteWith(t, crowded())
	defer http.DefaultClient.CloseIdleConnections()
	_, session := s.visit()
	for name, tt := range map[string]struct {
		header http.Header
		auth   map[string]any
		want   string
	}{
		"the shop":                 {http.Header{"Origin": {shop}}, map[string]any{"bot_id": "1"}, "40"},
		"our own":                  {http.Header{"Origin": {s.url}}, map[string]any{"bot_id": "1"}, "40"},
		"our own, with a token":    {http.Header{"Origin": {s.url}}, map[string]any{"token": session.field("token")}, "40"},
		"none":                     {nil, map[string]any{"bot_id": "1"}, "44"},
		"none, with a token":       {nil, map[string]any{"token": session.field("token")}, "40"},
		"an empty one":             {http.Header{"Origin": {""}}, map[string]any{"bot_id": "1"}, "44"},
		"none, but a referrer":     {http.Header{"Referer": {shop + "/"}}, map[string]any{"bot_id": "1"}, "44"},
		"none, but another header": {http.Header{"X-Forwarded-Origin": {shop}, "Sec-Websocket-Origin": {shop}}, map[string]any{"bot_id": "1"}, "44"},
	} {
		for transport, enter := range transports {
			if got := enter(s, tt.header, tt.auth); !strings.HasPrefix(got, tt.want) {
				t.Errorf("%s, %s: %s, want %s", transport, name, got, tt.want)
			}
		}
	}
	if status, body, _ := s.request(http.MethodPost, "/widget/v2/token", http.Header{"Sec-Fetch-Site": {"cross-site"}}, `{"bot_id":"1","site":"`+shop+`"}`); status != http.StatusForbidden {
		t.Errorf("token across sites without an origin: %d %s", status, body)
	}
	if status, body, _ := s.request(http.MethodPost, "/widget/v2/token", nil, `{"bot_id":"1","site":""}`); status != http.StatusForbidden {
		t.Errorf("token for no site: %d %s", status, body)
	}
}

// A session is its page's: another page that has got hold of its id does not go on with it.
func TestSessionOfAnotherOrigin(t *testing.T) {
	s := newSiteWith(t, crowded())
	defer http.DefaultClient.CloseIdleConnections()
	evil := http.Header{"Origin": {"https://evil.example.com"}}
	sid := s.session(http.Header{"Origin": {shop}})
	for name, ask := range map[string]func() (int, string, http.Header){
		"poll": func() (int, string, http.Header) {
			return s.request(http.MethodGet, "/socket.io/?"+overPolling+sid, evil, "")
		},
		"post": func() (int, string, http.Header) {
			return s.request(http.MethodPost, "/socket.io/?"+overPolling+sid, evil, `40{"bot_id":"1"}`)
		},
		"upgrade": func() (int, string, http.Header) {
			h := http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}
			h["Origin"] = evil["Origin"]
			return s.request(http.MethodGet, "/socket.io/?"+overSocket+sid, h, "")
		},
	} {
		if status, body, _ := ask(); status != http.StatusBadRequest || !strings.Contains(body, `"code":1`) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if got := s.upgrade(sid, http.Header{"Origin": {shop}}).connect(map[string]any{"bot_id": "1"}); !strings.HasPrefix(got, "40{") {
		t.Errorf("its own page: %s", got)
	}
}

// With a public URL nothing that a request says of its host makes an origin our own.
func TestHostDoesNotMakeAnOriginOurOwn(t *testing.T) {
	cfg := crowded()
	cfg.PublicURL = "https://chat.example.com"
	s := newSiteWith(t, cfg)
	defer http.DefaultClient.CloseIdleConnections()
	host := strings.TrimPrefix(s.url, "http://")
	for name, raw := range map[string]string{
		"as asked":            "POST /widget/v2/token HTTP/1.1\r\nHost: " + host + "\r\nOrigin: " + s.url,
		"another host":        "POST /widget/v2/token HTTP/1.1\r\nHost: evil.example\r\nOrigin: https://evil.example",
		"no host":             "POST /widget/v2/token HTTP/1.1\r\nHost: \r\nOrigin: https://",
		"before HTTP/1.1":     "POST /widget/v2/token HTTP/1.0\r\nOrigin: http://",
		"the whole address":   "POST https://evil.example/widget/v2/token HTTP/1.1\r\nHost: chat.example.com\r\nOrigin: https://evil.example",
		"a forwarded host":    "POST /widget/v2/token HTTP/1.1\r\nHost: chat.example.com\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nOrigin: https://evil.example",
		"a rewritten url":     "POST /widget/v2/token HTTP/1.1\r\nHost: chat.example.com\r\nX-Original-URL: https://evil.example/\r\nX-Rewrite-URL: https://evil.example/\r\nOrigin: https://evil.example",
		"another method":      "POST /widget/v2/token HTTP/1.1\r\nHost: chat.example.com\r\nX-HTTP-Method-Override: GET\r\nOrigin: https://evil.example",
		"http for https":      "POST /widget/v2/token HTTP/1.1\r\nHost: chat.example.com\r\nOrigin: http://chat.example.com",
		"the default port":    "POST /widget/v2/token HTTP/1.1\r\nHost: chat.example.com:443\r\nOrigin: https://chat.example.com:443",
		"in upper case":       "POST /widget/v2/token HTTP/1.1\r\nHost: CHAT.EXAMPLE.COM\r\nOrigin: https://CHAT.EXAMPLE.COM",
		"with the root's dot": "POST /widget/v2/token HTTP/1.1\r\nHost: chat.example.com.\r\nOrigin: https://chat.example.com.",
	} {
		body := `{"bot_id":"1","site":"` + shop + `"}`
		got := s.raw(fmt.Sprintf("%s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s", raw, len(body), body))
		if status, _, _ := strings.Cut(got, "\r\n"); !strings.HasSuffix(status, " 403 Forbidden") || !strings.Contains(got, "origin_forbidden") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if status, body, _ := s.request(http.MethodPost, "/widget/v2/token", http.Header{"Origin": {"https://chat.example.com"}}, `{"bot_id":"1","site":"`+shop+`"}`); status != http.StatusOK {
		t.Errorf("our own: %d %s", status, body)
	}
}

// Without one, an empty host is nobody's.
func TestNoHost(t *testing.T) {
	s := newSiteWith(t, crowded())
	for name, raw := range map[string]string{
		"an empty host":   "GET /widget/v2/settings/1.js HTTP/1.1\r\nHost: \r\nOrigin: http://\r\nConnection: close\r\n\r\n",
		"before HTTP/1.1": "GET /widget/v2/settings/1.js HTTP/1.0\r\nOrigin: http://\r\n\r\n",
	} {
		if got := s.raw(raw); !strings.Contains(got, "origin_forbidden") {
			t.Errorf("%s: %s", name, got)
		}
	}
}
