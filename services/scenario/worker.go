package scenario

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

const (
	consumerName = "scenario"
	maxRaces     = 16               // how often one wake-up starts over because another replica was faster
	raceStep     = time.Millisecond // the longest pause before the first time; doubles up to 32 times that
	pageSize     = 256              // events that are held in memory at once
)

// worker answers in conversations.
type worker struct {
	log      *bus.Log
	sessions *sessions
	flows    *flows
	carrier  *carrier
	age      time.Duration
}

// Run handles wake-ups until ctx ends.
func (w *worker) Run(ctx context.Context) error {
	return w.log.Consume(ctx, bus.ConsumerConfig{
		Name: consumerName, Filters: []string{subject.Visitors, subject.OwnerEvents},
	}, w.wake)
}

// wake handles everything that a conversation has up to the wake-up. It returns nil only when the
// session says that all of it is handled and nothing of it is pending, so that the last delivery that
// could bring it back may be acknowledged.
func (w *worker) wake(ctx context.Context, wake bus.Wake) error {
	for n := range maxRaces {
		t := &turn{worker: w, Wake: wake}
		err := t.take(ctx)
		if !errors.Is(err, errRaced) {
			return err
		}
		select { // in a cluster the newer session may still be on its way
		case <-ctx.Done():
			return fmt.Errorf("session %s: %w: %w", wake.Conversation.Key(), bus.ErrUnavailable, ctx.Err())
		case <-time.After(mathrand.N(raceStep << min(n, 5))): //nolint:gosec // jitter needs no secrecy
		}
	}
	return fmt.Errorf("session %s: %w: %d lost races", wake.Conversation.Key(), bus.ErrUnavailable, maxRaces)
}

// turn is one attempt at a wake-up.
type turn struct {
	*worker
	bus.Wake

	session  session
	revision uint64           // of the session in the bucket
	dirty    bool             // session is ahead of the bucket
	skipped  *bus.PoisonError // events that could not be read; nil = none
}

func (t *turn) take(ctx context.Context) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	// What another replica has planned behind the wake-up is that replica's.
	if o := t.session.Outbox; o != nil && (o.Sequence <= t.UpTo || t.session.Handled < t.UpTo) {
		if err := t.carry(ctx, true); err != nil {
			return err
		}
	}
	for t.session.Handled < t.UpTo {
		events, err := t.page(ctx)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := t.handle(ctx, e); err != nil {
				return err
			}
		}
	}
	if t.dirty {
		if err := t.save(ctx); err != nil {
			return err
		}
	}
	if t.skipped != nil {
		return t.skipped
	}
	return nil
}

// open finds the session and sees that it has a place in the log as it is now.
func (t *turn) open(ctx context.Context) error {
	if t.goesOn() {
		return nil
	}
	var err error
	if t.session, t.revision, err = t.sessions.load(ctx, t.Conversation); err != nil {
		return err
	}
	if s := t.session; s.Generation == t.log.Generation() && s.Handled > t.UpTo {
		// Delivered again, or the log has lost its end and gives out the same sequences once more.
		if err := t.compare(ctx); err != nil {
			return err
		}
	}
	if t.session.Generation == t.log.Generation() {
		return nil
	}
	if t.session, err = t.resume(ctx, t.Wake, t.session); err != nil {
		return err
	}
	t.dirty = true
	return nil
}

// goesOn takes up the session where this process has left it, if all that has happened since is what the
// wake-up brings. Whatever is out of the ordinary begins with what is stored.
func (t *turn) goesOn() bool {
	s, revision, ok := t.sessions.settled(t.Conversation)
	if !ok || s.Generation != t.log.Generation() || s.Handled >= t.UpTo {
		return false
	}
	if _, known := t.Since(s.Handled); !known {
		return false
	}
	t.session, t.revision = s, revision
	return true
}

// compare begins a new generation if the log ends before what the session has handled.
func (t *turn) compare(ctx context.Context) error {
	err := t.log.Refresh(ctx)
	if err == nil {
		_, err = t.log.Renew(ctx, bus.Offset{Generation: t.session.Generation, Sequence: t.session.Handled})
	}
	if err != nil {
		return fmt.Errorf("compare the log with session %s: %w: %w", t.Conversation.Key(), bus.ErrUnavailable, err)
	}
	return nil
}

var errPageFull = errors.New("the page is full")

// page returns what comes next, up to the wake-up.
func (t *turn) page(ctx context.Context) ([]bus.Event, error) {
	if events, known := t.Since(t.session.Handled); known {
		return events, nil
	}
	var events []bus.Event
	err := t.log.ReadTo(ctx, t.Conversation, t.session.Handled, t.UpTo, func(e bus.Event) error {
		events = append(events, e)
		if len(events) == pageSize {
			return errPageFull
		}
		return nil
	})
	if err != nil && !errors.Is(err, errPageFull) {
		return nil, fmt.Errorf("read %s: %w: %w", t.Conversation.ID, bus.ErrUnavailable, err)
	}
	return events, nil
}

// handle decides about one event, keeps the decision, and only then carries it out.
func (t *turn) handle(ctx context.Context, e bus.Event) error {
	by := circumstances{now: time.Now()}
	if e.Err != nil && (e.From == subject.Visitor || e.From == subject.Owner) {
		logSkipped(ctx, e)
		if t.skipped == nil {
			t.skipped = &bus.PoisonError{Err: e.Err}
		}
		t.skipped.Sequences = append(t.skipped.Sequences, e.Sequence)
	}
	if e.Err == nil && (e.From == subject.Visitor || e.From == subject.Owner) {
		var err error
		if by.live, err = t.flows.of(ctx, t.Conversation.Bot, t.session.State.Version); err != nil {
			return fmt.Errorf("scenario of bot %s: %w: %w", t.Conversation.Bot, bus.ErrUnavailable, err)
		}
		by.random = random()
	}
	next, defects := t.session.plan(e, by)
	t.session, t.dirty = next, true
	if next.Outbox != nil {
		if err := t.save(ctx); err != nil {
			return err
		}
	}
	logDefects(ctx, e, defects)
	if next.Outbox == nil {
		return nil
	}
	return t.carry(ctx, false)
}

// carry does what is in the outbox and empties it; the next save records that.
func (t *turn) carry(ctx context.Context, repeated bool) error {
	if err := t.carrier.carry(ctx, t.Conversation, t.session.Outbox, repeated); err != nil {
		return err
	}
	t.session.Outbox, t.dirty = nil, true
	return nil
}

func (t *turn) save(ctx context.Context) error {
	revision, err := t.sessions.save(ctx, t.Conversation, t.session, t.revision)
	if err != nil {
		return err
	}
	t.revision, t.dirty = revision, false
	return nil
}

// random is {{random}} of one event. What is rendered with it is kept, so it is never needed again.
func random() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return binary.BigEndian.Uint64(b[:])
}
