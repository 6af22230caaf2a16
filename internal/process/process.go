// Package process is what a service needs to run as a process of its own: its connections, its
// listeners and its probes. The all-in-one shares one set between the services instead.
package process

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/grpc"

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
	"github.com/switchboard-chat/switchboard/internal/telemetry"
	"github.com/switchboard-chat/switchboard/internal/token"
)

const (
	openRetry     = 500 * time.Millisecond
	reconnectWait = 500 * time.Millisecond
)

// Options are the settings that every service has.
type Options struct {
	NATSURL      string
	NATSCreds    string
	Addr         string
	InternalAddr string
	Log          bus.Config
	Secrets      conf.Secrets
}

// Flags declares the settings.
func (o *Options) Flags(fs *flag.FlagSet) {
	fs.StringVar(&o.NATSURL, "nats-url", nats.DefaultURL, "NATS `URL`, several separated by commas")
	fs.StringVar(&o.NATSCreds, "nats-creds", "", "`file` with NATS credentials")
	fs.StringVar(&o.Addr, "addr", ":8080", "`address` for the public: Connect, gRPC-Web, gRPC, health")
	fs.StringVar(&o.InternalAddr, "internal-addr", ":9090", "`address` for the other services: gRPC")
	fs.IntVar(&o.Log.Replicas, "nats-replicas", 1, "copies of every stream and bucket in the NATS cluster")
	o.Log.Flags(fs)
	o.Secrets.Flags(fs)
}

// Process is an opened process. Close it when Run has ended.
type Process struct {
	Conn   *nats.Conn
	JS     jetstream.JetStream
	Log    *bus.Log
	Bucket *settings.Bucket
	Cache  *settings.Cache
	Tokens *token.Keys
	RPC    *rpc.Server
	Mux    *http.ServeMux
	Probes health.Probes

	name   string
	creds  *token.ServiceSource
	public net.Listener
	inside net.Listener
	closer []func() error
}

// Open connects the service of that name, waiting for NATS for as long as ctx allows, and begins to
// listen, so that a taken address is known at once. getenv is for telemetry; see [telemetry.Start].
func Open(ctx context.Context, name string, o Options, getenv func(string) string) (_ *Process, err error) {
	secrets, err := o.Secrets.Load()
	if err != nil {
		return nil, err
	}
	p := &Process{name: name, Mux: http.NewServeMux()}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	stop, err := telemetry.Start(ctx, name, getenv)
	if err != nil {
		return nil, err
	}
	p.closing(stop)
	if p.Tokens, err = token.NewKeys(secrets...); err != nil {
		return nil, fmt.Errorf("-secret-file: %w", err)
	}
	if p.creds, err = p.Tokens.ServiceSource(name); err != nil {
		return nil, err
	}
	if p.public, err = p.listen("-addr", o.Addr); err != nil {
		return nil, err
	}
	if p.inside, err = p.listen("-internal-addr", o.InternalAddr); err != nil {
		return nil, err
	}
	if err := p.connect(ctx, o); err != nil {
		return nil, err
	}
	p.RPC = rpc.NewServer(authz.New(p.Tokens, p.Cache))
	p.Probes.Checks = append(p.Probes.Checks, health.Check{Name: "NATS", Ask: p.Log.Ping})
	return p, nil
}

func (p *Process) listen(setting, addr string) (net.Listener, error) {
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	p.closing(func() error { _ = ln.Close(); return nil }) // closed already where it was served
	return ln, nil
}

func (p *Process) connect(ctx context.Context, o Options) (err error) {
	opts := []nats.Option{
		nats.Name(p.name), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait),
		nats.RetryOnFailedConnect(true),
	}
	if o.NATSCreds != "" {
		opts = append(opts, nats.UserCredentials(o.NATSCreds))
	}
	if p.Conn, err = nats.Connect(o.NATSURL, opts...); err != nil {
		return fmt.Errorf("-nats-url: %w", err)
	}
	p.closing(func() error { p.Conn.Close(); return nil })
	if p.JS, err = jetstream.New(p.Conn); err != nil {
		return err
	}
	open := func() (err error) {
		if p.Log, err = bus.Open(ctx, p.Conn, o.Log); err != nil {
			return err
		}
		if p.Bucket, err = settings.Open(ctx, p.JS, max(o.Log.Replicas, 1)); err != nil {
			return err
		}
		p.Cache, err = p.Bucket.Watch(ctx)
		return err
	}
	for err = open(); err != nil; err = open() {
		slog.WarnContext(ctx, "NATS is not ready", "service", p.name, "err", err)
		select {
		case <-ctx.Done():
			return fmt.Errorf("-nats-url: %w", err)
		case <-time.After(openRetry):
		}
	}
	return nil
}

// Addr is where the process listens for the public.
func (p *Process) Addr() net.Addr { return p.public.Addr() }

// Store opens the service's document store at the URL of the setting -store.
func (p *Process) Store(ctx context.Context, url string) (docstore.Store, error) {
	s, err := opendoc.Open(ctx, "-store", url)
	if err != nil {
		return nil, err
	}
	p.closing(func() error { return s.Close(context.WithoutCancel(ctx)) })
	p.Probes.Checks = append(p.Probes.Checks, health.Check{Name: "store", Ask: s.Ping})
	return s, nil
}

// Dial returns a connection to the internal address of another service.
func (p *Process) Dial(setting, target string) (grpc.ClientConnInterface, error) {
	if target == "" {
		return nil, fmt.Errorf("%s: required, such as gateway:9090", setting)
	}
	cc, err := rpc.Dial(target, p.creds)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	p.closing(cc.Close)
	return cc, nil
}

// Run serves until ctx ends: first it stops being ready, then serving, then the services.
func (p *Process) Run(ctx context.Context, services ...run.Service) error {
	p.Probes.Register(p.RPC)
	p.Probes.Mount(p.Mux)
	p.RPC.Mount(p.Mux)
	slog.InfoContext(ctx, "serving", "service", p.name, "addr", p.public.Addr().String(), "internal_addr", p.inside.Addr().String())
	return run.Stages(ctx,
		run.Func(p.Cache.Run),
		run.Func(func(ctx context.Context) error { return run.All(ctx, services...) }),
		run.Func(func(ctx context.Context) error {
			return run.All(ctx, listen.HTTP(p.public, p.Mux), listen.GRPC(p.inside, p.RPC.GRPC()))
		}),
		run.Func(func(ctx context.Context) error { <-ctx.Done(); p.Probes.Stop(); return nil }),
	)
}

func (p *Process) closing(f func() error) { p.closer = append(p.closer, f) }

// Close lets go of everything that Open and its methods have opened.
func (p *Process) Close() error {
	var errs error
	for i := len(p.closer) - 1; i >= 0; i-- {
		errs = errors.Join(errs, p.closer[i]())
	}
	p.closer = nil
	return errs
}
