package scenario

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const callTimeout = 5 * time.Second

var (
	// errTakenOver reports that the bot does not own the conversation any more.
	errTakenOver = errors.New("the conversation has another owner")
	// errRefused reports a request that is wrong in itself.
	errRefused = errors.New("the request was refused")
)

// carrier does what is in an outbox.
type carrier struct {
	log     *bus.Log
	gateway gatewayv1.GatewayServiceClient
	intake  operatorv1.IntakeServiceClient

	// trust is how long what is known to be missing in the log may be sent without looking again:
	// within the log's duplicate window the stream itself knows an id that was sent before.
	trust time.Duration
}

// carry does the outbox, in order. It may be repeated: ids are the same, and with repeated what is in
// the log already is left out, since the stream knows an id only for a while.
//
// Nil means that it is done with, which is also so when somebody else owns the conversation: the rest
// is not said then. A reply that is refused as wrong in itself is left out, logged and counted. Any
// other failure leaves the rest for later; it is a bus.ErrUnavailable if waiting may help.
func (r *carrier) carry(ctx context.Context, c subject.Conversation, o *outbox, repeated bool) error {
	var stored map[string]bool
	looked := time.Now()
	for n, a := range o.Actions {
		if repeated || time.Since(looked) > r.trust {
			now := time.Now()
			var err error
			if stored, err = r.replies(ctx, c, o); err != nil {
				return err
			}
			looked, repeated = now, false
		}
		id := replyID(c, o.Trigger, n)
		if stored[id] {
			continue
		}
		switch err := r.act(ctx, o, a); {
		case err == nil:
		case errors.Is(err, errTakenOver):
			slog.InfoContext(ctx, "reply dropped: the bot does not own the conversation any more",
				"bot", c.Bot, "conversation", c.ID, "id", id, "dropped", len(o.Actions)-n, "err", err)
			return nil
		case errors.Is(err, errRefused):
			slog.ErrorContext(ctx, "reply dropped: it was refused", "bot", c.Bot, "conversation", c.ID, "id", id, "err", err)
			droppedReplies.Add(ctx, 1)
		default:
			return fmt.Errorf("%s: %w", id, err)
		}
	}
	return nil
}

// replies returns the ids of the trigger's replies that are in the log.
func (r *carrier) replies(ctx context.Context, c subject.Conversation, o *outbox) (map[string]bool, error) {
	last, err := r.log.Last(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("look for replies: %w: %w", bus.ErrUnavailable, err)
	}
	stored, prefix := map[string]bool{}, c.MessageID(o.Trigger+"/")
	err = r.log.ReadTo(ctx, c, o.Sequence, last, func(e bus.Event) error {
		if id := e.Message.GetId(); e.From == subject.Bot && strings.HasPrefix(id, prefix) {
			stored[id] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for replies: %w: %w", bus.ErrUnavailable, err)
	}
	return stored, nil
}

func (r *carrier) act(ctx context.Context, o *outbox, a action) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if a.Dialog != nil {
		open := new(operatorv1.OpenDialogRequest)
		if err := proto.Unmarshal(a.Dialog, open); err != nil {
			return fmt.Errorf("%w: %w", errRefused, err)
		}
		open.Epoch = o.Epoch
		_, err := r.intake.OpenDialog(ctx, open)
		return verdict(err, false)
	}
	m := new(chatv1.Message)
	if err := proto.Unmarshal(a.Message, m); err != nil {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	_, err := r.gateway.Deliver(ctx, &gatewayv1.DeliverRequest{Message: m, Epoch: o.Epoch, After: o.Sequence})
	return verdict(err, true)
}

// verdict says what an answer means. A reply that is wrong in itself may be dropped, because the
// conversation goes on without it; a call for an operator may not: the bot is silent from there on,
// so it is tried until it becomes a dead letter and again with whatever comes next.
func verdict(err error, droppable bool) error {
	switch status.Code(err) {
	case codes.OK:
		return nil
	case codes.FailedPrecondition:
		return fmt.Errorf("%w: %w", errTakenOver, err)
	case codes.InvalidArgument:
		if droppable {
			return fmt.Errorf("%w: %w", errRefused, err)
		}
		return err
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Aborted, codes.ResourceExhausted,
		// An operator of Switchboard has to repair these, and will.
		codes.Unauthenticated, codes.PermissionDenied, codes.Unimplemented:
		return fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
	}
	return err
}
