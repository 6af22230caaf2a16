// Package blobtest proves that a driver keeps the contract of blob.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/internal/blob"
)

// Run runs every test against stores that open makes, one for each test, empty and of its own.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	for name, test := range map[string]func(*testing.T, blob.Store){
		"comes back":      comesBack,
		"ranges":          ranges,
		"not found":       notFound,
		"replaced as one": replaced,
		"wrong size":      wrongSize,
		"keys":            keys,
		"meta":            meta,
		"ended context":   endedContext,
		"written at once": atOnce,
		"failing content": failingContent,
		"deleted":         deleted,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func put(t *testing.T, s blob.Store, key, content string) {
	t.Helper()
	if err := s.Put(t.Context(), key, blob.Info{ContentType: "text/plain", Size: int64(len(content))}, strings.NewReader(content)); err != nil {
		t.Fatalf("Put(%s): %v", key, err)
	}
}

func get(t *testing.T, s blob.Store, key string, offset, length int64) string {
	t.Helper()
	r, err := s.Get(t.Context(), key, offset, length)
	if err != nil {
		t.Fatalf("Get(%s, %d, %d): %v", key, offset, length, err)
	}
	defer func() { _ = r.Close() }()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	return string(data)
}

func comesBack(t *testing.T, s blob.Store) {
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
	content := bytes.Repeat([]byte{0, 1, 0xff, '\n'}, 100_000)
	info := blob.Info{ContentType: "image/png", Size: int64(len(content)), Meta: map[string]string{"name": "Рахунок №5.png", "width": "640"}}
	if err := s.Put(t.Context(), "up/a", info, bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Stat(t.Context(), "up/a")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(info, got); d != "" {
		t.Errorf("Stat: %s", d)
	}
	if got := get(t, s, "up/a", 0, -1); got != string(content) {
		t.Errorf("%d other bytes came back", len(got))
	}
}

func ranges(t *testing.T, s blob.Store) {
	put(t, s, "k", "0123456789")
	for want, r := range map[string][2]int64{"0123456789": {0, 10}, "345": {3, 3}, "789": {7, -1}, "": {10, -1}, "9": {9, 1}} {
		if got := get(t, s, "k", r[0], r[1]); got != want {
			t.Errorf("Get from %d, %d bytes: %q, want %q", r[0], r[1], got, want)
		}
	}
	for _, r := range [][2]int64{{-1, 1}, {0, 11}, {11, -1}, {5, 6}, {0, -2}, {1, 1<<63 - 1}} {
		if _, err := s.Get(t.Context(), "k", r[0], r[1]); !errors.Is(err, blob.ErrSize) {
			t.Errorf("Get from %d, %d bytes: %v, want ErrSize", r[0], r[1], err)
		}
	}
}

func notFound(t *testing.T, s blob.Store) {
	if _, err := s.Get(t.Context(), "none", 0, -1); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if _, err := s.Stat(t.Context(), "none"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("Stat: %v", err)
	}
	if err := s.Delete(t.Context(), "none"); err != nil {
		t.Errorf("Delete: %v", err)
	}
}

func replaced(t *testing.T, s blob.Store) {
	put(t, s, "k", "a longer one")
	put(t, s, "k", "short")
	if got := get(t, s, "k", 0, -1); got != "short" {
		t.Errorf("got %q", got)
	}
}

func wrongSize(t *testing.T, s blob.Store) {
	put(t, s, "k", "before")
	for content, size := range map[string]int64{"four": 5, "five!": 4, "": 1, "x": 0, "y": -1} {
		err := s.Put(t.Context(), "k", blob.Info{Size: size}, strings.NewReader(content))
		if err == nil {
			t.Errorf("%q was kept as %d bytes", content, size)
		}
	}
	if got := get(t, s, "k", 0, -1); got != "before" {
		t.Errorf("what was there is now %q", got)
	}
}

func keys(t *testing.T, s blob.Store) {
	for _, key := range []string{"", "/", "a/", "/a", "a//b", "..", "../a", "a/../b", "a.b", "a\\b", "a\x00", "а", "a b", "a%2fb", strings.Repeat("a", 201)} {
		err := s.Put(t.Context(), key, blob.Info{Size: 1}, strings.NewReader("x"))
		if !errors.Is(err, blob.ErrKey) {
			t.Errorf("Put(%q): %v, want ErrKey", key, err)
		}
		_, gerr := s.Get(t.Context(), key, 0, -1)
		_, serr := s.Stat(t.Context(), key)
		for _, err := range []error{gerr, serr, s.Delete(t.Context(), key)} {
			if !errors.Is(err, blob.ErrKey) {
				t.Errorf("%q: %v, want ErrKey", key, err)
			}
		}
	}
	for _, key := range []string{"a", "A", "a/b", "a/b/c", "a_b-C9"} { // of which none is another's
		put(t, s, key, key)
	}
	if got := get(t, s, "a", 0, -1); got != "a" {
		t.Errorf("a is %q", got)
	}
}

func meta(t *testing.T, s blob.Store) {
	for name, m := range map[string]map[string]string{
		"name": {"A": ""}, "name with a space": {"a b": ""}, "too long": {"a": strings.Repeat("x", 1025)}, "header": {"a\r\nb": ""},
	} {
		if err := s.Put(t.Context(), "k", blob.Info{Size: 1, Meta: m}, strings.NewReader("x")); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	hostile := "a\r\nX-Evil: 1\x00 %0d+&="
	if err := s.Put(t.Context(), "k", blob.Info{Size: 1, Meta: map[string]string{"name": hostile}}, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Stat(t.Context(), "k"); err != nil || got.Meta["name"] != hostile {
		t.Errorf("Stat = %q, %v", got.Meta, err)
	}
}

func endedContext(t *testing.T, s blob.Store) {
	put(t, s, "k", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, gerr := s.Get(ctx, "k", 0, -1)
	_, serr := s.Stat(ctx, "k")
	for what, err := range map[string]error{
		"Put": s.Put(ctx, "k", blob.Info{Size: 1}, strings.NewReader("y")), "Get": gerr, "Stat": serr, "Delete": s.Delete(ctx, "k"),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want Canceled", what, err)
		}
	}
	if got := get(t, s, "k", 0, -1); got != "x" {
		t.Errorf("got %q", got)
	}
}

// Whoever reads while others write gets one of the contents, whole.
func atOnce(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			content := strings.Repeat(fmt.Sprint(i), 10_000)
			if err := s.Put(t.Context(), "k", blob.Info{Size: 10_000}, strings.NewReader(content)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := get(t, s, "k", 0, -1); strings.Trim(got, got[:1]) != "" || len(got) != 10_000 {
		t.Errorf("a mixture of %d bytes", len(got))
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func failingContent(t *testing.T, s blob.Store) {
	broken := errors.New("broken")
	content := io.MultiReader(strings.NewReader("abc"), failing{broken})
	if err := s.Put(t.Context(), "k", blob.Info{Size: 10}, content); err == nil {
		t.Error("kept")
	}
	if _, err := s.Stat(t.Context(), "k"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("Stat: %v, want ErrNotFound", err)
	}
}

func deleted(t *testing.T, s blob.Store) {
	put(t, s, "k", "x")
	if err := s.Delete(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Stat(t.Context(), "k"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("Stat: %v, want ErrNotFound", err)
	}
}
