package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/subject"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

const (
	feedChannels = 4
	feedBacklog  = 4096 // messages a channel holds before the feed counts as slow and is repaired
	remembered   = 64   // newest sequences of a room, to recognise what a repair reads again
	noHole       = math.MaxUint64
)

// A Listener is told what happens in a conversation it follows. Calls for one conversation come one
// at a time and must not block.
type Listener interface {
	// Stored is called once for every event behind the place where following began; in order, unless
	// the feed of NATS lost one whose absence only a later event of the same party gave away.
	Stored(Event)
	// Live is called for an event that is not stored.
	Live(*gatewayv1.LiveEvent)
	// Reset is called when the log has begun a new generation: every place in it means something
	// else now. Nothing is called after it; whoever listens follows anew.
	Reset()
}

// A Feed shows conversations as they are stored. The feed of NATS is at-most-once; this one notices
// what it may have missed and reads that from the log. It shows nothing without [Feed.Run].
type Feed struct {
	log   *Log
	chans []chan *nats.Msg

	mu      sync.Mutex
	rooms   map[subject.Conversation]*room
	dirty   []*room       // what to repair, each room at most once
	gen     string        // the generation that the rooms' sequences are of
	expects []expectation // what should be shown soon, by time
	wake    chan struct{} // has one token while dirty is not empty
}

// room is one followed conversation.
type room struct {
	c        subject.Conversation
	listener Listener
	sub      *nats.Subscription

	mu      sync.Mutex // held while the listener is called
	closed  bool
	repair  bool            // a repair is due or under way and shows everything meanwhile
	hole    uint64          // behind it something was missed since the repair began; noHole = nothing
	heard   uint64          // the newest sequence that the feed has mentioned
	start   uint64          // where following began
	last    uint64          // the newest that was shown
	lastOf  [parties]uint64 // the newest shown of each party
	shown   []uint64        // the newest sequences shown, oldest first
	evicted uint64          // everything up to here was shown, or is as good as shown; shown is what is behind it
}

// parties are those on whose part events are stored, in an order of no meaning.
const parties = 5

func party(f subject.From) int {
	switch f {
	case subject.Visitor:
		return 0
	case subject.Bot:
		return 1
	case subject.Operator:
		return 2
	case subject.Owner:
		return 3
	}
	return 4
}

// NewFeed returns a feed of the log that follows nothing yet.
func (l *Log) NewFeed() *Feed {
	f := &Feed{log: l, rooms: map[subject.Conversation]*room{}, wake: make(chan struct{}, 1), gen: l.Generation()}
	for range feedChannels {
		f.chans = append(f.chans, make(chan *nats.Msg, feedBacklog))
	}
	return f
}

// Follow begins to tell listener of everything that is stored in the conversation from now on, and
// returns the sequence of its newest event at that moment. A conversation has one listener at a time.
func (f *Feed) Follow(ctx context.Context, c subject.Conversation, listener Listener) (uint64, error) {
	if err := c.Validate(); err != nil {
		return 0, err
	}
	r := &room{c: c, listener: listener, repair: true, hole: noHole}
	f.mu.Lock()
	if f.rooms[c] != nil {
		f.mu.Unlock()
		return 0, fmt.Errorf("conversation %s is followed already", c.ID)
	}
	f.rooms[c] = r
	f.mu.Unlock()
	last, err := f.join(ctx, r)
	if err != nil {
		f.remove(r)
		return 0, fmt.Errorf("follow %s: %w", c.ID, err)
	}
	f.begin(r, last)
	if f.log.cfg.Replicas > 1 {
		// The interest may still be spreading through the cluster: look again a little later.
		f.expect(r, last+1)
	}
	return last, nil
}

// join subscribes before it asks where the conversation stands, so that nothing falls between.
func (f *Feed) join(ctx context.Context, r *room) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	sub, err := f.log.nc.ChanSubscribe(r.c.Feed(), f.chans[hash(r.c.ID)%feedChannels])
	if err != nil {
		return 0, err
	}
	r.mu.Lock()
	r.sub = sub
	closed := r.closed // meanwhile, by a new generation: whoever closed it did not see the subscription
	r.mu.Unlock()
	if closed {
		_ = sub.Unsubscribe() // as in remove
	}
	return f.log.Last(ctx, r.c) // on the same connection, so it comes to NATS after the subscription
}

