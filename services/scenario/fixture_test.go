package scenario_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/sqlite"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	scenariov1 "github.com/switchboard-chat/switchboard/proto/switchboard/scenario/v1"
	"github.com/switchboard-chat/switchboard/services/scenario"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, natstest.Linger()...)
}

// echo answers every text with itself and a number that is drawn once.
const echo = `{"format": 1, "nodes": [
	{"id": "start", "type": "start", "next": "ask"},
	{"id": "ask", "type": "input", "text": "You said {{last_input}}, number {{random}}", "save_as": "said", "next": "ask"}
]}`

// story says two things, asks, and calls an operator.
const story = `{"format": 1, "nodes": [
	{"id": "start", "type": "start", "next": "hello"},
	{"id": "hello", "type": "message", "text": "Hello, {{name}}!", "next": "ask"},
	{"id": "ask", "type": "input", "text": "What is it about?", "save_as": "about", "next": "person"},
	{"id": "person", "type": "connect_operator", "text": "I fetch somebody for the {{about}}.", "topic": "tea", "closed_alias": "later", "next": "later"},
	{"id": "later", "type": "entry", "alias": "later", "next": "bye"},
	{"id": "bye", "type": "message", "text": "Bye."},
	{"id": "thanks", "type": "entry", "alias": "thanks", "next": "rate"},
	{"id": "rate", "type": "input", "text": "Was the {{about}} saved?", "save_as": "saved", "next": "bye"}
]}`

// house is the service with what is around it.
type house struct {
	*scenario.Service
	t      testing.TB
	nc     *nats.Conn
	js     jetstream.JetStream
	log    *bus.Log
	bucket *settings.Bucket
	cache  *settings.Cache
	door   *door
	intake *intake
	deps   scenario.Deps
	api    scenariov1.ScenarioServiceServer
	top    *atomic.Uint64 // the newest event that the test has stored
	stop   func()         // ends Run and waits
}

// newHouse makes a service that does not run yet.
func newHouse(t testing.TB, change ...func(*scenario.Deps)) *house {
	t.Helper()
	return newHouseAt(t, natstest.Connect(t), 1, change...)
}

// newHouseAt is newHouse with everything in so many copies.
func newHouseAt(t testing.TB, nc *nats.Conn, replicas int, change ...func(*scenario.Deps)) *house {
	t.Helper()
	h := &house{t: t, nc: nc, top: new(atomic.Uint64)}
	eventually.Succeeds(t, "the log opens", func() (err error) { // a young cluster may have no room for it yet
		h.log, err = bus.Open(t.Context(), h.nc, bus.Config{Replicas: replicas})
		return err
	})
	h.js = must[jetstream.JetStream](t)(jetstream.New(h.nc))
	h.bucket = must[*settings.Bucket](t)(settings.Open(t.Context(), h.js, replicas))
	h.cache = must[*settings.Cache](t)(h.bucket.Watch(t.Context()))
	store := must[docstore.Store](t)(sqlite.Open(filepath.Join(t.TempDir(), "scenario.db")))
	t.Cleanup(func() { _ = store.Close(context.Background()) })
	run(t, h.cache.Run)
	h.door, h.intake = &door{log: h.log}, &intake{log: h.log}
	h.deps = scenario.Deps{
		Store: store, Settings: h.bucket, Cache: h.cache, Log: h.log, JetStream: h.js, Gateway: h.door, Intake: h.intake,
		Replicas: replicas,
	}
	for _, c := range change {
		c(&h.deps)
	}
	return h.again()
}

// open makes a service with a live scenario for bot 1 and runs it until the test ends.
func open(t testing.TB, json string, change ...func(*scenario.Deps)) *house {
	t.Helper()
	h := newHouse(t, change...)
	h.publish("1", json)
	h.run()
	return h
}

// again is another process of the service on the same NATS and store.
func (h *house) again() *house {
	h.t.Helper()
	next := *h
	next.stop = func() {}
	next.Service = must[*scenario.Service](h.t)(scenario.New(h.t.Context(), h.deps))
	var r registrar
	next.Register(&r)
	next.api = r.api
	return &next
}

func (h *house) run() { h.stop = run(h.t, h.Run) }

// run runs f until the test ends, or until stop is called, which waits for its end.
func run(t testing.TB, f func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// registrar catches the service's methods, to call them without a server.
type registrar struct {
	api scenariov1.ScenarioServiceServer
}

func (r *registrar) RegisterService(_ *grpc.ServiceDesc, impl any) {
	r.api = impl.(scenariov1.ScenarioServiceServer)
}

// admin returns the context of an administrator's call.
func (h *house) admin(bots ...string) context.Context {
	return authz.With(h.t.Context(), authz.Principal{Kind: authz.Person, ID: "u", Role: configv1.Role_ROLE_ADMIN, Bots: bots})
}

// publish publishes a scenario and waits until every service knows of it.
func (h *house) publish(bot, json string) int64 {
	h.t.Helper()
	res, err := h.api.PublishScenario(h.admin(), &scenariov1.PublishScenarioRequest{Bot: bot, Json: json})
	if err != nil {
		h.t.Fatalf("PublishScenario: %v", err)
	}
	version := res.GetScenario().GetVersion()
	eventually.Succeeds(h.t, "the version is announced", func() error {
		if got := h.cache.ScenarioVersion(bot); got < version {
			return fmt.Errorf("version %d", got)
		}
		return nil
	})
	return version
}

func conversation() subject.Conversation { return subject.Conversation{Bot: "1", ID: newID()} }

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// happens stores an event of the conversation as the gateway does, and returns its sequence.
func (h *house) happens(c subject.Conversation, from subject.From, local string, m *chatv1.Message) uint64 {
	h.t.Helper()
	m.Id, m.Bot, m.Conversation, m.AuthorId, m.Time = c.MessageID(local), c.Bot, c.ID, "v1", timestamppb.Now()
	m.Params = must[*structpb.Struct](h.t)(structpb.NewStruct(map[string]any{"name": "Olena"}))
	seq := must[bus.Stored](h.t)(h.log.Append(h.t.Context(), c, from, m, nil)).Sequence
	if from == subject.Visitor || from == subject.Owner {
		h.top.Store(max(seq, h.top.Load())) // by one goroutine at a time, or by one behind the other
	}
	return seq
}

// says stores an utterance of the visitor.
func (h *house) says(c subject.Conversation, local, text string) uint64 {
	h.t.Helper()
	return h.happens(c, subject.Visitor, local, &chatv1.Message{Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: text}}})
}

