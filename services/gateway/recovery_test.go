package gateway_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchboard-chat/switchboard/internal/token"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
)

// beside is a second gateway of the site's, as a load balancer would lead to, or the one that comes
// after a restart.
func (s *site) beside() *site {
	s.t.Helper()
	other := *s
	mux := http.NewServeMux()
	srv := httptest.NewUnstartedServer(mux)
	cfg := gateway.Config{Advertise: srv.Listener.Addr().String()}
	other.gateway = try[*gateway.Gateway](s.t)(gateway.New(cfg, gateway.Deps{
		Log: s.log, Settings: s.cache, Tokens: s.tokens,
		History: historyv1.NewHistoryServiceClient(s.rpc.Local(s.source(token.Gateway))),
	}))
	other.gateway.Mount(mux)
	srv.Start()
	other.url = srv.URL
	stop := s.run(other.gateway.Run)
	s.t.Cleanup(func() { stop(); srv.Close() })
	other.ready()
	return &other
}

// ids are a socket's, as the answer to CONNECT has them.
type ids struct{ SID, PID string }

func identified(t *testing.T, answer string) ids {
	t.Helper()
	var i ids
	text, ok := strings.CutPrefix(answer, "40")
	if err := json.Unmarshal([]byte(text), &i); !ok || err != nil || i.SID == "" || i.PID == "" {
		t.Fatalf("CONNECT: %s %v", answer, err)
	}
	return i
}

