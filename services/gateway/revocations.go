package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/token"
)

const (
	revocationBucket = "revocations"
	revocationBytes  = 128 << 20                         // about a million visitors
	revocationAge    = token.VisitorLifetime + time.Hour // no token that it is about lives longer
	revocationReload = time.Hour                         // forgets what the bucket has forgotten
	snapshotTime     = 10 * time.Second
	minFollowRetry   = 100 * time.Millisecond
	maxFollowRetry   = 5 * time.Second
)

// revocations knows whose tokens have ended before their time: by visitor, the number of the newest
// revocation. A token carries the number that was known when its bearer proved who it is, and is good as
// long as there is no higher one, so no two clocks are ever compared. All gateways follow one bucket and
// look into memory. The zero value knows nothing yet; [revocations.follow] fills it.
type revocations struct {
	once   sync.Once
	loaded chan struct{} // closed with the first picture

	bucket bucket

	mu    sync.Mutex
	known map[string]int64
}

func visitorKey(bot, visitor string) string { return bot + "." + visitor }

// ready is closed once the bucket has been read.
func (r *revocations) ready() chan struct{} {
	r.once.Do(func() { r.loaded = make(chan struct{}) })
	return r.loaded
}

// newest returns the number of the visitor's newest revocation, or 0. Before the bucket has been read it
// waits, for sendTimeout at most: whoever was kept out must not get in meanwhile.
func (r *revocations) newest(ctx context.Context, bot, visitor string) (int64, error) {
	if err := r.wait(ctx); err != nil {
		return 0, fmt.Errorf("revocations are not known yet: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[visitorKey(bot, visitor)], nil
}

func (r *revocations) wait(ctx context.Context) error {
	select {
	case <-r.ready():
		return nil
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout) // a request may have no end of its own
	defer cancel()
	select {
	case <-r.ready():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// revoke ends every token of the visitor that has a number up to seen, or that was signed by whoever
// knows less than this gateway. It returns once that is stored, and known here.
func (r *revocations) revoke(ctx context.Context, l *bus.Log, bot, visitor string, seen int64) error {
	last, err := r.newest(ctx, bot, visitor)
	if err != nil {
		return err
	}
	kv, err := r.open(ctx, l)
	if err != nil {
		return err
	}
	number := max(time.Now().UnixMilli(), last+1, seen+1)
	if _, err := kv.PutString(ctx, visitorKey(bot, visitor), strconv.FormatInt(number, 10)); err != nil {
		return fmt.Errorf("revoke visitor %s: %w", visitor, err)
	}
	r.learn(visitorKey(bot, visitor), number)
	return nil
}

// learn reports whether that is news.
func (r *revocations) learn(key string, number int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[string]int64{}
	}
	if number <= r.known[key] {
		return false
	}
	r.known[key] = number
	return true
}

func (r *revocations) open(ctx context.Context, l *bus.Log) (jetstream.KeyValue, error) {
	return r.bucket.open(ctx, l, jetstream.KeyValueConfig{
		Bucket: revocationBucket, Description: "visitors whose tokens have ended before their time", TTL: revocationAge, MaxBytes: revocationBytes,
	})
}

// follow keeps up with the bucket until ctx ends, and calls told with the key of each visitor of whom there is news. While
// NATS is away it knows what it knew.
func (r *revocations) follow(ctx context.Context, l *bus.Log, told func(key string)) {
	connected := l.Conn().StatusChanged(nats.CONNECTED)
	defer l.Conn().RemoveStatusListener(connected)
	retry := minFollowRetry
	for ctx.Err() == nil {
		err := r.watch(ctx, l, connected, told)
		if err == nil {
			retry = minFollowRetry
			continue
		}
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "revocations are not followed", "err", err, "retry", retry)
		}
		select {
		case <-ctx.Done():
		case <-connected:
		case <-time.After(retry):
		}
		retry = min(2*retry, maxFollowRetry)
	}
}

// watch reads the bucket and follows it until it is time to read it again, which is no error.
func (r *revocations) watch(ctx context.Context, l *bus.Log, connected <-chan nats.Status, told func(key string)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := time.AfterFunc(snapshotTime, cancel) // a watch lives as long as its context
	defer late.Stop()
	kv, err := r.open(ctx, l)
	if err != nil {
		return err
	}
	w, err := kv.WatchAll(ctx)
	if err != nil {
		return fmt.Errorf("watch the bucket %s: %w", revocationBucket, err)
	}
	defer ended(w, cancel)
	reload := time.NewTimer(revocationReload)
	defer reload.Stop()
	for picture := map[string]int64{}; ; {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the bucket %s was not read within %v", revocationBucket, snapshotTime)
		case <-connected:
			return nil
		case <-reload.C:
			return nil
		case e, ok := <-w.Updates():
			switch {
			case !ok:
				return fmt.Errorf("the watch of the bucket %s was closed", revocationBucket)
			case e == nil:
				late.Stop()
				for _, key := range r.replace(picture) {
					told(key)
				}
				picture = nil
			case e.Operation() != jetstream.KeyValuePut: // it has expired
			default:
				number, err := strconv.ParseInt(string(e.Value()), 10, 64)
				if err != nil {
					slog.ErrorContext(ctx, "revocation is not readable", "key", e.Key(), "err", err)
					continue
				}
				if picture != nil {
					picture[e.Key()] = number
				} else if r.learn(e.Key(), number) {
					told(e.Key())
				}
			}
		}
	}
}

// replace makes the bucket's picture what is known, and returns of whom it has news. The first one is none:
// nobody was let in before.
func (r *revocations) replace(picture map[string]int64) (news []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, number := range picture {
		if number > r.known[key] {
			news = append(news, key)
		}
	}
	for key, number := range r.known { // one of our own may be behind the picture
		if young := time.Since(time.UnixMilli(number)) < revocationReload; young && number > picture[key] {
			picture[key] = number
		}
	}
	r.known = picture
	select {
	case <-r.ready():
		return news
	default:
		close(r.loaded)
		return nil
	}
}

// ended ends a watch and empties its queue, on which the last delivery may be waiting.
func ended(w jetstream.KeyWatcher, cancel func()) {
	cancel()
	late := time.NewTimer(time.Second)
	defer late.Stop()
	for {
		select {
		case _, ok := <-w.Updates():
			if !ok {
				return
			}
		case <-late.C: // NATS is away
			return
		}
	}
}
