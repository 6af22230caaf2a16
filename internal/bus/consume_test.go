package bus_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

// reader handles a conversation as a service does: from where it stopped, in order, up to the wake-up.
type reader struct {
	*listener
	log     *bus.Log
	handled map[subject.Conversation]uint64
	texts   map[subject.Conversation][]string
	fail    func(text string, try int) error
	tries   map[string]int
}

func newReader(l *bus.Log) *reader {
	return &reader{
		listener: newListener(), log: l, handled: map[subject.Conversation]uint64{},
		texts: map[subject.Conversation][]string{}, tries: map[string]int{},
		fail: func(string, int) error { return nil },
	}
}

func (r *reader) wake(ctx context.Context, w bus.Wake) error {
	r.mu.Lock()
	from := r.handled[w.Conversation]
	r.mu.Unlock()
	return r.log.ReadTo(ctx, w.Conversation, from, w.UpTo, func(e bus.Event) (err error) {
		r.note(func() {
			s := e.Message.GetText().GetText()
			r.tries[s]++
			if err = r.fail(s, r.tries[s]); err == nil {
				r.texts[w.Conversation] = append(r.texts[w.Conversation], s)
				r.handled[w.Conversation] = e.Sequence
			}
		})
		return err
	})
}

var fast = bus.ConsumerConfig{Name: "test", Filters: []string{subject.Visitors}, MaxDeliver: 3}

func TestConsumeInOrderThroughFailures(t *testing.T) {
	l := open(t, natstest.Connect(t), bus.Config{})
	r := newReader(l)
	r.fail = func(s string, try int) error {
		switch {
		case s == "7" && try < 3:
			return errors.New("the store is away")
		case s == "8" && try == 1:
			panic("a bug")
		}
		return nil
	}
	run(t, func(ctx context.Context) error {
		return l.Consume(ctx, bus.ConsumerConfig{Name: "test", Filters: []string{subject.Visitors}}, r.wake)
	})
	const n = 20
	cs := []subject.Conversation{conversation(), conversation(), conversation()}
	var wg sync.WaitGroup
	for _, c := range cs {
		wg.Go(func() {
			for i := range n {
				if _, err := l.Append(t.Context(), c, subject.Visitor, text(c, fmt.Sprint(i)), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	r.wait(t, "all conversations", func() bool {
		for _, c := range cs {
			if len(r.texts[c]) < n {
				return false
			}
		}
		return true
	})
	for _, c := range cs {
		for i, s := range r.texts[c] {
			if s != fmt.Sprint(i) {
				t.Fatalf("%s handled %v", c.ID, r.texts[c])
			}
		}
	}
}

func TestDeadLettersAreListedAndReplayed(t *testing.T) {
	l, c := open(t, natstest.Connect(t), bus.Config{}), conversation()
	r := newReader(l)
	broken := true
	r.fail = func(s string, _ int) error {
		if s == "bad" && broken {
			return fmt.Errorf("node %q is missing: %w", "x", bus.ErrPoison)
		}
		return nil
	}
	run(t, func(ctx context.Context) error { return l.Consume(ctx, fast, r.wake) })
	stored := must[bus.Stored](t)(l.Append(t.Context(), c, subject.Visitor, text(c, "bad"), nil))

	var dead []bus.DeadLetter
	r.wait(t, "the dead letter", func() bool {
		var err error
		dead, err = l.DeadLetters(t.Context(), "test", 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(dead) == 0 {
			select { // look again: nothing tells of a dead letter
			case r.change <- struct{}{}:
			default:
			}
		}
		return len(dead) == 1
	})
	if d := dead[0]; d.Conversation != c || d.Sequence != stored.Sequence || d.From != subject.Visitor || d.Error == "" {
		t.Errorf("dead letter %+v", d)
	}
	if err := l.Replay(t.Context(), dead[0].ID); err == nil {
		t.Error("a replay that fails again says nothing")
	}
	r.note(func() { broken = false })
	if err := l.Replay(t.Context(), dead[0].ID); err != nil {
		t.Errorf("Replay: %v", err)
	}
	if left := must[[]bus.DeadLetter](t)(l.DeadLetters(t.Context(), "", 0, 10)); len(left) != 0 {
		t.Errorf("left over: %+v", left)
	}
	if got := fmt.Sprint(r.texts[c]); got != "[bad]" {
		t.Errorf("handled %s", got)
	}
}

// Two replicas share a consumer; what one leaves behind at its end goes to the other.
func TestReplicasTakeOver(t *testing.T) {
	nc := natstest.Connect(t)
	l, c := open(t, nc, bus.Config{}), conversation()
	r := newReader(l)
	entered, leave := make(chan struct{}), make(chan struct{})
	stop := run(t, func(ctx context.Context) error {
		return l.Consume(ctx, fast, func(context.Context, bus.Wake) error {
			close(entered)
			<-leave
			return fmt.Errorf("shutting down: %w", bus.ErrUnavailable)
		})
	})
	must[bus.Stored](t)(l.Append(t.Context(), c, subject.Visitor, text(c, "a"), nil))
	<-entered
	close(leave)
	stop()
	run(t, func(ctx context.Context) error { return l.Consume(ctx, fast, r.wake) })
	r.wait(t, "the other replica", func() bool { return len(r.texts[c]) == 1 })
}

func TestBatches(t *testing.T) {
	l := open(t, natstest.Connect(t), bus.Config{})
	r := newListener()
	got := map[string]bool{}
	failed := false
	run(t, func(ctx context.Context) error {
		return l.ConsumeBatches(ctx, bus.ConsumerConfig{Name: "batch", Filters: []string{subject.Log}, Workers: 16}, func(_ context.Context, events []bus.Event) (err error) {
			r.note(func() {
				if !failed {
					failed, err = true, fmt.Errorf("%w: the store is away", bus.ErrUnavailable)
					return
				}
				for _, e := range events {
					got[e.Message.GetId()] = true
				}
			})
			return err
		})
	})
	const n = 100
	for i := range n {
		c := conversation()
		must[bus.Stored](t)(l.Append(t.Context(), c, subject.Visitor, text(c, fmt.Sprint(i)), nil))
	}
	r.wait(t, "all events", func() bool { return len(got) == n })
}

// As many conversations as there are workers are handled at once, and the workers go on to others.
func TestWorkers(t *testing.T) {
	const workers, conversations, each = 3, 10, 4
	l := open(t, natstest.Connect(t), bus.Config{})
	r := newReader(l)
	under, most, met := 0, 0, make(chan struct{})
	meet := sync.OnceFunc(func() { close(met) })
	run(t, func(ctx context.Context) error {
		return l.Consume(ctx, bus.ConsumerConfig{Name: "test", Filters: []string{subject.Visitors}, Workers: workers}, func(ctx context.Context, w bus.Wake) error {
			r.note(func() {
				if under++; under == workers {
					meet()
				}
				most = max(most, under)
			})
			defer r.note(func() { under-- })
			select {
			case <-met:
			case <-t.Context().Done(): // too few came
			}
			return r.wake(ctx, w)
		})
	})
	cs := make([]subject.Conversation, conversations)
	for i := range cs {
		cs[i] = conversation()
	}
	for range each {
		for _, c := range cs {
			must[bus.Stored](t)(l.Append(t.Context(), c, subject.Visitor, text(c, conversation().ID), nil))
		}
	}
	r.wait(t, "all events", func() bool {
		for _, c := range cs {
			if len(r.texts[c]) < each {
				return false
			}
		}
		return true
	})
	r.note(func() {
		if most != workers {
			t.Errorf("%d conversations at once, want %d", most, workers)
		}
	})
}
