package gateway_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/geo"
	"github.com/switchboard-chat/switchboard/services/gateway/geo/geotest"
)

// recognizing is a site behind a proxy whose gateway knows places.
func recognizing(t *testing.T) *site {
	t.Helper()
	cfg := gateway.Config{GeoIPDB: geotest.Write(t, "", map[string]geo.Place{"203.0.113.0/24": {Country: "UA", City: "Kyiv"}})}
	if err := cfg.TrustedProxies.UnmarshalText([]byte("127.0.0.1")); err != nil {
		t.Fatal(err)
	}
	return newSiteWith(t, cfg)
}

func (s *site) recognize(on bool, version int64) {
	s.set(&configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Widget: &configv1.WidgetSettings{RecognizeUserMeta: on}, Version: version})
}

// visitFrom connects from an address; what comes back is the conversation and everything that was received.
func (s *site) visitFrom(ip string, auth map[string]any) (conversation, received string, c *client) {
	s.t.Helper()
	c = s.socket(overSocket, http.Header{"Origin": {shop}, "X-Forwarded-For": {ip}})
	received = c.read() + c.connect(auth)
	session := c.next()
	return session.field("conversation"), received + string(session.args[0]) + c.read(), c
}

func (s *site) meta(conversation string) *gatewayv1.GetVisitorMetaResponse {
	s.t.Helper()
	req := &gatewayv1.GetVisitorMetaRequest{Bot: "1", Conversation: conversation}
	return try[*gatewayv1.GetVisitorMetaResponse](s.t)(s.as(token.Operator).GetVisitorMeta(s.t.Context(), req))
}

// noted waits until the address of a conversation's last connection is known.
func (s *site) noted(conversation, ip string) (m *gatewayv1.GetVisitorMetaResponse) {
	s.t.Helper()
	eventually.Succeeds(s.t, "the address is noted", func() error {
		req := &gatewayv1.GetVisitorMetaRequest{Bot: "1", Conversation: conversation}
		var err error
		if m, err = s.as(token.Operator).GetVisitorMeta(s.t.Context(), req); err == nil && m.GetIp() != ip {
			err = fmt.Errorf("meta %v, want %s", m, ip)
		}
		return err
	})
	return m
}

// logs collects what is logged until the test ends.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func logged(t *testing.T) *logs {
	l := &logs{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	return l
}

// Operators are told from where a visitor came; nothing else ever is.
func TestVisitorMeta(t *testing.T) {
	l := logged(t)
	s := recognizing(t)
	const ip = "203.0.113.77"
	guest := func() map[string]any { return map[string]any{"bot_id": "1"} }

	unknown, _, _ := s.visitFrom(ip, guest())
	s.recognize(true, 2)
	if m := s.meta(unknown); m.GetIp() != "" || m.GetSeenAt() != nil {
		t.Errorf("off until now, and known all the same: %v", m)
	}

	conversation, received, c := s.visitFrom(ip, guest())
	m := s.noted(conversation, ip)
	if m.GetCountry() != "UA" || m.GetCity() != "Kyiv" || time.Since(m.GetSeenAt().AsTime()) > time.Minute {
		t.Errorf("meta %v", m)
	}
	left := map[string]string{}
	for name, auth := range map[string]any{"false": false, "0": 0, `"0"`: "0", "null": nil, "nothing": ""} {
		left[name], _, _ = s.visitFrom(ip, map[string]any{"bot_id": "1", "recognize_user_meta": auth})
	}
	elsewhere, _, _ := s.visitFrom("198.51.100.1", guest())
	if m := s.noted(elsewhere, "198.51.100.1"); m.GetCountry() != "" || m.GetCity() != "" {
		t.Errorf("of a place that is not known: %v", m)
	}
	for name, other := range left {
		if m := s.meta(other); m.GetIp() != "" {
			t.Errorf("the page says %s, and known all the same: %v", name, m)
		}
	}

	ack, before := c.emit("message", say(newID(), "hello"))
	for _, e := range before {
		received += string(bytes.Join(raws(e), nil))
	}
	received += string(bytes.Join(raws(ack), nil))
	if received += s.stored(conversation, ack.field("offset")).String(); !strings.Contains(received, "hello") {
		t.Fatal(received)
	}
	for _, secret := range []string{ip, "Kyiv"} {
		if strings.Contains(received, secret) || strings.Contains(l.String(), secret) {
			t.Errorf("%s is in what visitors and services see, or in the logs:\n%s\n%s", secret, received, l)
		}
	}

	for name, want := range map[string]codes.Code{token.Scenario: codes.PermissionDenied, token.History: codes.PermissionDenied, token.Config: codes.PermissionDenied} {
		_, err := s.as(name).GetVisitorMeta(t.Context(), &gatewayv1.GetVisitorMetaRequest{Bot: "1", Conversation: conversation})
		if status.Code(err) != want {
			t.Errorf("%s is answered %v, want %v", name, err, want)
		}
	}
	if _, err := s.as(token.Operator).GetVisitorMeta(t.Context(), &gatewayv1.GetVisitorMetaRequest{Bot: "1", Conversation: "*"}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a wildcard: %v", err)
	}

	s.recognize(false, 3)
	if m := s.meta(conversation); m.GetIp() != "" {
		t.Errorf("off again, and known all the same: %v", m)
	}
}

