package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const (
	firstPage = 50      // events of a first load
	maxResume = 1000    // events that a resume brings; a client that has missed more loads anew
	maxMissed = 8 << 20 // bytes of them; a page of the history has less
)

// joined is what a socket is sent when it is accepted, before anything that happens meanwhile.
type joined struct {
	session wire.Session
	history *wire.History
	newest  string // offset of the history's newest event
	events  []replayed
	upTo    uint64
	stage   *wire.Thinking // that goes on now

	settings []byte // that the page does not have, encoded; nil: none
}

// replayed is an event that happened before the socket came.
type replayed struct {
	at   bus.Offset
	data json.RawMessage
}

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
	owner, epoch, err := g.owner(ctx, v.c, upTo)
	if err != nil {
		return fmt.Errorf("owner: %w", err)
	}
	j := &joined{upTo: upTo, session: wire.Session{
		Token: v.token, Conversation: v.c.ID, Visitor: v.id, Generation: g.deps.Log.Generation(),
		Owner: wire.NewOwner(owner), Epoch: epoch,
	}}
	from, resumed, err := g.resumeFrom(ctx, offset, upTo)
	if err != nil {
		return err
	}
	if resumed {
		var more bool
		j.events, more, err = g.read(ctx, v.c, from, j.upTo)
		resumed = !more
	}
	if err == nil && !resumed {
		err = g.firstLoad(ctx, v, j)
	}
	if err != nil {
		return err
	}
	j.session.Resumed = resumed
	if j.stage, err = g.thinks(ctx, v.c, j.upTo); err != nil {
		return fmt.Errorf("thinking: %w", err)
	}
	v.welcome = j
	return nil
}

// owner says who answers in a conversation whose newest event is at last.
func (g *Gateway) owner(ctx context.Context, c subject.Conversation, last uint64) (*chatv1.Owner, uint64, error) {
	if last == 0 { // not even an owner has been there
		return &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_BOT}, 0, nil
	}
	change, epoch, err := g.deps.Log.Owner(ctx, c)
	return change.GetOwner(), epoch, err
}

// fresh reports whether nothing has ever happened in a conversation whose newest event in the log is at
// last: all of it would be there.
func (g *Gateway) fresh(c subject.Conversation, last uint64) bool {
	id, err := uuid.Parse(c.ID)
	if last != 0 || err != nil || id.Version() != 7 {
		return false
	}
	return g.deps.Log.Whole(time.Unix(id.Time().UnixTime()))
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

// read returns the newest events of the log behind after, at most maxResume and maxMissed, and whether there
// are more.
func (g *Gateway) read(ctx context.Context, c subject.Conversation, after, upTo uint64) (events []replayed, more bool, err error) {
	size := 0
	err = g.deps.Log.ReadTo(ctx, c, after, upTo, func(e bus.Event) error {
		if e.Err != nil {
			return nil //nolint:nilerr // as in the live feed, what cannot be decoded is not shown
		}
		data, err := wire.EncodeMessage(e.Message, e.Sequence)
		if err != nil {
			return nil //nolint:nilerr // of a newer version: the same
		}
		events = append(events, replayed{g.deps.Log.At(e.Sequence), data})
		for size += len(data); len(events) > maxResume || size > maxMissed && len(events) > 1; more = true {
			size -= len(events[0].data)
			events = events[1:]
		}
		return nil
	})
	return events, more, err
}

// firstLoad reads the newest page of the history and puts what only the log has into it: the history
// may be a moment behind and, where several replicas record, lack an event before its newest one.
func (g *Gateway) firstLoad(ctx context.Context, v *visitor, j *joined) error {
	if g.fresh(v.c, j.upTo) {
		j.history, j.newest = &wire.History{Messages: []json.RawMessage{}}, g.deps.Log.At(0).String()
		return nil
	}
	page, err := g.deps.History.ListMessages(ctx, &historyv1.ListMessagesRequest{Bot: v.c.Bot, Conversation: v.c.ID, PageSize: firstPage})
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	recorded, err := recordedIn(page)
	if err != nil {
		return err
	}
	newest, from := g.deps.Log.At(0), uint64(0)
	if len(recorded) > 0 {
		newest = recorded[len(recorded)-1].at
		if newest.Generation == g.deps.Log.Generation() {
			j.upTo = max(j.upTo, newest.Sequence) // what happened meanwhile may be in the history already
		}
		if oldest := recorded[0].at; page.GetHasMore() && oldest.Generation == g.deps.Log.Generation() {
			from = oldest.Sequence
		}
	}
	logged, more, err := g.read(ctx, v.c, from, j.upTo)
	if err != nil {
		return err
	}
	j.events = nil
	for _, e := range logged {
		i, known := slices.BinarySearchFunc(recorded, e.at, func(r replayed, o bus.Offset) int { return r.at.Compare(o) })
		switch {
		case known:
		case e.at.Compare(newest) < 0:
			recorded = slices.Insert(recorded, i, e)
		default:
			j.events = append(j.events, e)
		}
	}
	j.history = &wire.History{Messages: []json.RawMessage{}, HasMore: page.GetHasMore() || more}
	for _, r := range recorded {
		j.history.Messages = append(j.history.Messages, r.data)
	}
	j.newest = newest.String()
	return nil
}

// recordedIn are the events of a page, in order, without those that only a newer version knows: one of them
// must not keep a visitor from all others.
func recordedIn(page *historyv1.ListMessagesResponse) ([]replayed, error) {
	var events []replayed
	for _, m := range page.GetMessages() {
		o, err := bus.ParseOffset(m.GetOffset())
		if err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		data, err := wire.EncodeMessage(m, o.Sequence)
		if err != nil {
			continue
		}
		events = append(events, replayed{o, data})
	}
	return events, nil
}

// send puts everything on the wire in its order, and then opens the room to the socket.
func (j *joined) send(v *visitor) {
	v.socket.Emit("session", encode(j.session))
	if j.settings != nil { // before the history: how a conversation begins depends on them
		v.socket.Emit("settings", j.settings)
	}
	if j.history != nil {
		v.socket.Emit("history", encode(j.history), quote(j.newest))
	}
	for _, e := range j.events {
		v.socket.Emit("message", e.data, quote(e.at.String()))
	}
	if j.stage != nil {
		v.socket.Emit("thinking", encode(j.stage))
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
	if p := g.limits.act(v.c); p != nil {
		return nil, p
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
	recorded, err := recordedIn(page)
	if err != nil {
		return nil, storeProblem(ctx, v.c, err)
	}
	h := &wire.History{OK: true, Messages: []json.RawMessage{}, HasMore: page.GetHasMore()}
	for _, r := range recorded {
		h.Messages = append(h.Messages, r.data)
	}
	return h, nil
}
