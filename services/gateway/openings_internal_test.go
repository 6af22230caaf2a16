package gateway

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestEveryMinute looks once behind every full minute, from where it looked last, and ends with its context.
func TestEveryMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(17*time.Second + time.Millisecond) // into a minute
		ctx, cancel := context.WithCancel(t.Context())
		last, done, calls := time.Now(), make(chan struct{}), 0
		go func() {
			defer close(done)
			everyMinute(ctx, func() time.Duration { return time.Second }, func(since, now time.Time) {
				if !since.Equal(last) || now.Second() != 1 || calls > 0 && now.Sub(since) != time.Minute {
					t.Errorf("call %d is for %v to %v, want from %v to the first second of the next minute", calls, since, now, last)
				}
				last, calls = now, calls+1
			})
		}()
		time.Sleep(3 * time.Minute)
		cancel()
		<-done
		if calls != 3 {
			t.Errorf("%d calls in 3 minutes", calls)
		}
	})
}
