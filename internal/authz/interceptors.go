package authz

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// Unary returns the interceptor that applies the table to unary calls.
func (a *Authorizer) Unary() grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		header, err := authorization(ctx)
		if err != nil {
			return nil, err
		}
		ctx, err = a.Check(ctx, info.FullMethod, header)
		if err != nil {
			return nil, err
		}
		return handler(ctx, req)
	}
}

// Stream returns the interceptor that applies the table to streams. A stream whose session has
// expired or whose API key was revoked ends with Unauthenticated in place of its next message.
func (a *Authorizer) Stream() grpc.StreamServerInterceptor {
	return func(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		header, err := authorization(ss.Context())
		if err != nil {
			return err
		}
		ctx, c, err := a.check(ss.Context(), info.FullMethod, header)
		if err != nil {
			return err
		}
		return handler(srv, &stream{ServerStream: ss, ctx: ctx, stillGood: func() error { return a.stillGood(c) }})
	}
}

type stream struct {
	grpc.ServerStream
	ctx       context.Context // a ServerStream carries its context; there is no other way to add to it
	stillGood func() error
}

func (s *stream) Context() context.Context { return s.ctx }

func (s *stream) SendMsg(m any) error {
	if err := s.stillGood(); err != nil {
		return err
	}
	return s.ServerStream.SendMsg(m)
}

// authorization returns the call's one Authorization header, or nothing.
func authorization(ctx context.Context) (string, error) {
	switch v := metadata.ValueFromIncomingContext(ctx, "authorization"); len(v) {
	case 0:
		return "", nil
	case 1:
		return v[0], nil
	}
	return "", unauthenticated("several Authorization headers; " + expected)
}
