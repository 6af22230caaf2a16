package gateway

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// Nobody is let in on the word of a gateway that has not read who was kept out.
func TestRevocationsAreWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r revocations
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if n, err := r.newest(ctx, "1", "v"); err == nil {
			t.Errorf("newest() = %d before the bucket was read, want an error", n)
		}
		r.replace(map[string]int64{"1.v": 7})
		if n, err := r.newest(t.Context(), "1", "v"); err != nil || n != 7 {
			t.Errorf("newest() = %d, %v, want 7", n, err)
		}
	})
}

func TestRevocationsLearn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r revocations
		now := time.Now().UnixMilli()
		if news := r.replace(map[string]int64{"1.a": now, "1.old": 1}); len(news) != 0 {
			t.Errorf("the first picture has news of %v, want none", news)
		}
		for name, tt := range map[string]struct {
			key    string
			number int64
			want   bool
		}{
			"again":    {"1.a", now, false},
			"an older": {"1.a", now - 1, false},
			"a newer":  {"1.a", now + 1, true},
			"another":  {"1.b", now, true},
		} {
			if got := r.learn(tt.key, tt.number); got != tt.want {
				t.Errorf("%s: learn() = %v, want %v", name, got, tt.want)
			}
		}
		// A picture that was taken before our own was stored does not take it back; what has expired goes.
		if news := r.replace(map[string]int64{"1.a": now, "1.c": now}); len(news) != 1 || news[0] != "1.c" {
			t.Errorf("replace() = %v, want 1.c", news)
		}
		for visitor, want := range map[string]int64{"a": now + 1, "b": now, "c": now, "old": 0} {
			if got, _ := r.newest(t.Context(), "1", visitor); got != want {
				t.Errorf("newest(%s) = %d, want %d", visitor, got, want)
			}
		}
		if !r.has("1", "a", now) || r.has("1", "a", now+1) || r.has("2", "a", 0) {
			t.Error("has() is wrong")
		}
	})
}
