package limit

import (
	"strconv"
	"testing"
	"time"
)

func TestRateText(t *testing.T) {
	for in, want := range map[string]Rate{"5/20": {5, 20}, "0.5/1": {0.5, 1}, "0": Unlimited()} {
		var r Rate
		if err := r.UnmarshalText([]byte(in)); err != nil || r != want {
			t.Errorf("%q is %+v, %v, want %+v", in, r, err, want)
		}
		if out, err := r.MarshalText(); err != nil || string(out) != in {
			t.Errorf("%+v is %q, %v, want %q", r, out, err, in)
		}
	}
	for _, in := range []string{"", "5", "5/", "/5", "0/5", "-1/5", "5/0", "NaN/5", "5/1e3", "x/y", "5/20/30", "1e9/5"} {
		var r Rate
		if err := r.UnmarshalText([]byte(in)); err == nil {
			t.Errorf("%q is %+v, want an error", in, r)
		}
	}
}

func TestTake(t *testing.T) {
	k, now := New(Rate{2, 3}), time.Now()
	for range 3 {
		if wait := k.Take("a", now); wait != 0 {
			t.Fatalf("within the burst: wait %v", wait)
		}
	}
	if wait := k.Take("a", now); wait != 500*time.Millisecond {
		t.Errorf("beyond it: wait %v, want 500ms", wait)
	}
	if wait := k.Take("a", now); wait != 500*time.Millisecond {
		t.Errorf("and again: wait %v, want 500ms: nothing was taken", wait)
	}
	if wait := k.Take("b", now); wait != 0 {
		t.Errorf("another key: wait %v", wait)
	}
	if wait := k.Take("a", now.Add(500*time.Millisecond)); wait != 0 {
		t.Errorf("after the wait: wait %v", wait)
	}
	free := New(Unlimited())
	for range 1000 {
		if wait := free.Take("a", now); wait != 0 {
			t.Fatal("no limit limits")
		}
	}
}

func TestKeysAreBounded(t *testing.T) {
	k, now := newKeyed(Rate{1, 2}, 10), time.Now()
	for i := range 10 {
		k.Take(strconv.Itoa(i), now)
	}
	k.Take("one more", now)
	k.Take("and more", now)
	if wait := k.Take("yet more", now); wait == 0 {
		t.Error("those beyond the bound do not share a bucket")
	}
	if len(k.buckets) != 10 {
		t.Errorf("%d keys, want 10", len(k.buckets))
	}
	if wait := k.Take("later", now.Add(time.Second)); wait != 0 || len(k.buckets) != 1 {
		t.Errorf("once the others are full again: wait %v, %d keys, want a bucket of its own", wait, len(k.buckets))
	}
}

func BenchmarkTake(b *testing.B) {
	k, now := New(Rate{5, 20}), time.Now()
	for i := range 10_000 {
		k.Take(strconv.Itoa(i), now)
	}
	b.ReportAllocs()
	for b.Loop() {
		k.Take("77", now)
	}
}

// A clock that jumps neither locks anybody out nor gives more than a burst.
func TestClockJumps(t *testing.T) {
	const burst = 5
	begin := time.Now().Round(0) // without the monotonic clock, which does not jump
	for name, jump := range map[string]time.Duration{"a day forward": 24 * time.Hour, "a day back": -24 * time.Hour, "a year back": -365 * 24 * time.Hour} {
		k := New(Rate{PerSecond: 1, Burst: burst})
		for range burst {
			k.Take("key", begin)
		}
		now := begin.Add(jump)
		took := 0
		for k.Take("key", now) == 0 {
			if took++; took > burst {
				break
			}
		}
		if took > burst {
			t.Errorf("%s: %d at once, want %d at most", name, took, burst)
		}
		if wait := k.Take("key", now); wait > time.Second {
			t.Errorf("%s: locked out for %v", name, wait)
		}
		if wait := k.Take("key", now.Add(time.Second)); wait != 0 {
			t.Errorf("%s: a second later still locked out for %v", name, wait)
		}
	}
}
