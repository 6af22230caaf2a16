package rpc

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

const (
	keepaliveTime    = 20 * time.Second
	keepaliveTimeout = 5 * time.Second
)

// roundRobin spreads calls over the replicas behind a name; gRPC would stay with one.
const roundRobin = `{"loadBalancingConfig": [{"round_robin":{}}]}`

// Dial returns a connection to another service, which is made when it is first used and repaired
// for ever. Every call carries a token of creds.
func Dial(target string, creds credentials.PerRPCCredentials) (*grpc.ClientConn, error) {
	if !strings.Contains(target, "://") {
		target = "dns:///" + target
	}
	cc, err := grpc.NewClient(target,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithPerRPCCredentials(creds),
		grpc.WithDefaultServiceConfig(roundRobin),
		grpc.WithStatsHandler(otelgrpc.NewClientHandler()),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: keepaliveTime, Timeout: keepaliveTimeout}),
	)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", target, err)
	}
	return cc, nil
}

// Local returns a connection to the services of s inside this process: no socket, but the same
// credentials, interceptors and errors. It carries unary calls only.
func (s *Server) Local(creds credentials.PerRPCCredentials) grpc.ClientConnInterface {
	return &local{server: s, creds: creds}
}

type local struct {
	server *Server
	creds  credentials.PerRPCCredentials
}

func (l *local) Invoke(ctx context.Context, method string, args, reply any, _ ...grpc.CallOption) error {
	svc, m, ok := l.server.method(method)
	if !ok {
		return status.Errorf(codes.Unimplemented, "unknown method %s", method)
	}
	md, err := l.creds.GetRequestMetadata(ctx, "https://local"+path.Dir(method))
	if err != nil {
		return status.Errorf(codes.Unauthenticated, "credentials: %v", err)
	}
	ctx = metadata.NewIncomingContext(ctx, metadata.New(md))
	out, err := m.Handler(svc.impl, ctx, func(v any) error {
		proto.Merge(v.(proto.Message), args.(proto.Message))
		return nil
	}, l.server.unary)
	if err != nil {
		return err
	}
	proto.Merge(reply.(proto.Message), out.(proto.Message))
	return nil
}

func (*local) NewStream(_ context.Context, _ *grpc.StreamDesc, method string, _ ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, status.Errorf(codes.Unimplemented, "%s: the connection inside the process carries unary calls only", method)
}

func (s *Server) method(full string) (service, grpc.MethodDesc, bool) {
	name, method := path.Dir(full)[1:], path.Base(full)
	for _, svc := range s.services {
		if svc.desc.ServiceName != name {
			continue
		}
		for _, m := range svc.desc.Methods {
			if m.MethodName == method {
				return svc, m, true
			}
		}
	}
	return service{}, grpc.MethodDesc{}, false
}
