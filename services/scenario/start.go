package scenario

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/grpc"
	grpchealth "google.golang.org/grpc/health"
	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/opendoc"
	"github.com/switchboard-chat/switchboard/internal/health"
	"github.com/switchboard-chat/switchboard/internal/listen"
	"github.com/switchboard-chat/switchboard/internal/rpc"
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/token"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const closeTimeout = 5 * time.Second

// Config is the service's settings as a program of its own.
type Config struct {
	Addr       string
	NATS       string
	Store      string
	Gateway    string
	Operator   string
	SessionAge time.Duration
	Log        bus.Config
	Secrets    conf.Secrets
}

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.StringVar(&c.Addr, "addr", "127.0.0.1:8083", "listen `address` for gRPC, Connect and probes")
	fs.StringVar(&c.NATS, "nats-url", nats.DefaultURL, "NATS `URL`")
	fs.StringVar(&c.Store, "store", "", "`URL` of the store: "+opendoc.Usage)
	fs.StringVar(&c.Gateway, "gateway", "127.0.0.1:8081", "gRPC `address` of the gateway")
	fs.StringVar(&c.Operator, "operator", "127.0.0.1:8084", "gRPC `address` of the operator service")
	fs.DurationVar(&c.SessionAge, "session-age", DefaultSessionAge, "how long a bot remembers a conversation after its last event")
	fs.IntVar(&c.Log.Replicas, "nats-replicas", 1, "copies of the log and the buckets in the NATS cluster; the same for every service")
	fs.DurationVar(&c.Log.MaxAge, "log-age", 7*24*time.Hour, "how long an event stays in the log; the same for every service")
	fs.Int64Var(&c.Log.MaxBytes, "log-bytes", 8<<30, "the size beyond which the log refuses; the same for every service")
	fs.DurationVar(&c.Log.Duplicates, "log-duplicates", defaultDuplicates, "how long the log knows an id; the same for every service")
	c.Secrets.Flags(fs)
}

// Start is the scenario service as a program; see [run.Start].
func Start(ctx context.Context, args []string, getenv func(string) string) (err error) {
	var c Config
	if err := conf.Parse("scenario", args, getenv, c.Flags); err != nil {
		return err
	}
	tokens, err := c.tokens()
	if err != nil {
		return err
	}
	store, err := opendoc.Open(ctx, "-store", c.Store)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		err = errors.Join(err, store.Close(closing))
	}()
	nc, err := nats.Connect(c.NATS, nats.Name("scenario"), nats.MaxReconnects(-1))
	if err != nil {
		return fmt.Errorf("-nats-url: %w", err)
	}
	defer nc.Close()
	return c.serve(ctx, tokens, store, nc)
}

func (c *Config) tokens() (*token.Keys, error) {
	secrets, err := c.Secrets.Load()
	if err != nil {
		return nil, err
	}
	return token.NewKeys(secrets...)
}

// serve makes the service from what is open and runs it until ctx ends.
func (c *Config) serve(ctx context.Context, tokens *token.Keys, store docstore.Store, nc *nats.Conn) error {
	d, err := c.deps(ctx, store, nc)
	if err != nil {
		return err
	}
	source, err := tokens.ServiceSource(token.Scenario)
	if err != nil {
		return err
	}
	gateway, err := rpc.Dial(c.Gateway, source)
	if err != nil {
		return fmt.Errorf("-gateway: %w", err)
	}
	defer gateway.Close()
	operator, err := rpc.Dial(c.Operator, source)
	if err != nil {
		return fmt.Errorf("-operator: %w", err)
	}
	defer operator.Close()
	d.Gateway, d.Intake = gatewayv1.NewGatewayServiceClient(gateway), operatorv1.NewIntakeServiceClient(operator)
	service, err := New(ctx, d)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	probes := &health.Probes{Checks: []health.Check{{Name: "nats", Ask: d.Log.Ping}, {Name: "store", Ask: store.Ping}}}
	defer context.AfterFunc(ctx, probes.Stop)()
	return run.Stages(ctx, d.Cache, service, listen.HTTP(ln, handler(authz.New(tokens, d.Cache), probes, service.Register)))
}

// deps opens what the service keeps in NATS.
func (c *Config) deps(ctx context.Context, store docstore.Store, nc *nats.Conn) (Deps, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return Deps{}, fmt.Errorf("jetstream: %w", err)
	}
	log, err := bus.Open(ctx, nc, c.Log)
	if err != nil {
		return Deps{}, err
	}
	bucket, err := settings.Open(ctx, js, c.Log.Replicas)
	if err != nil {
		return Deps{}, err
	}
	cache, err := bucket.Watch(ctx)
	if err != nil {
		return Deps{}, err
	}
	return Deps{
		Store: store, Settings: bucket, Cache: cache, Log: log, JetStream: js,
		SessionAge: c.SessionAge, Replicas: c.Log.Replicas, Duplicates: c.Log.Duplicates,
	}, nil
}

// handler serves gRPC, gRPC-Web, Connect and the probes on one port.
func handler(auth *authz.Authorizer, probes *health.Probes, register func(grpc.ServiceRegistrar)) http.Handler {
	server := rpc.NewServer(auth)
	register(server)
	healthgrpc.RegisterHealthServer(server, grpchealth.NewServer())
	mux := http.NewServeMux()
	server.Mount(mux)
	probes.Mount(mux)
	return mux
}
