package history

import (
	"context"
	"errors"
	"flag"

	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/docstore/opendoc"
	"github.com/switchboard-chat/switchboard/internal/process"
	"github.com/switchboard-chat/switchboard/internal/token"
)

// Options are the settings of the service as a program.
type Options struct {
	Process process.Options
	Store   string
}

// Flags declares the settings.
func (o *Options) Flags(fs *flag.FlagSet) {
	o.Process.Flags(fs)
	fs.StringVar(&o.Store, "store", "file:history.db", "`URL` of the service's own store: "+opendoc.Usage)
}

// Start is the history service as a program; see [run.Start].
func Start(ctx context.Context, args []string, getenv func(string) string) (err error) {
	var o Options
	if err := conf.Parse("history", args, getenv, o.Flags); err != nil {
		return err
	}
	p, err := process.Open(ctx, token.History, o.Process, getenv)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	store, err := p.Store(ctx, o.Store)
	if err != nil {
		return err
	}
	s, err := New(ctx, Deps{Conn: p.Conn, Log: p.Log, Store: store})
	if err != nil {
		return err
	}
	s.Register(p.RPC)
	return p.Run(ctx, s)
}
