package gateway

import (
	"context"
	"errors"
	"flag"

	"github.com/switchboard-chat/switchboard/internal/blob"
	"github.com/switchboard-chat/switchboard/internal/blob/openblob"
	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/health"
	"github.com/switchboard-chat/switchboard/internal/process"
	"github.com/switchboard-chat/switchboard/internal/token"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

// Start is the gateway as a program; see [run.Start].
func Start(ctx context.Context, args []string, getenv func(string) string) (err error) {
	var o Options
	if err := conf.Parse("gateway", args, getenv, o.Flags); err != nil {
		return err
	}
	p, err := process.Open(ctx, token.Gateway, o.Process, getenv)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	history, err := p.Dial("-history", o.History)
	if err != nil {
		return err
	}
	var blobs blob.Store
	if o.Blobs != "" {
		if blobs, err = openblob.Open("-blobs", o.Blobs); err != nil {
			return err
		}
	}
	if o.Config.Advertise, err = advertised(o.Advertise, p.Addr(), p.Conn); err != nil {
		return err
	}
	g, err := New(o.Config, Deps{
		Log: p.Log, Settings: p.Cache, Tokens: p.Tokens,
		History: historyv1.NewHistoryServiceClient(history), Blobs: blobs,
	})
	if err != nil {
		return err
	}
	g.Register(p.RPC)
	g.Mount(p.Mux)
	p.Probes.Checks = append(p.Probes.Checks, health.Check{Name: "gateway", Ask: g.Ready})
	return p.Run(ctx, g)
}

// Options are the settings of the gateway as a program.
type Options struct {
	Process   process.Options
	Config    Config
	History   string
	Advertise string
	Blobs     string
}

// Flags declares the settings.
func (o *Options) Flags(fs *flag.FlagSet) {
	o.Process.Flags(fs)
	o.Config.Flags(fs)
	fs.StringVar(&o.Advertise, "advertise", "", "`address` under which other gateways reach -addr of this one, such as 10.1.2.3:8080, for clients that poll; empty means the one that NATS sees")
	fs.StringVar(&o.History, "history", "history:9090", "internal `address` of the history service")
	fs.StringVar(&o.Blobs, "blobs", "", "`URL` where uploads are kept, the same for all gateways: "+openblob.Usage+"; empty = nothing can be uploaded")
}
