package fault

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

const (
	conversations = 200
	questions     = 4
	within        = 4 * time.Minute
)

// TestServices kills replicas of scenario between plan and Deliver and between Deliver and its
// answer, and a gateway, with two replicas of each at work.
func TestServices(t *testing.T) {
	d := newDeployment(t)
	for i, p := range d.proxies {
		crash := func() bool {
			d.scenarios[i].kill()
			d.scenarios[i].launch()
			return false
		}
		p.before = func(n int64) bool { return n != 40 && n != 300 || crash() }
		p.after = func(n int64) bool { return n != 120 && n != 500 || crash() }
	}
	asked := converse(t, d.doors, map[int64]func(){
		250: func() { d.gateways[0].kill(); d.gateways[0].launch() },
		600: func() { d.gateways[1].kill(); d.gateways[1].launch() },
	})
	for i, s := range d.scenarios {
		if s.kills < 2 {
			t.Errorf("scenario %d was killed %d times; want at least one kill before and one after Deliver", i, s.kills)
		}
	}
	verify(t, asked, d.record, d.log(t))
}

// TestLongOutage kills both replicas between Deliver and its answer and leaves them away for longer
// than the log's duplicate window: the stream does not know the replies' ids any more.
func TestLongOutage(t *testing.T) {
	d := newDeployment(t)
	var away sync.WaitGroup
	for i, p := range d.proxies {
		p.after = func(n int64) bool {
			if n != 150 {
				return true
			}
			d.scenarios[i].kill()
			away.Go(func() {
				<-time.After(2 * duplicateWindow) // the outage itself: nothing happens by which it could end
				d.scenarios[i].launch()
			})
			return false
		}
	}
	asked := converse(t, d.doors, nil)
	away.Wait()
	for i, s := range d.scenarios {
		if s.kills != 1 {
			t.Errorf("scenario %d was killed %d times, want once", i, s.kills)
		}
	}
	verify(t, asked, d.record, d.log(t))
}

// TestBroker kills NATS: the gateways refuse politely, visitors try again, and everything that was
// acknowledged is there when it comes back.
func TestBroker(t *testing.T) {
	d := newDeployment(t)
	crash := func() { d.broker.kill(); d.broker.launch() }
	asked := converse(t, d.doors, map[int64]func(){200: crash, 600: crash})
	if d.broker.kills != 2 {
		t.Errorf("killed %d times, want twice", d.broker.kills)
	}
	verify(t, asked, d.record, d.log(t))
}

// TestAllInOne kills the one process, with its embedded NATS and stores, again and again.
func TestAllInOne(t *testing.T) {
	addr := address(t)
	p := start(t, "switchboard", addr, append(unlimited(),
		"-addr", addr, "-data-dir", t.TempDir(), "-admin-email", email, "-duplicate-window", duplicateWindow.String())...)
	m := regexp.MustCompile(`Password +(\S+)`).FindStringSubmatch(p.log.String())
	if m == nil {
		t.Fatalf("no password in:\n%s", p.log)
	}
	cc := dial(t, addr)
	d := &deployment{history: historyv1.NewHistoryServiceClient(cc), admin: setUp(t, cc, cc, m[1])}
	crash := func() { p.kill(); p.launch() }
	asked := converse(t, []string{addr}, map[int64]func(){150: crash, 400: crash, 700: crash})
	if p.kills != 3 {
		t.Errorf("killed %d times, want 3", p.kills)
	}
	p.awaitReady()
	verify(t, asked, d.record)
}

// converse has all conversations at once and returns the visitors. faults are what happens once so
// many questions have been answered.
func converse(t *testing.T, gateways []string, faults map[int64]func()) []*visitor {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	var answered atomic.Int64
	var happening sync.WaitGroup
	visitors := make([]*visitor, conversations)
	g, ctx := errgroup.WithContext(ctx)
	for i := range visitors {
		v := newVisitor(gateways)
		v.connections = i // half begin at each gateway
		v.answered = func() {
			if f := faults[answered.Add(1)]; f != nil {
				happening.Go(f)
			}
		}
		visitors[i] = v
		g.Go(func() error {
			if err := v.talk(ctx, questions); err != nil {
				return fmt.Errorf("conversation %s: %w", v.conversation, err)
			}
			return nil
		})
	}
	err := g.Wait()
	happening.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return visitors
}

// source is where conversations can be read: all events of one, in order.
type source func(ctx context.Context, c subject.Conversation) ([]shown, error)

// verify compares what every visitor has seen with every source, and that with what was promised.
func verify(t *testing.T, visitors []*visitor, sources ...source) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, v := range visitors {
		want := v.view()
		if err := v.promised(want); err != nil {
			t.Errorf("conversation %s: %v", v.conversation, err)
		}
		for i, read := range sources {
			got, err := readAll(ctx, read, subject.Conversation{Bot: botID, ID: v.conversation}, len(want))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("conversation %s: source %d differs from what was shown (-shown +stored):\n%s", v.conversation, i, diff)
			}
		}
	}
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

// promised checks that everything acknowledged is there once, at the acknowledged place, and followed
// by its replies before the next question.
func (v *visitor) promised(view []shown) error {
	if want := 2 + questions*3; len(view) != want {
		return fmt.Errorf("%d events, want %d", len(view), want)
	}
	asked := 0
	for i := 0; i < len(view); {
		q := view[i]
		if q.Author != "visitor" || v.acked[q.ID] != q.Offset {
			return fmt.Errorf("event %+v: want an acknowledged question, at %q", q, v.acked[q.ID])
		}
		asked++
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
	if asked != len(v.acked) {
		return fmt.Errorf("%d questions are there, %d were acknowledged", asked, len(v.acked))
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
