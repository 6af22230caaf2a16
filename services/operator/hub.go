package operator

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// announcements is how many announced dialogs may wait for the hub. What is lost beyond is found by
// the watchers' regular look into the store.
const announcements = 4096

// hub brings what happens to those who watch: announced dialogs, and the conversations of their sets.
type hub struct {
	conn *nats.Conn
	feed *bus.Feed

	stopped chan struct{} // closed when run ends; ends the streams
	wake    chan struct{} // has one token while unfollowed is not empty

	mu         sync.Mutex
	watchers   map[*watcher]struct{}
	rooms      map[subject.Conversation]*room
	unfollowed []*room // what to follow next
}

func newHub(conn *nats.Conn, feed *bus.Feed) *hub {
	return &hub{
		conn: conn, feed: feed, stopped: make(chan struct{}), wake: make(chan struct{}, 1),
		watchers: map[*watcher]struct{}{}, rooms: map[subject.Conversation]*room{},
	}
}

// run works until ctx ends, once.
func (h *hub) run(ctx context.Context) error {
	defer close(h.stopped)
	changed := make(chan *nats.Msg, announcements)
	sub, err := h.conn.ChanSubscribe(subject.Dialogs("*"), changed)
	if err != nil {
		return fmt.Errorf("follow the dialogs: %w", err)
	}
	defer func() { _ = sub.Unsubscribe() }() // fails only when the connection has ended
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return h.feed.Run(ctx) })
	g.Go(func() error { h.followRooms(ctx); return nil })
	g.Go(func() error { h.announced(ctx, changed); return nil })
	return g.Wait()
}

func (h *hub) announced(ctx context.Context, changed <-chan *nats.Msg) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-changed:
			d := new(operatorv1.Dialog)
			if err := proto.Unmarshal(m.Data, d); err != nil {
				slog.ErrorContext(ctx, "announced dialog not understood", "subject", m.Subject, "err", err)
				continue
			}
			h.mu.Lock()
			watchers := slices.Collect(maps.Keys(h.watchers))
			h.mu.Unlock()
			for _, w := range watchers {
				h.offer(w, d)
			}
		}
	}
}

// enter adds a watcher: from now on it is offered what is announced.
func (h *hub) enter(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers[w] = struct{}{}
}

// exit removes it with everything that was followed for it.
func (h *hub) exit(w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.watchers, w)
	for _, c := range w.conversations() {
		h.leave(w, c)
	}
}

// offer tells the watcher of a dialog's state. The hub's lock keeps joining and leaving in the order
// of the versions.
func (h *hub) offer(w *watcher, d *operatorv1.Dialog) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, here := h.watchers[w]; !here {
		return
	}
	join, leave := w.offer(d)
	if join != nil {
		h.join(w, *join)
	}
	if leave != nil && !slices.Contains(w.conversations(), *leave) { // another dialog of it may be in the set
		h.leave(w, *leave)
	}
}

// join adds w to the conversation's room under h.mu.
func (h *hub) join(w *watcher, c subject.Conversation) {
	r := h.rooms[c]
	if r == nil {
		r = &room{hub: h, c: c, began: make(chan struct{}), members: map[*watcher]struct{}{}}
		h.rooms[c] = r
		h.later(r)
	}
	r.mu.Lock()
	r.members[w] = struct{}{}
	r.mu.Unlock()
}

// leave removes w under h.mu; the last one closes the room.
func (h *hub) leave(w *watcher, c subject.Conversation) {
	r := h.rooms[c]
	if r == nil {
		return
	}
	r.mu.Lock()
	delete(r.members, w)
	empty := len(r.members) == 0
	r.mu.Unlock()
	if !empty {
		return
	}
	delete(h.rooms, c)
	if r.followed {
		h.feed.Unfollow(c)
	}
}
