package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

const patience = 30 * time.Second

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, natstest.Linger()...)
}

// topologies run a test on one node and on a cluster of three, which behave differently where
// messages are in flight.
func topologies(t *testing.T, test func(t *testing.T, connect func() *nats.Conn, replicas int)) {
	t.Run("one node", func(t *testing.T) {
		nc := natstest.Connect(t)
		test(t, func() *nats.Conn { return nc }, 1)
	})
	t.Run("three nodes", func(t *testing.T) {
		if testing.Short() {
			t.Skip("three nodes take seconds to start")
		}
		c := natstest.StartCluster(t)
		n := 0
		test(t, func() *nats.Conn { n++; return c.Connect(n % len(c.Servers)) }, 3)
	})
}

func open(t *testing.T, nc *nats.Conn, cfg bus.Config) *bus.Log {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var err error
	for ctx.Err() == nil { // a young cluster may still be placing its streams
		var l *bus.Log
		if l, err = bus.Open(ctx, nc, cfg); err == nil {
			return l
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatal(err)
	return nil
}

func conversation() subject.Conversation {
	return subject.Conversation{Bot: "1", ID: uuid.Must(uuid.NewV7()).String()}
}

func text(c subject.Conversation, local string) *chatv1.Message {
	return &chatv1.Message{
		Id: c.MessageID(local), Bot: c.Bot, Conversation: c.ID,
		Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: local}},
	}
}

func owner(c subject.Conversation, local string, kind chatv1.OwnerKind) *chatv1.Message {
	return &chatv1.Message{
		Id: c.MessageID(local), Bot: c.Bot, Conversation: c.ID,
		Body: &chatv1.Message_OwnerChange{OwnerChange: &chatv1.OwnerChange{Owner: &chatv1.Owner{Kind: kind}}},
	}
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAppendStoresAnIDOnce(t *testing.T) {
	topologies(t, func(t *testing.T, connect func() *nats.Conn, replicas int) {
		l, c := open(t, connect(), bus.Config{Replicas: replicas}), conversation()
		first := must[bus.Stored](t)(l.Append(t.Context(), c, subject.Visitor, text(c, "a"), nil))
		again := must[bus.Stored](t)(l.Append(t.Context(), c, subject.Visitor, text(c, "a"), nil))
		if first.Duplicate || !again.Duplicate || again.Sequence != first.Sequence {
			t.Errorf("first %+v, again %+v: want the first one's place, marked as a duplicate", first, again)
		}
		other := conversation() // the same local id elsewhere is another message
		if s := must[bus.Stored](t)(l.Append(t.Context(), other, subject.Visitor, text(other, "a"), nil)); s.Duplicate {
			t.Errorf("another conversation's %+v is taken for a duplicate", s)
		}
	})
}

// A take-over fences the bot: the broker refuses what the bot decided before.
func TestFenceRefusesALateBot(t *testing.T) {
	topologies(t, func(t *testing.T, connect func() *nats.Conn, replicas int) {
		botLog, opLog := open(t, connect(), bus.Config{Replicas: replicas}), open(t, connect(), bus.Config{Replicas: replicas})
		c := conversation()
		question := must[bus.Stored](t)(botLog.Append(t.Context(), c, subject.Visitor, text(c, "question"), nil))
		under := &bus.Fence{Epoch: 0, After: question.Sequence}
		reply := must[bus.Stored](t)(botLog.Append(t.Context(), c, subject.Bot, text(c, "question/0"), under))

		taken := must[bus.Stored](t)(opLog.Append(t.Context(), c, subject.Owner, owner(c, "take", chatv1.OwnerKind_OWNER_KIND_OPERATOR), &bus.Fence{}))
		_, err := botLog.Append(t.Context(), c, subject.Bot, text(c, "question/1"), under)
		var fenced *bus.FencedError
		if !errors.As(err, &fenced) || fenced.Epoch != taken.Sequence || fenced.Owner.GetKind() != chatv1.OwnerKind_OWNER_KIND_OPERATOR {
			t.Errorf("late reply: %v, want it fenced by the operator at epoch %d", err, taken.Sequence)
		}
		// What was stored before the take-over is still acknowledged when it is repeated.
		again, err := botLog.Append(t.Context(), c, subject.Bot, text(c, "question/0"), under)
		if err != nil || again.Sequence != reply.Sequence {
			t.Errorf("repeated reply: %+v, %v; want sequence %d", again, err, reply.Sequence)
		}
		if _, err := opLog.Append(t.Context(), c, subject.Operator, text(c, "hello"), &bus.Fence{Epoch: taken.Sequence}); err != nil {
			t.Errorf("the owner's own message: %v", err)
		}
	})
}

// Of several who take a conversation at once exactly one wins, and everybody learns the truth: on
// three nodes the losers first see "in flight".
func TestConcurrentTakeOvers(t *testing.T) {
	topologies(t, func(t *testing.T, connect func() *nats.Conn, replicas int) {
		const writers, rounds = 4, 25
		logs := make([]*bus.Log, writers)
		for i := range logs {
			logs[i] = open(t, connect(), bus.Config{Replicas: replicas})
		}
		c := conversation()
		var epoch uint64
		for round := range rounds {
			var wg sync.WaitGroup
			results := make([]error, writers)
			won := make([]uint64, writers)
			for i, l := range logs {
				wg.Go(func() {
					m := owner(c, fmt.Sprintf("take-%d-%d", round, i), chatv1.OwnerKind_OWNER_KIND_OPERATOR)
					s, err := l.Append(t.Context(), c, subject.Owner, m, &bus.Fence{Epoch: epoch, After: epoch})
					won[i], results[i] = s.Sequence, err
				})
			}
			wg.Wait()
			winners := 0
			next := epoch
			for i, err := range results {
				var fenced *bus.FencedError
				switch {
				case err == nil:
					winners++
					next = won[i]
				case !errors.As(err, &fenced):
					t.Fatalf("round %d, writer %d: %v; want success or a FencedError", round, i, err)
				}
			}
			if winners != 1 {
				t.Fatalf("round %d: %d winners, want 1 (%v)", round, winners, results)
			}
			epoch = next
		}
	})
}

func TestReadToPagesInOrder(t *testing.T) {
	topologies(t, func(t *testing.T, connect func() *nats.Conn, replicas int) {
		l, c, other := open(t, connect(), bus.Config{Replicas: replicas}), conversation(), conversation()
		n := bus.MaxPage + 10
		var last uint64
		for i := range n {
			last = must[bus.Stored](t)(l.Append(t.Context(), c, subject.Visitor, text(c, fmt.Sprint(i)), nil)).Sequence
			must[bus.Stored](t)(l.Append(t.Context(), other, subject.Visitor, text(other, fmt.Sprint(i)), nil))
		}
		got := 0
		if err := l.ReadTo(t.Context(), c, 0, last, func(e bus.Event) error {
			if want := fmt.Sprint(got); e.Message.GetText().GetText() != want || e.Message.GetOffset() != l.At(e.Sequence).String() {
				t.Fatalf("event %d is %v", got, e.Message)
			}
			got++
			return nil
		}); err != nil || got != n {
			t.Fatalf("read %d of %d: %v", got, n, err)
		}
	})
}

func TestFullLogRefuses(t *testing.T) {
	l, c := open(t, natstest.Connect(t), bus.Config{MaxBytes: 64 << 10}), conversation()
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		m := text(c, fmt.Sprint(i))
		m.GetText().Text = string(make([]byte, 4000))
		_, err = l.Append(t.Context(), c, subject.Visitor, m, nil)
	}
	if !errors.Is(err, bus.ErrFull) {
		t.Errorf("append to a full log: %v, want ErrFull", err)
	}
}

