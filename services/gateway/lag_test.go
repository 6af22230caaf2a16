package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/token"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
)

// lagging returns a second gateway of the site, which shows nothing until it is run: its feed is late.
func (s *site) lagging() (_ *site, run func()) {
	s.t.Helper()
	g := try[*gateway.Gateway](s.t)(gateway.New(gateway.Config{}, gateway.Deps{
		Log: s.log, Settings: s.cache, Tokens: s.tokens,
		History: historyv1.NewHistoryServiceClient(s.rpc.Local(s.source(token.Gateway))),
	}))
	g.ReadRevocations(s.t.Context())
	mux := http.NewServeMux()
	g.Mount(mux)
	srv := httptest.NewServer(mux)
	late := *s
	late.url, late.gateway = srv.URL, g
	stop := func() {}
	s.t.Cleanup(func() { stop(); srv.Close() }) // behind the clients'
	return &late, func() { stop = s.run(g.Run) }
}

// What a first load has brought is not shown again when the feed, which was behind it, arrives there.
func TestFirstLoadIsAheadOfTheFeed(t *testing.T) {
	s := newSite(t)
	_, session := s.visit()
	late, run := s.lagging()
	bot := s.as(token.Scenario)
	reply := func(text string) {
		req := &gatewayv1.DeliverRequest{Message: botText(session.field("conversation"), "r/"+text, text)}
		if _, err := bot.Deliver(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	before := late.reconnect(session)
	reply("1")
	after := late.dial(shop)
	after.connect(map[string]any{"token": session.field("token")})
	after.next()
	if h := after.next(); h.name != "history" || h.offset() == "" {
		t.Fatalf("received %s, want the history", h.name)
	}
	run()
	reply("2")
	for c, texts := range map[*client][]string{before: {"1", "2"}, after: {"2"}} {
		for _, want := range texts {
			if e := c.next(); e.field("text") != want {
				t.Errorf("shown %s %s, want %s", e.name, e.args, want)
			}
		}
	}
}
