package engineio

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// nobody is a handler of sessions without connections.
type nobody struct{}

func (nobody) Opened(*Session) any                  { return nil }
func (nobody) Message(*Session, []byte, bool) error { return nil }
func (nobody) Closed(*Session, string)              {}

// Whoever answers stays, and whoever does not is let go exactly when PingInterval and PingTimeout have
// passed since the last answer, among many who come, answer and leave at any time.
func TestBeatsOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const interval, timeout = 25 * time.Second, 20 * time.Second
		srv := NewServer(Config{PingInterval: interval, PingTimeout: timeout, MaxQueue: 1 << 20}, nobody{})
		for n := range 300 {
			go func() {
				time.Sleep(rand.N(2 * time.Minute))
				s := &Session{server: srv, revision: revision4}
				if n%5 == 0 {
					s.revision = revision3 // pings by itself
				}
				s.opened()
				for range rand.N(20) {
					late := rand.N(timeout)
					if s.revision == revision4 {
						late += interval
					}
					time.Sleep(late)
					synctest.Wait()
					if s.over() {
						t.Errorf("a peer is let go, though it would answer %v after the ping", late-interval)
						return
					}
					s.alive()
				}
				if n%3 == 0 {
					time.Sleep(rand.N(interval))
					s.Close("leaves by itself")
					return
				}
				time.Sleep(interval + timeout - 1)
				synctest.Wait()
				if s.over() {
					t.Error("a peer is let go too early")
				}
				time.Sleep(time.Nanosecond)
				synctest.Wait()
				if !s.over() {
					t.Error("a peer that is silent is not let go")
				}
			}()
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		for _, b := range []*beats{&srv.pings, &srv.pongs, &srv.silences} {
			if b.first != nil || b.last != nil {
				t.Error("sessions that are over are still in a list")
			}
		}
	})
}

// Many sessions are sent away one after the other, within half of the time that there is.
func TestShutdownIsSpread(t *testing.T) {
	for name, tt := range map[string]struct {
		sessions    int
		limit, took time.Duration
	}{
		"a few":             {herd, 10 * time.Second, 0},
		"many":              {2000, 10 * time.Second, 2000*departure - herd*departure},
		"more than is time": {2000, 400 * time.Millisecond, 200*time.Millisecond - 2*time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				srv := NewServer(Config{}, nobody{})
				left := func() (n int) {
					for _, s := range srv.sessions {
						if !s.over() {
							n++
						}
					}
					return n
				}
				for range tt.sessions {
					id := NewID()
					srv.sessions[id] = &Session{ID: id, server: srv}
				}
				ctx, cancel := context.WithTimeout(t.Context(), tt.limit)
				defer cancel()
				begin := time.Now()
				done := make(chan error, 1)
				go func() { done <- srv.Shutdown(ctx) }()
				time.Sleep(tt.took / 2)
				synctest.Wait()
				if n := left(); tt.took > 0 && (n < tt.sessions/3 || n > tt.sessions*2/3) {
					t.Errorf("%d of %d are left after half of the time", n, tt.sessions)
				}
				if err := <-done; err != nil {
					t.Error(err)
				}
				if took := time.Since(begin); took != tt.took || left() != 0 {
					t.Errorf("took %v, want %v; %d left", took, tt.took, left())
				}
			})
		})
	}
}
