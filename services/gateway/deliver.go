package gateway

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

const (
	maxMessageID = 300
	maxThinking  = 2 * time.Minute
	maxPiece     = 4096  // characters of a piece of a message
	maxPartial   = 65536 // UTF-16 code units of all of them
)

// Deliver implements [gatewayv1.GatewayServiceServer].
func (g *Gateway) Deliver(ctx context.Context, req *gatewayv1.DeliverRequest) (*gatewayv1.DeliverResponse, error) {
	from, author, err := speaker(ctx)
	if err != nil {
		return nil, err
	}
	c := subject.Conversation{Bot: req.GetMessage().GetBot(), ID: req.GetMessage().GetConversation()}
	if err := validID(c, "message.id", req.GetMessage().GetId()); err != nil {
		return nil, err
	}
	if err := deliverable(c, from, req.GetMessage()); err != nil {
		return nil, err
	}
	if req.GetUnfenced() && from != subject.Operator {
		return nil, status.Error(codes.InvalidArgument, "unfenced: only the operator service may speak beside the owner")
	}
	m := proto.CloneOf(req.GetMessage())
	m.Author, m.Time, m.Offset = author, timestamppb.Now(), ""
	g.absolute(m)
	var fence *bus.Fence
	if !req.GetUnfenced() {
		fence = &bus.Fence{Epoch: req.GetEpoch(), After: req.GetAfter()}
	}
	s, err := g.deps.Log.Append(ctx, c, from, m, fence)
	if err != nil {
		return nil, appendStatus(ctx, c, err)
	}
	g.feed.Expect(c, s.Sequence)
	return &gatewayv1.DeliverResponse{Offset: g.deps.Log.At(s.Sequence).String(), Sequence: s.Sequence}, nil
}

// ChangeOwner implements [gatewayv1.GatewayServiceServer].
func (g *Gateway) ChangeOwner(ctx context.Context, req *gatewayv1.ChangeOwnerRequest) (*gatewayv1.ChangeOwnerResponse, error) {
	_, author, err := speaker(ctx)
	if err != nil {
		return nil, err
	}
	c := subject.Conversation{Bot: req.GetBot(), ID: req.GetConversation()}
	if err := validID(c, "id", req.GetId()); err != nil {
		return nil, err
	}
	change := proto.CloneOf(req.GetChange())
	if err := validChange(change); err != nil {
		return nil, err
	}
	change.PreviousEpoch = req.GetExpectedEpoch()
	m := &chatv1.Message{
		Id: req.GetId(), Bot: c.Bot, Conversation: c.ID, Author: author, AuthorId: change.GetOwner().GetOperatorId(),
		Time: timestamppb.Now(), Body: &chatv1.Message_OwnerChange{OwnerChange: change},
	}
	s, err := g.deps.Log.Append(ctx, c, subject.Owner, m, &bus.Fence{Epoch: req.GetExpectedEpoch(), After: req.GetExpectedEpoch()})
	if err != nil {
		return nil, appendStatus(ctx, c, err)
	}
	g.feed.Expect(c, s.Sequence)
	return &gatewayv1.ChangeOwnerResponse{Epoch: s.Sequence, Offset: g.deps.Log.At(s.Sequence).String()}, nil
}

// SendEvent implements [gatewayv1.GatewayServiceServer].
func (g *Gateway) SendEvent(ctx context.Context, req *gatewayv1.SendEventRequest) (*gatewayv1.SendEventResponse, error) {
	_, author, err := speaker(ctx)
	if err != nil {
		return nil, err
	}
	c := subject.Conversation{Bot: req.GetBot(), ID: req.GetConversation()}
	if err := c.Validate(); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	e := proto.CloneOf(req.GetEvent())
	switch ev := e.GetEvent().(type) {
	case *gatewayv1.LiveEvent_Typing:
		ev.Typing.Author = author
	case *gatewayv1.LiveEvent_Thinking:
		if ttl := ev.Thinking.GetTtl().AsDuration(); ev.Thinking.GetText() != "" && (ttl <= 0 || ttl > maxThinking) {
			return nil, status.Errorf(codes.InvalidArgument, "event.thinking.ttl: %v: want more than 0 and at most %v", ttl, maxThinking)
		}
	case *gatewayv1.LiveEvent_Command:
	case *gatewayv1.LiveEvent_Partial:
		if err := validPartial(c, ev.Partial); err != nil {
			return nil, err
		}
		ev.Partial.Author = author
	default:
		return nil, status.Error(codes.InvalidArgument, "event: want typing, thinking, command or partial")
	}
	if err := g.think(ctx, c, e.GetThinking()); err != nil {
		slog.WarnContext(ctx, "thinking not remembered", "err", err) // who comes back meanwhile does not see it
	}
	if err := g.announce(c, e); err != nil {
		slog.WarnContext(ctx, "live event not announced", "err", err)
		return nil, status.Error(codes.Unavailable, "the bus is not available")
	}
	return &gatewayv1.SendEventResponse{}, nil
}

