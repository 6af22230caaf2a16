package operator

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/docstore"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	sweepLimit   = 100 // half-made dialogs that one sweep finishes
	sweepTimeout = 30 * time.Second
)

// sweepUntil finishes half-made dialogs again and again until ctx ends: those whose document was made
// by a process that was killed before the owner event was stored, or before it knew of that.
func (s *Service) sweepUntil(ctx context.Context) {
	next := time.NewTicker(s.deps.SweepEvery)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "half-made dialogs not looked for", "err", err)
		}
	}
}

func (s *Service) sweep(ctx context.Context) error {
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
