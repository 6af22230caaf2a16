// Package bus carries a conversation's events over JetStream: it appends to the log, reads it back,
// wakes consumers, and shows what was stored as it is stored.
//
// The log is one stream. Only what is stored is shown, because the stream itself republishes it
// ([Feed]). A delivery to a consumer is no more than a wake-up: the consumer reads the conversation
// from where it stopped, so order within a conversation survives crashes, redelivery and replicas.
package bus

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

// Names of the streams.
const (
	StreamName     = "CHAT"
	DeadStreamName = "DEAD"
)

const (
	generationKey = "switchboard-generation"
	maxPayload    = 256 << 10
	deadMaxAge    = 30 * 24 * time.Hour
	deadMaxBytes  = 256 << 20
)

// Config is how the log is kept. The zero value of a field means its default.
type Config struct {
	Replicas   int           // copies in the NATS cluster; 1
	MaxAge     time.Duration // how long an event stays in the log; 7 days
	MaxBytes   int64         // the log refuses beyond; 8 GiB
	Duplicates time.Duration // how long the stream knows an id; 10 minutes
}

// Flags declares the settings of the log.
func (c *Config) Flags(fs *flag.FlagSet) {
	fs.DurationVar(&c.MaxAge, "log-max-age", 7*24*time.Hour, "how long an event stays in the log; the history keeps it beyond")
	fs.Int64Var(&c.MaxBytes, "log-max-bytes", 8<<30, "`bytes` beyond which the log refuses new messages")
	fs.DurationVar(&c.Duplicates, "duplicate-window", 10*time.Minute, "how long the log recognises a repeated message id by itself")
}

func (c Config) withDefaults() Config {
	c.Replicas = max(c.Replicas, 1)
	if c.MaxAge == 0 {
		c.MaxAge = 7 * 24 * time.Hour
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = 8 << 30
	}
	if c.Duplicates == 0 {
		c.Duplicates = 10 * time.Minute
	}
	return c
}

// A Log is the log of all conversations. It is safe for concurrent use.
type Log struct {
	nc  *nats.Conn
	js  jetstream.JetStream
	cfg Config
	gen atomic.Pointer[string]
	one atomic.Bool // only one server has the stream, and so all of it

	answers *answers
}

// Open returns the log, making its streams if they are not there yet and bringing their limits to
// cfg. It is harmless for several services to open the same log at once.
func Open(ctx context.Context, nc *nats.Conn, cfg Config) (*Log, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	l := &Log{nc: nc, js: js, cfg: cfg.withDefaults(), answers: newAnswers()}
	if err := ensure(ctx, js, l.streamConfig()); err != nil {
		return nil, err
	}
	if err := ensure(ctx, js, l.deadConfig()); err != nil {
		return nil, err
	}
	return l, l.Refresh(ctx)
}

// Attach returns the log as it is, without making or changing anything.
func Attach(ctx context.Context, nc *nats.Conn) (*Log, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	l := &Log{nc: nc, js: js, answers: newAnswers()}
	return l, l.Refresh(ctx)
}

func (l *Log) streamConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        StreamName,
		Description: "Everything that happens in conversations",
		Subjects:    []string{subject.Log},
		Storage:     jetstream.FileStorage,
		Replicas:    l.cfg.Replicas,
		MaxAge:      l.cfg.MaxAge,
		MaxBytes:    l.cfg.MaxBytes,
		MaxMsgSize:  maxPayload,
		Discard:     jetstream.DiscardNew, // a full disk is a refusal, never a loss
		Duplicates:  l.cfg.Duplicates,
		AllowDirect: true,
		RePublish:   &jetstream.RePublish{Source: subject.Log, Destination: subject.FeedOfLog},
		Metadata:    map[string]string{generationKey: newGeneration(time.Now())},
	}
}

func (l *Log) deadConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        DeadStreamName,
		Description: "Messages that no retry could help",
		Subjects:    []string{subject.DeadLetters},
		Storage:     jetstream.FileStorage,
		Replicas:    l.cfg.Replicas,
		MaxAge:      deadMaxAge,
		MaxBytes:    deadMaxBytes,
		Discard:     jetstream.DiscardOld,
		AllowDirect: true,
	}
}