func raws(e event) (all [][]byte) {
	for _, a := range e.args {
		all = append(all, a)
	}
	return all
}

// It is forgotten with the conversation, and by itself after a week.
func TestVisitorMetaIsForgotten(t *testing.T) {
	s := recognizing(t)
	s.recognize(true, 2)
	erase := func(conversation string) error {
		_, err := s.as(token.History).EraseVisitorMeta(t.Context(), &gatewayv1.EraseVisitorMetaRequest{Bot: "1", Conversation: conversation})
		return err
	}
	if err := erase(newID()); err != nil {
		t.Errorf("of nobody: %v", err)
	}
	one, _, _ := s.visitFrom("203.0.113.1", map[string]any{"bot_id": "1"})
	two, _, _ := s.visitFrom("203.0.113.2", map[string]any{"bot_id": "1"})
	s.noted(one, "203.0.113.1")
	s.noted(two, "203.0.113.2")
	if err := erase(one); err != nil {
		t.Fatal(err)
	}
	if m, other := s.meta(one), s.meta(two); m.GetIp() != "" || other.GetIp() == "" {
		t.Errorf("erased %v, the other one %v", m, other)
	}
	js := try[jetstream.JetStream](t)(jetstream.New(s.log.Conn()))
	kv := try[jetstream.KeyValue](t)(js.KeyValue(t.Context(), "visitors"))
	left := ""
	stream := try[jetstream.Stream](t)(js.Stream(t.Context(), "KV_visitors"))
	for seq := uint64(1); seq <= stream.CachedInfo().State.LastSeq; seq++ {
		if m, err := stream.GetMsg(t.Context(), seq); err == nil {
			left += string(m.Data)
		}
	}
	if strings.Contains(left, "203.0.113.1\"") || !strings.Contains(left, "203.0.113.2") {
		t.Errorf("the bucket holds %s", left)
	}
	if st := try[jetstream.KeyValueStatus](t)(kv.Status(t.Context())); st.TTL() != 7*24*time.Hour {
		t.Errorf("kept for %v, want a week", st.TTL())
	}
}

// Where the bucket is not to be had, the chat goes on.
func TestVisitorMetaAway(t *testing.T) {
	s := recognizing(t)
	s.recognize(true, 2)
	first, _, _ := s.visitFrom("203.0.113.1", map[string]any{"bot_id": "1"})
	s.noted(first, "203.0.113.1")
	js := try[jetstream.JetStream](t)(jetstream.New(s.log.Conn()))
	if err := js.DeleteKeyValue(context.Background(), "visitors"); err != nil {
		t.Fatal(err)
	}
	conversation, _, _ := s.visitFrom("203.0.113.1", map[string]any{"bot_id": "1"})
	req := &gatewayv1.GetVisitorMetaRequest{Bot: "1", Conversation: conversation}
	if _, err := s.as(token.Operator).GetVisitorMeta(t.Context(), req); status.Code(err) != codes.Unavailable {
		t.Errorf("GetVisitorMeta: %v, want Unavailable", err)
	}

	release := s.gateway.HoldWhereabouts() // as where NATS does not answer
	defer release()
	if conversation, _, _ := s.visitFrom("203.0.113.1", map[string]any{"bot_id": "1"}); conversation == "" {
		t.Error("nobody gets in while the bucket does not answer")
	}
}
