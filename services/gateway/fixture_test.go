package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/blob/dir"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/rpc"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
)

const (
	patience = 20 * time.Second
	shop     = "https://shop.example.com"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, natstest.Linger()...)
}

// record answers from the log itself, as a history service does that is never behind; upTo makes it
// one that is.
type record struct {
	historyv1.UnimplementedHistoryServiceServer
	log  *bus.Log
	upTo uint64
	lost uint64 // a sequence that another replica has not recorded yet
	down bool
}

func (r *record) ListMessages(ctx context.Context, req *historyv1.ListMessagesRequest) (*historyv1.ListMessagesResponse, error) {
	if r.down {
		return nil, status.Error(codes.Unavailable, "the store is away")
	}
	events, _, err := r.log.Read(ctx, subject.Conversation{Bot: req.GetBot(), ID: req.GetConversation()}, 0, bus.MaxPage)
	if err != nil {
		return nil, err
	}
	res := &historyv1.ListMessagesResponse{}
	before, _ := bus.ParseOffset(req.GetBefore())
	for _, e := range events {
		if e.Sequence != r.lost && (r.upTo == 0 || e.Sequence <= r.upTo) && (before.Sequence == 0 || e.Sequence < before.Sequence) {
			res.Messages = append(res.Messages, e.Message)
		}
	}
	if n := len(res.GetMessages()) - int(req.GetPageSize()); n > 0 {
		res.Messages, res.HasMore = res.GetMessages()[n:], true
	}
	return res, nil
}

// site is a running gateway with a bot.
type site struct {
	t       *testing.T
	url     string
	log     *bus.Log
	bucket  *settings.Bucket
	cache   *settings.Cache
	tokens  *token.Keys
	rpc     *rpc.Server
	record  *record
	blobs   *dir.Store
	gateway *gateway.Gateway
	stop    func()
}

func newSite(t *testing.T) *site { return newSiteWith(t, gateway.Config{}) }

func newSiteWith(t *testing.T, cfg gateway.Config) *site {
	t.Helper()
	nc := natstest.Connect(t)
	l := try[*bus.Log](t)(bus.Open(t.Context(), nc, bus.Config{}))
	js := try[jetstream.JetStream](t)(jetstream.New(nc))
	bucket := try[*settings.Bucket](t)(settings.Open(t.Context(), js, 1))
	if err := bucket.PutBot(t.Context(), &configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Version: 1}); err != nil {
		t.Fatal(err)
	}
	s := &site{
		t: t, log: l, bucket: bucket, cache: try[*settings.Cache](t)(bucket.Watch(t.Context())),
		tokens: try[*token.Keys](t)(token.NewKeys(bytes.Repeat([]byte("k"), token.MinSecret))),
		record: &record{log: l}, blobs: try[*dir.Store](t)(dir.Open(t.TempDir())),
	}
	s.rpc = rpc.NewServer(authz.New(s.tokens, s.cache))
	historyv1.RegisterHistoryServiceServer(s.rpc, s.record)
	s.gateway = try[*gateway.Gateway](t)(gateway.New(cfg, gateway.Deps{
		Log: l, Settings: s.cache, Tokens: s.tokens,
		History: historyv1.NewHistoryServiceClient(s.rpc.Local(s.source(token.Gateway))),
		Blobs:   s.blobs,
	}))
	s.gateway.Register(s.rpc)
	mux := http.NewServeMux()
	s.gateway.Mount(mux)
	srv := httptest.NewServer(mux)
	s.url = srv.URL
	stopGateway, stopCache := s.run(s.gateway.Run), s.run(s.cache.Run)
	s.stop = func() { stopGateway(); stopCache(); srv.Close() }
	t.Cleanup(func() { s.stop() })
	s.ready()
	return s
}

// ready waits until the gateway is.
func (s *site) ready() {
	s.t.Helper()
	eventually.Succeeds(s.t, "the gateway is ready", func() error { return s.gateway.Ready(s.t.Context()) })
}

func (s *site) run(f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	stopped := false
	return func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("Run: %v", err)
		}
	}
}

func (s *site) source(name string) *token.ServiceSource {
	return try[*token.ServiceSource](s.t)(s.tokens.ServiceSource(name))
}

func (s *site) as(name string) gatewayv1.GatewayServiceClient {
	return gatewayv1.NewGatewayServiceClient(s.rpc.Local(s.source(name)))
}

