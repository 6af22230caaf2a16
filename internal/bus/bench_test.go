package bus_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

func openBench(b *testing.B) *bus.Log {
	b.Helper()
	l, err := bus.Open(b.Context(), natstest.Connect(b), bus.Config{})
	if err != nil {
		b.Fatal(err)
	}
	return l
}

// BenchmarkAppend is a message stored, without and with a fence.
func BenchmarkAppend(b *testing.B) {
	for name, fence := range map[string]*bus.Fence{"plain": nil, "fenced": {}} {
		b.Run(name, func(b *testing.B) {
			l, c := openBench(b), conversation()
			i := 0
			for b.Loop() {
				if _, err := l.Append(b.Context(), c, subject.Bot, text(c, fmt.Sprint(i)), fence); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

// BenchmarkRead is a read in a log of 20 000 events: of the one new event, 100 of other conversations
// behind the one before it, as by a worker that has not seen what came before its delivery; and of a page.
func BenchmarkRead(b *testing.B) {
	l, c := openBench(b), conversation()
	const others, every, between = 20_000, 20, 100
	var wg sync.WaitGroup
	for w := range 8 { // the appends wait for the disk
		wg.Go(func() {
			for i := w; i < others; i += 8 {
				o := conversation()
				if i%every == 0 {
					o = c
				}
				if _, err := l.Append(b.Context(), o, subject.Visitor, text(o, fmt.Sprint(i)), nil); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	stored := func(c subject.Conversation) uint64 {
		s, err := l.Append(b.Context(), c, subject.Visitor, text(c, "last"), nil)
		if err != nil {
			b.Fatal(err)
		}
		return s.Sequence
	}
	before := stored(c)
	for range between {
		stored(conversation())
	}
	last, err := l.Append(b.Context(), c, subject.Visitor, text(c, "new"), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("one", func(b *testing.B) {
		for b.Loop() {
			if err := l.ReadTo(b.Context(), c, before, last.Sequence, func(bus.Event) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			if events, _, err := l.Read(b.Context(), c, 0, bus.MaxPage); err != nil || len(events) != bus.MaxPage {
				b.Fatal(len(events), err)
			}
		}
	})
}

// BenchmarkWake is a message stored, delivered and acknowledged, by a worker that goes by what it was
// delivered, and by one that reads the log.
func BenchmarkWake(b *testing.B) {
	for name, read := range map[string]bool{"known": false, "read": true} {
		b.Run(name, func(b *testing.B) {
			l, c, woken := openBench(b), conversation(), make(chan struct{})
			handled := uint64(0)
			ctx, cancel := context.WithCancel(b.Context())
			var wg sync.WaitGroup
			defer func() { cancel(); wg.Wait() }()
			wg.Go(func() {
				cfg := bus.ConsumerConfig{Name: "test", Filters: []string{subject.Visitors}}
				if err := l.Consume(ctx, cfg, func(ctx context.Context, w bus.Wake) error {
					if _, known := w.Since(handled); !known || read {
						if err := l.ReadTo(ctx, c, handled, w.UpTo, func(bus.Event) error { return nil }); err != nil {
							return err
						}
					}
					handled = w.UpTo
					woken <- struct{}{}
					return nil
				}); err != nil {
					b.Error(err)
				}
			})
			i := 0
			for b.Loop() {
				if _, err := l.Append(b.Context(), c, subject.Visitor, text(c, fmt.Sprint(i)), nil); err != nil {
					b.Fatal(err)
				}
				<-woken
				i++
			}
		})
	}
}