// A client that knows nothing but what its library keeps is the same socket again, on whichever gateway,
// and gets what it missed.
func TestRecovery(t *testing.T) {
	s := newSite(t)
	c := s.dial(shop)
	before := identified(t, c.connect(map[string]any{"bot_id": "1"}))
	session, history := c.next(), c.next()
	conversation := session.field("conversation")
	reply := func(n int) {
		req := &gatewayv1.DeliverRequest{Message: botText(conversation, fmt.Sprintf("r/%d", n), fmt.Sprint(n))}
		if _, err := s.as(token.Scenario).Deliver(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	offset := history.offset()
	for n, at := range map[int]*site{1: s, 2: s.beside()} {
		_ = c.ws.Close()
		reply(n)
		c = at.dial(shop)
		after := identified(t, c.connect(map[string]any{"bot_id": "1", "pid": before.PID, "offset": offset}))
		if after != before {
			t.Fatalf("ids %v, want %v", after, before)
		}
		if again := c.next(); again.name != "session" || again.field("resumed") != "true" || again.field("conversation") != conversation {
			t.Fatalf("first event %s %s, want the session resumed", again.name, again.args)
		}
		e := c.next()
		if e.name != "message" || e.field("text") != fmt.Sprint(n) {
			t.Fatalf("then %s %s, want %d", e.name, e.args, n)
		}
		offset = e.offset()
	}
}

// What cannot be resumed is a fresh socket, which a client tells by its private id, with the history.
func TestRecoveryThatCannotBe(t *testing.T) {
	s := newSite(t)
	c := s.dial(shop)
	before := identified(t, c.connect(map[string]any{"bot_id": "1"}))
	session, offset := c.next(), c.next().offset()
	_, stranger := s.visit()
	other := try[*token.Keys](t)(token.NewKeys([]byte(strings.Repeat("o", token.MinSecret))))
	forged := try[string](t)(other.SignRecovery(token.Recovery{Socket: "x", Visitor: token.Visitor{Bot: "1", Visitor: newID(), Conversation: session.field("conversation"), Site: shop}}))
	tests := map[string]struct {
		auth map[string]any
		same bool // the conversation
	}{
		"no offset":               {map[string]any{"pid": before.PID}, true},
		"of another generation":   {map[string]any{"pid": before.PID, "offset": "000000000-7"}, true},
		"from the future":         {map[string]any{"pid": before.PID, "offset": session.field("generation") + "-999999"}, true},
		"with a stranger's token": {map[string]any{"pid": before.PID, "offset": offset, "token": stranger.field("token")}, false},
		"as another user":         {map[string]any{"pid": before.PID, "offset": offset, "bot_id": "1", "user_id": "ivan"}, false},
		"as a verified user":      {map[string]any{"pid": before.PID, "offset": offset, "bot_id": "1", "user_token": s.identity("ivan", 0, time.Minute)}, false},
		"forged":                  {map[string]any{"pid": forged, "offset": offset, "bot_id": "1"}, false},
		"rubbish":                 {map[string]any{"pid": "x", "offset": offset, "bot_id": "1"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := s.dial(shop)
			after := identified(t, c.connect(tt.auth))
			again := c.next()
			if after.SID == before.SID || after.PID == before.PID {
				t.Error("the socket is taken to be the one that it was")
			}
			if (again.field("conversation") == session.field("conversation")) != tt.same {
				t.Errorf("conversation %s, the same: want %v", again.field("conversation"), tt.same)
			}
		})
	}
	if got := s.dial("https://evil.example.com").connect(map[string]any{"pid": before.PID, "offset": offset}); !strings.Contains(got, "origin_forbidden") {
		t.Errorf("from another site: %s", got)
	}
	if got := s.dial(shop).connect(map[string]any{"pid": "x"}); !strings.Contains(got, "token_missing") {
		t.Errorf("nothing but rubbish: %s", got)
	}
}

// A long resume is one response to a client that polls, and not the end of one that is too slow.
func TestLongResumeWhilePolling(t *testing.T) {
	s := newSite(t)
	defer http.DefaultClient.CloseIdleConnections()
	c := s.dial(shop)
	before := identified(t, c.connect(map[string]any{"bot_id": "1"}))
	conversation, offset := c.next().field("conversation"), c.next().offset()
	_ = c.ws.Close()
	const missed = 700
	for n := range missed {
		req := &gatewayv1.DeliverRequest{Message: botText(conversation, fmt.Sprintf("r/%d", n), fmt.Sprint(n))}
		if _, err := s.as(token.Scenario).Deliver(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	p := &poller{t: t, sites: []*site{s}}
	_, open := p.ask(http.MethodGet, "")
	p.query = "&sid=" + strings.Split(open, `"`)[3]
	auth := try[[]byte](t)(json.Marshal(map[string]any{"pid": before.PID, "offset": offset}))
	if status, body := p.ask(http.MethodPost, "40"+string(auth)); status != http.StatusOK {
		t.Fatalf("CONNECT: %d %s", status, body)
	}
	got := 0
	for got < missed {
		status, body := p.ask(http.MethodGet, "")
		if status != http.StatusOK {
			t.Fatalf("%d %s after %d of %d", status, body, got, missed)
		}
		got += strings.Count(body, `"type":"text"`)
	}
	if got != missed {
		t.Errorf("%d events, want %d", got, missed)
	}
}

// The library keeps the private id when the page's user changes: nothing of the former user shows.
func TestRecoveryIsOfOneUser(t *testing.T) {
	s := newSite(t)
	connect := func(auth map[string]any) (ids, event, string) {
		c := s.dial(shop)
		auth["bot_id"] = "1"
		who := identified(t, c.connect(auth))
		session := c.next()
		if session.field("resumed") == "true" {
			return who, session, ""
		}
		return who, session, c.next().offset()
	}
	olena := func() string { return s.identity("olena", 0, time.Minute) }
	of := map[string]map[string]any{
		"guest": {}, "claimed": {"user_id": "olena"}, "verified": {"user_token": olena()}, "another": {"user_token": s.identity("ivan", 0, time.Minute)},
	}
	for was := range of {
		for is := range of {
			before, session, offset := connect(maps.Clone(of[was]))
			auth := maps.Clone(of[is])
			auth["pid"], auth["offset"] = before.PID, offset
			after, again, _ := connect(auth)
			if same := after == before && again.field("conversation") == session.field("conversation"); same != (was == is) {
				t.Errorf("%s, then %s: taken to be the same %v", was, is, same)
			}
		}
	}
}
