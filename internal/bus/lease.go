package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

const (
	leaseStream   = "LEASES"
	leaseAfter    = "Switchboard-After"
	leaseMaxBytes = 64 << 20
	maxLeases     = 100_000         // that are remembered
	maxLease      = 2 * time.Minute // the longest
	leaseRetry    = time.Second
)

// A Lease is something that goes on in a conversation for a while, such as thinking.
type Lease struct {
	Data  []byte    // what, as its maker knows it
	After uint64    // the conversation's newest event when it began
	Until time.Time // when it ends, if nothing ends it before
}

// Leases are those of all conversations. They are kept in the memory of NATS, so that whoever starts
// learns of them, and of every reader, so that looking costs nothing. One that is lost is no harm:
// it would have ended by itself. Make it with [Log.NewLeases]; it knows of none without [Leases.Run].
type Leases struct {
	log *Log

	mu sync.Mutex
	of map[subject.Conversation]Lease
}

// NewLeases returns leases that are not followed yet.
func (l *Log) NewLeases() *Leases { return &Leases{log: l, of: map[subject.Conversation]Lease{}} }

// Put gives the conversation a lease for as long as ttl, at most two minutes, instead of the one that it
// may have. No data ends that.
func (ls *Leases) Put(c subject.Conversation, data []byte, after uint64, ttl time.Duration) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if len(data) == 0 {
		ttl = time.Second // until everybody has heard of it
	}
	m := nats.NewMsg(c.Lease())
	m.Data = data
	m.Header.Set(leaseAfter, strconv.FormatUint(after, 10))
	m.Header.Set(jetstream.MsgTTLHeader, min(max(ttl, time.Second), maxLease).String()) // a server knows no less than a second
	return ls.log.nc.PublishMsg(m)
}

// Of returns the conversation's lease, if it has one now.
func (ls *Leases) Of(c subject.Conversation) (Lease, bool) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	lease, ok := ls.of[c]
	return lease, ok && time.Now().Before(lease.Until)
}

// Run follows the leases until ctx ends, also when NATS has been away and has forgotten them.
func (ls *Leases) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := ls.follow(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "leases not followed", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(leaseRetry):
		}
	}
	return nil
}

func (ls *Leases) follow(ctx context.Context) error {
	js := ls.log.js
	s, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: leaseStream, Description: "What goes on in conversations for a while", Subjects: []string{subject.Leases},
		Storage: jetstream.MemoryStorage, Replicas: max(ls.log.Replicas(), 1), MaxMsgsPerSubject: 1,
		MaxAge: maxLease, MaxBytes: leaseMaxBytes, Discard: jetstream.DiscardOld, AllowMsgTTL: true, AllowDirect: true,
	})
	if err != nil {
		return fmt.Errorf("stream %s: %w", leaseStream, err)
	}
	cons, err := s.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy:    jetstream.DeliverLastPerSubjectPolicy,
		MaxResetAttempts: 1, // without a limit it would wait forever for a stream that has gone
	})
	if err != nil {
		return fmt.Errorf("follow %s: %w", leaseStream, err)
	}
	it, err := cons.Messages()
	if err != nil {
		return fmt.Errorf("follow %s: %w", leaseStream, err)
	}
	defer it.Stop()
	defer context.AfterFunc(ctx, it.Stop)()
	for {
		m, err := it.Next()
		switch {
		case errors.Is(err, jetstream.ErrMsgIteratorClosed):
			return nil
		case err != nil:
			return fmt.Errorf("follow %s: %w", leaseStream, err)
		}
		if err := ls.heard(m); err != nil {
			slog.ErrorContext(ctx, "lease not understood", "subject", m.Subject(), "err", err)
		}
	}
}

func (ls *Leases) heard(m jetstream.Msg) error {
	c, err := subject.ParseLease(m.Subject())
	if err != nil {
		return err
	}
	md, err := m.Metadata()
	after, aerr := strconv.ParseUint(m.Headers().Get(leaseAfter), 10, 64)
	ttl, terr := time.ParseDuration(m.Headers().Get(jetstream.MsgTTLHeader))
	if err := errors.Join(err, aerr, terr); err != nil {
		return err
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if len(m.Data()) == 0 {
		delete(ls.of, c)
		return nil
	}
	if len(ls.of) >= maxLeases {
		ls.forget(time.Now())
	}
	if _, known := ls.of[c]; known || len(ls.of) < maxLeases {
		ls.of[c] = Lease{Data: m.Data(), After: after, Until: md.Timestamp.Add(ttl)}
	}
	return nil
}

// forget drops what has ended, under ls.mu.
func (ls *Leases) forget(now time.Time) {
	for c, l := range ls.of {
		if !now.Before(l.Until) {
			delete(ls.of, c)
		}
	}
}
