package operator

import (
	"context"
	"errors"
	"log/slog"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// failed is err as a caller sees it: a status as it is, a refusal by the rules, or that something
// does not answer. The reason of that stays in the logs.
func failed(ctx context.Context, what string, err error) error {
	var refusal *desk.Refusal
	switch _, isStatus := status.FromError(err); {
	case errors.As(err, &refusal):
		return status.Error(codes.FailedPrecondition, refusal.Reason)
	case ctx.Err() != nil:
		return status.FromContextError(ctx.Err()).Err()
	case isStatus && !wraps(err):
		return err
	case errors.Is(err, docstore.ErrNotFound):
		return errNotFound
	case errors.Is(err, docstore.ErrUndeclared), errors.Is(err, docstore.ErrType), errors.Is(err, docstore.ErrInvalid):
		return err // our own mistake: the server says "internal" and logs it
	}
	slog.WarnContext(ctx, "call not finished", "what", what, "err", err)
	return status.Error(codes.Unavailable, what+": not known to be done; try again")
}

// wraps reports whether err only contains a status, as the reason of something of ours.
func wraps(err error) bool {
	_, is := err.(interface{ GRPCStatus() *status.Status })
	return !is
}

var errNotFound = status.Error(codes.NotFound, "there is no such dialog")

// caller returns who calls and what that means to the rules. Without authz's interceptors that is nobody.
func caller(ctx context.Context) (authz.Principal, desk.Caller, error) {
	p, ok := authz.FromContext(ctx)
	if !ok {
		return authz.Principal{}, desk.Caller{}, status.Error(codes.Unauthenticated, "nobody is signed in")
	}
	return p, desk.Caller{
		ID:         p.ID,
		Oversees:   p.Role == configv1.Role_ROLE_SUPERVISOR || p.Role == configv1.Role_ROLE_ADMIN,
		Integrator: p.Kind == authz.Machine && p.Role == configv1.Role_ROLE_INTEGRATOR,
	}, nil
}
