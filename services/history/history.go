// Package history is the service that keeps the record of every conversation: it copies the log into
// documents and lists them.
package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/subject"

	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

const (
	consumer    = "history" // the durable consumer, shared by the replicas
	batchEvents = 500
	batchEvery  = 100 * time.Millisecond // each is synced to the disk twice, and nobody waits for it
	retryStep   = 100 * time.Millisecond
	retryMax    = 5 * time.Second
)

// Deps is what the service works with. All of it is required and remains the caller's.
type Deps struct {
	Conn  *nats.Conn // that of Log; tells of reconnections
	Log   *bus.Log
	Store docstore.Store
}

// Service is the history service. Make it with [New], register it on a server that has the
// interceptors of authz, and run it.
type Service struct {
	conn        *nats.Conn
	log         *bus.Log
	messages    docstore.Collection
	checkpoints *checkpoints
}

// New makes the collections that are not there yet, and begins a new generation of the log if the
// log has lost what history has read from it: whoever shows the log should open after this.
func New(ctx context.Context, d Deps) (*Service, error) {
	if d.Conn == nil || d.Log == nil || d.Store == nil {
		return nil, errors.New("history: a dependency is missing")
	}
	messages, err := d.Store.Collection(ctx, messageSchema())
	if err != nil {
		return nil, fmt.Errorf("open collection of messages: %w", err)
	}
	marks, err := d.Store.Collection(ctx, checkpointSchema())
	if err != nil {
		return nil, fmt.Errorf("open collection of checkpoints: %w", err)
	}
	s := &Service{conn: d.Conn, log: d.Log, messages: messages, checkpoints: &checkpoints{log: d.Log, docs: marks}}
	if err := s.checkpoints.check(ctx); err != nil {
		return nil, fmt.Errorf("compare the log with what was seen of it: %w", err)
	}
	return s, nil
}

// Register offers HistoryService. The server must have authz's interceptors: the methods trust the
// caller that they find in the context.
func (s *Service) Register(r grpc.ServiceRegistrar) {
	historyv1.RegisterHistoryServiceServer(r, &server{messages: s.messages})
}

// Run records the log until ctx ends, and then finishes the batch under way. An outage of NATS or of
// the store holds it up and loses nothing.
func (s *Service) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		s.checkAfterReconnects(ctx)
		return nil
	})
	g.Go(func() error {
		cfg := bus.ConsumerConfig{Name: consumer, Filters: []string{subject.Log}, Workers: batchEvents, Every: batchEvery}
		return s.log.ConsumeBatches(ctx, cfg, func(work context.Context, events []bus.Event) error {
			return s.insist(ctx, work, events)
		})
	})
	return g.Wait()
}

// insist records a batch, for as long as ctx allows: a later batch must not overtake it, or a reader
// that goes on in the log behind the newest record would miss this one.
func (s *Service) insist(ctx, work context.Context, events []bus.Event) error {
	for wait := retryStep; ; wait = min(2*wait, retryMax) {
		err := s.record(work, events)
		if !errors.Is(err, bus.ErrUnavailable) {
			return err
		}
		slog.WarnContext(work, "events not recorded yet", "events", len(events), "err", err)
		select {
		case <-ctx.Done():
			return err // not settled: delivered again to whoever records next
		case <-time.After(wait):
		}
	}
}

// checkAfterReconnects looks whether NATS came back with less than was seen. An event that is
// delivered meanwhile makes record look, too.
func (s *Service) checkAfterReconnects(ctx context.Context) {
	status := s.conn.StatusChanged(nats.CONNECTED)
	defer s.conn.RemoveStatusListener(status)
	retry := time.NewTicker(retryMax)
	defer retry.Stop()
	unknown := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-retry.C:
			if !unknown {
				continue
			}
		case <-status:
		}
		err := s.checkpoints.check(ctx)
		unknown = err != nil
		if unknown && ctx.Err() == nil {
			slog.WarnContext(ctx, "log not compared with what was seen of it", "err", err)
		}
	}
}