// speaker says on whose part a service speaks.
func speaker(ctx context.Context) (subject.From, chatv1.Author, error) {
	p, _ := authz.FromContext(ctx)
	switch {
	case p.Kind == authz.Service && p.ID == token.Scenario:
		return subject.Bot, chatv1.Author_AUTHOR_BOT, nil
	case p.Kind == authz.Service && p.ID == token.Operator:
		return subject.Operator, chatv1.Author_AUTHOR_OPERATOR, nil
	}
	return "", 0, status.Error(codes.PermissionDenied, "only the scenario and operator services speak in conversations")
}

func validID(c subject.Conversation, field, id string) error {
	if err := c.Validate(); err != nil {
		return status.Error(codes.InvalidArgument, err.Error())
	}
	if !strings.HasPrefix(id, c.ID+"/") || len(id) == len(c.ID)+1 || len(id) > maxMessageID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return status.Errorf(codes.InvalidArgument, "%s: %.80q: want %q followed by at most %d printable ASCII characters", field, id, c.ID+"/", maxMessageID-len(c.ID)-1)
	}
	return nil
}

func validChange(c *chatv1.OwnerChange) error {
	switch kind := c.GetOwner().GetKind(); {
	case kind == chatv1.OwnerKind_OWNER_KIND_UNSPECIFIED:
		return status.Error(codes.InvalidArgument, "change.owner.kind: want bot, queue or operator")
	case (kind == chatv1.OwnerKind_OWNER_KIND_OPERATOR) != (c.GetOwner().GetOperatorId() != ""):
		return status.Error(codes.InvalidArgument, "change.owner.operator_id: want it exactly when the kind is operator")
	case c.GetReason() == chatv1.OwnerReason_OWNER_REASON_UNSPECIFIED:
		return status.Error(codes.InvalidArgument, "change.reason: want a reason")
	}
	return nil
}

func validPartial(c subject.Conversation, p *gatewayv1.Partial) error {
	if err := validID(c, "event.partial.id", p.GetId()); err != nil {
		return err
	}
	text := p.GetText()
	switch n := utf8.RuneCountInString(text); {
	case text == "" && p.GetAt() > 0:
		return status.Error(codes.InvalidArgument, "event.partial.text: empty: want a piece, or at 0, which takes the whole back")
	case n > maxPiece:
		return status.Errorf(codes.InvalidArgument, "event.partial.text: %d characters: want at most %d", n, maxPiece)
	}
	if end := int64(p.GetAt()) + int64(len(utf16.Encode([]rune(text)))); end > maxPartial {
		return status.Errorf(codes.InvalidArgument, "event.partial.at: the message has %d UTF-16 code units: want at most %d", end, maxPartial)
	}
	return nil
}

// appendStatus is an error of the log as a caller sees it.
func appendStatus(ctx context.Context, c subject.Conversation, err error) error {
	var fenced *bus.FencedError
	if errors.As(err, &fenced) {
		return rpcerr.With(codes.FailedPrecondition, fenced.Error(), &gatewayv1.OwnerConflict{Owner: fenced.Owner, Epoch: fenced.Epoch})
	}
	slog.WarnContext(ctx, "message not stored", "bot", c.Bot, "conversation", c.ID, "err", err)
	switch {
	case errors.Is(err, bus.ErrTooLarge):
		return status.Error(codes.InvalidArgument, "message: too large for the log")
	case errors.Is(err, bus.ErrFull):
		return status.Error(codes.Unavailable, "the log is full")
	}
	return status.Error(codes.Unavailable, "the log is not available; repeat the same id")
}
