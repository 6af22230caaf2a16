// Package rpc serves one set of gRPC services in three ways: as gRPC for other services, as Connect,
// gRPC-Web and gRPC over HTTP for browsers and integrators, and by direct call inside the process.
// Every way runs the same handlers behind the same interceptors.
package rpc

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/authz"
)

// MaxMessage is the largest request in bytes.
const MaxMessage = 2 << 20

// A Server holds services. It is a [grpc.ServiceRegistrar]; register everything before serving.
type Server struct {
	grpc     *grpc.Server
	services []service
	unary    grpc.UnaryServerInterceptor
	stream   grpc.StreamServerInterceptor
}

type service struct {
	desc *grpc.ServiceDesc
	impl any
}

// NewServer returns a server that lets in whom auth lets in.
func NewServer(auth *authz.Authorizer) *Server {
	s := &Server{unary: guardUnary(auth.Unary()), stream: guardStream(auth.Stream())}
	s.grpc = grpc.NewServer(
		grpc.UnaryInterceptor(s.unary), grpc.StreamInterceptor(s.stream),
		grpc.StatsHandler(otelgrpc.NewServerHandler()),
		grpc.MaxRecvMsgSize(MaxMessage),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: keepaliveTime / 2, PermitWithoutStream: true}),
	)
	return s
}

// RegisterService implements [grpc.ServiceRegistrar].
func (s *Server) RegisterService(desc *grpc.ServiceDesc, impl any) {
	s.grpc.RegisterService(desc, impl)
	s.services = append(s.services, service{desc, impl})
}

// GRPC is the server for other services: everything that is registered, over native gRPC.
func (s *Server) GRPC() *grpc.Server { return s.grpc }

// guardUnary keeps a handler's panic and its unnamed errors inside: they go to the log, and the
// caller sees Internal.
func guardUnary(auth grpc.UnaryServerInterceptor) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (out any, err error) {
		defer func() {
			if r := recover(); r != nil {
				err = panicked(ctx, info.FullMethod, r)
			}
		}()
		out, err = auth(ctx, req, info, handler)
		return out, public(ctx, info.FullMethod, err)
	}
}

func guardStream(auth grpc.StreamServerInterceptor) grpc.StreamServerInterceptor {
	return func(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = panicked(ss.Context(), info.FullMethod, r)
			}
		}()
		return public(ss.Context(), info.FullMethod, auth(srv, ss, info, handler))
	}
}

var errInternal = status.Error(codes.Internal, "internal error")

func panicked(ctx context.Context, method string, r any) error {
	slog.ErrorContext(ctx, "call panicked", "method", method, "panic", r, "stack", string(debug.Stack()))
	return errInternal
}

// public is err as a caller may see it.
func public(ctx context.Context, method string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	switch {
	case errors.Is(err, context.Canceled):
		return status.Error(codes.Canceled, "the caller left")
	case errors.Is(err, context.DeadlineExceeded):
		return status.Error(codes.DeadlineExceeded, "the call took too long")
	}
	slog.ErrorContext(ctx, "call failed", "method", method, "err", err)
	return errInternal
}
