package operator

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	sweepLimit   = 100 // half-made dialogs that one sweep finishes
	sweepTimeout = 30 * time.Second
)

// sweepUntil repairs dialogs again and again until ctx ends.
func (s *Service) sweepUntil(ctx context.Context) {
	next := time.NewTicker(s.deps.SweepEvery)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		if err := errors.Join(s.finish(ctx), s.renew(ctx)); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "dialogs not swept", "err", err)
		}
	}
}

// renew says again who owns a conversation before the event that said so ages away: without one the
// bot would own it.
func (s *Service) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	found, err := s.dialogs.find(ctx, docstore.Query{
		Where: []docstore.Cond{
			is("open", true), {Field: "owned_at", Op: docstore.Lt, Value: time.Now().Add(-s.deps.Log.MaxAge() / 2)},
		},
		Sort: []string{"owned_at"}, Limit: sweepLimit,
	})
	if err != nil {
		return err
	}
	for _, d := range found {
		if !d.Live() {
			continue
		}
		owner := &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_QUEUE}
		if d.GetState() == operatorv1.DialogState_DIALOG_STATE_ACTIVE {
			owner = &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_OPERATOR, OperatorId: d.GetOperatorId(), OperatorName: d.GetOperatorName()}
		}
		change := &chatv1.OwnerChange{Owner: owner, Reason: chatv1.OwnerReason_OWNER_REASON_RENEWED}
		if _, err := s.changeOwner(ctx, d, desk.RenewID(d), change); err != nil && !errors.Is(err, errConflict) {
			slog.WarnContext(ctx, "owner not renewed yet", "dialog", d.GetId(), "err", err)
		}
	}
	return nil
}

// finish ends half-made dialogs: those whose document was made by a process that was killed before the
// owner event was stored, or before it knew of that.
func (s *Service) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	found, err := s.dialogs.find(ctx, docstore.Query{
		Where: []docstore.Cond{
			is("state", int32(operatorv1.DialogState_DIALOG_STATE_OPENING)),
			{Field: "opened_at", Op: docstore.Lt, Value: time.Now().Add(-s.deps.OpeningAge)},
		},
		Sort: []string{"-opened_at"}, Limit: sweepLimit, // the newest first: somebody waits
	})
	if err != nil {
		return err
	}
	for _, d := range found {
		_, err := s.enqueue(ctx, d)
		switch status.Code(err) {
		case codes.OK:
			slog.InfoContext(ctx, "half-made dialog finished", "dialog", d.GetId())
		case codes.FailedPrecondition: // it lost the conversation, and is gone
			slog.InfoContext(ctx, "half-made dialog dropped: the conversation had another owner", "dialog", d.GetId())
		default:
			slog.WarnContext(ctx, "half-made dialog not finished", "dialog", d.GetId(), "err", err)
		}
	}
	return nil
}
