package gateway

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/natstest"
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
		start := time.Now()
		if n, err := r.newest(context.Background(), "1", "v"); err == nil || time.Since(start) > joinTimeout {
			t.Errorf("newest() = %d, %v after %v for a request without an end", n, err, time.Since(start))
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

// What happened while a gateway was cut off from the bucket it is told when it reads it again, and what cannot
// be read keeps nobody from it.
func TestRevocationsCatchUp(t *testing.T) {
	l, err := bus.Open(t.Context(), natstest.Connect(t), bus.Config{})
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan string, 10)
	follow := func(r *revocations, tell func(key string)) (stop func()) {
		ctx, cancel := context.WithCancel(t.Context())
		var following sync.WaitGroup
		following.Go(func() { r.follow(ctx, l, tell) })
		<-r.ready()
		return func() { cancel(); following.Wait() }
	}
	hear := func(want string) {
		t.Helper()
		select {
		case got := <-told:
			if got != want {
				t.Errorf("told of %s, want %s", got, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("not told of %s", want)
		}
	}
	var here, there revocations
	tell := func(key string) { told <- key }
	stop := follow(&here, tell)
	defer follow(&there, func(string) {})()
	if err := there.revoke(t.Context(), l, "1", "while-it-follows", 0); err != nil {
		t.Fatal(err)
	}
	hear("1.while-it-follows")
	stop()
	if err := there.revoke(t.Context(), l, "1", "meanwhile", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := there.bucket.kv.PutString(t.Context(), "1.broken", "soon"); err != nil {
		t.Fatal(err)
	}
	if here.has("1", "meanwhile", 0) {
		t.Error("known without having been told")
	}
	defer follow(&here, tell)()
	hear("1.meanwhile")
	if !here.has("1", "meanwhile", 0) || !here.has("1", "while-it-follows", 0) || here.has("1", "broken", 0) {
		t.Error("does not know what the bucket has")
	}
	// A second revocation of the same visitor is a higher one, whatever the clock says.
	first, err := there.newest(t.Context(), "1", "meanwhile")
	if err != nil {
		t.Fatal(err)
	}
	if err := there.revoke(t.Context(), l, "1", "meanwhile", first+5_000_000); err != nil {
		t.Fatal(err)
	}
	hear("1.meanwhile")
	if !here.has("1", "meanwhile", first+5_000_000) {
		t.Error("a token with a number from the future is still good")
	}
}
