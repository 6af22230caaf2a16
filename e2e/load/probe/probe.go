// Package probe lets the load tool look into a server that it measures: a program that links it serves
// profiles, and collects garbage when it is told to, at PROBE_ADDR. No product links it; the benchmark
// builds the all-in-one and the echo with it by an overlay.
package probe

import (
	"log/slog"
	"net/http"
	"net/http/pprof"
	"os"
	"runtime/debug"
	"time"
)

//nolint:gochecknoinits // linking the package is all that an overlay can do
func init() {
	addr := os.Getenv("PROBE_ADDR")
	if addr == "" {
		return
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /gc", func(http.ResponseWriter, *http.Request) { debug.FreeOSMemory() })
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	srv := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { slog.Error("probe", "err", srv.ListenAndServe()) }() // as long as the process
}
