package config

import (
	"context"
	"errors"
	"log/slog"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/services/config/invalid"
	"github.com/switchboard-chat/switchboard/services/config/password"
)

// caller returns who calls. Without authz's interceptors that is nobody.
func caller(ctx context.Context) (authz.Principal, error) {
	p, ok := authz.FromContext(ctx)
	if !ok {
		return authz.Principal{}, status.Error(codes.Unauthenticated, "nobody is signed in")
	}
	return p, nil
}

// refused is INVALID_ARGUMENT with every problem in its message and as google.rpc.BadRequest.
func refused(problems invalid.Problems) error {
	var fields []*errdetails.BadRequest_FieldViolation
	for _, p := range problems {
		fields = append(fields, &errdetails.BadRequest_FieldViolation{Field: p.Field, Description: p.Rule})
	}
	return rpcerr.BadRequest(problems.Error(), fields...)
}

// tooMany is RESOURCE_EXHAUSTED that says when to try again.
func tooMany(message string) error {
	return rpcerr.With(codes.ResourceExhausted, message, &errdetails.RetryInfo{RetryDelay: durationpb.New(emailEvery)})
}

// failed is what the caller sees when the store or the bus did not do what it was asked: the caller's
// own end, UNAVAILABLE, or INTERNAL for a fault of ours. The reason stays in the logs.
func failed(ctx context.Context, what string, err error) error {
	if _, ok := status.FromError(err); ok {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return status.FromContextError(ctx.Err()).Err()
	case errors.Is(err, docstore.ErrUndeclared), errors.Is(err, docstore.ErrType), errors.Is(err, password.ErrHash):
		slog.ErrorContext(ctx, "call failed", "what", what, "err", err)
		return status.Error(codes.Internal, "internal error")
	}
	slog.WarnContext(ctx, "store or bus does not answer", "what", what, "err", err)
	return status.Error(codes.Unavailable, what+": the store or the bus does not answer; try again")
}
