package bus_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/natstest"
)

// TestPoisonIsOfSingleEvents has one event among others of its conversation that nobody can handle:
// it alone becomes a dead letter, however the deliveries are joined.
func TestPoisonIsOfSingleEvents(t *testing.T) {
	nc := natstest.Connect(t)
	l, c := open(t, nc, bus.Config{}), conversation()
	var all []uint64
	for i := range 5 {
		all = append(all, must[bus.Stored](t)(l.Append(t.Context(), c, "visitor", text(c, fmt.Sprint(i)), nil)).Sequence)
	}
	poison := &bus.PoisonError{Sequences: all[1:2], Err: errors.New("not understood")}
	if !errors.Is(poison, bus.ErrPoison) {
		t.Errorf("%v is no ErrPoison", poison)
	}
	run(t, func(ctx context.Context) error {
		return l.Consume(ctx, fast, func(context.Context, bus.Wake) error { return poison })
	})
	js := must[jetstream.JetStream](t)(jetstream.New(nc))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for tick := time.NewTicker(5 * time.Millisecond); ; <-tick.C {
		cons, err := js.Consumer(ctx, bus.StreamName, fast.Name)
		if err == nil && cons.CachedInfo().AckFloor.Stream >= all[4] {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("not everything was settled in %v: %v", patience, err)
		}
	}
	dead, err := l.DeadLetters(t.Context(), fast.Name, 0, 10)
	if err != nil || len(dead) != 1 || dead[0].Sequence != all[1] {
		t.Errorf("dead letters %+v, %v, want the event at %d alone", dead, err, all[1])
	}
}
