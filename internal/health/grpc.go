package health

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// Register offers grpc.health.v1.Health for the process as a whole, the service "": SERVING while
// /readyz is 200. Watch is not implemented; who wants to know asks again.
func (p *Probes) Register(r grpc.ServiceRegistrar) {
	healthgrpc.RegisterHealthServer(r, &server{probes: p})
}

type server struct {
	healthgrpc.UnimplementedHealthServer
	probes *Probes
}

// Check implements grpc.health.v1.Health.
func (s *server) Check(ctx context.Context, req *healthgrpc.HealthCheckRequest) (*healthgrpc.HealthCheckResponse, error) {
	if req.GetService() != "" {
		return nil, status.Errorf(codes.NotFound, "service %.80q is not checked by itself: ask for the empty name", req.GetService())
	}
	state := healthgrpc.HealthCheckResponse_SERVING
	if s.probes.Ready(ctx) != nil {
		state = healthgrpc.HealthCheckResponse_NOT_SERVING
	}
	return &healthgrpc.HealthCheckResponse{Status: state}, nil
}
