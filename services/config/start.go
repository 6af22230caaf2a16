package config

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
	Process       process.Options
	Store         string
	AdminEmail    string
	AdminPassword string
}

// Flags declares the settings.
func (o *Options) Flags(fs *flag.FlagSet) {
	o.Process.Flags(fs)
	fs.StringVar(&o.Store, "store", "file:config.db", "`URL` of the service's own store: "+opendoc.Usage)
	fs.StringVar(&o.AdminEmail, "admin-email", "admin@example.com", "`e-mail` of the first administrator, made with -admin-password when there is no user yet")
	fs.StringVar(&o.AdminPassword, "admin-password", "", "`password` of the first administrator; empty makes none")
}

// Start is the config service as a program; see [run.Start].
func Start(ctx context.Context, args []string, getenv func(string) string) (err error) {
	var o Options
	if err := conf.Parse("config", args, getenv, o.Flags); err != nil {
		return err
	}
	p, err := process.Open(ctx, token.Config, o.Process, getenv)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	store, err := p.Store(ctx, o.Store)
	if err != nil {
		return err
	}
	s, err := New(ctx, Deps{Store: store, Settings: p.Bucket, Cache: p.Cache, Tokens: p.Tokens})
	if err != nil {
		return err
	}
	if o.AdminPassword != "" {
		if _, err := s.Bootstrap(ctx, o.AdminEmail, o.AdminPassword); err != nil {
			return err
		}
	}
	s.Register(p.RPC)
	return p.Run(ctx, s)
}
