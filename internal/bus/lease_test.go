package bus_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

// following runs leases of the log until the test ends.
func following(t *testing.T, l *bus.Log) *bus.Leases {
	t.Helper()
	ls := l.NewLeases()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ls.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return ls
}

// lease waits until the conversation's lease says what is wanted; nothing is no lease.
func lease(t *testing.T, ls *bus.Leases, c subject.Conversation, want string) bus.Lease {
	t.Helper()
	var got bus.Lease
	eventually.Succeeds(t, "the lease of "+c.ID, func() error {
		var ok bool
		if got, ok = ls.Of(c); ok != (want != "") || ok && string(got.Data) != want {
			return fmt.Errorf("it is %q (%v), want %q", got.Data, ok, want)
		}
		return nil
	})
	return got
}

// A lease is known to everybody, also to who comes later, and ends by the next one, by nothing, and by itself.
func TestLeases(t *testing.T) {
	topologies(t, func(t *testing.T, connect func() *nats.Conn, replicas int) {
		cfg := bus.Config{Replicas: replicas}
		one, other := following(t, open(t, connect(), cfg)), following(t, open(t, connect(), cfg))
		c, d := conversation(), conversation()
		put := func(c subject.Conversation, data string, after uint64, ttl time.Duration) {
			t.Helper()
			if err := one.Put(c, []byte(data), after, ttl); err != nil {
				t.Fatal(err)
			}
		}
		// What is put before the stream is there is lost, which is no harm.
		again := time.NewTicker(10 * time.Millisecond)
		defer again.Stop()
		for known := false; !known; <-again.C {
			put(c, "looking", 7, time.Minute)
			_, known = other.Of(c)
		}
		got := lease(t, other, c, "looking")
		if left := time.Until(got.Until); got.After != 7 || left <= 0 || left > time.Minute {
			t.Errorf("the lease is behind %d for %v more, want behind 7 for at most a minute", got.After, left)
		}
		lease(t, following(t, open(t, connect(), cfg)), c, "looking")
		put(c, "writing", 8, time.Hour)
		if got := lease(t, other, c, "writing"); time.Until(got.Until) > 2*time.Minute {
			t.Errorf("it lasts until %v, want two minutes at most", got.Until)
		}
		put(d, "for a moment", 0, time.Millisecond) // a second
		lease(t, other, d, "for a moment")
		put(c, "", 0, 0)
		lease(t, other, c, "")
		lease(t, one, c, "")
		lease(t, other, d, "")
	})
}

// Leases are followed also when NATS has forgotten all of them, as it does when it starts anew.
func TestLeasesForgotten(t *testing.T) {
	s := natstest.StartServer(t)
	ls := following(t, open(t, s.Connect(), bus.Config{}))
	known := func(c subject.Conversation) {
		t.Helper()
		eventually.Succeeds(t, "a lease", func() error {
			if _, ok := ls.Of(c); ok {
				return nil
			}
			return errors.Join(errors.New("nothing is heard"), ls.Put(c, []byte("looking"), 0, time.Minute))
		})
	}
	known(conversation())
	s.Stop()
	s.Start()
	known(conversation())
}