func try[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// token asks for a visitor token as the frame does.
func (s *site) token(body string) (status int, answer string) {
	s.t.Helper()
	req := try[*http.Request](s.t)(http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/widget/v2/token", strings.NewReader(body)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode, string(try[[]byte](s.t)(io.ReadAll(res.Body)))
}

// stored reads an event of a conversation from the log.
func (s *site) stored(conversation, offset string) *chatv1.Message {
	s.t.Helper()
	at := try[bus.Offset](s.t)(bus.ParseOffset(offset))
	var m *chatv1.Message
	err := s.log.ReadTo(s.t.Context(), subject.Conversation{Bot: "1", ID: conversation}, at.Sequence-1, at.Sequence, func(e bus.Event) error {
		m = e.Message
		return e.Err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// await waits until the settings have come as far.
func (s *site) await(holds func() bool) {
	s.t.Helper()
	changed := make(chan struct{}, 1)
	defer s.cache.Subscribe(func(string, string) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	for late := time.After(patience); !holds(); {
		select {
		case <-changed:
		case <-late:
			s.t.Fatal("the settings did not change")
		}
	}
}

// client is a Socket.IO client reduced to its packets.
type client struct {
	t    *testing.T
	ws   *websocket.Conn
	acks int
}

// dial opens a transport from a page of the origin.
func (s *site) dial(origin string) *client {
	s.t.Helper()
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	ws, res, err := websocket.DefaultDialer.DialContext(s.t.Context(), "ws"+strings.TrimPrefix(s.url, "http")+"/socket.io/?EIO=4&transport=websocket", h)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	c := &client{t: s.t, ws: ws}
	s.t.Cleanup(func() { _ = ws.Close() })
	if open := c.read(); !strings.HasPrefix(open, `0{"sid"`) {
		s.t.Fatalf("open packet %s", open)
	}
	return c
}

func (c *client) read() string {
	c.t.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			return "closed: " + err.Error()
		}
		if string(data) == "2" {
			c.write("3")
			continue
		}
		return string(data)
	}
}

func (c *client) write(s string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(s)); err != nil {
		c.t.Fatal(err)
	}
}

// event is a received event: its name and arguments.
type event struct {
	name string
	args []json.RawMessage
}

func (e event) field(name string) string {
	var m map[string]json.RawMessage
	if len(e.args) == 0 || json.Unmarshal(e.args[0], &m) != nil {
		return ""
	}
	if s, err := strconv.Unquote(string(m[name])); err == nil {
		return s
	}
	return string(m[name])
}

func (e event) offset() string {
	var s string
	_ = json.Unmarshal(e.args[len(e.args)-1], &s)
	return s
}

func (c *client) next() event {
	c.t.Helper()
	s := c.read()
	if !strings.HasPrefix(s, "42") {
		c.t.Fatalf("received %s, want an event", s)
	}
	var args []json.RawMessage
	if err := json.Unmarshal([]byte(s[2:]), &args); err != nil {
		c.t.Fatalf("received %s: %v", s, err)
	}
	var name string
	_ = json.Unmarshal(args[0], &name)
	return event{name, args[1:]}
}

// connect sends CONNECT and returns the answer.
func (c *client) connect(auth map[string]any) string {
	c.t.Helper()
	data := try[[]byte](c.t)(json.Marshal(auth))
	c.write("40" + string(data))
	return c.read()
}

// emit sends an event and returns its acknowledgement, with what else came before it.
func (c *client) emit(name string, arg any) (ack event, before []event) {
	c.t.Helper()
	c.acks++
	data := try[[]byte](c.t)(json.Marshal(arg))
	c.write(fmt.Sprintf(`42%d[%q,%s]`, c.acks, name, data))
	prefix := fmt.Sprintf("43%d", c.acks)
	for {
		s := c.read()
		if rest, ok := strings.CutPrefix(s, prefix); ok {
			var args []json.RawMessage
			if err := json.Unmarshal([]byte(rest), &args); err != nil {
				c.t.Fatal(err)
			}
			return event{"ack", args}, before
		}
		if !strings.HasPrefix(s, "42") {
			c.t.Fatalf("received %s while waiting for %s", s, prefix)
		}
		var args []json.RawMessage
		_ = json.Unmarshal([]byte(s[2:]), &args)
		var n string
		_ = json.Unmarshal(args[0], &n)
		before = append(before, event{n, args[1:]})
	}
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// visit connects as a new visitor of the shop and returns the client with its session.
func (s *site) visit() (*client, event) {
	s.t.Helper()
	c := s.dial(shop)
	if answer := c.connect(map[string]any{"bot_id": "1"}); !strings.HasPrefix(answer, `40{"sid"`) {
		s.t.Fatalf("CONNECT: %s", answer)
	}
	session := c.next()
	if h := c.next(); session.name != "session" || h.name != "history" || session.field("resumed") != "false" {
		s.t.Fatalf("first events %v, %v", session, h)
	}
	return c, session
}

func say(id, text string) map[string]any {
	return map[string]any{"id": id, "type": "text", "text": text}
}
