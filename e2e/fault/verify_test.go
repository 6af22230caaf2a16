package fault

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

const readers = 8 // of conversations, at once

// source is where conversations can be read: all events of one, in order.
type source func(ctx context.Context, c subject.Conversation) ([]shown, error)

// verify compares what every visitor has seen with every source, and that with what was promised.
func verify(t *testing.T, visitors []*visitor, sources ...source) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readers)
	for _, v := range visitors {
		want := v.view()
		if err := v.promised(want); err != nil {
			t.Errorf("conversation %s: %v", v.conversation, err)
		}
		g.Go(func() error { return v.recorded(ctx, t, want, sources) })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

// recorded compares what the visitor has seen with every source.
func (v *visitor) recorded(ctx context.Context, t *testing.T, want []shown, sources []source) error {
	for i, read := range sources {
		got, err := readAll(ctx, read, subject.Conversation{Bot: botID, ID: v.conversation}, len(want))
		if err != nil {
			return err
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("conversation %s: source %d differs from what was shown (-shown +stored):\n%s", v.conversation, i, diff)
		}
	}
	return nil
}

// readAll waits until the source has n events: history may be a moment behind.
func readAll(ctx context.Context, read source, c subject.Conversation, n int) ([]shown, error) {
	for {
		got, err := read(ctx, c)
		if err != nil || len(got) >= n {
			return got, err
		}
		select {
		case <-ctx.Done():
			return got, nil // the comparison says what is missing
		case <-time.After(askAgain):
		}
	}
}

// view is everything that the visitor has seen, in the order of the offsets.
func (v *visitor) view() []shown {
	var all []shown
	for _, m := range v.seen {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b shown) int {
		x, _ := bus.ParseOffset(a.Offset) // they were read before
		y, _ := bus.ParseOffset(b.Offset)
		return x.Compare(y)
	})
	return all
}

// promised checks that everything said was acknowledged and is there once, in the order in which it was
// said, at the acknowledged place, and followed by its replies before the next question.
func (v *visitor) promised(view []shown) error {
	if want := 3*len(v.sent) - 1; len(view) != want { // the start has one reply, a question two
		return fmt.Errorf("%d events, want %d", len(view), want)
	}
	if len(v.acked) != len(v.sent) {
		return fmt.Errorf("%d of %d were acknowledged", len(v.acked), len(v.sent))
	}
	i := 0
	for _, id := range v.sent {
		q := view[i]
		if q.ID != id || q.Author != "visitor" || v.acked[id] != q.Offset {
			return fmt.Errorf("event %+v: want %s, at %q", q, id, v.acked[id])
		}
		texts := []string{"Ask."}
		if q.Type == "text" {
			texts = []string{q.Text + " is number ", "Ask."}
		}
		for n, text := range texts {
			r := view[i+1+n]
			if r.ID != fmt.Sprintf("%s/%d", q.ID, n) || !strings.HasPrefix(r.Text, text) {
				return fmt.Errorf("event %+v: want reply %d to %s that begins with %q", r, n, q.ID, text)
			}
		}
		i += 1 + len(texts)
	}
	return nil
}

// record reads a conversation from the history.
func (d *deployment) record(ctx context.Context, c subject.Conversation) ([]shown, error) {
	var all []shown
	after := ""
	for {
		req := &historyv1.ListMessagesRequest{Bot: c.Bot, Conversation: c.ID, PageSize: 7} // pages are tried, too
		if after != "" {
			req.From = &historyv1.ListMessagesRequest_After{After: after}
		} else {
			req.From = &historyv1.ListMessagesRequest_After{After: "000000000-0"}
		}
		page, err := d.history.ListMessages(d.admin(ctx), req)
		if err != nil {
			return nil, err
		}
		for _, m := range page.GetMessages() {
			all = append(all, shownOf(m))
			after = m.GetOffset()
		}
		if !page.GetHasMore() {
			return all, nil
		}
	}
}

// log reads a conversation from the stream.
func (d *deployment) log(t *testing.T) source {
	t.Helper()
	l, err := bus.Attach(t.Context(), d.nats)
	if err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, c subject.Conversation) ([]shown, error) {
		last, err := l.Last(ctx, c)
		if err != nil {
			return nil, err
		}
		var all []shown
		err = l.ReadTo(ctx, c, 0, last, func(e bus.Event) error {
			if e.Err != nil {
				return e.Err
			}
			all = append(all, shownOf(e.Message))
			return nil
		})
		return all, err
	}
}

// shownOf is a message as visitors are shown it.
func shownOf(m *chatv1.Message) shown {
	s := shown{ID: m.GetId(), Offset: m.GetOffset(), Author: strings.ToLower(strings.TrimPrefix(m.GetAuthor().String(), "AUTHOR_"))}
	switch b := m.GetBody().(type) {
	case *chatv1.Message_Start:
		s.Type = "start"
	case *chatv1.Message_Text:
		s.Type, s.Text = "text", b.Text.GetText()
	default:
		s.Type = fmt.Sprintf("%T", b)
	}
	return s
}
