package bus_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

// What the deliveries of a wake-up are known to be is what the log has, whatever fails, comes again or
// goes to another replica.
func TestSinceIsWhatTheLogHas(t *testing.T) {
	for name, replicas := range map[string]int{"one replica": 1, "two replicas": 2} {
		t.Run(name, func(t *testing.T) {
			topologies(t, func(t *testing.T, connect func() *nats.Conn, copies int) {
				sinceIsWhatTheLogHas(t, connect, replicas, copies)
			})
		})
	}
}

func sinceIsWhatTheLogHas(t *testing.T, connect func() *nats.Conn, replicas, copies int) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	const each = 40
	cs := []subject.Conversation{conversation(), conversation(), conversation()}
	cfg := bus.ConsumerConfig{Name: "test", Filters: []string{subject.Visitors, subject.OwnerEvents}, MaxDeliver: 1000}
	s := &since{listener: newListener(), rnd: rnd, handled: map[subject.Conversation]uint64{}, last: map[subject.Conversation]uint64{}}
	for range replicas {
		l := open(t, connect(), bus.Config{Replicas: copies})
		run(t, func(ctx context.Context) error {
			return l.Consume(ctx, cfg, func(ctx context.Context, w bus.Wake) error { return s.wake(ctx, t, l, w) })
		})
	}
	l := open(t, connect(), bus.Config{Replicas: copies})
	var wg sync.WaitGroup
	for _, c := range cs {
		wg.Go(func() {
			for i := range each {
				from := []subject.From{subject.Visitor, subject.Bot, subject.Owner}[i%3]
				stored, err := l.Append(t.Context(), c, from, text(c, fmt.Sprint(i)), nil)
				if err != nil {
					t.Error(err)
				}
				if from != subject.Bot {
					s.note(func() { s.last[c] = stored.Sequence })
				}
			}
		})
	}
	wg.Wait()
	s.wait(t, "everything is handled", func() bool {
		for _, c := range cs {
			if s.handled[c] < s.last[c] {
				return false
			}
		}
		return true
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	t.Logf("%d of %d wake-ups knew", s.knew, s.calls)
	if replicas == 1 && s.knew == 0 {
		t.Error("no wake-up knew what had happened")
	}
}

// since compares what a wake-up says with the log, and fails now and then.
type since struct {
	*listener
	rnd           *rand.Rand
	handled, last map[subject.Conversation]uint64
	calls, knew   int
}

func (s *since) wake(ctx context.Context, t *testing.T, l *bus.Log, w bus.Wake) error {
	s.mu.Lock()
	from, fails := s.handled[w.Conversation], s.rnd.IntN(4) == 0
	s.mu.Unlock()
	var want []uint64
	if err := l.ReadTo(ctx, w.Conversation, from, w.UpTo, func(e bus.Event) error {
		if e.From == subject.Visitor || e.From == subject.Owner {
			want = append(want, e.Sequence)
		}
		return nil
	}); err != nil {
		return err
	}
	events, known := w.Since(from)
	if did, k := w.Did(subject.Owner, from); k != known || did != slices.ContainsFunc(events, func(e bus.Event) bool { return e.From == subject.Owner }) {
		t.Errorf("Did(owner, %d) = %v, %v, and Since %v", from, did, k, events)
	}
	if known {
		var got []uint64
		for _, e := range events {
			got = append(got, e.Sequence)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("Since(%d) = %v, want %v", from, got, want)
		}
	}
	if fails {
		s.note(func() { s.calls++ })
		return errors.New("the store is away")
	}
	s.note(func() {
		s.calls++
		if known {
			s.knew++
		}
		s.handled[w.Conversation] = max(s.handled[w.Conversation], w.UpTo)
	})
	return nil
}
