package scenario

import (
	"context"
	"errors"
	"flag"
	"time"

	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/docstore/opendoc"
	"github.com/switchboard-chat/switchboard/internal/process"
	"github.com/switchboard-chat/switchboard/internal/token"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// Config is how the service works.
type Config struct {
	SessionAge time.Duration
}

// Flags declares the settings.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.DurationVar(&c.SessionAge, "session-age", DefaultSessionAge, "how long a bot remembers a conversation after its last event")
}

// Options are the settings of the service as a program.
type Options struct {
	Process  process.Options
	Config   Config
	Store    string
	Gateway  string
	Operator string
}

// Flags declares the settings.
func (o *Options) Flags(fs *flag.FlagSet) {
	o.Process.Flags(fs)
	o.Config.Flags(fs)
	fs.StringVar(&o.Store, "store", "file:scenario.db", "`URL` of the service's own store: "+opendoc.Usage)
	fs.StringVar(&o.Gateway, "gateway", "gateway:9090", "internal `address` of the gateway")
	fs.StringVar(&o.Operator, "operator", "operator:9090", "internal `address` of the operator service")
}

// Start is the scenario service as a program; see [run.Start].
func Start(ctx context.Context, args []string, getenv func(string) string) (err error) {
	var o Options
	if err := conf.Parse("scenario", args, getenv, o.Flags); err != nil {
		return err
	}
	p, err := process.Open(ctx, token.Scenario, o.Process, getenv)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	store, err := p.Store(ctx, o.Store)
	if err != nil {
		return err
	}
	gateway, err := p.Dial("-gateway", o.Gateway)
	if err != nil {
		return err
	}
	operator, err := p.Dial("-operator", o.Operator)
	if err != nil {
		return err
	}
	s, err := New(ctx, Deps{
		Store: store, Settings: p.Bucket, Cache: p.Cache, Log: p.Log, JetStream: p.JS,
		Gateway: gatewayv1.NewGatewayServiceClient(gateway), Intake: operatorv1.NewIntakeServiceClient(operator),
		SessionAge: o.Config.SessionAge, Replicas: o.Process.Log.Replicas, Duplicates: o.Process.Log.Duplicates,
	})
	if err != nil {
		return err
	}
	s.Register(p.RPC)
	return p.Run(ctx, s)
}