func TestRenewAfterALostEnd(t *testing.T) {
	l, c := open(t, natstest.Connect(t), bus.Config{}), conversation()
	s := must[bus.Stored](t)(l.Append(t.Context(), c, subject.Visitor, text(c, "a"), nil))
	before := l.Generation()
	if renewed, err := l.Renew(t.Context(), l.At(s.Sequence)); err != nil || renewed {
		t.Fatalf("Renew of a whole log = %t, %v", renewed, err)
	}
	<-time.After(2 * time.Millisecond) // generations have millisecond names
	if renewed, err := l.Renew(t.Context(), l.At(s.Sequence+5)); err != nil || !renewed || l.Generation() <= before {
		t.Errorf("Renew = %t, %v, generation %s; want a new one after %s", renewed, err, l.Generation(), before)
	}
}

type listener struct {
	mu     sync.Mutex
	seqs   []uint64
	live   int
	reset  bool
	change chan struct{}
}

func newListener() *listener { return &listener{change: make(chan struct{}, 1)} }

func (l *listener) note(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
	select {
	case l.change <- struct{}{}:
	default:
	}
}

func (l *listener) Stored(e bus.Event)        { l.note(func() { l.seqs = append(l.seqs, e.Sequence) }) }
func (l *listener) Live(*gatewayv1.LiveEvent) { l.note(func() { l.live++ }) }
func (l *listener) Reset()                    { l.note(func() { l.reset = true }) }

func (l *listener) wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	timeout := time.After(patience)
	for {
		l.mu.Lock()
		ok := done()
		l.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-l.change:
		case <-timeout:
			t.Fatalf("waited in vain for %s; shown %v", what, l.seqs)
		}
	}
}

func run(t *testing.T, f func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func TestFeedShowsWhatIsStored(t *testing.T) {
	topologies(t, func(t *testing.T, connect func() *nats.Conn, replicas int) {
		writer, reader := open(t, connect(), bus.Config{Replicas: replicas}), open(t, connect(), bus.Config{Replicas: replicas})
		c := conversation()
		before := must[bus.Stored](t)(writer.Append(t.Context(), c, subject.Visitor, text(c, "before"), nil))
		feed, heard := reader.NewFeed(), newListener()
		run(t, feed.Run)
		at := must[uint64](t)(feed.Follow(t.Context(), c, heard))
		if at != before.Sequence {
			t.Errorf("Follow = %d, want %d", at, before.Sequence)
		}
		var want []uint64
		for i := range 50 {
			from := []subject.From{subject.Visitor, subject.Bot, subject.Operator}[i%3]
			s := must[bus.Stored](t)(writer.Append(t.Context(), c, from, text(c, fmt.Sprint(i)), nil))
			want = append(want, s.Sequence)
			must[bus.Stored](t)(writer.Append(t.Context(), c, from, text(c, fmt.Sprint(i)), nil)) // a resend is not shown
		}
		heard.wait(t, "50 events", func() bool { return len(heard.seqs) >= len(want) })
		feed.Unfollow(c)
		if fmt.Sprint(heard.seqs) != fmt.Sprint(want) {
			t.Errorf("shown %v, want %v", heard.seqs, want)
		}
	})
}
