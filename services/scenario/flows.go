package scenario

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

const (
	maxFlowBytes = 32 << 20 // of the sources of the flows that are held; the flows are some times larger
	maxAbsent    = 10_000   // bots without a scenario that are remembered
	absentFor    = time.Minute
)

// live is a flow that can be walked, and which version it is.
type live struct {
	flow    *flow.Flow
	version int64
	size    int
}

// flows holds the scenarios that are in use, the least recently used go first.
type flows struct {
	scenarios *scenarios
	versions  *versions
	loads     singleflight.Group

	mu     sync.Mutex
	held   map[string]*list.Element // of heldFlow, by scenarioID
	recent *list.List
	size   int
	absent map[string]time.Time // until when a bot is taken to have no scenario
}

type heldFlow struct {
	id string
	live
}

func newFlows(s *scenarios, v *versions) *flows {
	return &flows{
		scenarios: s, versions: v,
		held: map[string]*list.Element{}, recent: list.New(), absent: map[string]time.Time{},
	}
}

// of returns the bot's live flow, or nil if it has no scenario. A conversation that has come as far
// as a version does not go back to an earlier one because this replica has not heard of it yet.
func (f *flows) of(ctx context.Context, bot string, atLeast int64) (*live, error) {
	version := max(f.versions.live(bot), atLeast)
	if version == 0 {
		return f.unannounced(ctx, bot)
	}
	if l := f.get(scenarioID(bot, version)); l != nil {
		return l, nil
	}
	v, err, _ := f.loads.Do(scenarioID(bot, version), func() (any, error) {
		// The others who wait must not fail because the first one was cancelled.
		return f.load(context.WithoutCancel(ctx), bot, version)
	})
	if err != nil {
		return nil, err
	}
	return v.(*live), nil
}

// load reads a version. Where the record does not have it, as after a restored backup, the newest
// that it has is the live one.
func (f *flows) load(ctx context.Context, bot string, version int64) (*live, error) {
	d, err := f.scenarios.get(ctx, bot, version)
	if errors.Is(err, docstore.ErrNotFound) {
		slog.ErrorContext(ctx, "scenario is not in the store", "bot", bot, "version", version)
		d, err = f.scenarios.newest(ctx, bot)
	}
	if err != nil {
		return nil, err
	}
	return f.hold(d)
}

// unannounced looks for a scenario that nobody has announced, at most once a minute for a bot.
func (f *flows) unannounced(ctx context.Context, bot string) (*live, error) {
	if f.isAbsent(bot) {
		return nil, nil
	}
	d, err := f.scenarios.newest(ctx, bot)
	if errors.Is(err, docstore.ErrNotFound) {
		slog.DebugContext(ctx, "the bot has no scenario: nothing is answered", "bot", bot)
		f.setAbsent(bot)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f.versions.announce(ctx, d.Bot, d.Version)
	return f.hold(d)
}

// hold parses the scenario and keeps it.
func (f *flows) hold(d scenarioDoc) (*live, error) {
	if l := f.get(d.ID); l != nil {
		return l, nil
	}
	parsed, err := flow.Parse([]byte(d.JSON))
	if err != nil { // it was checked when it was published: by another version of this program
		return nil, fmt.Errorf("scenario %s is not readable: %w", d.ID, err)
	}
	h := heldFlow{id: d.ID, live: live{flow: parsed, version: d.Version, size: len(d.JSON)}}
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.held[h.id]; !ok {
		f.held[h.id] = f.recent.PushFront(h)
		f.size += h.size
	}
	for f.size > maxFlowBytes && f.recent.Len() > 1 {
		last := f.recent.Remove(f.recent.Back()).(heldFlow)
		delete(f.held, last.id)
		f.size -= last.size
	}
	return &h.live, nil
}

func (f *flows) get(id string) *live {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, ok := f.held[id]
	if !ok {
		return nil
	}
	f.recent.MoveToFront(e)
	h := e.Value.(heldFlow)
	return &h.live
}

func (f *flows) isAbsent(bot string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Now().Before(f.absent[bot])
}

func (f *flows) setAbsent(bot string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.absent) >= maxAbsent {
		clear(f.absent)
	}
	f.absent[bot] = time.Now().Add(absentFor)
}
