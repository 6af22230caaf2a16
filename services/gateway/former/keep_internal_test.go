package former

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/webfiles"
)

// An asset is put again when a day has gone by, so it stays as long as a gateway has it, and for Age beyond; and
// when what is there is another.
func TestPutAgain(t *testing.T) {
	const name = "rich-AAAAAAAA.js"
	js, err := jetstream.New(natstest.Connect(t))
	if err != nil {
		t.Fatal(err)
	}
	open := func(ctx context.Context) (jetstream.KeyValue, error) {
		return js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: Bucket})
	}
	keys := [][]byte{make([]byte, 32)}
	made := func(content string) *Assets {
		return New(Config{Own: fstest.MapFS{"assets/" + name: {Data: []byte(content)}}, Keys: keys, Open: open})
	}
	a := made("a")
	kv, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name  string
		do    func(context.Context) error
		by    *Assets
		after time.Duration
		put   int
	}{
		{"the first time", nil, a, 0, 1},
		{"at once", nil, a, 0, 0},
		{"by another gateway of this version", nil, made("a"), time.Hour, 0},
		{"nearly a day later", nil, a, 23 * time.Hour, 0},
		{"a day later", nil, a, 24*time.Hour + time.Second, 1},
		{"other content", nil, made("b"), time.Hour, 1},
		{"its own content again", nil, a, time.Hour, 1},
		{"deleted by hand", func(ctx context.Context) error { return kv.Purge(ctx, name) }, a, time.Hour, 1},
		{"spoilt by hand", func(ctx context.Context) error { _, err := kv.PutString(ctx, name, "x"); return err }, a, time.Hour, 1},
		{"the bucket deleted by hand", func(ctx context.Context) error { return js.DeleteKeyValue(ctx, Bucket) }, a, time.Hour, 1},
	} {
		if step.do != nil {
			if err := step.do(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		n := 0
		eventually.Succeeds(t, step.name, func() (err error) { // NATS may still be at the files of a bucket that was deleted
			n, err = step.by.keep(t.Context(), time.Now().Add(step.after))
			return err
		})
		if n != step.put {
			t.Errorf("%s: put %d, want %d", step.name, n, step.put)
		}
	}
}

// What fails is tried again soon, and less and less often; what succeeds is done once a day.
func TestRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var at []time.Duration
		began := time.Now()
		fails := map[int]bool{0: true, 1: true, 2: true, 5: true}
		repeat(ctx, func() error {
			at = append(at, time.Since(began))
			if n := len(at) - 1; n == 7 {
				cancel()
			} else if fails[n] {
				return errors.New("away")
			}
			return nil
		})
		const s, day = time.Second, 24 * time.Hour
		want := []time.Duration{0, s, 3 * s, 7 * s, day + 7*s, 2*day + 7*s, 2*day + 8*s, 3*day + 8*s}
		if diff := cmp.Diff(want, at); diff != "" {
			t.Error(diff)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		n := 0
		repeat(ctx, func() error { n++; return errors.New("away") })
		if n < 100 || n > 160 {
			t.Errorf("%d attempts in a day that NATS is away", n)
		}
	})
}

// Nobody's asset is forgotten after a moment, and there is no end to names but to memory.
func TestMemory(t *testing.T) {
	m := newMemory[int](10)
	for i, name := range []string{"a", "b", "c"} {
		m.put(name, i, 4)
		m.get("a")
	}
	m.put("huge", 9, 11)
	m.put("a", 7, 2)
	got := map[string]int{}
	for _, name := range []string{"a", "b", "c", "huge"} {
		if v, ok := m.get(name); ok {
			got[name] = v
		}
	}
	if diff := cmp.Diff(map[string]int{"a": 7, "c": 2}, got); diff != "" || m.weight != 6 {
		t.Errorf("weighs %d: %s", m.weight, diff)
	}
	synctest.Test(t, func(t *testing.T) {
		a := New(Config{Own: fstest.MapFS{}})
		known := func() bool { _, known, _ := a.Recall("gone-AAAAAAAA.js"); return known }
		a.remember("gone-AAAAAAAA.js", webfiles.Built{}, ErrNone)
		if !known() {
			t.Error("forgotten at once")
		}
		time.Sleep(forgetNone) // in the bubble's time
		if known() {
			t.Error("never forgotten")
		}
	})
}
