package operator

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// Take implements OperatorService.
func (s *Service) Take(ctx context.Context, req *operatorv1.TakeRequest) (*operatorv1.TakeResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	d, err := s.newest(ctx, p, req.GetDialogId())
	if err != nil {
		return nil, failed(ctx, "take", err)
	}
	d, err = s.change(ctx, d, func(d desk.Dialog) (string, *chatv1.OwnerChange, error) {
		already, err := desk.Take(d, who)
		if already || err != nil {
			return "", nil, err
		}
		return desk.TakeID(d, p.ID), &chatv1.OwnerChange{
			Owner:  &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_OPERATOR, OperatorId: p.ID, OperatorName: p.Name},
			Reason: chatv1.OwnerReason_OWNER_REASON_TAKEN,
		}, nil
	})
	if err != nil {
		return nil, failed(ctx, "take", err)
	}
	return &operatorv1.TakeResponse{Dialog: d.Dialog}, nil
}

// Close implements OperatorService.
func (s *Service) Close(ctx context.Context, req *operatorv1.CloseRequest) (*operatorv1.CloseResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := validAlias("alias", req.GetAlias()); err != nil {
		return nil, err
	}
	d, err := s.newest(ctx, p, req.GetDialogId())
	if err != nil {
		return nil, failed(ctx, "close", err)
	}
	d, err = s.change(ctx, d, func(d desk.Dialog) (string, *chatv1.OwnerChange, error) {
		already, err := desk.Close(d, who)
		if already || err != nil {
			return "", nil, err
		}
		return desk.CloseID(d), &chatv1.OwnerChange{
			Owner:  &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_BOT},
			Reason: chatv1.OwnerReason_OWNER_REASON_CLOSED,
			Alias:  cmp.Or(req.GetAlias(), d.GetClosedAlias()),
		}, nil
	})
	if err != nil {
		return nil, failed(ctx, "close", err)
	}
	return &operatorv1.CloseResponse{Dialog: d.Dialog}, nil
}

// newest returns a dialog of the caller's as the log has it now.
func (s *Service) newest(ctx context.Context, p authz.Principal, id string) (desk.Dialog, error) {
	d, err := s.dialog(ctx, p, id)
	if err != nil || !d.Open() {
		return d, err
	}
	last, err := s.deps.Log.Last(ctx, d.Conversation())
	if err != nil {
		return desk.Dialog{}, fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
	}
	return s.follow(ctx, d, last)
}

// change asks for the owner event that decide names, and asks decide again where somebody else was
// faster. An empty id means that there is nothing to do any more.
func (s *Service) change(ctx context.Context, d desk.Dialog, decide func(desk.Dialog) (id string, change *chatv1.OwnerChange, err error)) (desk.Dialog, error) {
	for range maxAttempts {
		id, change, err := decide(d)
		if id == "" || err != nil {
			return d, err
		}
		d, err = s.changeOwner(ctx, d, id, change)
		if !errors.Is(err, errConflict) {
			return d, err
		}
	}
	return desk.Dialog{}, fmt.Errorf("%w: dialog %s: %w", bus.ErrUnavailable, d.GetId(), errConflict)
}
