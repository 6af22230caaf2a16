package config

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/switchboard-chat/switchboard/internal/settings"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const (
	batch = 500
	// publishTimeout bounds what a call waits for NATS once its change is kept.
	publishTimeout = 2 * time.Second
)

// reconciler makes the settings bucket say what the store says. Every change is published when it is
// made; reconciling repairs what was missed.
type reconciler struct {
	bots   *bots
	keys   *apiKeys
	users  *users
	bucket *settings.Bucket
	cache  *settings.Cache
	soon   chan struct{} // holds one request to reconcile now
}

func newReconciler(b *bots, k *apiKeys, u *users, bucket *settings.Bucket, cache *settings.Cache) *reconciler {
	return &reconciler{bots: b, keys: k, users: u, bucket: bucket, cache: cache, soon: make(chan struct{}, 1)}
}

// publish publishes a change that is kept already. A failure is repaired in the background: the
// caller's change is made and is not undone.
func (r *reconciler) publish(ctx context.Context, what string, put func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishTimeout)
	defer cancel()
	if err := put(ctx); err != nil {
		slog.WarnContext(ctx, "change is kept and not yet published", "what", what, "err", err)
		select {
		case r.soon <- struct{}{}:
		default:
		}
	}
}

func (r *reconciler) publishBot(ctx context.Context, b *configv1.Bot) {
	r.publish(ctx, "bot "+b.GetId(), func(ctx context.Context) error { return r.bucket.PutBot(ctx, b) })
}

func (r *reconciler) publishKey(ctx context.Context, k keyDoc) {
	r.publish(ctx, "API key "+k.ID, func(ctx context.Context) error { return r.bucket.PutKey(ctx, k.Hash, k.key()) })
}

// withdrawKey makes the key unknown to every service; an error means that it may still be known.
func (r *reconciler) withdrawKey(ctx context.Context, k keyDoc) error {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	return r.bucket.DeleteKey(ctx, k.Hash)
}

// reconcile goes through the store once.
func (r *reconciler) reconcile(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reconcileLimit)
	defer cancel()
	return errors.Join(r.reconcileBots(ctx), r.reconcileKeys(ctx))
}

func (r *reconciler) reconcileBots(ctx context.Context) error {
	after := ""
	for {
		found, err := r.bots.list(ctx, nil, after, batch)
		if err != nil {
			return fmt.Errorf("list bots: %w", err)
		}
		for _, b := range found {
			after = b.GetId()
			if known, ok := r.cache.Bot(b.GetId()); ok && known.GetVersion() >= b.GetVersion() {
				continue
			}
			if err := r.bucket.PutBot(ctx, b); err != nil {
				return err
			}
		}
		if len(found) < batch {
			return nil
		}
	}
}

func (r *reconciler) reconcileKeys(ctx context.Context) error {
	// A key is published after it is kept and is kept until it is withdrawn. So a hash that was
	// published before we look into the store, and is not there, has been revoked.
	published := r.cache.Keys()
	kept := make(map[string]bool, len(published))
	after := ""
	for {
		found, err := r.keys.list(ctx, after, batch)
		if err != nil {
			return fmt.Errorf("list API keys: %w", err)
		}
		for _, k := range found {
			after = k.ID
			kept[k.Hash] = true
			if _, ok := r.cache.Key(k.Hash); ok {
				continue
			}
			if err := r.bucket.PutKey(ctx, k.Hash, k.key()); err != nil {
				return err
			}
		}
		if len(found) < batch {
			break
		}
	}
	if len(kept) == 0 && len(published) > 0 {
		// Keys are made by people. A store without any is not the one that the keys are of.
		none, err := r.users.none(ctx)
		if err != nil {
			return fmt.Errorf("look for users: %w", err)
		}
		if none {
			slog.ErrorContext(ctx, "API keys are published, and the store has neither keys nor users: they stay; look at -store", "published", len(published))
			return nil
		}
	}
	for _, hash := range published {
		if kept[hash] {
			continue
		}
		if err := r.bucket.DeleteKey(ctx, hash); err != nil {
			return err
		}
	}
	return nil
}
