package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
	"github.com/switchboard-chat/switchboard/services/gateway/preview"
)

// page is a site that a message may link to, and how often it was asked.
func page(t *testing.T) (url string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<title>Tea</title><meta property="og:site_name" content="Shop"><meta property="og:image" content="https://cdn.example.com/tea.png">`)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, asked
}

func looking(t *testing.T, rate limit.Rate) gateway.Config {
	t.Helper()
	cfg := crowded()
	cfg.Previews = rate
	if err := cfg.PreviewNetworks.UnmarshalText([]byte("127.0.0.1")); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// post sends what the frame asks for.
func (s *site) post(path string, header http.Header, body map[string]any) (int, string, http.Header) {
	s.t.Helper()
	return s.request(http.MethodPost, path, header, string(try[[]byte](s.t)(json.Marshal(body))))
}

func (s *site) say(from, conversation, id string, m *chatv1.Message) {
	s.t.Helper()
	m.Id, m.Bot, m.Conversation = conversation+"/"+id, "1", conversation
	if _, err := s.as(from).Deliver(s.t.Context(), &gatewayv1.DeliverRequest{Message: m, Unfenced: from == token.Operator}); err != nil {
		s.t.Fatal(err)
	}
}

func spoken(text string) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: text}}}
}

func TestPreview(t *testing.T) {
	s := newSiteWith(t, looking(t, limit.Unlimited()))
	defer http.DefaultClient.CloseIdleConnections()
	s.set(rich(2))
	url, asked := page(t)
	_, session := s.visit()
	body := map[string]any{"token": session.field("token"), "url": url + "/tea#green"}
	if status, answer, _ := s.post("/widget/v2/preview", nil, body); status != http.StatusNotFound || !strings.Contains(answer, "no_preview") || asked.Load() != 0 {
		t.Errorf("before anybody linked to it: %d %s, asked %d times", status, answer, asked.Load())
	}
	s.say(token.Operator, session.field("conversation"), newID(), spoken("Look: "+url+"/tea."))
	for range 3 {
		status, answer, h := s.post("/widget/v2/preview", http.Header{"Origin": {s.url}}, body)
		var got preview.Page
		want := preview.Page{URL: url + "/tea#green", Title: "Tea", Site: "Shop", Image: "https://cdn.example.com/tea.png"}
		if err := json.Unmarshal([]byte(answer), &got); err != nil || status != http.StatusOK || got != want || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%d %s, want %+v", status, answer, want)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the page was asked for %d times", n)
	}
	// What the history has beyond the log counts, too, and what the history has not recorded yet.
	s.record.upTo = 1
	if status, answer, _ := s.post("/widget/v2/preview", nil, body); status != http.StatusOK {
		t.Errorf("not recorded yet: %d %s", status, answer)
	}
	s.record.down = true
	if status, answer, _ := s.post("/widget/v2/preview", nil, body); status != http.StatusServiceUnavailable {
		t.Errorf("without the history: %d %s", status, answer)
	}
}

// Nobody makes the gateway look at what they like.
func TestPreviewIsNoProxy(t *testing.T) {
	s := newSiteWith(t, looking(t, limit.Unlimited()))
	defer http.DefaultClient.CloseIdleConnections()
	s.set(rich(2))
	url, asked := page(t)
	c, session := s.visit()
	other, theirs := s.visit()
	mine := session.field("token")
	s.say(token.Scenario, theirs.field("conversation"), "x/1", spoken(url+"/theirs"))
	if got := other.next(); got.name != "message" {
		t.Fatalf("received %s", got.name)
	}
	if ack, _ := c.emit("message", say(newID(), url+"/mine")); ack.field("ok") != "true" {
		t.Fatalf("not taken: %s", ack.args)
	}
	local := []string{"http://localhost:1/", "http://[::1]/", "http://169.254.169.254/latest/", "http://127.0.0.2/", "http://0.0.0.0/", "file:///etc/passwd", "http://user@127.0.0.1/"}
	s.say(token.Scenario, session.field("conversation"), "x/1", spoken(strings.Join(local, " ")))
	expired := forge(t, map[string]any{"alg": "none"}, token.Visitor{Bot: "1", Visitor: newID(), Conversation: session.field("conversation"), Site: shop}, nil)
	type test struct {
		header http.Header
		body   map[string]any
		status int
		code   string
	}
	tests := map[string]test{
		"a visitor's own link":    {nil, map[string]any{"token": mine, "url": url + "/mine"}, 404, "no_preview"},
		"another's conversation":  {nil, map[string]any{"token": mine, "url": url + "/theirs"}, 404, "no_preview"},
		"nowhere":                 {nil, map[string]any{"token": mine, "url": url + "/none"}, 404, "no_preview"},
		"nothing":                 {nil, map[string]any{"token": mine}, 404, "no_preview"},
		"no token":                {nil, map[string]any{"url": url + "/theirs"}, 401, "token_missing"},
		"a forged token":          {nil, map[string]any{"token": expired, "url": url + "/theirs"}, 401, "token_invalid"},
		"another's token as text": {nil, map[string]any{"token": "x", "url": url}, 401, "token_invalid"},
		"another page":            {http.Header{"Origin": {shop}}, map[string]any{"token": mine, "url": url}, 403, "origin_forbidden"},
		"across sites":            {http.Header{"Sec-Fetch-Site": {"cross-site"}}, map[string]any{"token": mine, "url": url}, 403, "origin_forbidden"},
		"unknown field":           {nil, map[string]any{"token": mine, "url": url, "method": "POST"}, 400, "bad_request"},
		"no text":                 {nil, map[string]any{"token": mine, "url": 7}, 400, "bad_request"},
		"large":                   {nil, map[string]any{"token": mine, "url": strings.Repeat("x", 9000)}, 413, "too_large"},
	}
	for _, address := range local {
		tests["of a bot: "+address] = test{nil, map[string]any{"token": mine, "url": address}, 404, "no_preview"}
	}
	for name, tt := range tests {
		if status, answer, _ := s.post("/widget/v2/preview", tt.header, tt.body); status != tt.status || !strings.Contains(answer, `"code":"`+tt.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", name, status, answer, tt.status, tt.code)
		}
	}
	if status, _, _ := s.request(http.MethodGet, "/widget/v2/preview", nil, ""); status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", status)
	}
	b := rich(3)
	b.Widget.LinkPreviews = false
	s.set(b)
	if status, answer, _ := s.post("/widget/v2/preview", nil, map[string]any{"token": theirs.field("token"), "url": url + "/theirs"}); status != http.StatusForbidden || !strings.Contains(answer, "previews_off") {
		t.Errorf("switched off: %d %s", status, answer)
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the page was asked for %d times", n)
	}
}

func TestPreviewsAreLimited(t *testing.T) {
	s := newSiteWith(t, looking(t, slowly(2)))
	defer http.DefaultClient.CloseIdleConnections()
	s.set(rich(2))
	limited := map[string]int{}
	for visitor := range 11 {
		_, session := s.visit()
		for range 3 {
			status, _, h := s.post("/widget/v2/preview", nil, map[string]any{"token": session.field("token"), "url": "https://example.com/"})
			if status == http.StatusTooManyRequests && h.Get("Retry-After") != "" {
				limited[fmt.Sprint(visitor < 10)]++
			}
		}
	}
	if limited["true"] != 10 || limited["false"] != 3 { // one of three of each visitor, and all of the eleventh of one address
		t.Errorf("limited %v", limited)
	}
}
