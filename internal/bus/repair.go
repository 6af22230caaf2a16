package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

const (
	repairers   = 16
	expectAfter = time.Second            // how long the feed may lag behind an acknowledgement
	expectTick  = 250 * time.Millisecond // how often that is looked at
	maxExpects  = 1 << 16                // beyond it the sweep finds what was missed
	sweepEvery  = 5 * time.Minute        // how long an unnoticed loss may last
	sweepTick   = time.Second
	renewTick   = 10 * time.Second // how often the generation is looked at
	repairRetry = 500 * time.Millisecond
)

// advisory tells of a new leader: what the old one stored last may not have been shown.
const advisory = "$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED." + StreamName

type expectation struct {
	r   *room
	seq uint64
	due time.Time
}

// Run shows what arrives, and repairs what was missed, until ctx ends.
func (f *Feed) Run(ctx context.Context) error {
	nc := f.log.nc
	leader, err := nc.Subscribe(advisory, func(*nats.Msg) { f.markAll() })
	if err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	defer func() { _ = leader.Unsubscribe() }()
	before := nc.ErrorHandler()
	nc.SetErrorHandler(func(nc *nats.Conn, sub *nats.Subscription, err error) {
		if errors.Is(err, nats.ErrSlowConsumer) && sub != nil {
			f.markSub(sub)
		}
		if before != nil {
			before(nc, sub, err)
		}
	})
	defer nc.SetErrorHandler(before)
	status := nc.StatusChanged(nats.CONNECTED)
	defer nc.RemoveStatusListener(status)

	var wg sync.WaitGroup
	defer wg.Wait()
	for _, ch := range f.chans {
		wg.Go(func() { f.receive(ctx, ch) })
	}
	for range repairers {
		wg.Go(func() { f.repairs(ctx) })
	}
	f.watch(ctx, status)
	return nil
}

// watch marks what may have been missed.
func (f *Feed) watch(ctx context.Context, status <-chan nats.Status) {
	expects, sweep := time.NewTicker(expectTick), time.NewTicker(sweepTick)
	renew := time.NewTicker(renewTick)
	defer expects.Stop()
	defer sweep.Stop()
	defer renew.Stop()
	var rest []*room
	for {
		select {
		case <-ctx.Done():
			return
		case <-status:
			f.renew(ctx)
			f.markAll()
		case <-renew.C:
			f.renew(ctx)
		case now := <-expects.C:
			f.checkExpected(now)
		case <-sweep.C:
			rest = f.sweep(rest)
		}
	}
}

// sweep marks a small part of the rooms each time, so that every one has its turn in sweepEvery.
func (f *Feed) sweep(rest []*room) []*room {
	f.mu.Lock()
	if len(rest) == 0 {
		rest = slices.Collect(maps.Values(f.rooms))
	}
	share := len(f.rooms)/int(sweepEvery/sweepTick) + 1
	f.mu.Unlock()
	n := min(share, len(rest))
	for _, r := range rest[:n] {
		f.markFromLast(r)
	}
	return rest[n:]
}

// Expect says that the sequence has been stored: if it is not shown within a second, it is read from
// the log.
func (f *Feed) Expect(c subject.Conversation, seq uint64) {
	if r := f.room(c); r != nil {
		f.expect(r, seq)
	}
}

func (f *Feed) expect(r *room, seq uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.expects) < maxExpects {
		f.expects = append(f.expects, expectation{r, seq, time.Now().Add(expectAfter)})
	}
}

func (f *Feed) checkExpected(now time.Time) {
	f.mu.Lock()
	n := 0
	for n < len(f.expects) && !f.expects[n].due.After(now) {
		n++
	}
	due := f.expects[:n:n]
	f.expects = f.expects[n:]
	if len(f.expects) == 0 {
		f.expects = nil
	}
	f.mu.Unlock()
	for _, e := range due {
		e.r.mu.Lock()
		missing := !e.r.closed && !e.r.has(e.seq)
		e.r.mu.Unlock()
		if missing {
			f.markFromLast(e.r)
		}
	}
}

func (f *Feed) markSub(sub *nats.Subscription) {
	f.mu.Lock()
	rooms := slices.Collect(maps.Values(f.rooms))
	f.mu.Unlock()
	for _, r := range rooms {
		r.mu.Lock()
		slow := r.sub == sub
		r.mu.Unlock()
		if slow {
			f.markFromLast(r)
			return
		}
	}
}

func (f *Feed) markAll() {
	f.mu.Lock()
	rooms := slices.Collect(maps.Values(f.rooms))
	f.mu.Unlock()
	for _, r := range rooms {
		f.markFromLast(r)
	}
}

func (f *Feed) markFromLast(r *room) {
	r.mu.Lock()
	last := r.last
	r.mu.Unlock()
	f.mark(r, last)
}

// mark queues r for repair from hole.
func (f *Feed) mark(r *room, hole uint64) {
	r.mu.Lock()
	if r.repair {
		r.hole = min(r.hole, hole)
		r.mu.Unlock()
		return
	}
	r.repair, r.hole = true, hole
	r.mu.Unlock()
	f.enqueue(r)
}

func (f *Feed) enqueue(r *room) {
	f.mu.Lock()
	f.dirty = append(f.dirty, r)
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *Feed) repairs(ctx context.Context) {
	for {
		r := f.takeDirty()
		if r == nil {
			select {
			case <-ctx.Done():
				return
			case <-f.wake:
				continue
			}
		}
		if err := f.repairRoom(ctx, r); err != nil {
			if ctx.Err() != nil {
				return
			}
			slog.WarnContext(ctx, "feed not repaired yet", "bot", r.c.Bot, "conversation", r.c.ID, "err", err)
			time.AfterFunc(repairRetry, func() { f.enqueue(r) })
		}
	}
}

func (f *Feed) takeDirty() *room {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.dirty) == 0 {
		return nil
	}
	r := f.dirty[0]
	f.dirty = f.dirty[1:]
	if len(f.dirty) > 0 { // wake another repairer
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
	return r
}

// repairRoom shows everything up to what the log has now, and ends the repair if nothing newer has
// been mentioned meanwhile.
func (f *Feed) repairRoom(ctx context.Context, r *room) error {
	for {
		r.mu.Lock()
		from, closed := r.evicted, r.closed // not the hole: other parties' events may be missing before it
		r.hole = noHole
		r.mu.Unlock()
		if closed {
			return nil
		}
		upTo, err := f.log.Last(ctx, r.c)
		if err == nil {
			err = f.log.ReadTo(ctx, r.c, from, upTo, func(e Event) error { r.again(e); return nil })
		}
		r.mu.Lock()
		if err == nil {
			r.complete(upTo)
		}
		if err == nil && r.hole == noHole && r.heard <= max(upTo, r.last) {
			r.repair = false
			r.mu.Unlock()
			return nil
		}
		r.hole = min(r.hole, r.last)
		if err != nil {
			r.hole = min(r.hole, from)
		}
		r.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// renew tells every room of a new generation, if there is one.
func (f *Feed) renew(ctx context.Context) {
	if err := f.log.Refresh(ctx); err != nil {
		slog.WarnContext(ctx, "generation not read", "err", err)
		return
	}
	f.mu.Lock()
	if f.gen == f.log.Generation() {
		f.mu.Unlock()
		return
	}
	f.gen = f.log.Generation()
	rooms := slices.Collect(maps.Values(f.rooms))
	f.mu.Unlock()
	for _, r := range rooms {
		f.remove(r)
		r.listener.Reset()
	}
}
