package settings

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const (
	snapshotTimeout = 5 * time.Second
	resyncEvery     = time.Minute // a sweep over a small bucket, in case a watch fell silent
	minRetry        = 100 * time.Millisecond
	maxRetry        = 5 * time.Second
	drainTimeout    = time.Second
)

var (
	errClosed = errors.New("the watch was closed")
	errReload = errors.New("time to load again")
	errSlow   = fmt.Errorf("no answer within %v", snapshotTimeout)
)

// Cache holds all settings in memory. Reads take no lock and allocate nothing; what they return is
// shared and must not be changed. [Bucket.Watch] makes it, [Cache.Run] keeps it up to date.
type Cache struct {
	bucket *Bucket
	state  atomic.Pointer[state]

	mu          sync.Mutex
	nextID      int
	subscribers map[int]func(kind, id string)
}

// Watch returns a cache that holds the bucket as it is now.
func (b *Bucket) Watch(ctx context.Context) (*Cache, error) {
	c := &Cache{bucket: b, subscribers: make(map[int]func(kind, id string))}
	c.state.Store(newState())
	_, stop, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	stop()
	return c, nil
}

// Run follows the bucket until ctx ends and then returns nil. While NATS is away the cache keeps
// what it knew; afterwards it catches up at once.
func (c *Cache) Run(ctx context.Context) error {
	nc := c.bucket.js.Conn()
	connected := nc.StatusChanged(nats.CONNECTED)
	defer nc.RemoveStatusListener(connected)
	retry := minRetry
	for ctx.Err() == nil {
		followed, err := c.follow(ctx, connected)
		if followed {
			retry = minRetry
		}
		if ctx.Err() != nil || errors.Is(err, errReload) {
			continue
		}
		slog.WarnContext(ctx, "settings are not followed", "err", err, "retry", retry)
		select {
		case <-ctx.Done():
		case <-connected:
		case <-time.After(retry):
		}
		retry = min(2*retry, maxRetry)
	}
	return nil
}

// follow loads the bucket and applies changes until it fails or, with [errReload], until it is time
// to load again. It says whether it got as far as following.
func (c *Cache) follow(ctx context.Context, connected <-chan nats.Status) (bool, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel(nil)
	wg.Go(func() {
		select {
		case <-ctx.Done():
		case <-connected: // the server has forgotten the watch, or our request for one
			cancel(errReload)
		}
	})
	w, stop, err := c.open(ctx)
	if err != nil {
		return false, err
	}
	defer stop()
	resync := time.NewTimer(resyncEvery)
	defer resync.Stop()
	for {
		select {
		case <-ctx.Done():
			return true, context.Cause(ctx)
		case <-resync.C:
			return true, errReload
		case e, ok := <-w.Updates():
			if !ok {
				return true, cmp.Or(context.Cause(ctx), errClosed)
			}
			if e != nil {
				c.apply(ctx, e)
			}
		}
	}
}

// open starts a watch and loads its first picture. The caller stops the watch.
func (c *Cache) open(ctx context.Context) (w jetstream.KeyWatcher, stop func(), err error) {
	// A watch lives as long as its context, so only its beginning may have a deadline.
	ctx, cancel := context.WithCancelCause(ctx)
	late := time.AfterFunc(snapshotTimeout, func() { cancel(errSlow) })
	defer late.Stop()
	w, err = c.bucket.kv.WatchAll(ctx)
	if err != nil {
		cancel(nil)
		return nil, nil, fmt.Errorf("watch the settings bucket: %w", cmp.Or(context.Cause(ctx), err))
	}
	stop = func() {
		cancel(nil)
		drain(w)
	}
	if err := c.load(ctx, w); err != nil {
		stop()
		return nil, nil, fmt.Errorf("load the settings bucket: %w", err)
	}
	return w, stop, nil
}

// load replaces the state by the watch's first picture and tells subscribers what differs.
func (c *Cache) load(ctx context.Context, w jetstream.KeyWatcher) error {
	next := newState()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case e, ok := <-w.Updates():
			if !ok {
				return cmp.Or(context.Cause(ctx), errClosed)
			}
			if e == nil {
				was := c.state.Swap(next)
				c.tell(was.differences(next)...)
				return nil
			}
			kind, id, ok := parseKey(e.Key())
			if !ok || e.Operation() != jetstream.KeyValuePut {
				continue
			}
			if err := next.put(kind, id, e.Value()); err != nil {
				slog.ErrorContext(ctx, "setting is not readable", "key", e.Key(), "err", err)
				next.keep(c.state.Load(), kind, id)
			}
		}
	}
}

// apply makes one change visible and then tells of it.
func (c *Cache) apply(ctx context.Context, e jetstream.KeyValueEntry) {
	kind, id, ok := parseKey(e.Key())
	if !ok {
		return
	}
	was := c.state.Load()
	next := was.clone(kind)
	if e.Operation() != jetstream.KeyValuePut {
		next.remove(kind, id)
	} else if err := next.put(kind, id, e.Value()); err != nil {
		slog.ErrorContext(ctx, "setting is not readable", "key", e.Key(), "err", err)
		return
	}
	if was.same(next, kind, id) {
		return
	}
	c.state.Store(next)
	c.tell(change{kind, id})
}

// Bot returns the bot.
func (c *Cache) Bot(id string) (*configv1.Bot, bool) {
	b, ok := c.state.Load().bots[id]
	return b, ok
}

// Bots returns all bots by id. The slice is the caller's.
func (c *Cache) Bots() []*configv1.Bot {
	return slices.SortedFunc(maps.Values(c.state.Load().bots), func(a, b *configv1.Bot) int {
		return strings.Compare(a.GetId(), b.GetId())
	})
}

// Key returns the API key with the hash.
func (c *Cache) Key(hash string) (*configv1.ApiKey, bool) {
	k, ok := c.state.Load().keys[hash]
	return k, ok
}

// Keys returns the hashes of all API keys, in no order. The slice is the caller's.
func (c *Cache) Keys() []string { return slices.Collect(maps.Keys(c.state.Load().keys)) }

// ScenarioVersion returns the version of the bot's live scenario; 0 = there is none.
func (c *Cache) ScenarioVersion(bot string) int64 { return c.state.Load().scenarios[bot] }

// Subscribe calls f with the kind and the id of every setting that changed or went, once the cache
// shows it, one call at a time. f must not block: it holds up everybody's changes. When cancel
// returns, a last call may still be under way.
func (c *Cache) Subscribe(f func(kind, id string)) (cancel func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.nextID
	c.nextID++
	c.subscribers[id] = f
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.subscribers, id)
	}
}

func (c *Cache) tell(changes ...change) {
	c.mu.Lock()
	subscribers := slices.Collect(maps.Values(c.subscribers))
	c.mu.Unlock()
	for _, ch := range changes {
		for _, f := range subscribers {
			f(ch.kind, ch.id)
		}
	}
}

// drain waits for the end of a watch whose context has ended. It empties its queue, on which the
// watch's last delivery may be waiting. While NATS is away the end may come later than drain waits.
func drain(w jetstream.KeyWatcher) {
	late := time.NewTimer(drainTimeout)
	defer late.Stop()
	for {
		select {
		case _, ok := <-w.Updates():
			if !ok {
				return
			}
		case <-late.C:
			return
		}
	}
}
