package gateway_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// Whoever is blocked leaves at once, is told why on every door, and comes back when the block ends.
func TestBlocks(t *testing.T) {
	s := newSite(t)
	version := int64(1)
	set := func(blocks ...*configv1.Block) {
		t.Helper()
		version++
		bot := &configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Version: version, Blocks: blocks, BlockMessage: "Call us instead."}
		if err := s.bucket.PutBot(t.Context(), bot); err != nil {
			t.Fatal(err)
		}
		s.await(func() bool { b, _ := s.cache.Bot("1"); return b.GetVersion() == version })
	}
	for name, who := range map[string]func(session event) *configv1.Block{
		"address": func(event) *configv1.Block {
			return &configv1.Block{Who: &configv1.Block_Network{Network: "127.0.0.1"}}
		},
		"range": func(event) *configv1.Block {
			return &configv1.Block{Who: &configv1.Block_Network{Network: "127.0.0.0/8"}}
		},
		"visitor": func(e event) *configv1.Block {
			return &configv1.Block{Who: &configv1.Block_Visitor{Visitor: e.field("visitor")}}
		},
		"conversation": func(e event) *configv1.Block {
			return &configv1.Block{Who: &configv1.Block_Conversation{Conversation: e.field("conversation")}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, session := s.visit()
			auth := map[string]any{"token": session.field("token")}
			b := who(session)
			set(&configv1.Block{Who: &configv1.Block_Network{Network: "203.0.113.0/24"}}, b)
			got := c.read()
			for strings.HasPrefix(got, `42["settings"`) { // of the change before
				got = c.read()
			}
			if !strings.HasPrefix(got, "closed") {
				t.Errorf("received %s, want the end", got)
			}
			if got := s.dial(shop).connect(auth); !strings.Contains(got, `"code":"blocked","message":"Call us instead."`) {
				t.Errorf("CONNECT: %s", got)
			}
			status, body := s.token(`{"bot_id": "1", "site": "` + shop + `", "token": "` + session.field("token") + `"}`)
			if status != http.StatusForbidden || !strings.Contains(body, `"code":"blocked","message":"Call us instead."`) {
				t.Errorf("token: %d %s", status, body)
			}
			b.Until = timestamppb.New(time.Now().Add(-time.Second))
			set(b)
			if got := s.dial(shop).connect(auth); !strings.HasPrefix(got, "40{") {
				t.Errorf("CONNECT after the block's end: %s", got)
			}
			set()
		})
	}
}
