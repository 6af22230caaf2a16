// Package former keeps the widget's assets of every version that a gateway has had lately, in a bucket that the
// gateways share, so that a page of one version is served by a gateway of another.
package former

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/switchboard-chat/switchboard/internal/webfiles"
)

const (
	lookTime         = 2 * time.Second
	maxLooks         = 16               // at once
	perSecond, burst = 100, 400         // lookups of this gateway, whoever asks
	maxKept          = 8 << 20          // bytes of other versions' assets in memory: some twenty versions
	maxNone          = 4096             // names in memory that nobody has
	forgetNone       = 10 * time.Second // for how long nobody has one
)

var (
	// ErrNone reports an asset that no version has that gateways have had lately.
	ErrNone = errors.New("no such asset")
	// ErrBusy reports that too many are looked for; a moment later there is room.
	ErrBusy = errors.New("too many assets are looked for")

	errClosed = errors.New("the bucket is not open yet")
)

// possible are the names that the widget's build gives: with a hash, and nothing that a key of a bucket cannot have.
var possible = regexp.MustCompile(`^[a-z][A-Za-z0-9_-]{0,63}-[A-Za-z0-9_-]{8}\.(js|css|svg|png|woff2)$`)

// Possible reports whether an asset may have the name.
func Possible(name string) bool { return len(name) <= 80 && possible.MatchString(name) }

// Config is what [Assets] work with.
type Config struct {
	// Own are the widget's built files of this version, its assets in the folder "assets". They do not change.
	Own fs.FS
	// Keys sign what is kept: the first one signs, all verify. Without one of them nothing can be put that is served.
	Keys [][]byte
	// Open opens the bucket, which is made where there is none.
	Open func(context.Context) (jetstream.KeyValue, error)
}

// Assets are those of all versions. Make them with [New], and run them.
type Assets struct {
	cfg   Config
	tried chan struct{} // closed when this version's have been put, or could not be

	looking singleflight.Group
	turns   chan struct{}
	rate    *rate.Limiter

	mu   sync.Mutex
	kv   jetstream.KeyValue // nil before it was opened
	kept *memory[webfiles.Built]
	none *memory[time.Time] // until when
}

// New returns the assets of all versions.
func New(cfg Config) *Assets {
	return &Assets{
		cfg: cfg, tried: make(chan struct{}), turns: make(chan struct{}, maxLooks), rate: rate.NewLimiter(perSecond, burst),
		kept: newMemory[webfiles.Built](maxKept), none: newMemory[time.Time](maxNone),
	}
}

// Tried is closed when this version's assets are where others find them, or could not be put there at once.
func (a *Assets) Tried() <-chan struct{} { return a.tried }

// Own reports whether this version has the asset, so that nobody has to be asked.
func (a *Assets) Own(name string) bool {
	f, err := fs.Stat(a.cfg.Own, "assets/"+name)
	return err == nil && !f.IsDir()
}

// Recall returns what is remembered of an asset of another version: nothing is asked. Where something is remembered, err is
// nil or [ErrNone].
func (a *Assets) Recall(name string) (b webfiles.Built, known bool, err error) {
	if !Possible(name) {
		return b, true, ErrNone
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if b, ok := a.kept.get(name); ok {
		return b, true, nil
	}
	if until, ok := a.none.get(name); ok && time.Now().Before(until) {
		return b, true, ErrNone
	}
	return b, false, nil
}

// Look looks for an asset of another version, for lookTime at most; all who look for one at a time are told the same.
// [ErrNone]: there is none. Any other error: it may be there, and a later attempt finds it.
func (a *Assets) Look(ctx context.Context, name string) (webfiles.Built, error) {
	found, err, _ := a.looking.Do(name, func() (any, error) {
		if b, known, err := a.Recall(name); known { // somebody has just looked
			return b, err
		}
		select {
		case a.turns <- struct{}{}:
		default:
			return nil, ErrBusy
		}
		defer func() { <-a.turns }()
		if !a.rate.Allow() {
			return nil, ErrBusy
		}
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTime) // others may wait for it, too
		defer cancel()
		b, err := a.fetch(within, name)
		a.remember(name, b, err)
		if err != nil && !errors.Is(err, ErrNone) {
			slog.WarnContext(ctx, "asset of another version not looked for", "asset", name, "err", err)
		}
		return b, err
	})
	if err != nil {
		return webfiles.Built{}, err
	}
	return found.(webfiles.Built), nil
}

// fetch reads an asset from the bucket. One that was not signed by a gateway is none.
func (a *Assets) fetch(ctx context.Context, name string) (webfiles.Built, error) {
	a.mu.Lock()
	kv := a.kv
	a.mu.Unlock()
	if kv == nil {
		return webfiles.Built{}, errClosed
	}
	e, err := kv.Get(ctx, name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return webfiles.Built{}, ErrNone
	}
	if err != nil {
		return webfiles.Built{}, err
	}
	b, err := unseal(a.cfg.Keys, name, e.Value())
	if err != nil {
		slog.ErrorContext(ctx, "asset of another version is not served", "asset", name, "err", err)
		return webfiles.Built{}, ErrNone
	}
	slog.InfoContext(ctx, "asset of another version found", "asset", name)
	return b, nil
}

func (a *Assets) remember(name string, b webfiles.Built, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case err == nil:
		a.kept.put(name, b, b.Size())
	case errors.Is(err, ErrNone):
		a.none.put(name, time.Now().Add(forgetNone), 1)
	}
}
