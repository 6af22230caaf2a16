package config

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/sqlite"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// patience is how long a test waits for a change to be seen. It is far less than the pause between
// two repairs, so a change that was not published at once is noticed.
const patience = 5 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a running service behind a real gRPC server with the interceptors.
type fixture struct {
	*Service
	t       *testing.T
	nc      *nats.Conn
	store   docstore.Store
	bucket  *settings.Bucket
	cache   *settings.Cache
	tokens  *token.Keys
	changes <-chan string
	stop    func() // ends Run

	bot    configv1.BotServiceClient
	sign   configv1.AuthServiceClient
	manage configv1.AccessServiceClient
}

func openStore(t *testing.T) docstore.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "config.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}

func start(t *testing.T) *fixture {
	t.Helper()
	return startOn(t, openStore(t), natstest.Connect(t))
}

func startOn(t *testing.T, store docstore.Store, nc *nats.Conn) *fixture {
	t.Helper()
	f := &fixture{t: t, nc: nc, store: store}
	js, err := jetstream.New(nc)
	must(t, err)
	f.bucket, err = settings.Open(t.Context(), js, 1)
	must(t, err)
	f.cache, err = f.bucket.Watch(t.Context())
	must(t, err)
	f.tokens, err = token.NewKeys([]byte(strings.Repeat("s", token.MinSecret)))
	must(t, err)
	f.Service, err = New(t.Context(), Deps{Store: store, Settings: f.bucket, Cache: f.cache, Tokens: f.tokens})
	must(t, err)

	changes := make(chan string, 1000)
	f.cache.Subscribe(func(kind, id string) { changes <- kind + "." + id })
	f.changes = changes
	run(t, f.cache.Run)
	f.stop = run(t, f.Run)

	a := authz.New(f.tokens, f.cache)
	srv := grpc.NewServer(grpc.UnaryInterceptor(a.Unary()), grpc.StreamInterceptor(a.Stream()))
	f.Register(srv)
	lis := bufconn.Listen(1 << 20)
	run(t, func(context.Context) error { return srv.Serve(lis) })
	cc, err := grpc.NewClient("passthrough:config", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return lis.DialContext(ctx) }))
	must(t, err)
	t.Cleanup(func() { must(t, cc.Close()); srv.Stop() })
	f.bot, f.sign, f.manage = configv1.NewBotServiceClient(cc), configv1.NewAuthServiceClient(cc), configv1.NewAccessServiceClient(cc)
	return f
}

// run runs f until the test ends, or until stop is called.
func run(t *testing.T, f func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
	})
	return cancel
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func header(ctx context.Context, value string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", value)
}

// as returns the context of a person with the role and the bots.
func (f *fixture) as(role configv1.Role, bots ...string) context.Context {
	f.t.Helper()
	s, err := f.tokens.SignSession(token.Session{UserID: "tester", Name: "Tester", Role: role, Bots: bots})
	must(f.t, err)
	return header(f.t.Context(), "Bearer "+s)
}

func (f *fixture) admin() context.Context { return f.as(configv1.Role_ROLE_ADMIN) }

// await reads changes of the cache until what is wanted holds.
func (f *fixture) await(what string, holds func() bool) {
	f.t.Helper()
	late := time.After(patience)
	for !holds() {
		select {
		case <-f.changes:
		case <-late:
			f.t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

func (f *fixture) create(b *configv1.Bot) *configv1.Bot {
	f.t.Helper()
	r, err := f.bot.CreateBot(f.admin(), &configv1.CreateBotRequest{Bot: b})
	must(f.t, err)
	return r.GetBot()
}

// wantCode checks the code and that the message says what it must.
func wantCode(t *testing.T, err error, code codes.Code, says string) {
	t.Helper()
	if status.Code(err) != code || !strings.Contains(status.Convert(err).Message(), says) {
		t.Errorf("error = %v, want %v that says %q", err, code, says)
	}
}

// entries returns what the audit says, oldest first.
func (f *fixture) entries() []string {
	f.t.Helper()
	docs, err := docstore.All[auditDoc](f.t.Context(), f.auth.audit.docs, docstore.Query{Sort: []string{"at"}, Limit: 1000})
	must(f.t, err)
	var all []string
	for _, d := range docs {
		all = append(all, d.Actor+" "+d.Action+" "+d.Target)
	}
	return all
}
