package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"google.golang.org/grpc"

	"github.com/switchboard-chat/switchboard/internal/blob/openblob"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/consoleweb"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/sqlite"
	"github.com/switchboard-chat/switchboard/internal/health"
	"github.com/switchboard-chat/switchboard/internal/listen"
	"github.com/switchboard-chat/switchboard/internal/rpc"
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/telemetry"
	"github.com/switchboard-chat/switchboard/internal/token"
	"github.com/switchboard-chat/switchboard/services/config"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/history"
	"github.com/switchboard-chat/switchboard/services/operator"
	"github.com/switchboard-chat/switchboard/services/scenario"
)

type options struct {
	addr       string
	dataDir    string
	sync       time.Duration
	adminEmail string
	blobs      string
	log        bus.Config
	gateway    gateway.Config
	scenario   scenario.Config
}

func (o *options) flags(fs *flag.FlagSet) {
	fs.StringVar(&o.addr, "addr", "127.0.0.1:8080", "`address` to serve everything on; \":8080\" means all interfaces")
	fs.StringVar(&o.dataDir, "data-dir", "data", "`directory` for everything that is kept")
	fs.DurationVar(&o.sync, "sync-interval", time.Second, "how much of the log a power cut may take back; 0 = nothing, at the disk's pace")
	fs.StringVar(&o.adminEmail, "admin-email", "admin@example.com", "`e-mail` of the first administrator, made when there is no user yet")
	fs.StringVar(&o.blobs, "blobs", "", "`URL` where uploads are kept: "+openblob.Usage+"; empty = the folder blobs in the data directory")
	o.log.Flags(fs)
	o.gateway.Flags(fs)
	o.scenario.Flags(fs)
}

// serve runs everything until ctx ends.
func serve(ctx context.Context, args []string, getenv func(string) string) (err error) {
	var o options
	if err := conf.Parse("switchboard", args, getenv, o.flags); err != nil {
		return err
	}
	ln, err := net.Listen("tcp", o.addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	defer func() {
		if err != nil {
			_ = ln.Close() // closed already unless serving never began
		}
	}()
	if err := os.MkdirAll(o.dataDir, 0o700); err != nil {
		return fmt.Errorf("-data-dir: %w", err)
	}
	a := &app{options: o}
	defer func() { err = errors.Join(err, a.close()) }()
	unlock, err := lock(o.dataDir)
	if err != nil {
		return err
	}
	a.closing(unlock)
	stop, err := telemetry.Start(ctx, "all-in-one", getenv)
	if err != nil {
		return err
	}
	a.closing(stop)
	if err := a.open(ctx); err != nil {
		return err
	}
	if err := a.build(ctx); err != nil {
		return err
	}
	password, err := a.firstStart(ctx)
	if err != nil {
		return err
	}
	greet(ln.Addr(), o.adminEmail, password)
	if err := a.started(); err != nil {
		return err
	}
	return a.run(ctx, ln)
}

// app is the process's parts, in the order in which they depend on each other.
type app struct {
	options
	nats   *server.Server
	tokens *token.Keys
	stores map[string]docstore.Store // by service
	closer []func() error            // run backwards

	settings *settings.Bucket
	cache    *settings.Cache
	rpc      *rpc.Server
	probes   health.Probes

	config   *config.Service
	history  *history.Service
	operator *operator.Service
	scenario *scenario.Service
	gateway  *gateway.Gateway
}

// closing notes what close has to undo.
func (a *app) closing(f func() error) { a.closer = append(a.closer, f) }

func (a *app) close() error {
	var errs error
	for i := len(a.closer) - 1; i >= 0; i-- {
		errs = errors.Join(errs, a.closer[i]())
	}
	return errs
}

// open starts NATS and opens the stores, one file a service: a writer of one never waits for
// another's.
func (a *app) open(ctx context.Context) error {
	master, err := secret(a.dataDir)
	if err != nil {
		return err
	}
	if a.tokens, err = token.NewKeys(master); err != nil {
		return err
	}
	if a.nats, err = embedNATS(filepath.Join(a.dataDir, "nats"), a.sync); err != nil {
		return err
	}
	a.closing(func() error { a.nats.Shutdown(); a.nats.WaitForShutdown(); return nil })
	a.stores = map[string]docstore.Store{}
	for _, name := range []string{token.Config, token.History, token.Operator, token.Scenario} {
		s, err := sqlite.Open(filepath.Join(a.dataDir, name+".db"))
		if err != nil {
			return fmt.Errorf("open the store of %s: %w", name, err)
		}
		a.stores[name] = s
		a.closing(func() error { return s.Close(context.WithoutCancel(ctx)) })
		a.probes.Checks = append(a.probes.Checks, health.Check{Name: name + " store", Ask: s.Ping})
	}
	return nil
}

// connect gives a service its own connection to NATS.
func (a *app) connect(name string) (*nats.Conn, error) {
	nc, err := connect(a.nats, name)
	if err != nil {
		return nil, err
	}
	a.closing(func() error { nc.Close(); return nil })
	return nc, nil
}

// log gives a service its own connection and its view of the log.
func (a *app) log(ctx context.Context, name string) (*bus.Log, error) {
	nc, err := a.connect(name)
	if err != nil {
		return nil, err
	}
	return bus.Open(ctx, nc, a.options.log)
}

// local is how a service calls the others: under its own name.
func (a *app) local(name string) (grpc.ClientConnInterface, error) {
	creds, err := a.tokens.ServiceSource(name)
	if err != nil {
		return nil, err
	}
	return a.rpc.Local(creds), nil
}

// run works until ctx ends. What serves stops before what it serves from.
func (a *app) run(ctx context.Context, ln net.Listener) error {
	mux := http.NewServeMux()
	a.probes.Mount(mux)
	a.rpc.Mount(mux)
	a.gateway.Mount(mux)
	consoleweb.Mount(mux)
	notReady := run.Func(func(ctx context.Context) error { <-ctx.Done(); a.probes.Stop(); return nil })
	all := func(services ...run.Service) run.Service {
		return run.Func(func(ctx context.Context) error { return run.All(ctx, services...) })
	}
	slog.InfoContext(ctx, "serving", "addr", ln.Addr().String(), "data_dir", a.dataDir)
	return run.Stages(ctx,
		run.Func(a.cache.Run),
		all(a.config, a.history),
		all(a.operator, a.scenario),
		all(listen.HTTP(ln, mux), a.gateway),
		notReady,
	)
}
