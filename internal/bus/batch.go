package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

const batchLinger = 5 * time.Millisecond // how long a batch waits for more at least

// ConsumeBatches calls handle with what matches the filters, in the order of the log, up to
// cfg.Workers events a call, one call at a time and, but for full ones, one every cfg.Every, until ctx
// ends. A nil error settles the batch; an error delivers all
// of it again. Handle must not mind seeing an event twice. What cannot be decoded becomes a dead
// letter before it reaches handle.
func (l *Log) ConsumeBatches(ctx context.Context, cfg ConsumerConfig, handle func(context.Context, []Event) error) error {
	cfg = cfg.withDefaults()
	in := make(chan jetstream.Msg, cfg.Workers)
	replays := make(chan replay, 1)
	stop, err := l.serveReplays(cfg.Name, func(d dead, settle func(error)) {
		select {
		case replays <- replay{d, settle}:
		default:
			settle(fmt.Errorf("consumer %s is busy with another replay", cfg.Name))
		}
	})
	if err != nil {
		return err
	}
	defer stop()
	done := make(chan error, 1)
	go func() {
		defer close(in)
		done <- l.messages(ctx, cfg, func(m jetstream.Msg) {
			select {
			case in <- m:
			case <-ctx.Done():
			}
		})
	}()
	var began time.Time // the batch before
	for {
		select {
		case r := <-replays:
			e := l.decode(r.d.c, r.d.from, r.d.sequence, r.d.data)
			if e.Err != nil {
				r.settle(e.Err)
				continue
			}
			r.settle(handle(context.WithoutCancel(ctx), []Event{e}))
		case m, ok := <-in:
			if !ok {
				return <-done
			}
			batch := collect(m, in, cfg.Workers, max(batchLinger, time.Until(began.Add(cfg.Every))))
			began = time.Now()
			l.handleBatch(ctx, cfg, batch, handle)
		}
	}
}

type replay struct {
	d      dead
	settle func(error)
}

// collect takes what has arrived, waiting for more.
func collect(first jetstream.Msg, in <-chan jetstream.Msg, limit int, wait time.Duration) []jetstream.Msg {
	batch := []jetstream.Msg{first}
	linger := time.NewTimer(wait)
	defer linger.Stop()
	for len(batch) < limit {
		select {
		case m, ok := <-in:
			if !ok {
				return batch
			}
			batch = append(batch, m)
		case <-linger.C:
			return batch
		}
	}
	return batch
}

func (l *Log) handleBatch(ctx context.Context, cfg ConsumerConfig, batch []jetstream.Msg, handle func(context.Context, []Event) error) {
	events := make([]Event, 0, len(batch))
	good := batch[:0]
	for _, m := range batch {
		e, err := l.delivered(m)
		if err != nil {
			l.settle(cfg, m, fmt.Errorf("%w: %w", ErrPoison, err))
			continue
		}
		events, good = append(events, e), append(good, m)
	}
	if len(events) == 0 {
		return
	}
	err := handle(context.WithoutCancel(traced(ctx, good[0])), events)
	for _, m := range good {
		l.settle(cfg, m, err)
	}
}

func (l *Log) delivered(m jetstream.Msg) (Event, error) {
	md, err := m.Metadata()
	if err != nil {
		return Event{}, err
	}
	c, from, err := subject.Parse(m.Subject())
	if err != nil {
		return Event{}, err
	}
	e := l.decode(c, from, md.Sequence.Stream, m.Data())
	return e, e.Err
}
