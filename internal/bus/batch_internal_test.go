package bus

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A batch waits for more, but no longer than it is told to and not when it is full.
func TestCollect(t *testing.T) {
	const wait = 50 * time.Millisecond
	for name, tt := range map[string]struct {
		arrive []time.Duration // after the first
		limit  int
		want   int
		took   time.Duration
	}{
		"nothing more":   {nil, 9, 1, wait},
		"in time":        {[]time.Duration{10 * time.Millisecond, 40 * time.Millisecond}, 9, 3, wait},
		"one too late":   {[]time.Duration{10 * time.Millisecond, 60 * time.Millisecond}, 9, 2, wait},
		"full":           {[]time.Duration{10 * time.Millisecond, 20 * time.Millisecond}, 3, 3, 20 * time.Millisecond},
		"more than that": {[]time.Duration{0, 0, 0}, 2, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in := make(chan jetstream.Msg, len(tt.arrive))
				for _, d := range tt.arrive {
					time.AfterFunc(d, func() { in <- nil })
				}
				synctest.Wait()
				began := time.Now()
				if got := len(collect(nil, in, tt.limit, wait)); got != tt.want {
					t.Errorf("%d messages, want %d", got, tt.want)
				}
				if took := time.Since(began); took != tt.took {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				time.Sleep(time.Second) // fake time: the late ones have come
			})
		})
	}
}
