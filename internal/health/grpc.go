package health

import (
	"context"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// Register offers grpc.health.v1.Health for the process as a whole, the service "": SERVING while
// /readyz is 200.
func (p *Probes) Register(r grpc.ServiceRegistrar) {
	healthgrpc.RegisterHealthServer(r, &server{probes: p})
}

// watchEvery is how often a watcher's answer is looked at.
const watchEvery = 5 * time.Second

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

// Watch implements grpc.health.v1.Health.
func (s *server) Watch(req *healthgrpc.HealthCheckRequest, stream grpc.ServerStreamingServer[healthgrpc.HealthCheckResponse]) error {
	ctx := stream.Context()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for told := healthgrpc.HealthCheckResponse_UNKNOWN; ; {
		now, err := s.Check(ctx, req)
		if err != nil {
			return err
		}
		if now.GetStatus() != told {
			if err := stream.Send(now); err != nil {
				return err
			}
			told = now.GetStatus()
		}
		if s.probes.stopping.Load() {
			return status.Error(codes.Unavailable, "stopping")
		}
		select {
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		case <-tick.C:
		}
	}
}
