package settings_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/settings"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const patience = 10 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, nc *nats.Conn) (*settings.Bucket, jetstream.JetStream) {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	b, err := settings.Open(t.Context(), js, 1)
	if err != nil {
		t.Fatal(err)
	}
	return b, js
}

// watch returns a running cache and a channel of its changes.
func watch(t *testing.T, b *settings.Bucket) (*settings.Cache, <-chan string) {
	t.Helper()
	c, err := b.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	changes := make(chan string, 1000)
	c.Subscribe(func(kind, id string) { changes <- kind + "." + id })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
	})
	return c, changes
}

// await reads changes until what is wanted holds.
func await(t *testing.T, changes <-chan string, what string, holds func() bool) {
	t.Helper()
	late := time.After(patience)
	for !holds() {
		select {
		case <-changes:
		case <-late:
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func bot(id string, version int64, name string) *configv1.Bot {
	return &configv1.Bot{Id: id, Version: version, Name: name}
}

var hash = strings.Repeat("0a", 32)

func TestSnapshotIsCompleteWhenWatchReturns(t *testing.T) {
	b, _ := open(t, natstest.Connect(t))
	ctx := t.Context()
	want := []*configv1.Bot{bot("1", 1, "one"), bot("shop-2", 4, "two")}
	must(t, b.PutBot(ctx, want[1]))
	must(t, b.PutBot(ctx, want[0]))
	must(t, b.PutKey(ctx, hash, &configv1.ApiKey{Id: "k"}))
	must(t, b.PutScenarioVersion(ctx, "1", 12))

	c, err := b.Watch(ctx)
	must(t, err)
	if diff := cmp.Diff(want, c.Bots(), protocmp.Transform()); diff != "" {
		t.Errorf("Bots() (-want +got):\n%s", diff)
	}
	if k, ok := c.Key(hash); !ok || k.GetId() != "k" {
		t.Errorf("Key() = %v, %v, want key k", k, ok)
	}
	if got := c.ScenarioVersion("1"); got != 12 {
		t.Errorf("ScenarioVersion(1) = %d, want 12", got)
	}
	if got := c.ScenarioVersion("2"); got != 0 {
		t.Errorf("ScenarioVersion(2) = %d, want 0", got)
	}
	if _, ok := c.Bot("3"); ok {
		t.Error("Bot(3) is there, want nothing")
	}
}

func TestChangesArriveLive(t *testing.T) {
	b, _ := open(t, natstest.Connect(t))
	ctx := t.Context()
	c, changes := watch(t, b)

	must(t, b.PutBot(ctx, bot("1", 1, "one")))
	await(t, changes, "bot 1", func() bool { got, ok := c.Bot("1"); return ok && got.GetName() == "one" })
	must(t, b.PutBot(ctx, bot("1", 2, "uno")))
	await(t, changes, "bot 1 renamed", func() bool { got, _ := c.Bot("1"); return got.GetName() == "uno" })
	must(t, b.PutScenarioVersion(ctx, "1", 3))
	await(t, changes, "scenario 1", func() bool { return c.ScenarioVersion("1") == 3 })
	must(t, b.PutKey(ctx, hash, &configv1.ApiKey{Id: "k"}))
	await(t, changes, "key", func() bool { _, ok := c.Key(hash); return ok })
	must(t, b.DeleteKey(ctx, hash))
	await(t, changes, "key deleted", func() bool { _, ok := c.Key(hash); return !ok })
}

func TestVersionsNeverGoBack(t *testing.T) {
	b, _ := open(t, natstest.Connect(t))
	ctx := t.Context()
	var wg sync.WaitGroup
	for v := range int64(8) { // concurrent writers, in whatever order
		wg.Go(func() {
			if err := b.PutBot(ctx, bot("1", v+1, "x")); err != nil {
				t.Errorf("PutBot(version %d) = %v", v+1, err)
			}
			if err := b.PutScenarioVersion(ctx, "1", v+1); err != nil {
				t.Errorf("PutScenarioVersion(%d) = %v", v+1, err)
			}
		})
	}
	wg.Wait()
	must(t, b.PutBot(ctx, bot("1", 3, "late")))
	must(t, b.PutBot(ctx, bot("1", 8, "the same version again")))
	must(t, b.PutScenarioVersion(ctx, "1", 3))
	c, err := b.Watch(ctx)
	must(t, err)
	got, _ := c.Bot("1")
	if diff := cmp.Diff(bot("1", 8, "x"), got, protocmp.Transform()); diff != "" {
		t.Errorf("Bot(1) (-want +got):\n%s", diff)
	}
	if got := c.ScenarioVersion("1"); got != 8 {
		t.Errorf("ScenarioVersion(1) = %d, want 8", got)
	}
}

func TestDeletedKeysStayDeleted(t *testing.T) {
	b, _ := open(t, natstest.Connect(t))
	ctx := t.Context()
	other := strings.Repeat("0b", 32)
	must(t, b.PutKey(ctx, hash, &configv1.ApiKey{Id: "first"}))
	must(t, b.PutKey(ctx, hash, &configv1.ApiKey{Id: "second"}))
	must(t, b.PutKey(ctx, other, &configv1.ApiKey{Id: "other"}))
	must(t, b.DeleteKey(ctx, other))
	must(t, b.DeleteKey(ctx, other))
	must(t, b.PutKey(ctx, other, &configv1.ApiKey{Id: "late writer"}))
	c, err := b.Watch(ctx)
	must(t, err)
	if k, _ := c.Key(hash); k.GetId() != "first" {
		t.Errorf("Key() = %v, want the first, which never changes", k)
	}
	if k, ok := c.Key(other); ok {
		t.Errorf("Key() of a deleted key = %v, want nothing", k)
	}
	if diff := cmp.Diff([]string{hash}, c.Keys()); diff != "" {
		t.Errorf("Keys() (-want +got):\n%s", diff)
	}
}

func TestBadArguments(t *testing.T) {
	b, _ := open(t, natstest.Connect(t))
	for name, err := range map[string]error{
		"bot id widens the key":  b.PutBot(t.Context(), bot("1.>", 1, "")),
		"bot without id":         b.PutBot(t.Context(), bot("", 1, "")),
		"bot without version":    b.PutBot(t.Context(), bot("1", 0, "")),
		"scenario without bot":   b.PutScenarioVersion(t.Context(), "", 1),
		"scenario version 0":     b.PutScenarioVersion(t.Context(), "1", 0),
		"hash is short":          b.PutKey(t.Context(), "0a", &configv1.ApiKey{}),
		"hash is upper case":     b.PutKey(t.Context(), strings.Repeat("0A", 32), &configv1.ApiKey{}),
		"delete hash with token": b.DeleteKey(t.Context(), strings.Repeat("*", 64)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestUnreadableEntriesAreIgnored(t *testing.T) {
	b, js := open(t, natstest.Connect(t))
	ctx := t.Context()
	must(t, b.PutBot(ctx, bot("1", 1, "one")))
	c, changes := watch(t, b)
	kv, err := js.KeyValue(ctx, "settings")
	must(t, err)
	for key, value := range map[string]string{
		"bot.1": "\xff", "bot.2": "", "scenario.1": "soon", "key.zz": "", "visitor.1": "", "lonely": "",
	} {
		_, err := kv.PutString(ctx, key, value)
		must(t, err)
	}
	must(t, b.PutBot(ctx, bot("last", 1, "")))
	await(t, changes, "what came after the unreadable", func() bool { _, ok := c.Bot("last"); return ok })
	for name, c := range map[string]*settings.Cache{"live": c, "loaded": func() *settings.Cache {
		c, err := b.Watch(ctx)
		must(t, err)
		return c
	}()} {
		if _, ok := c.Bot("2"); ok || c.ScenarioVersion("1") != 0 {
			t.Errorf("%s cache took an unreadable entry", name)
		}
	}
	if got, _ := c.Bot("1"); got.GetName() != "one" {
		t.Errorf("Bot(1) = %v, want what it was before", got)
	}
	must(t, b.PutBot(ctx, bot("1", 2, "repaired")))
	await(t, changes, "the repair", func() bool { got, _ := c.Bot("1"); return got.GetName() == "repaired" })
}

func TestCancelledSubscriberHearsNothing(t *testing.T) {
	b, _ := open(t, natstest.Connect(t))
	c, changes := watch(t, b)
	cancel := c.Subscribe(func(kind, id string) { t.Errorf("cancelled subscriber was told of %s.%s", kind, id) })
	cancel()
	must(t, b.PutBot(t.Context(), bot("1", 1, "")))
	await(t, changes, "bot 1", func() bool { _, ok := c.Bot("1"); return ok })
}

func TestSurvivesRestartOfNATS(t *testing.T) {
	opts := &server.Options{
		JetStream: true, StoreDir: t.TempDir(), Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
	}
	start := func() *server.Server {
		s, err := server.NewServer(opts)
		must(t, err)
		s.Start()
		if !s.ReadyForConnections(patience) {
			t.Fatal("NATS did not start")
		}
		return s
	}
	s := start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	opts.Port = s.Addr().(*net.TCPAddr).Port
	nc, err := nats.Connect(s.ClientURL(), nats.MaxReconnects(-1), nats.ReconnectWait(5*time.Millisecond))
	must(t, err)
	t.Cleanup(nc.Close)
	b, _ := open(t, nc)
	must(t, b.PutBot(t.Context(), bot("1", 1, "before")))
	c, changes := watch(t, b)

	s.Shutdown()
	s.WaitForShutdown()
	if _, ok := c.Bot("1"); !ok {
		t.Error("Bot(1) is gone while NATS is away, want what was known")
	}
	s = start()

	aside, err := nats.Connect("", nats.InProcessServer(s)) // does not wait for nc to be back
	must(t, err)
	t.Cleanup(aside.Close)
	other, _ := open(t, aside)
	must(t, other.PutBot(t.Context(), bot("1", 2, "while away")))
	await(t, changes, "what was written while away", func() bool { got, _ := c.Bot("1"); return got.GetVersion() == 2 })
	must(t, b.PutBot(t.Context(), bot("1", 3, "after")))
	await(t, changes, "what was written after", func() bool { got, _ := c.Bot("1"); return got.GetVersion() == 3 })
}

func BenchmarkCacheReads(b *testing.B) {
	js, err := jetstream.New(natstest.Connect(b))
	if err != nil {
		b.Fatal(err)
	}
	bucket, err := settings.Open(b.Context(), js, 1)
	if err != nil {
		b.Fatal(err)
	}
	if err := bucket.PutBot(b.Context(), bot("1", 1, "one")); err != nil {
		b.Fatal(err)
	}
	c, err := bucket.Watch(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, ok := c.Bot("1"); !ok {
				b.Error("no bot 1")
			}
		}
	})
}