// owns stores a change of owner.
func (h *house) owns(c subject.Conversation, local string, kind chatv1.OwnerKind, alias string) uint64 {
	h.t.Helper()
	return h.happens(c, subject.Owner, local, &chatv1.Message{Body: &chatv1.Message_OwnerChange{OwnerChange: &chatv1.OwnerChange{
		Owner: &chatv1.Owner{Kind: kind}, Alias: alias, Reason: chatv1.OwnerReason_OWNER_REASON_TAKEN,
	}}})
}

const (
	toBot      = chatv1.OwnerKind_OWNER_KIND_BOT
	toOperator = chatv1.OwnerKind_OWNER_KIND_OPERATOR
)

// replies is what the bot has said in the conversation, in the order of the log.
func (h *house) replies(c subject.Conversation) (all []*chatv1.Message) {
	h.t.Helper()
	last := must[uint64](h.t)(h.log.Last(h.t.Context(), c))
	err := h.log.ReadTo(h.t.Context(), c, 0, last, func(e bus.Event) error {
		if e.From == subject.Bot {
			all = append(all, e.Message)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func texts(all []*chatv1.Message) (said []string) {
	for _, m := range all {
		said = append(said, m.GetText().GetText())
	}
	return said
}

// answers waits until the bot has said this much in the conversation.
func (h *house) answers(c subject.Conversation, n int) []*chatv1.Message {
	h.t.Helper()
	var all []*chatv1.Message
	eventually.Succeeds(h.t, "the bot answers", func() error {
		if all = h.replies(c); len(all) < n {
			return fmt.Errorf("it said %q", texts(all))
		}
		return nil
	})
	return all
}

// wantSaid waits until everything is handled and checks all that the bot has said.
func (h *house) wantSaid(c subject.Conversation, want ...string) {
	h.t.Helper()
	h.settled()
	if got := texts(h.replies(c)); !slices.Equal(got, want) {
		h.t.Errorf("the bot said %q, want %q", got, want)
	}
}

// settled waits until everything that wakes the service has been delivered and acknowledged.
func (h *house) settled() {
	h.t.Helper()
	eventually.Succeeds(h.t, "everything is acknowledged", func() error {
		stream, err := h.js.Stream(h.t.Context(), bus.StreamName)
		if err != nil {
			return err
		}
		cons, err := stream.Consumer(h.t.Context(), "scenario")
		if err != nil {
			return err
		}
		floor := cons.CachedInfo().AckFloor.Stream
		if top := h.top.Load(); floor < top { // the replica that is asked below may lag
			return fmt.Errorf("acknowledged up to %d of %d", floor, top)
		}
		for _, filter := range []string{subject.Visitors, subject.OwnerEvents} {
			last, err := stream.GetLastMsgForSubject(h.t.Context(), filter)
			if errors.Is(err, jetstream.ErrMsgNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if last.Sequence > floor {
				return fmt.Errorf("acknowledged up to %d of %d", floor, last.Sequence)
			}
		}
		return nil
	})
}

// sessions is the bucket of sessions.
func (h *house) sessions() jetstream.KeyValue {
	h.t.Helper()
	return must[jetstream.KeyValue](h.t)(h.js.KeyValue(h.t.Context(), "sessions"))
}

func must[T any](tb testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

var errNotYet = errors.New("not yet")

// wantCode checks the code and that the message says what it must.
func wantCode(t *testing.T, err error, code codes.Code, says string) {
	t.Helper()
	if status.Code(err) != code || !strings.Contains(status.Convert(err).Message(), says) {
		t.Errorf("error = %v, want %v that says %q", err, code, says)
	}
}

// at is another process of the service at another node.
func (h *house) at(nc *nats.Conn) *house {
	h.t.Helper()
	next := *h
	next.deps.Log = must[*bus.Log](h.t)(bus.Open(h.t.Context(), nc, bus.Config{Replicas: h.deps.Replicas}))
	next.deps.JetStream = must[jetstream.JetStream](h.t)(jetstream.New(nc))
	return next.again()
}

// newHouseOn is a service with new settings on what another one keeps.
func newHouseOn(h *house) *house {
	h.t.Helper()
	next := *h
	next.bucket = must[*settings.Bucket](h.t)(settings.Open(h.t.Context(), h.js, 1))
	next.cache = must[*settings.Cache](h.t)(next.bucket.Watch(h.t.Context()))
	run(h.t, next.cache.Run)
	next.deps.Settings, next.deps.Cache = next.bucket, next.cache
	return next.again()
}
