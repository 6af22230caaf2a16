// Package operator is the service for people: dialogs, the queue, taking and answering.
package operator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/subject"

	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const consumer = "operator" // the durable consumer, shared by the replicas

// Deps is what the service works with. It remains the caller's.
type Deps struct {
	Conn    *nats.Conn // that of Log; changed dialogs are announced on it
	Log     *bus.Log
	Store   docstore.Store
	Gateway gatewayv1.GatewayServiceClient // called as the operator service

	Heartbeat  time.Duration // how often a watcher is shown that its stream is alive; 15 s
	SweepEvery time.Duration // how often half-made dialogs are looked for; 5 s
	OpeningAge time.Duration // how old a half-made dialog is then; 5 s
}

func (d *Deps) withDefaults() Deps {
	out := *d
	for _, f := range []struct {
		value *time.Duration
		def   time.Duration
	}{{&out.Heartbeat, 15 * time.Second}, {&out.SweepEvery, 5 * time.Second}, {&out.OpeningAge, 5 * time.Second}} {
		if *f.value == 0 {
			*f.value = f.def
		}
	}
	return out
}

// Service is the operator service. Make it with [New], register it on a server that has the
// interceptors of authz, and run it.
type Service struct {
	operatorv1.UnimplementedOperatorServiceServer
	operatorv1.UnimplementedIntakeServiceServer

	deps    Deps
	dialogs *dialogs
	quiet   *quiet
	hub     *hub
}

// New makes the collection that is not there yet.
func New(ctx context.Context, d Deps) (*Service, error) {
	if d.Conn == nil || d.Log == nil || d.Store == nil || d.Gateway == nil {
		return nil, errors.New("operator: a dependency is missing")
	}
	docs, err := d.Store.Collection(ctx, dialogSchema())
	if err != nil {
		return nil, fmt.Errorf("open collection of dialogs: %w", err)
	}
	return &Service{deps: d.withDefaults(), dialogs: &dialogs{docs: docs}, quiet: newQuiet(), hub: newHub(d.Conn, d.Log.NewFeed())}, nil
}

// Register offers OperatorService and IntakeService. The server must have authz's interceptors: the
// methods trust the caller that they find in the context.
func (s *Service) Register(r grpc.ServiceRegistrar) {
	operatorv1.RegisterOperatorServiceServer(r, s)
	operatorv1.RegisterIntakeServiceServer(r, s)
}

// Run makes the dialogs follow the log until ctx ends, and then finishes what is under way. Open
// Watch streams end with UNAVAILABLE. It runs once.
func (s *Service) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.hub.run(ctx) })
	g.Go(func() error { s.sweepUntil(ctx); return nil })
	g.Go(func() error {
		return s.deps.Log.Consume(ctx, bus.ConsumerConfig{
			Name:    consumer,
			Filters: []string{subject.Visitors, subject.Bots, subject.Operators, subject.OwnerEvents},
		}, s.wake)
	})
	return g.Wait()
}
