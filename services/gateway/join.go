package gateway

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/switchboard-chat/switchboard/internal/bus"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const (
	firstPage = 50   // events of a first load
	maxResume = 1000 // events that a resume brings; a client that has missed more loads anew
)

// joined is what a socket is sent when it is accepted, before anything that happens meanwhile.
type joined struct {
	session wire.Session
	history *wire.History
	newest  string // offset of the history's newest event
	events  []replayed
	upTo    uint64
}

type replayed struct{ data, offset []byte }

// join brings v into its conversation: first its room, so that nothing that happens from now on is
// missed, then what it has not seen, read from the history and the log. offset is the last that
// the client has, or empty.
func (g *Gateway) join(ctx context.Context, v *visitor, offset string) (err error) {
	r, upTo, err := g.enter(ctx, v)
	if err != nil {
		return fmt.Errorf("enter: %w", err)
	}
	v.room = r
	defer func() {
		if err != nil {
			r.leave(v)
		}
	}()
	change, epoch, err := g.deps.Log.Owner(ctx, v.c)
	if err != nil {
		return fmt.Errorf("owner: %w", err)
	}
	j := &joined{upTo: upTo, session: wire.Session{
		Token: v.token, Conversation: v.c.ID, Visitor: v.id, Generation: g.deps.Log.Generation(),
		Owner: wire.NewOwner(change.GetOwner()), Epoch: epoch,
	}}
	from, resumed, err := g.resumeFrom(ctx, offset, upTo)
	if err != nil {
		return err
	}
	j.session.Resumed = resumed
	if resumed {
		resumed, err = g.replay(ctx, v, j, from, maxResume)
	}
	if err == nil && !resumed {
		err = g.firstLoad(ctx, v, j)
	}
	v.welcome = j
	return err
}

// resumeFrom says behind which sequence a client goes on, if its offset is of this log and
// everything behind it is still there.
func (g *Gateway) resumeFrom(ctx context.Context, offset string, upTo uint64) (uint64, bool, error) {
	o, err := bus.ParseOffset(offset)
	if err != nil || o.Generation != g.deps.Log.Generation() || o.Sequence > upTo {
		return 0, false, nil //nolint:nilerr // an offset that means nothing is a first load
	}
	first, err := g.first.get(ctx, g.deps.Log)
	if err != nil {
		return 0, false, err
	}
	return o.Sequence, o.Sequence+1 >= first, nil
}

// replay reads the log behind from, up to the place where the room began to hold back. It gives up
// beyond limit.
func (g *Gateway) replay(ctx context.Context, v *visitor, j *joined, from uint64, limit int) (ok bool, err error) {
	tooMany := fmt.Errorf("more than %d events", limit)
	err = g.deps.Log.ReadTo(ctx, v.c, from, j.upTo, func(e bus.Event) error {
		if len(j.events) == limit {
			return tooMany
		}
		if e.Err != nil {
			return nil //nolint:nilerr // as in the live feed, what cannot be decoded is not shown
		}
		data, err := wire.EncodeMessage(e.Message, e.Sequence)
		if err != nil {
			return err
		}
		j.events = append(j.events, replayed{data, quote(e.Message.GetOffset())})
		return nil
	})
	if err == tooMany { //nolint:errorlint // made just here
		j.events, j.session.Resumed = nil, false
		return false, nil
	}
	return err == nil, err
}

// firstLoad reads the newest page of the history, and the log behind it: the history may be a
// moment behind.
func (g *Gateway) firstLoad(ctx context.Context, v *visitor, j *joined) error {
	j.newest = g.deps.Log.At(0).String()
	page, err := g.deps.History.ListMessages(ctx, &historyv1.ListMessagesRequest{Bot: v.c.Bot, Conversation: v.c.ID, PageSize: firstPage})
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	h, err := historyOf(page)
	if err != nil {
		return err
	}
	j.history = h
	var from uint64
	if n := len(page.GetMessages()); n > 0 {
		j.newest = page.GetMessages()[n-1].GetOffset()
		o, err := bus.ParseOffset(j.newest)
		if err != nil {
			return fmt.Errorf("history: %w", err)
		}
		if o.Generation == g.deps.Log.Generation() {
			from = o.Sequence
			j.upTo = max(j.upTo, from) // what happened meanwhile may be in the history already
		}
	}
	ok, err := g.replay(ctx, v, j, from, maxResume)
	if err == nil && !ok {
		err = fmt.Errorf("the history is more than %d events behind", maxResume)
	}
	return err
}

func historyOf(page *historyv1.ListMessagesResponse) (*wire.History, error) {
	h := &wire.History{Messages: []json.RawMessage{}, HasMore: page.GetHasMore()}
	for _, m := range page.GetMessages() {
		o, err := bus.ParseOffset(m.GetOffset())
		if err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		data, err := wire.EncodeMessage(m, o.Sequence)
		if err != nil {
			return nil, err
		}
		h.Messages = append(h.Messages, data)
	}
	return h, nil
}

// send puts everything on the wire in its order, and then opens the room to the socket.
func (j *joined) send(v *visitor) {
	v.socket.Emit("session", encode(j.session))
	if j.history != nil {
		v.socket.Emit("history", encode(j.history), quote(j.newest))
	}
	for _, e := range j.events {
		v.socket.Emit("message", e.data, e.offset)
	}
	v.room.open(v, j.upTo)
}

// older answers a client's request for a page of history.
func (g *Gateway) older(ctx context.Context, v *visitor, args []json.RawMessage) (any, *wire.Problem) {
	var req struct {
		Before   string `json:"before"`
		PageSize int32  `json:"page_size"`
	}
	if len(args) != 1 {
		return nil, &wire.Problem{Code: wire.BadRequest, Message: "history: want one object"}
	}
	if p := wire.Decode(args[0], &req); p != nil {
		return nil, p
	}
	if _, err := bus.ParseOffset(req.Before); err != nil {
		return nil, &wire.Problem{Code: wire.BadRequest, Field: "before", Message: err.Error()}
	}
	if req.PageSize < 0 || req.PageSize > firstPage {
		return nil, &wire.Problem{Code: wire.BadRequest, Field: "page_size", Message: fmt.Sprintf("want 0 to %d", firstPage)}
	}
	page, err := g.deps.History.ListMessages(ctx, &historyv1.ListMessagesRequest{
		Bot: v.c.Bot, Conversation: v.c.ID, PageSize: req.PageSize, From: &historyv1.ListMessagesRequest_Before{Before: req.Before},
	})
	if err != nil {
		return nil, storeProblem(ctx, v.c, err)
	}
	h, err := historyOf(page)
	if err != nil {
		return nil, storeProblem(ctx, v.c, err)
	}
	h.OK = true
	return h, nil
}
