package operator

import (
	"context"
	"fmt"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// MarkSeen implements OperatorService. Whoever has read further already is not told back.
func (s *Service) MarkSeen(ctx context.Context, req *operatorv1.MarkSeenRequest) (*operatorv1.MarkSeenResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	d, err := s.dialog(ctx, p, req.GetDialogId())
	if err != nil {
		return nil, failed(ctx, "mark seen", err)
	}
	if !reads(p, who, d) {
		return nil, errNotFound
	}
	if err := validTarget(d.Conversation(), req.GetMessageId()); err != nil {
		return nil, err
	}
	if !desk.Owns(d, who) {
		return &operatorv1.MarkSeenResponse{}, nil
	}
	news, err := s.unseen(ctx, d, req.GetMessageId())
	if err == nil && news {
		c := d.Conversation()
		_, err = s.deliver(ctx, d, &chatv1.Message{
			Id: desk.SeenID(d, req.GetMessageId()), Bot: c.Bot, Conversation: c.ID, AuthorId: p.ID, AuthorName: p.Name,
			Body: &chatv1.Message_Seen{Seen: &chatv1.Seen{Message: req.GetMessageId()}},
		}, who, desk.Send, false)
	}
	if err != nil {
		return nil, failed(ctx, "mark seen", err)
	}
	return &operatorv1.MarkSeenResponse{}, nil
}

// unseen reports whether a message is the visitor's and is newer than all that is known to have been read since
// the scenario asked for a person: what is older was read to write what came after it.
func (s *Service) unseen(ctx context.Context, d desk.Dialog, target string) (bool, error) {
	last, err := s.deps.Log.Last(ctx, d.Conversation())
	if err != nil {
		return false, fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
	}
	from := d.Opened
	if d.Generation != s.deps.Log.Generation() { // it is a place of another log
		from = 0
	}
	places := map[string]uint64{} // of the visitor's messages
	var read uint64
	err = s.deps.Log.ReadTo(ctx, d.Conversation(), from, last, func(e bus.Event) error {
		if e.From == subject.Visitor {
			places[e.Message.GetId()] = e.Sequence
		}
		read = max(read, places[e.Message.GetSeen().GetMessage()])
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
	}
	return places[target] > read, nil
}
