package scenario

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/settings"
)

const (
	announceEvery = 30 * time.Second
	announceAgain = time.Second // after a failure
	announceLimit = 20 * time.Second
	publishLimit  = 2 * time.Second // how long a publication waits for NATS once it is kept
)

// versions announces the live versions in the settings bucket. A version is announced when it is
// published; a sweep repairs what was missed.
type versions struct {
	scenarios *scenarios
	bucket    *settings.Bucket
	cache     *settings.Cache
	soon      chan struct{} // holds one request to sweep now
}

func newVersions(s *scenarios, b *settings.Bucket, c *settings.Cache) *versions {
	return &versions{scenarios: s, bucket: b, cache: c, soon: make(chan struct{}, 1)}
}

// live is the bot's live version as it was announced; 0 = none was.
func (v *versions) live(bot string) int64 { return v.cache.ScenarioVersion(bot) }

// announce announces a version that is kept already. A failure is repaired in the background: the
// version is published and stays so.
func (v *versions) announce(ctx context.Context, bot string, version int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), publishLimit)
	defer cancel()
	err := v.bucket.PutScenarioVersion(ctx, bot, version)
	if err == nil {
		return
	}
	slog.WarnContext(ctx, "scenario is kept and not yet announced", "bot", bot, "version", version, "err", err)
	select {
	case v.soon <- struct{}{}:
	default:
	}
}

// Run sweeps at once, then every 30 s, and sooner after a failure, until ctx ends.
func (v *versions) Run(ctx context.Context) error {
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-v.soon:
			select { // a store or NATS that is away is not asked without a pause
			case <-ctx.Done():
				return nil
			case <-time.After(announceAgain):
			}
		case <-next.C:
		}
		wait := announceEvery
		if err := v.sweep(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "scenarios are not all announced", "err", err, "retry", announceAgain)
			wait = announceAgain
		}
		next.Reset(wait)
	}
}

// sweep goes through the bots that the services know of. A bot that they do not know of has no
// visitors; should one come all the same, [flows] finds the scenario itself.
func (v *versions) sweep(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, announceLimit)
	defer cancel()
	for _, b := range v.cache.Bots() {
		missed, err := v.scenarios.behind(ctx, b.GetId(), v.live(b.GetId()))
		if err != nil {
			return err
		}
		if !missed {
			continue
		}
		newest, err := v.scenarios.newest(ctx, b.GetId())
		if errors.Is(err, docstore.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := v.bucket.PutScenarioVersion(ctx, newest.Bot, newest.Version); err != nil {
			return err
		}
	}
	return nil
}
