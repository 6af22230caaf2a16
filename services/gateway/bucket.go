package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/bus"
)

// bucket is one that the gateways share. The zero value is opened when it is first needed.
type bucket struct {
	mu sync.Mutex
	kv jetstream.KeyValue
}

// open returns the bucket as cfg says. All are files, with as many copies as the log.
func (b *bucket) open(ctx context.Context, l *bus.Log, cfg jetstream.KeyValueConfig) (jetstream.KeyValue, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kv != nil {
		return b.kv, nil
	}
	js, err := jetstream.New(l.Conn())
	if err != nil {
		return nil, err
	}
	cfg.History, cfg.Storage, cfg.Replicas = 1, jetstream.FileStorage, l.Replicas()
	kv, err := js.CreateOrUpdateKeyValue(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the bucket %s: %w", cfg.Bucket, err)
	}
	b.kv = kv
	return kv, nil
}

// readValue reads what is kept as JSON under a key, or fails with [jetstream.ErrKeyNotFound].
func readValue[T any](ctx context.Context, kv jetstream.KeyValue, key string) (v T, err error) {
	e, err := kv.Get(ctx, key)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(e.Value(), &v); err != nil {
		return v, fmt.Errorf("bucket %s: %w", kv.Bucket(), err)
	}
	return v, nil
}
