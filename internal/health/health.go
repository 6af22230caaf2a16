// Package health answers probes: whether the process lives and whether it is ready for work.
package health

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

const timeout = 2 * time.Second

// A Check reports whether something that the process needs is there.
type Check struct {
	Name string
	Ask  func(ctx context.Context) error
}

// Probes serves /healthz, which is 200 while the process can answer at all, and /readyz, which is
// 503 with the reasons while a check fails or the process stops. The zero value has no checks.
type Probes struct {
	Checks   []Check
	stopping atomic.Bool
}

// Stop makes the process not ready, so that no new work is sent to it.
func (p *Probes) Stop() { p.stopping.Store(true) }

// Ready reports why the process is not ready.
func (p *Probes) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var failed []string
	if p.stopping.Load() {
		failed = append(failed, "stopping")
	}
	for _, c := range p.Checks {
		if err := c.Ask(ctx); err != nil {
			failed = append(failed, c.Name+": "+err.Error())
		}
	}
	if len(failed) > 0 {
		return fmt.Errorf("not ready: %s", strings.Join(slices.Compact(failed), "; "))
	}
	return nil
}

// Mount adds the probes to mux.
func (p *Probes) Mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if err := p.Ready(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
}