// ensure makes the stream, or brings an existing one to cfg without touching its metadata. It looks
// first: a server that has room for the stream once may refuse to make it twice (error 10047).
func ensure(ctx context.Context, js jetstream.JetStream, cfg jetstream.StreamConfig) error {
	s, err := js.Stream(ctx, cfg.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		_, err = js.CreateStream(ctx, cfg)
		if err == nil {
			return nil
		}
		if !errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another service was faster
			return fmt.Errorf("make stream %s: %w", cfg.Name, err)
		}
		s, err = js.Stream(ctx, cfg.Name)
	}
	if err != nil {
		return fmt.Errorf("open stream %s: %w", cfg.Name, err)
	}
	now := s.CachedInfo().Config
	if now.MaxAge == cfg.MaxAge && now.MaxBytes == cfg.MaxBytes && now.Duplicates == cfg.Duplicates && now.Replicas == cfg.Replicas {
		return nil
	}
	now.MaxAge, now.MaxBytes, now.Duplicates, now.Replicas = cfg.MaxAge, cfg.MaxBytes, cfg.Duplicates, cfg.Replicas
	if _, err := js.UpdateStream(ctx, now); err != nil {
		return fmt.Errorf("update stream %s: %w", cfg.Name, err)
	}
	return nil
}

// MaxAge is how long an event stays in the log. Who has to be known for longer says so again.
func (l *Log) MaxAge() time.Duration { return l.cfg.MaxAge }

// Replicas is how many copies everything has in the NATS cluster.
func (l *Log) Replicas() int { return l.cfg.Replicas }

// Duplicates is how long the stream itself knows an id. Older repeats have to be looked for.
func (l *Log) Duplicates() time.Duration { return l.cfg.Duplicates }

// Conn is the log's connection, for what else its service says on NATS.
func (l *Log) Conn() *nats.Conn { return l.nc }

// Ping reports whether the log can answer.
func (l *Log) Ping(ctx context.Context) error {
	if _, err := l.js.Stream(ctx, StreamName); err != nil {
		return fmt.Errorf("stream %s: %w", StreamName, err)
	}
	return nil
}

// Generation is the log's generation as last read.
func (l *Log) Generation() string { return *l.gen.Load() }

// At is the offset of a sequence in the log's generation.
func (l *Log) At(seq uint64) Offset { return Offset{Generation: l.Generation(), Sequence: seq} }

// Refresh reads the generation again; after a reconnection it may be another.
func (l *Log) Refresh(ctx context.Context) error {
	s, err := l.js.Stream(ctx, StreamName)
	if err != nil {
		return fmt.Errorf("stream %s: %w", StreamName, err)
	}
	gen := s.CachedInfo().Config.Metadata[generationKey]
	if !validGeneration(gen) {
		return fmt.Errorf("stream %s: metadata %s is %q: want %d of 0-9 a-z", StreamName, generationKey, gen, generationLen)
	}
	l.gen.Store(&gen)
	l.one.Store(s.CachedInfo().Config.Replicas <= 1)
	return nil
}

// Whole reports whether whatever has happened in a conversation that began at a time is in the log: it has
// lost nothing since, neither by age nor with a generation. Clocks may differ by a minute.
func (l *Log) Whole(began time.Time) bool {
	const skew = time.Minute
	born := generationTime(l.Generation())
	return began.After(born.Add(skew)) && time.Since(began) < l.cfg.MaxAge-skew
}

// Renew begins a new generation if the log ends before seen, which somebody has read from it: a
// power cut may take back the last second, and its sequences would be given out again.
func (l *Log) Renew(ctx context.Context, seen Offset) (renewed bool, err error) {
	s, err := l.js.Stream(ctx, StreamName)
	if err != nil {
		return false, fmt.Errorf("stream %s: %w", StreamName, err)
	}
	info := s.CachedInfo()
	if info.Config.Metadata[generationKey] != seen.Generation || info.State.LastSeq >= seen.Sequence {
		return false, nil
	}
	cfg := info.Config
	cfg.Metadata = maps.Clone(cfg.Metadata)
	cfg.Metadata[generationKey] = newGeneration(time.Now())
	if _, err := l.js.UpdateStream(ctx, cfg); err != nil {
		return false, fmt.Errorf("renew stream %s: %w", StreamName, err)
	}
	return true, l.Refresh(ctx)
}
