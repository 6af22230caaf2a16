package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/sqlite"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/rpc"
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
	"github.com/switchboard-chat/switchboard/services/config"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/history"
	"github.com/switchboard-chat/switchboard/services/operator"
	"github.com/switchboard-chat/switchboard/services/scenario"
)

const (
	patience = 30 * time.Second
	shop     = "https://shop.example.com"
	bot      = "1"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, natstest.Linger()...)
}

// deployment is the five services, each with its own connection to NATS and its own store, behind
// one server.
type deployment struct {
	t        *testing.T
	connect  func() *nats.Conn // to the next node
	replicas int

	url      string
	log      *bus.Log // the test's own
	tokens   *token.Keys
	settings *settings.Bucket
	cache    *settings.Cache
	rpc      *rpc.Server

	scenarioDoor gatewayv1.GatewayServiceClient // the gateway as the scenario service calls it

	config   *config.Service
	history  *history.Service
	gateway  *gateway.Gateway
	operator *operator.Service
	scenario *scenario.Service
}

// topologies run a test on one node and on a cluster of three, over which the services are spread.
func topologies(t *testing.T, test func(t *testing.T, d *deployment)) {
	t.Run("one node", func(t *testing.T) {
		nc := natstest.Connect(t)
		test(t, deploy(t, func() *nats.Conn { return nc }, 1))
	})
	t.Run("three nodes", func(t *testing.T) {
		if testing.Short() {
			t.Skip("a cluster takes seconds to start")
		}
		c, n := natstest.StartCluster(t), 0
		test(t, deploy(t, func() *nats.Conn {
			n++
			return c.Connect(n % len(c.Servers))
		}, len(c.Servers)))
	})
}

// deploy starts the services, with a bot and its scenario.
func deploy(t *testing.T, connect func() *nats.Conn, replicas int) *deployment {
	t.Helper()
	d := &deployment{t: t, connect: connect, replicas: replicas}
	eventually.Succeeds(t, "the log opens", func() (err error) { // a young cluster may have no room for it yet
		d.log, err = bus.Open(t.Context(), connect(), bus.Config{Replicas: replicas})
		return err
	})
	d.tokens = must[*token.Keys](t)(token.NewKeys(bytes.Repeat([]byte("k"), token.MinSecret)))
	js := must[jetstream.JetStream](t)(jetstream.New(connect()))
	d.settings = must[*settings.Bucket](t)(settings.Open(t.Context(), js, replicas))
	d.cache = must[*settings.Cache](t)(d.settings.Watch(t.Context()))
	d.rpc = rpc.NewServer(authz.New(d.tokens, d.cache))
	d.build()
	d.start()
	if err := d.config.EnsureBot(t.Context(), &configv1.Bot{Id: bot, Name: "Shop", AllowedOrigins: []string{shop}}); err != nil {
		t.Fatal(err)
	}
	if err := d.scenario.EnsureScenario(t.Context(), bot, story); err != nil {
		t.Fatal(err)
	}
	eventually.Succeeds(t, "the bot is known with its scenario", func() error {
		if _, ok := d.cache.Bot(bot); !ok || d.cache.ScenarioVersion(bot) == 0 {
			return errors.New("not yet")
		}
		return nil
	})
	return d
}

// build makes the services as their own programs do.
func (d *deployment) build() {
	ctx, t := d.t.Context(), d.t
	d.scenarioDoor = d.doorOf(token.Scenario)
	d.config = must[*config.Service](t)(config.New(ctx, config.Deps{
		Store: d.store("config"), Settings: d.settings, Cache: d.cache, Tokens: d.tokens,
	}))
	l := d.open()
	d.history = must[*history.Service](t)(history.New(ctx, history.Deps{Conn: l.Conn(), Log: l, Store: d.store("history")}))
	d.gateway = must[*gateway.Gateway](t)(gateway.New(gateway.Config{}, gateway.Deps{
		Log: d.open(), Settings: d.cache, Tokens: d.tokens,
		History: historyv1.NewHistoryServiceClient(d.rpc.Local(d.source(token.Gateway))),
	}))
	l = d.open()
	d.operator = must[*operator.Service](t)(operator.New(ctx, operator.Deps{
		Conn: l.Conn(), Log: l, Store: d.store("operator"), Gateway: d.doorOf(token.Operator),
	}))
	l = d.open()
	d.scenario = must[*scenario.Service](t)(scenario.New(ctx, scenario.Deps{
		Store: d.store("scenario"), Settings: d.settings, Cache: d.cache, Log: l,
		JetStream: must[jetstream.JetStream](t)(jetstream.New(l.Conn())),
		Gateway:   d.scenarioDoor,
		Intake:    operatorv1.NewIntakeServiceClient(d.rpc.Local(d.source(token.Scenario))),
		Replicas:  d.replicas,
	}))
	d.config.Register(d.rpc)
	d.history.Register(d.rpc)
	d.gateway.Register(d.rpc)
	d.operator.Register(d.rpc)
	d.scenario.Register(d.rpc)
}

// start runs the services until the test ends.
func (d *deployment) start() {
	mux := http.NewServeMux()
	d.gateway.Mount(mux)
	srv := httptest.NewServer(mux)
	d.url = srv.URL
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	all := func(services ...run.Service) run.Service {
		return run.Func(func(ctx context.Context) error { return run.All(ctx, services...) })
	}
	go func() {
		done <- run.Stages(ctx, run.Func(d.cache.Run), all(d.config, d.history), all(d.operator, d.scenario), all(d.gateway))
	}()
	d.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			d.t.Errorf("the services ended with %v, want nil", err)
		}
		srv.Close()
	})
}

// open gives a service its own connection and its view of the log.
func (d *deployment) open() *bus.Log {
	d.t.Helper()
	return must[*bus.Log](d.t)(bus.Open(d.t.Context(), d.connect(), bus.Config{Replicas: d.replicas}))
}

func (d *deployment) store(name string) docstore.Store {
	d.t.Helper()
	s := must[docstore.Store](d.t)(sqlite.Open(filepath.Join(d.t.TempDir(), name+".db")))
	d.t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

func (d *deployment) source(name string) *token.ServiceSource {
	d.t.Helper()
	return must[*token.ServiceSource](d.t)(d.tokens.ServiceSource(name))
}

// doorOf is the gateway as a service calls it.
func (d *deployment) doorOf(name string) gatewayv1.GatewayServiceClient {
	return gatewayv1.NewGatewayServiceClient(d.rpc.Local(d.source(name)))
}

// desk is the operator service as a person calls it.
func (d *deployment) desk(id, name string) operatorv1.OperatorServiceClient {
	d.t.Helper()
	s, err := d.tokens.SignSession(token.Session{UserID: id, Name: name, Role: configv1.Role_ROLE_OPERATOR})
	if err != nil {
		d.t.Fatal(err)
	}
	return operatorv1.NewOperatorServiceClient(d.rpc.Local(bearer(s)))
}

// bearer is a person's access token as the credentials of a connection.
type bearer string

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(b)}, nil
}

func (bearer) RequireTransportSecurity() bool { return false }

func must[T any](tb testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}
