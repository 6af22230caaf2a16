package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	reopenWait    = time.Second
	pullHeartbeat = 5 * time.Second
)

// messages calls each with every delivery of the durable consumer until ctx ends. It makes the
// consumer if it is not there, and goes on after NATS has been away.
func (l *Log) messages(ctx context.Context, cfg ConsumerConfig, each func(jetstream.Msg)) error {
	first := true
	for ctx.Err() == nil {
		err := l.pull(ctx, cfg, each)
		if err != nil && first && !errors.Is(err, nats.ErrNoResponders) && ctx.Err() == nil {
			return err // a wrong set-up, not an outage
		}
		first = false
		if err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "consumer interrupted", "consumer", cfg.Name, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(reopenWait):
		}
	}
	return nil
}

func (l *Log) pull(ctx context.Context, cfg ConsumerConfig, each func(jetstream.Msg)) error {
	cons, err := l.js.CreateOrUpdateConsumer(ctx, StreamName, jetstream.ConsumerConfig{
		Durable:        cfg.Name,
		FilterSubjects: cfg.Filters,
		AckPolicy:      jetstream.AckExplicitPolicy,
		AckWait:        cfg.AckWait,
		MaxAckPending:  cfg.InFlight,
		MaxDeliver:     -1, // dead letters are ours to make: the server would only drop
	})
	if err != nil {
		return fmt.Errorf("consumer %s: %w", cfg.Name, err)
	}
	it, err := cons.Messages(jetstream.PullMaxMessages(min(cfg.InFlight, 256)), jetstream.PullHeartbeat(pullHeartbeat))
	if err != nil {
		return fmt.Errorf("consume %s: %w", cfg.Name, err)
	}
	defer it.Stop()
	defer context.AfterFunc(ctx, it.Stop)()
	for {
		m, err := it.Next()
		switch {
		case err == nil:
			each(m)
		case errors.Is(err, jetstream.ErrMsgIteratorClosed):
			return nil
		case errors.Is(err, jetstream.ErrNoHeartbeat):
			continue // NATS is away or restarting; the iterator pulls again by itself
		default:
			return fmt.Errorf("consume %s: %w", cfg.Name, err)
		}
	}
}

// settle acknowledges a delivery, puts it off, or makes it a dead letter.
func (l *Log) settle(cfg ConsumerConfig, m jetstream.Msg, err error) {
	ctx := context.Background()
	if err == nil {
		if err := m.Ack(); err != nil {
			slog.WarnContext(ctx, "delivery not acknowledged", "consumer", cfg.Name, "subject", m.Subject(), "err", err)
		}
		return
	}
	tries := deliveries(m)
	if errors.Is(err, ErrPoison) || tries >= cfg.MaxDeliver && !errors.Is(err, ErrUnavailable) {
		if derr := l.bury(ctx, cfg.Name, m, tries, err); derr == nil {
			slog.ErrorContext(ctx, "dead letter", "consumer", cfg.Name, "subject", m.Subject(), "deliveries", tries, "err", err)
			_ = m.Term() // if this is lost, the message is delivered and buried again under the same id
			return
		}
	}
	slog.WarnContext(ctx, "delivery put off", "consumer", cfg.Name, "subject", m.Subject(), "deliveries", tries, "err", err)
	_ = m.NakWithDelay(backoff(tries)) // if this is lost, AckWait does the same
}

func deliveries(m jetstream.Msg) int {
	md, err := m.Metadata()
	if err != nil {
		return 1
	}
	return int(min(md.NumDelivered, 1<<20))
}

func backoff(tries int) time.Duration {
	return min(retryStep<<min(tries-1, 10), retryMax)
}
