package gateway

import (
	"context"
	"fmt"
	"slices"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

const newestPage = 200 // the most that the history gives at once

// newest returns the last events of a conversation, at most so many, in order: what is recorded, and what only the
// log has yet.
func (g *Gateway) newest(ctx context.Context, c subject.Conversation, most int) ([]*chatv1.Message, error) {
	recorded, err := g.recorded(ctx, c, most)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(recorded))
	for _, m := range recorded {
		known[m.GetId()] = true
	}
	last, err := g.deps.Log.Last(ctx, c)
	if err != nil {
		return nil, err
	}
	all := recorded
	err = g.deps.Log.ReadTo(ctx, c, g.behind(recorded, newestPage), last, func(e bus.Event) error {
		if e.Err == nil && !known[e.Message.GetId()] {
			all = append(all, e.Message)
		}
		if len(all) > 2*most { // a long conversation is not held as a whole
			all = slices.Clone(all[len(all)-most:])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all[max(0, len(all)-most):], nil
}

// recorded are the last events of the history.
func (g *Gateway) recorded(ctx context.Context, c subject.Conversation, most int) ([]*chatv1.Message, error) {
	var all []*chatv1.Message
	req := &historyv1.ListMessagesRequest{Bot: c.Bot, Conversation: c.ID}
	for len(all) < most {
		req.PageSize = int32(min(newestPage, most-len(all))) //nolint:gosec // at most newestPage
		page, err := g.deps.History.ListMessages(ctx, req)
		if err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		all = append(slices.Clone(page.GetMessages()), all...)
		if !page.GetHasMore() || len(page.GetMessages()) == 0 {
			break
		}
		req.From = &historyv1.ListMessagesRequest_Before{Before: all[0].GetOffset()}
	}
	return all, nil
}

// behind is where the log is read from: some events before the end of what is recorded, because replicas of the
// history that record at once are not always in order.
func (g *Gateway) behind(recorded []*chatv1.Message, overlap int) uint64 {
	if len(recorded) == 0 {
		return 0
	}
	at, err := bus.ParseOffset(recorded[max(0, len(recorded)-overlap)].GetOffset())
	if err != nil || at.Generation != g.deps.Log.Generation() {
		return 0
	}
	return at.Sequence
}
