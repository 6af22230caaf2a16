// Package eventually waits in tests for what other goroutines do.
package eventually

import (
	"testing"
	"time"
)

const (
	patience = 20 * time.Second
	every    = 3 * time.Millisecond
)

// Succeeds tries until there is no error, and fails the test after 20 s with the last one.
func Succeeds(tb testing.TB, what string, try func() error) {
	tb.Helper()
	tick := time.NewTicker(every)
	defer tick.Stop()
	late := time.After(patience)
	for {
		err := try()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			tb.Fatalf("not within %v: %s: %v", patience, what, err)
		}
	}
}
