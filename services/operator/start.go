package operator

import (
	"context"
	"errors"
	"flag"

	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/consoleweb"
	"github.com/switchboard-chat/switchboard/internal/docstore/opendoc"
	"github.com/switchboard-chat/switchboard/internal/process"
	"github.com/switchboard-chat/switchboard/internal/token"

	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

// Options are the settings of the service as a program.
type Options struct {
	Process process.Options
	Store   string
	Gateway string
}

// Flags declares the settings.
func (o *Options) Flags(fs *flag.FlagSet) {
	o.Process.Flags(fs)
	fs.StringVar(&o.Store, "store", "file:operator.db", "`URL` of the service's own store: "+opendoc.Usage)
	fs.StringVar(&o.Gateway, "gateway", "gateway:9090", "internal `address` of the gateway")
}

// Start is the operator service as a program, which also serves the operators' console; see
// [run.Start].
func Start(ctx context.Context, args []string, getenv func(string) string) (err error) {
	var o Options
	if err := conf.Parse("operator", args, getenv, o.Flags); err != nil {
		return err
	}
	p, err := process.Open(ctx, token.Operator, o.Process, getenv)
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
	s, err := New(ctx, Deps{
		Conn: p.Conn, Log: p.Log, Store: store, Gateway: gatewayv1.NewGatewayServiceClient(gateway),
	})
	if err != nil {
		return err
	}
	s.Register(p.RPC)
	consoleweb.Mount(p.Mux)
	return p.Run(ctx, s)
}
