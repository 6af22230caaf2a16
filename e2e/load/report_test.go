package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReport(t *testing.T) {
	var r report
	for _, v := range []float64{9, 1, 2} {
		r.add("echo", "a", figures{p99: v * 100, p50: v})
		r.add("echo", "b", figures{p99: 400, p50: 4})
	}
	r.add("idle", "a", figures{rssGC: 1})
	var b strings.Builder
	if err := r.write(&b, []scenario{{name: "echo", title: "Echo", servers: []string{"a", "b"}}}); err != nil {
		t.Fatal(err)
	}
	want := `
### Echo

| | a | ratio | b |
|---|---|---|---|
| p50 µs, paced | 2.00 (1.00–9.00) | **0.50** | 4.00 (4.00–4.00) |
| p99 µs, paced | 200 (100–900) | **0.50** | 400 (400–400) |
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLatencies(t *testing.T) {
	var l latencies
	for n := range 100 {
		l.add(time.Duration(100-n) * time.Microsecond)
	}
	if p50, p99 := l.take(); p50 != 50 || p99 != 99 {
		t.Errorf("take() = %v, %v of 1 to 100 µs, want 50, 99", p50, p99)
	}
	if p50, p99 := l.take(); p50 != 0 || p99 != 0 {
		t.Errorf("take() = %v, %v of nothing, want 0, 0", p50, p99)
	}
}

func TestCheck(t *testing.T) {
	b := &bench{sizes: sizes{sockets: 1 << 30, tabs: 2, messages: 1, stored: 1, rate: 1, paced: 1}, runs: 1}
	if err := b.check(); err == nil || !strings.Contains(err.Error(), "ulimit") {
		t.Errorf("check() = %v for more sockets than any process may have, want an error that names ulimit", err)
	}
	b.sockets = 1
	if err := b.check(); err != nil {
		t.Errorf("check() = %v for one socket", err)
	}
	b.tabs = 0
	if err := b.check(); err == nil {
		t.Error("check() allows no tabs")
	}
}
