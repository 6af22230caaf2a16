package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/bus"
)

// An upload that no message names is deleted after a while, by whichever gateway is first. The bucket
// has a key for each that waits; whoever wants to do something with the upload has to change the key first,
// at the revision that it knows:
//
//	waiting ──► gone                a message names it, and it stays
//	waiting ──► sweeping ──► gone   nobody has; it is deleted in between
//
// So a message that is accepted never loses its upload, whoever is slow, and wherever a gateway is killed.

const (
	pendingBucket = "uploads"
	maxPending    = 64 << 20  // bytes of keys: some 300 000
	markerAge     = time.Hour // how long NATS remembers that a key has gone
	sweepTimeout  = time.Minute
	maxSwept      = 1000 // at once; the rest waits for the next time
)

const (
	stateWaiting  = "waiting"
	stateSweeping = "sweeping"
	stateNamed    = "named" // for a moment, by a message that names the upload again
)

// pending are the uploads that wait for a message.
type pending struct{ bucket }

// errSwept reports an upload that is being deleted, or is changed by somebody else right now.
var errSwept = errors.New("the upload is not to be had")

func (p *pending) open(ctx context.Context, l *bus.Log) (jetstream.KeyValue, error) {
	return p.bucket.open(ctx, l, jetstream.KeyValueConfig{
		Bucket: pendingBucket, Description: "uploads that no message names yet", MaxBytes: maxPending, LimitMarkerTTL: markerAge,
	})
}

// add makes an upload wait, before it is there, and returns the revision to claim it at.
func (p *pending) add(ctx context.Context, l *bus.Log, id string) (revision string, err error) {
	kv, err := p.open(ctx, l)
	if err != nil {
		return "", err
	}
	n, err := kv.Create(ctx, id, []byte(stateWaiting))
	return strconv.FormatUint(n, 10), err
}

// claim makes an upload stay that was added at the revision. Unless it is fresh, it stays already, for an earlier
// message or an earlier attempt of this one, or it has been deleted: whoever claims looks once more.
// [errSwept]: it is not to be had, at least not now.
func (p *pending) claim(ctx context.Context, l *bus.Log, id, revision string) (fresh bool, err error) {
	at, err := strconv.ParseUint(revision, 10, 64)
	if err != nil {
		return true, nil //nolint:nilerr // of a time when none were deleted
	}
	kv, err := p.open(ctx, l)
	if err != nil {
		return false, err
	}
	if err := gone(ctx, kv, id, at); !conflicts(err) {
		return err == nil, err
	}
	// The key has gone, or is being swept. What reads may be behind in a cluster, so a write finds out.
	n, err := kv.Create(ctx, id, []byte(stateNamed))
	if conflicts(err) {
		if e, err := kv.Get(ctx, id); err == nil && string(e.Value()) == stateNamed {
			return false, nil // what has once been named is never deleted, whether or not whoever did it could finish
		}
		return false, errSwept
	}
	if err != nil {
		return false, err
	}
	return false, gone(ctx, kv, id, n)
}

// conflicts reports whether the key has changed, or is being changed: replicated streams have a code for that.
func conflicts(err error) bool {
	const inFlight = 10164
	var api *jetstream.APIError
	return errors.Is(err, jetstream.ErrKeyExists) || errors.As(err, &api) && api.ErrorCode == inFlight
}

func gone(ctx context.Context, kv jetstream.KeyValue, id string, revision uint64) error {
	return kv.Purge(ctx, id, jetstream.LastRevision(revision), jetstream.PurgeTTL(markerAge))
}

// sweep deletes what has waited for too long, now and again, until ctx ends.
func (g *Gateway) sweep(ctx context.Context) {
	next := time.NewTimer(rand.N(g.cfg.SweepEvery)) //nolint:gosec // so that not all gateways begin at once
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		round, cancel := context.WithTimeout(ctx, sweepTimeout)
		n, err := g.sweepOnce(round)
		cancel()
		if err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "uploads not swept", "err", err)
		}
		if n > 0 {
			slog.InfoContext(ctx, "uploads swept that no message names", "uploads", n)
		}
		next.Reset(g.cfg.SweepEvery)
	}
}

func (g *Gateway) sweepOnce(ctx context.Context) (swept int, err error) {
	kv, err := g.pending.open(ctx, g.deps.Log)
	if err != nil {
		return 0, err
	}
	all, err := kv.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, all.Stop()) }()
	for {
		select {
		case <-ctx.Done():
			return swept, ctx.Err()
		case e, ok := <-all.Updates():
			// They come in the order in which they were written: behind one that is young all are.
			if !ok || e == nil || swept == maxSwept || time.Since(e.Created()) < g.cfg.UploadAge {
				return swept, nil
			}
			deleted, err := g.sweepOne(ctx, kv, e)
			if err != nil {
				return swept, err
			}
			if deleted {
				swept++
			}
		}
	}
}

// sweepOne deletes one upload, unless somebody else has been faster.
func (g *Gateway) sweepOne(ctx context.Context, kv jetstream.KeyValue, e jetstream.KeyValueEntry) (deleted bool, err error) {
	id, at := e.Key(), e.Revision()
	if string(e.Value()) != stateNamed { // whoever named it could not finish
		if at, err = kv.Update(ctx, id, []byte(stateSweeping), at); err == nil {
			err = g.deps.Blobs.Delete(ctx, uploadKey(id))
			deleted = err == nil
		}
	}
	if err == nil {
		err = gone(ctx, kv, id, at)
	}
	if conflicts(err) {
		return deleted, nil
	}
	if err != nil {
		return deleted, fmt.Errorf("sweep an upload: %w", nameless(err, id))
	}
	return deleted, nil
}
