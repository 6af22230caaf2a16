package former_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/webfiles"
	"github.com/switchboard-chat/switchboard/services/gateway/former"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, natstest.Linger()...) }

const (
	rich  = "rich-3c9E8b_u.js"
	sheet = "style-CFW7VXLD.css"
)

// version are a widget's files: an asset with all its forms and one that is only plain.
func version(mark string) fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"kw.js": file(mark), "assets/" + rich: file("plain " + mark), "assets/" + rich + ".br": file("br " + mark), "assets/" + rich + ".gz": file("gz " + mark),
		"assets/" + sheet: file("sheet " + mark),
	}
}

func key(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }

// assets are those of a gateway that has own, on the connection.
func assets(nc *nats.Conn, own fs.FS, keys ...[]byte) *former.Assets {
	return former.New(former.Config{Own: own, Keys: keys, Open: func(ctx context.Context) (jetstream.KeyValue, error) {
		js, err := jetstream.New(nc)
		if err != nil {
			return nil, err
		}
		return js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: former.Bucket, TTL: former.Age, MaxValueSize: former.MaxValue})
	}})
}

// run runs a gateway's assets until it has tried to put them; what it is given back ends it.
func run(t *testing.T, a *former.Assets) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	select {
	case <-a.Tried():
	case <-time.After(20 * time.Second):
		t.Fatal("never tried")
	}
	return stop
}

func bucket(t *testing.T, nc *nats.Conn) jetstream.KeyValue {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	kv, err := js.KeyValue(t.Context(), former.Bucket)
	if err != nil {
		t.Fatal(err)
	}
	return kv
}

// A gateway has what another one has had, after that has gone.
func TestFormer(t *testing.T) {
	nc := natstest.Connect(t)
	run(t, assets(nc, version("old"), key(1)))()
	b := assets(nc, fstest.MapFS{"assets/other-AAAAAAAA.js": {Data: []byte("x")}}, key(1))
	run(t, b)
	for name, want := range map[string]webfiles.Built{
		rich:  {Plain: []byte("plain old"), Brotli: []byte("br old"), Gzip: []byte("gz old")},
		sheet: {Plain: []byte("sheet old")},
	} {
		if _, known, _ := b.Recall(name); known || b.Own(name) {
			t.Errorf("%s is known before anybody has asked", name)
		}
		got, err := b.Look(t.Context(), name)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v, %s", name, err, diff)
		}
		again, known, err := b.Recall(name)
		if diff := cmp.Diff(want, again); diff != "" || err != nil || !known {
			t.Errorf("%s is not remembered: %t, %v, %s", name, known, err, diff)
		}
	}
	if !b.Own("other-AAAAAAAA.js") || b.Own("../kw.js") || b.Own("") || b.Own(".") {
		t.Error("its own are not its own, or more is")
	}
}

