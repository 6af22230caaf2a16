package sqlite

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

const (
	sweepEvery = time.Second
	sweepBatch = 500 // documents in one transaction, so that other writes get their turn
)

// sweeper removes the documents whose time has passed.
type sweeper struct {
	cancel context.CancelFunc
	wait   sync.WaitGroup

	mu          sync.Mutex
	collections []*collection
}

func (s *sweeper) start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.wait.Go(func() {
		tick := time.NewTicker(sweepEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				s.sweep(ctx)
			}
		}
	})
}

func (s *sweeper) end() {
	s.cancel()
	s.wait.Wait()
}

func (s *sweeper) add(c *collection) {
	if c.rules.Schema.TTL == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.collections = append(s.collections, c)
}

func (s *sweeper) sweep(ctx context.Context) {
	s.mu.Lock()
	collections := s.collections // it only grows
	s.mu.Unlock()
	for _, c := range collections {
		if err := c.expire(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "expired documents not removed", "collection", c.name, "err", err)
		}
	}
}

// expire asks a reader first, so that the writer is left alone when nothing has expired.
func (c *collection) expire(ctx context.Context) error {
	expired := []docstore.Cond{{Field: c.rules.Schema.TTL, Op: docstore.Lt, Value: time.Now().UnixMilli()}}
	for {
		n, err := c.count(ctx, expired, 1)
		if err != nil || n == 0 {
			return err
		}
		b := &builder{}
		b.add("DELETE FROM " + c.table + ` WHERE "_id" IN (SELECT "_id" FROM ` + c.table)
		b.where(expired)
		b.add(limit+")", int64(sweepBatch))
		err = c.store.writer.do(ctx, sweepBatch, func(tx *tx) error { return tx.exec(b.String(), b.args...) })
		if err != nil {
			return err
		}
	}
}
