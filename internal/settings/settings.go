// Package settings is the JetStream bucket through which services learn of bots, API keys and live
// scenarios within a second. The bucket repeats what its writers keep elsewhere (docs/protocol.md §5):
// the config service writes bots and keys, the scenario service the live versions.
package settings

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/subject"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// The kinds of settings, as the first part of a bucket key and as [Cache.Subscribe] names them.
const (
	KindBot      = "bot"
	KindKey      = "key"
	KindScenario = "scenario"
)

const (
	bucketName  = "settings"
	maxAttempts = 8
	firstPause  = 5 * time.Millisecond // doubles with every attempt, so all of them take at most 1.3 s
	hashLength  = 64                   // SHA-256 in hex
)

// ErrContention reports that others kept writing the same entry; the caller may try again.
var ErrContention = errors.New("too many writers of one setting")

// Bucket writes settings. It is safe for concurrent use and by several processes.
type Bucket struct {
	kv jetstream.KeyValue
	js jetstream.JetStream
}

// Open returns the bucket and makes it, with this many replicas, if there is none. It never changes
// one that is there.
func Open(ctx context.Context, js jetstream.JetStream, replicas int) (*Bucket, error) {
	kv, err := js.KeyValue(ctx, bucketName)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kv, err = js.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: bucketName, Description: "bots, API keys and live scenarios",
			History: 1, Storage: jetstream.FileStorage, Replicas: replicas,
		})
		if errors.Is(err, jetstream.ErrBucketExists) { // another service was faster
			kv, err = js.KeyValue(ctx, bucketName)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the settings bucket: %w", err)
	}
	return &Bucket{kv: kv, js: js}, nil
}

// PutBot publishes the bot unless the bucket has this version of it or a later one.
func (b *Bucket) PutBot(ctx context.Context, bot *configv1.Bot) error {
	if err := checkVersioned(bot.GetId(), bot.GetVersion()); err != nil {
		return err
	}
	value, err := proto.Marshal(bot)
	if err != nil {
		return fmt.Errorf("encode bot %s: %w", bot.GetId(), err)
	}
	return b.raise(ctx, entryKey(KindBot, bot.GetId()), value, func(old []byte) bool {
		var was configv1.Bot
		// What cannot be read is replaced: the bucket only repeats what the writer keeps.
		return proto.Unmarshal(old, &was) != nil || was.GetVersion() < bot.GetVersion()
	})
}

// PutScenarioVersion publishes the version of the bot's live scenario unless the bucket has it or a
// later one.
func (b *Bucket) PutScenarioVersion(ctx context.Context, bot string, version int64) error {
	if err := checkVersioned(bot, version); err != nil {
		return err
	}
	value := strconv.AppendInt(nil, version, 10)
	return b.raise(ctx, entryKey(KindScenario, bot), value, func(old []byte) bool {
		was, err := strconv.ParseInt(string(old), 10, 64)
		return err != nil || was < version
	})
}

// PutKey publishes an API key under the hash of its secret. A key never changes, and one that was
// deleted never comes back: for a hash that the bucket has ever seen PutKey does nothing.
func (b *Bucket) PutKey(ctx context.Context, hash string, k *configv1.ApiKey) error {
	if err := checkHash(hash); err != nil {
		return err
	}
	value, err := proto.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode API key %s: %w", k.GetId(), err)
	}
	// Revision 0 demands an entry without a past, so a late writer cannot undo a deletion.
	_, err = b.kv.Update(ctx, entryKey(KindKey, hash), value, 0)
	if err != nil && !errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return fmt.Errorf("publish API key %s: %w", k.GetId(), err)
	}
	return nil
}

// DeleteKey makes a key unknown to every service, for good. Deleting what is not there is no error.
func (b *Bucket) DeleteKey(ctx context.Context, hash string) error {
	if err := checkHash(hash); err != nil {
		return err
	}
	if err := b.kv.Delete(ctx, entryKey(KindKey, hash)); err != nil {
		return fmt.Errorf("delete API key: %w", err)
	}
	return nil
}

// raise writes value under key if there is nothing or if newer says so of what is there.
func (b *Bucket) raise(ctx context.Context, key string, value []byte, newer func(old []byte) bool) error {
	var failed error
	for attempt := range maxAttempts {
		if attempt > 0 {
			if err := pause(ctx, firstPause<<(attempt-1)); err != nil {
				return fmt.Errorf("publish %s: %w", key, err)
			}
		}
		e, err := b.kv.Get(ctx, key)
		switch {
		case errors.Is(err, jetstream.ErrKeyNotFound):
			_, err = b.kv.Create(ctx, key, value)
		case err != nil:
			return fmt.Errorf("read %s: %w", key, err)
		case !newer(e.Value()):
			return nil
		default:
			_, err = b.kv.Update(ctx, key, value, e.Revision())
		}
		if err == nil {
			return nil
		}
		// JetStream answered: another writer was faster, or in a cluster is still being replicated.
		var answered *jetstream.APIError
		if !errors.As(err, &answered) {
			return fmt.Errorf("publish %s: %w", key, err)
		}
		failed = err
	}
	return fmt.Errorf("publish %s: %w: %w", key, ErrContention, failed)
}

// pause waits between half of d and all of it.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d/2 + rand.N(d/2+1)) //nolint:gosec // jitter needs no secrecy
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func entryKey(kind, id string) string { return kind + "." + id }

// parseKey recovers kind and id of a bucket key; ok is false for what no writer of ours made.
func parseKey(key string) (kind, id string, ok bool) {
	kind, id, _ = strings.Cut(key, ".")
	switch kind {
	case KindBot, KindScenario:
		return kind, id, subject.ValidateBot(id) == nil
	case KindKey:
		return kind, id, checkHash(id) == nil
	}
	return "", "", false
}

func checkVersioned(bot string, version int64) error {
	if version < 1 {
		return fmt.Errorf("bot %q: version %d, expected at least 1", bot, version)
	}
	return subject.ValidateBot(bot)
}

func checkHash(hash string) error {
	if len(hash) != hashLength || strings.Trim(hash, "0123456789abcdef") != "" {
		return fmt.Errorf("API key hash: %d bytes, expected %d lower-case hex digits", len(hash), hashLength)
	}
	return nil
}
