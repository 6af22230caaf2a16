package health_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/health"
)

func TestProbes(t *testing.T) {
	var broken error
	probes := &health.Probes{Checks: []health.Check{
		{Name: "store", Ask: func(context.Context) error { return broken }},
		{Name: "NATS", Ask: func(context.Context) error { return nil }},
	}}
	mux := http.NewServeMux()
	probes.Mount(mux)
	client := serve(t, probes)
	for _, step := range []struct {
		name   string
		do     func()
		ready  int
		says   string
		serves healthgrpc.HealthCheckResponse_ServingStatus
	}{
		{"all is well", func() {}, http.StatusOK, "ready", healthgrpc.HealthCheckResponse_SERVING},
		{"a check fails", func() { broken = errors.New("no answer") }, http.StatusServiceUnavailable, "store: no answer", healthgrpc.HealthCheckResponse_NOT_SERVING},
		{"it is well again", func() { broken = nil }, http.StatusOK, "ready", healthgrpc.HealthCheckResponse_SERVING},
		{"stopping", probes.Stop, http.StatusServiceUnavailable, "stopping", healthgrpc.HealthCheckResponse_NOT_SERVING},
	} {
		step.do()
		if code, body := get(mux, "/readyz"); code != step.ready || !strings.Contains(body, step.says) {
			t.Errorf("%s: /readyz %d %q, want %d with %q", step.name, code, body, step.ready, step.says)
		}
		if code, _ := get(mux, "/healthz"); code != http.StatusOK {
			t.Errorf("%s: /healthz %d, want 200: the process lives", step.name, code)
		}
		res, err := client.Check(t.Context(), &healthgrpc.HealthCheckRequest{})
		if err != nil || res.GetStatus() != step.serves {
			t.Errorf("%s: gRPC health %v, %v, want %v", step.name, res.GetStatus(), err, step.serves)
		}
	}
	watch, err := client.Watch(t.Context(), &healthgrpc.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if res, err := watch.Recv(); err != nil || res.GetStatus() != healthgrpc.HealthCheckResponse_NOT_SERVING {
		t.Errorf("a watcher is told %v, %v, want NOT_SERVING", res.GetStatus(), err)
	}
	if _, err := client.Check(t.Context(), &healthgrpc.HealthCheckRequest{Service: "x"}); status.Code(err) != codes.NotFound {
		t.Errorf("an unknown service: %v, want NOT_FOUND", err)
	}
}

func get(h http.Handler, path string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func serve(t *testing.T, probes *health.Probes) healthgrpc.HealthClient {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := grpc.NewServer()
	probes.Register(s)
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	cc, err := grpc.NewClient(ln.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cc.Close()
		s.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return healthgrpc.NewHealthClient(cc)
}
