package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/blob"
	"github.com/switchboard-chat/switchboard/internal/blob/dir"
	"github.com/switchboard-chat/switchboard/internal/blob/openblob"
	"github.com/switchboard-chat/switchboard/internal/health"
	"github.com/switchboard-chat/switchboard/internal/rpc"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/token"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
	"github.com/switchboard-chat/switchboard/services/config"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/history"
	"github.com/switchboard-chat/switchboard/services/operator"
	"github.com/switchboard-chat/switchboard/services/scenario"
)

// build makes the five services, as their own programs do, and offers them on one server. History
// comes before those who show the log: it notices a log that has lost its end.
func (a *app) build(ctx context.Context) error {
	for _, step := range []struct {
		name string
		make func(context.Context) error
	}{
		{"config", a.buildConfig},
		{"history", a.buildHistory},
		{"gateway", a.buildGateway},
		{"operator", a.buildOperator},
		{"scenario", a.buildScenario},
	} {
		if err := step.make(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	a.config.Register(a.rpc)
	a.history.Register(a.rpc)
	a.gateway.Register(a.rpc)
	a.operator.Register(a.rpc)
	a.scenario.Register(a.rpc)
	a.probes.Register(a.rpc)
	a.probes.Checks = append(a.probes.Checks, health.Check{Name: "gateway", Ask: a.gateway.Ready})
	return nil
}

// buildConfig also opens what the services share: the settings, and the server that trusts by them.
func (a *app) buildConfig(ctx context.Context) error {
	nc, err := a.connect(token.Config)
	if err != nil {
		return err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	if a.settings, err = settings.Open(ctx, js, 1); err != nil {
		return err
	}
	if a.cache, err = a.settings.Watch(ctx); err != nil {
		return err
	}
	a.rpc = rpc.NewServer(authz.New(a.tokens, a.cache))
	a.config, err = config.New(ctx, config.Deps{
		Store: a.stores[token.Config], Settings: a.settings, Cache: a.cache, Tokens: a.tokens,
	})
	return err
}

func (a *app) buildHistory(ctx context.Context) error {
	l, err := a.log(ctx, token.History)
	if err != nil {
		return err
	}
	a.history, err = history.New(ctx, history.Deps{Conn: l.Conn(), Log: l, Store: a.stores[token.History]})
	return err
}

func (a *app) buildGateway(ctx context.Context) error {
	l, err := a.log(ctx, token.Gateway)
	if err != nil {
		return err
	}
	cc, err := a.local(token.Gateway)
	if err != nil {
		return err
	}
	blobs, err := a.openBlobs()
	if err != nil {
		return err
	}
	a.gateway, err = gateway.New(a.options.gateway, gateway.Deps{
		Log: l, Settings: a.cache, Tokens: a.tokens, History: historyv1.NewHistoryServiceClient(cc), Blobs: blobs,
	})
	return err
}

// openBlobs opens where uploads are kept: in the data directory, unless it is told elsewhere.
func (a *app) openBlobs() (blob.Store, error) {
	if a.blobs != "" {
		return openblob.Open("-blobs", a.blobs)
	}
	return dir.Open(filepath.Join(a.dataDir, "blobs"))
}

func (a *app) buildOperator(ctx context.Context) error {
	l, err := a.log(ctx, token.Operator)
	if err != nil {
		return err
	}
	cc, err := a.local(token.Operator)
	if err != nil {
		return err
	}
	a.operator, err = operator.New(ctx, operator.Deps{
		Conn: l.Conn(), Log: l, Store: a.stores[token.Operator], Gateway: gatewayv1.NewGatewayServiceClient(cc),
	})
	return err
}

func (a *app) buildScenario(ctx context.Context) error {
	l, err := a.log(ctx, token.Scenario)
	if err != nil {
		return err
	}
	js, err := jetstream.New(l.Conn())
	if err != nil {
		return err
	}
	cc, err := a.local(token.Scenario)
	if err != nil {
		return err
	}
	a.scenario, err = scenario.New(ctx, scenario.Deps{
		Store: a.stores[token.Scenario], Settings: a.settings, Cache: a.cache, Log: l, JetStream: js,
		Gateway: gatewayv1.NewGatewayServiceClient(cc), Intake: operatorv1.NewIntakeServiceClient(cc),
		SessionAge: a.options.scenario.SessionAge, Duplicates: a.options.log.Duplicates,
	})
	return err
}