// begin opens the room at last; what the feed has mentioned meanwhile is read from the log.
func (f *Feed) begin(r *room, last uint64) {
	r.mu.Lock()
	r.start, r.last, r.evicted = last, last, last
	behind := r.heard > last
	if behind {
		r.hole = last
	} else {
		r.repair = false
	}
	r.mu.Unlock()
	if behind {
		f.enqueue(r)
	}
}

// hash is FNV-1a; it keeps a conversation on one channel and so in order.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// Unfollow stops. The listener is not called any more once it returns.
func (f *Feed) Unfollow(c subject.Conversation) {
	if r := f.room(c); r != nil {
		f.remove(r)
	}
}

// remove stops following by r; somebody may follow its conversation anew meanwhile.
func (f *Feed) remove(r *room) {
	f.mu.Lock()
	if f.rooms[r.c] == r {
		delete(f.rooms, r.c)
	}
	f.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.sub != nil {
		_ = r.sub.Unsubscribe() // fails only when the connection has ended, and the subscription with it
	}
}

func (f *Feed) room(c subject.Conversation) *room {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rooms[c]
}

func (f *Feed) receive(ctx context.Context, ch <-chan *nats.Msg) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-ch:
			if err := f.show(m); err != nil {
				slog.ErrorContext(ctx, "feed not understood", "subject", m.Subject, "err", err)
			}
		}
	}
}

func (f *Feed) show(m *nats.Msg) error {
	c, from, err := subject.ParseFeed(m.Subject)
	if err != nil {
		return err
	}
	r := f.room(c)
	if r == nil {
		return nil // left meanwhile
	}
	if from == subject.Live {
		return r.live(m.Data)
	}
	seq, err := strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64)
	prev, perr := strconv.ParseUint(m.Header.Get(jetstream.LastSequenceHeader), 10, 64)
	if err := errors.Join(err, perr); err != nil {
		return err
	}
	if hole, ok := r.stored(f.log.decode(c, from, seq, m.Data), prev); !ok {
		f.mark(r, hole)
	}
	return nil
}

func (r *room) live(data []byte) error {
	e := new(gatewayv1.LiveEvent)
	if err := proto.Unmarshal(data, e); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.listener.Live(e)
	}
	return nil
}

// stored shows e if it is new and nothing is known to be missing before it; otherwise it says
// behind which sequence to look. prev is the sequence before e on the same subject.
func (r *room) stored(e Event, prev uint64) (hole uint64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = max(r.heard, e.Sequence)
	if r.closed || r.repair || e.Sequence <= r.last {
		return 0, true
	}
	if known := max(r.start, r.lastOf[party(e.From)]); prev > known {
		return known, false
	}
	r.emit(e)
	return 0, true
}

func (r *room) emit(e Event) {
	r.last = max(r.last, e.Sequence)
	of := &r.lastOf[party(e.From)]
	*of = max(*of, e.Sequence)
	i, _ := slices.BinarySearch(r.shown, e.Sequence)
	r.shown = slices.Insert(r.shown, i, e.Sequence)
	if len(r.shown) > remembered {
		r.evicted = r.shown[0]
		r.shown = slices.Delete(r.shown, 0, 1)
	}
	r.listener.Stored(e)
}

// again shows an event that a repair has read, unless it was shown before.
func (r *room) again(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed && !r.has(e.Sequence) {
		r.emit(e)
	}
}

// has reports whether the event at the sequence was shown, or counts as shown, under r.mu.
func (r *room) has(seq uint64) bool {
	_, shown := slices.BinarySearch(r.shown, seq)
	return shown || seq <= r.evicted
}

// complete notes that everything up to the sequence was shown, under r.mu.
func (r *room) complete(upTo uint64) {
	r.evicted = max(r.evicted, upTo)
	r.shown = slices.DeleteFunc(r.shown, func(seq uint64) bool { return seq <= r.evicted })
}