// What nobody has is asked for once, however many want it and how often.
func TestNobodyHasIt(t *testing.T) {
	nc := natstest.Connect(t)
	a := assets(nc, version("new"), key(1))
	run(t, a)
	asked, err := nc.SubscribeSync("$JS.API.DIRECT.GET.KV_" + former.Bucket + ".>")
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	const name = "gone-AAAAAAAA.js"
	start := make(chan struct{})
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			<-start
			if _, err := a.Look(t.Context(), name); !errors.Is(err, former.ErrNone) {
				t.Errorf("Look: %v, want ErrNone", err)
			}
		})
	}
	close(start)
	all.Wait()
	if _, known, err := a.Recall(name); !known || !errors.Is(err, former.ErrNone) {
		t.Errorf("Recall: %t, %v", known, err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	if n, _, err := asked.Pending(); n != 1 || err != nil {
		t.Errorf("NATS was asked %d times, %v, want once", n, err)
	}
}

// A stranger who asks for many names is refused before NATS has much to do.
func TestManyNames(t *testing.T) {
	nc := natstest.Connect(t)
	a := assets(nc, version("new"), key(1))
	run(t, a)
	a.AllowOnly(3)
	for i := range 5 {
		want := former.ErrNone
		if i >= 3 {
			want = former.ErrBusy
		}
		if _, err := a.Look(t.Context(), fmt.Sprintf("gone-%08d.js", i)); !errors.Is(err, want) {
			t.Errorf("lookup %d: %v, want %v", i, err, want)
		}
	}
}

func TestPossible(t *testing.T) {
	for name, want := range map[string]bool{
		rich: true, sheet: true, "locale-zh-3c9E8bhu.js": true, "words-pt-BR--c9E8b-_.js": true, "a-AAAAAAAA.woff2": true,
		"": false, "kw.js": false, "rich.js": false, "-AAAAAAAA.js": false, "rich-AAAAAAA.js": false, "rich-AAAAAAAA.html": false, "rich-AAAAAAAA.js.br": false,
		"../rich-AAAAAAAA.js": false, "rich-AAAAAAAA.js/": false, "rich.x-AAAAAAAA.js": false, "rich-AAAAAAAA.js\n": false, "*-AAAAAAAA.js": false, ">": false,
		"rich-AAAAAAAA.js\x00": false, "é-AAAAAAAA.js": false, strings.Repeat("a", 64) + "-AAAAAAAA.js": true, strings.Repeat("a", 65) + "-AAAAAAAA.js": false, "Rich-AAAAAAAA.js": false,
	} {
		if got := former.Possible(name); got != want {
			t.Errorf("Possible(%q) = %t, want %t", name, got, want)
		}
	}
	a := assets(nil, version("new"), key(1))
	if _, known, err := a.Recall("impossible"); !known || !errors.Is(err, former.ErrNone) {
		t.Errorf("Recall of an impossible name: %t, %v", known, err)
	}
}

// What is in the bucket is served only if a gateway with one of the secrets has put it there under that name.
func TestOnlyWhatGatewaysPut(t *testing.T) {
	nc := natstest.Connect(t)
	run(t, assets(nc, version("old"), key(1)))()
	kv := bucket(t, nc)
	e, err := kv.Get(t.Context(), rich)
	if err != nil {
		t.Fatal(err)
	}
	value := func(change func(v []byte) []byte) []byte { return change(slices.Clone(e.Value())) }
	cases := map[string][]byte{
		"another name":   value(func(v []byte) []byte { return v }),
		"another byte":   value(func(v []byte) []byte { v[len(v)-5] ^= 1; return v }),
		"cut off":        value(func(v []byte) []byte { return v[:len(v)-1] }),
		"longer":         value(func(v []byte) []byte { return append(v, ' ') }),
		"no signature":   []byte(`{"plain":"YWxlcnQoMSk="}`),
		"a zero one":     append(make([]byte, 32), `{"plain":"YWxlcnQoMSk="}`...),
		"nothing":        {},
		"only signature": make([]byte, 32),
	}
	b := assets(nc, fstest.MapFS{}, key(1))
	run(t, b)
	i := 0
	for name, v := range cases {
		i++
		asset := fmt.Sprintf("rich-%08d.js", i)
		if _, err := kv.Put(t.Context(), asset, v); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Look(t.Context(), asset); !errors.Is(err, former.ErrNone) {
			t.Errorf("%s is served: %s, %v", name, got.Plain, err)
		}
	}
	if _, err := kv.Put(t.Context(), "large-AAAAAAAA.js", make([]byte, former.MaxValue+1)); err == nil {
		t.Error("the bucket takes what is too large")
	}

	stranger, rotated := assets(nc, fstest.MapFS{}, key(2)), assets(nc, fstest.MapFS{}, key(2), key(1))
	run(t, stranger)
	run(t, rotated)
	if got, err := stranger.Look(t.Context(), rich); !errors.Is(err, former.ErrNone) {
		t.Errorf("served under another secret: %s, %v", got.Plain, err)
	}
	if _, err := rotated.Look(t.Context(), rich); err != nil {
		t.Errorf("not served after a rotation: %v", err)
	}
}

// An asset that is too large, or that has no name of an asset, keeps no other one out.
func TestWhatCannotBeKept(t *testing.T) {
	nc := natstest.Connect(t)
	own := version("old")
	own["assets/huge-AAAAAAAA.js"] = &fstest.MapFile{Data: make([]byte, former.MaxValue)}
	own["assets/index.html"] = &fstest.MapFile{Data: []byte("x")}
	run(t, assets(nc, own, key(1)))
	keys, err := bucket(t, nc).Keys(t.Context())
	slices.Sort(keys)
	if diff := cmp.Diff([]string{rich, sheet}, keys); diff != "" || err != nil {
		t.Errorf("kept: %v, %s", err, diff)
	}
}

// Where there is no bucket to be had, nobody waits for it.
func TestNoBucket(t *testing.T) {
	a := former.New(former.Config{Own: version("new"), Keys: [][]byte{key(1)}, Open: func(context.Context) (jetstream.KeyValue, error) {
		return nil, errors.New("no room for the stream")
	}})
	run(t, a)
	if _, err := a.Look(t.Context(), "gone-AAAAAAAA.js"); err == nil || errors.Is(err, former.ErrNone) {
		t.Errorf("Look: %v", err)
	}
	if !a.Own(rich) {
		t.Error("its own are not its own")
	}
}

// Without NATS nothing is said to be nowhere, and once it is back everything is where it belongs.
func TestNATSAway(t *testing.T) {
	s := natstest.StartServer(t)
	nc := s.Connect()
	s.Stop()
	a := assets(nc, version("new"), key(1))
	if _, err := a.Look(t.Context(), "gone-AAAAAAAA.js"); err == nil || errors.Is(err, former.ErrNone) {
		t.Errorf("Look before the bucket is open: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	s.Start()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	eventually.Succeeds(t, "the assets are put", func() error {
		kv, err := js.KeyValue(ctx, former.Bucket)
		if err == nil {
			_, err = kv.Get(ctx, sheet)
		}
		return err
	})
	s.Stop()
	began := time.Now()
	if _, err := a.Look(ctx, "gone-BBBBBBBB.js"); err == nil || errors.Is(err, former.ErrNone) || time.Since(began) > 10*time.Second {
		t.Errorf("Look: %v after %v", err, time.Since(began))
	}
	if _, known, _ := a.Recall("gone-BBBBBBBB.js"); known {
		t.Error("what could not be looked for is known")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// The same path as for a version's own.
func TestServedAsItsOwn(t *testing.T) {
	nc := natstest.Connect(t)
	own := version("old")
	run(t, assets(nc, own, key(1)))()
	b := assets(nc, fstest.MapFS{}, key(1))
	run(t, b)
	for _, name := range []string{rich, sheet} {
		built, err := b.Look(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.Header.Set("Accept-Encoding", "gzip")
		want, got := httptest.NewRecorder(), httptest.NewRecorder()
		webfiles.File(want, r, own, path.Join("assets", name))
		built.Serve(got, r, path.Join("assets", name))
		if diff := cmp.Diff(want.Header(), got.Header()); diff != "" || want.Body.String() != got.Body.String() {
			t.Errorf("%s: %s, want %s; %s", name, got.Body, want.Body, diff)
		}
	}
}
