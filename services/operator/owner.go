package operator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

const gatewayTimeout = 8 * time.Second // longer than the gateway repeats what is in flight

// errConflict reports that the owner had changed under another epoch than the dialog's.
var errConflict = errors.New("the owner has changed")

// changeOwner asks for a new owner under the dialog's epoch and returns the dialog as it is after
// that; with [errConflict], as it is after what was faster. Other errors are [bus.ErrUnavailable],
// after which it is open whether it was done, or a status of the gateway that no repetition helps.
func (s *Service) changeOwner(ctx context.Context, d desk.Dialog, id string, change *chatv1.OwnerChange) (desk.Dialog, error) {
	epoch, err := s.askOwner(ctx, d, id, d.GetEpoch(), change)
	var conflict *conflictError
	if errors.As(err, &conflict) {
		if d, err = s.follow(ctx, d, conflict.epoch); err != nil {
			return desk.Dialog{}, err
		}
		return d, errConflict
	}
	if err != nil {
		return desk.Dialog{}, err
	}
	return s.follow(ctx, d, epoch)
}

// conflictError is the gateway's refusal with what it says of the owner.
type conflictError struct {
	epoch  uint64
	status error
}

func (e *conflictError) Error() string { return e.status.Error() }

func (s *Service) askOwner(ctx context.Context, d desk.Dialog, id string, expected uint64, change *chatv1.OwnerChange) (epoch uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, gatewayTimeout)
	defer cancel()
	change.Dialog = d.GetId()
	res, err := s.deps.Gateway.ChangeOwner(ctx, &gatewayv1.ChangeOwnerRequest{
		Id: id, Bot: d.GetBot(), Conversation: d.GetConversation(), ExpectedEpoch: expected, Change: change,
	})
	if err != nil {
		return 0, gatewayError(err)
	}
	return res.GetEpoch(), nil
}

// gatewayError is a conflictError, [bus.ErrUnavailable], or what the gateway finds wrong.
func gatewayError(err error) error {
	st := status.Convert(err)
	switch st.Code() {
	case codes.FailedPrecondition:
		for _, d := range st.Details() {
			if c, ok := d.(*gatewayv1.OwnerConflict); ok {
				return &conflictError{epoch: c.GetEpoch(), status: err}
			}
		}
		return &conflictError{status: err}
	case codes.InvalidArgument, codes.ResourceExhausted:
		return err
	case codes.PermissionDenied, codes.Unimplemented:
		return fmt.Errorf("gateway: %w", errors.New(st.Message())) // our own mistake: no status for a caller
	}
	return fmt.Errorf("%w: gateway: %w", bus.ErrUnavailable, err)
}
