package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	maxAlias   = 100
	maxVisitor = 32 << 10 // bytes of what is known of a visitor
)

// OpenDialog implements IntakeService. The document is there before the owner event, so that the
// event finds it; and once the event is stored, the dialog follows, whoever is killed.
func (s *Service) OpenDialog(ctx context.Context, req *operatorv1.OpenDialogRequest) (*operatorv1.OpenDialogResponse, error) {
	if err := validOpen(req); err != nil {
		return nil, err
	}
	now := time.Now().Truncate(time.Millisecond)
	d := desk.Dialog{
		Dialog: &operatorv1.Dialog{
			Id: req.GetId(), Bot: req.GetBot(), Conversation: req.GetConversation(),
			State: operatorv1.DialogState_DIALOG_STATE_OPENING, Topic: req.GetTopic(), Visitor: req.GetVisitor(),
			ClosedAlias: req.GetClosedAlias(), OpenedAt: timestamppb.New(now), Version: 1,
		},
		Generation: s.deps.Log.Generation(), Handled: req.GetEpoch(), Opened: req.GetEpoch(), Owned: now,
	}
	err := s.dialogs.insert(ctx, d)
	if errors.Is(err, docstore.ErrDuplicate) {
		d, err = s.dialogs.get(ctx, req.GetId())
	}
	if err != nil {
		return nil, failed(ctx, "open dialog", err)
	}
	if d.GetBot() != req.GetBot() {
		return nil, rpcerr.Invalid("bot", fmt.Errorf("%q: the dialog is of another bot", req.GetBot()))
	}
	queued, err := s.enqueue(ctx, d)
	if err != nil {
		return nil, failed(ctx, "open dialog", err)
	}
	return &operatorv1.OpenDialogResponse{Epoch: queued}, nil
}

// enqueue puts an opening dialog into the queue and returns the epoch of that, also if it is there or
// has been there already. A dialog that lost the conversation before is removed, and the error is the
// gateway's status.
func (s *Service) enqueue(ctx context.Context, d desk.Dialog) (uint64, error) {
	if d.Queued != 0 {
		return d.Queued, nil
	}
	queued, err := s.askOwner(ctx, d, desk.OpenID(d.GetId()), d.Opened, &chatv1.OwnerChange{
		Owner:  &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_QUEUE},
		Reason: chatv1.OwnerReason_OWNER_REASON_CONNECT,
	})
	var conflict *conflictError
	if errors.As(err, &conflict) {
		if err := s.dialogs.remove(ctx, d.GetId()); err != nil {
			slog.WarnContext(ctx, "dialog not removed yet", "dialog", d.GetId(), "err", err)
		}
		return 0, conflict.status
	}
	if err != nil {
		return 0, err
	}
	if _, err := s.follow(ctx, d, queued); err != nil { // it will, woken by the event
		slog.WarnContext(ctx, "dialog does not follow yet", "dialog", d.GetId(), "err", err)
	}
	return queued, nil
}

func validOpen(req *operatorv1.OpenDialogRequest) error {
	c := subject.Conversation{Bot: req.GetBot(), ID: req.GetConversation()}
	if err := subject.ValidateBot(c.Bot); err != nil {
		return rpcerr.Invalid("bot", err)
	}
	if err := c.Validate(); err != nil {
		return rpcerr.Invalid("conversation", err)
	}
	if err := desk.ValidID(c, req.GetId()); err != nil {
		return rpcerr.Invalid("id", err)
	}
	if err := validAlias("topic", req.GetTopic()); err != nil {
		return err
	}
	if err := validAlias("closed_alias", req.GetClosedAlias()); err != nil {
		return err
	}
	if n := proto.Size(req.GetVisitor()); n > maxVisitor {
		return rpcerr.Invalid("visitor", fmt.Errorf("%d bytes: want at most %d", n, maxVisitor))
	}
	return nil
}

func validAlias(field, alias string) error {
	if utf8.RuneCountInString(alias) > maxAlias {
		return rpcerr.Invalid(field, fmt.Errorf("%.40q…: want at most %d characters", alias, maxAlias))
	}
	return nil
}
