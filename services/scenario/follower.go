package scenario

import (
	"context"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/switchboard-chat/switchboard/internal/bus"
)

const (
	refreshEvery = 30 * time.Second
	refreshAgain = time.Second // after a failure
	refreshLimit = 5 * time.Second
)

// follower learns of new generations of the log: a server that comes back may have lost its end.
type follower struct {
	log *bus.Log
	nc  *nats.Conn
}

// Run reads the generation after every reconnection and every 30 s until ctx ends.
func (f *follower) Run(ctx context.Context) error {
	connected := f.nc.StatusChanged(nats.CONNECTED)
	defer f.nc.RemoveStatusListener(connected)
	next := time.NewTimer(refreshEvery)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-connected:
		case <-next.C:
		}
		next.Reset(f.refresh(ctx))
	}
}

// refresh returns how long to wait until the next one.
func (f *follower) refresh(ctx context.Context) time.Duration {
	ctx, cancel := context.WithTimeout(ctx, refreshLimit)
	defer cancel()
	if err := f.log.Refresh(ctx); err != nil {
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "the log's generation is not known", "err", err, "retry", refreshAgain)
		}
		return refreshAgain
	}
	return refreshEvery
}
