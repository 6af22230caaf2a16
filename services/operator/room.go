package operator

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	followers   = 8 // conversations that the hub begins to follow at once
	followAgain = 500 * time.Millisecond
	// followTimeout is how long a watcher of one dialog waits until its conversation is followed.
	followTimeout = 15 * time.Second
)

// room is a conversation that watchers have in their sets. What is stored before the hub follows it
// reaches nobody from here: the dialog's last offset tells a panel to read it from the history.
type room struct {
	hub      *hub
	c        subject.Conversation
	followed bool          // under hub.mu, as is
	began    chan struct{} // closed when it is followed

	mu      sync.Mutex
	members map[*watcher]struct{}
	last    uint64 // the newest event, once it is followed
}

// later queues the room for the followers, under hub.mu.
func (h *hub) later(r *room) {
	h.unfollowed = append(h.unfollowed, r)
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// next takes a room from the queue; nil if it is empty.
func (h *hub) next() *room {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.unfollowed) == 0 {
		return nil
	}
	r := h.unfollowed[0]
	h.unfollowed = h.unfollowed[1:]
	if len(h.unfollowed) > 0 { // wake another follower
		select {
		case h.wake <- struct{}{}:
		default:
		}
	}
	return r
}

// followRooms follows queued rooms until ctx ends.
func (h *hub) followRooms(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for range followers {
		wg.Go(func() {
			for {
				if r := h.next(); r != nil {
					h.followRoom(ctx, r)
					continue
				}
				select {
				case <-ctx.Done():
					return
				case <-h.wake:
				}
			}
		})
	}
}

func (h *hub) followRoom(ctx context.Context, r *room) {
	if ctx.Err() != nil || !h.has(r) {
		return
	}
	last, err := h.feed.Follow(ctx, r.c, r)
	if err != nil {
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "conversation not followed yet", "bot", r.c.Bot, "conversation", r.c.ID, "err", err)
			time.AfterFunc(followAgain, func() {
				h.mu.Lock()
				defer h.mu.Unlock()
				h.later(r)
			})
		}
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[r.c] == r {
		r.begin(last)
		return
	}
	h.feed.Unfollow(r.c) // everybody left meanwhile
}

// begin says that the room is followed from the sequence on, under hub.mu.
func (r *room) begin(last uint64) {
	r.mu.Lock()
	r.last = max(r.last, last) // something may have come already
	r.mu.Unlock()
	if !r.followed {
		r.followed = true
		close(r.began)
	}
}

// followed waits until the conversation, which a watcher has joined, is followed, and returns the sequence of its newest
// event. Errors are gRPC statuses.
func (h *hub) followed(ctx context.Context, c subject.Conversation) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, followTimeout)
	defer cancel()
	h.mu.Lock()
	r := h.rooms[c]
	if r == nil { // the watcher may not see it any more
		h.mu.Unlock()
		return 0, errNotFound
	}
	began := r.began
	h.mu.Unlock()
	select {
	case <-began:
	case <-h.stopped:
		return 0, errStops
	case <-ctx.Done():
		return 0, status.Error(codes.Unavailable, "the conversation cannot be followed now; watch again")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last, nil
}

func (h *hub) has(r *room) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.rooms[r.c] == r
}

// Stored implements [bus.Listener].
func (r *room) Stored(e bus.Event) {
	if e.Err != nil {
		slog.Error("event not shown", "bot", r.c.Bot, "conversation", r.c.ID, "err", e.Err)
		return
	}
	r.mu.Lock()
	r.last = max(r.last, e.Sequence)
	r.mu.Unlock()
	r.send(&operatorv1.WatchResponse{Event: &operatorv1.WatchResponse_Message{Message: e.Message}})
}

// Live implements [bus.Listener]. Operators are shown that the visitor writes; the rest is for visitors.
func (r *room) Live(e *gatewayv1.LiveEvent) {
	if e.GetTyping().GetAuthor() == chatv1.Author_AUTHOR_VISITOR {
		r.send(&operatorv1.WatchResponse{Event: &operatorv1.WatchResponse_Typing{
			Typing: &operatorv1.VisitorTyping{Conversation: r.c.ID},
		}})
	}
}

// Reset implements [bus.Listener]: the log has begun anew, and the feed does not follow any more.
func (r *room) Reset() {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if r.hub.rooms[r.c] != r {
		return
	}
	r.mu.Lock()
	r.last = 0
	r.mu.Unlock()
	if r.followed {
		r.followed, r.began = false, make(chan struct{})
	}
	r.hub.later(r)
}

func (r *room) send(res *operatorv1.WatchResponse) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for w := range r.members {
		w.hear(res)
	}
}
