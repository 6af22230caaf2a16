package former

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/switchboard-chat/switchboard/internal/webfiles"
)

// How the bucket is kept.
const (
	Bucket   = "assets"
	Age      = 14 * 24 * time.Hour // since a gateway has last put an asset
	MaxBytes = 64 << 20            // about a hundred versions
	MaxValue = maxValue
)

const (
	again    = 24 * time.Hour // what is older is put again
	keepTime = 10 * time.Second
	atOnce   = 8
	minRetry = time.Second
	maxRetry = 10 * time.Minute
)

// Run puts this version's assets where others find them, at once and every day, until ctx ends. It never fails: what
// could not be put is tried again.
func (a *Assets) Run(ctx context.Context) error {
	first := true
	repeat(ctx, func() error {
		if first {
			defer close(a.tried)
			first = false
		}
		within, cancel := context.WithTimeout(ctx, keepTime)
		defer cancel()
		n, err := a.keep(within, time.Now())
		if n > 0 {
			slog.InfoContext(ctx, "the widget's assets are kept for other versions", "put", n)
		}
		return err
	})
	return nil
}

// repeat does something at once and every day until ctx ends; what fails is repeated earlier.
func repeat(ctx context.Context, do func() error) {
	next := time.NewTimer(0)
	defer next.Stop()
	for retry := minRetry; ; {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		wait := again
		if err := do(); ctx.Err() != nil {
			return
		} else if err != nil {
			slog.WarnContext(ctx, "the widget's assets are not kept: pages of this version miss what other gateways do not have", "err", err, "retry", retry)
			wait, retry = retry, min(2*retry, maxRetry)
		} else {
			retry = minRetry
		}
		next.Reset(wait)
	}
}

// keep puts those of this version's assets that are not in the bucket, or have not been put for a day, and returns
// how many. One that cannot be put does not keep the others. The bucket is opened anew each time, so that one that
// somebody has deleted comes back.
func (a *Assets) keep(ctx context.Context, now time.Time) (put int, err error) {
	names, err := a.names()
	if err != nil {
		return 0, err
	}
	kv, err := a.cfg.Open(ctx)
	if err != nil {
		return 0, err
	}
	a.mu.Lock()
	a.kv = kv
	a.mu.Unlock()
	var (
		group  errgroup.Group
		mu     sync.Mutex
		failed []error
	)
	group.SetLimit(atOnce)
	for _, name := range names {
		group.Go(func() error {
			fresh, err := a.keepOne(ctx, kv, name, now)
			mu.Lock()
			defer mu.Unlock()
			if fresh {
				put++
			}
			if err != nil {
				failed = append(failed, fmt.Errorf("asset %s: %w", name, err))
			}
			return nil
		})
	}
	_ = group.Wait() // none fails
	if len(failed) > 0 {
		return put, fmt.Errorf("%d of %d assets not put, such as %w", len(failed), len(names), failed[0])
	}
	return put, nil
}

func (a *Assets) keepOne(ctx context.Context, kv jetstream.KeyValue, name string, now time.Time) (put bool, err error) {
	if !Possible(name) {
		return false, errors.New("want a name such as app-VOJMLTKZ.js")
	}
	b, err := webfiles.Read(a.cfg.Own, path.Join("assets", name))
	if err != nil {
		return false, err
	}
	value, err := seal(a.cfg.Keys[0], name, b)
	if err != nil {
		return false, err
	}
	e, err := kv.Get(ctx, name)
	if err == nil && now.Sub(e.Created()) < again && bytes.Equal(e.Value(), value) {
		return false, nil
	}
	if err != nil && !errors.Is(err, jetstream.ErrKeyNotFound) {
		return false, err
	}
	_, err = kv.Put(ctx, name, value)
	return err == nil, err
}

// names are this version's assets; there are none where the web has not been built.
func (a *Assets) names() (names []string, err error) {
	files, err := fs.ReadDir(a.cfg.Own, "assets")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if ext := path.Ext(f.Name()); ext != ".br" && ext != ".gz" { // those go with what they are a form of
			names = append(names, f.Name())
		}
	}
	return names, nil
}
