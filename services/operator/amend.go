package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// EditMessage implements OperatorService.
func (s *Service) EditMessage(ctx context.Context, req *operatorv1.EditMessageRequest) (*operatorv1.EditMessageResponse, error) {
	if err := validText("text.text", req.GetText().GetText()); err != nil {
		return nil, err
	}
	offset, err := s.amend(ctx, amendment{
		what: "edit message", dialog: req.GetDialogId(), client: req.GetClientId(), target: req.GetMessageId(), may: desk.Send,
		check: func(p authz.Principal, _ desk.Caller, found past) error {
			if found.target.GetAuthorId() != p.ID || found.from != subject.Operator {
				return errNotTheirs
			}
			if found.target.GetText() == nil {
				return status.Error(codes.FailedPrecondition, "message_id: it is no text")
			}
			return nil
		},
		body: &chatv1.Message{Body: &chatv1.Message_Edit{Edit: &chatv1.Edit{Message: req.GetMessageId(), Text: req.GetText()}}},
	})
	if err != nil {
		return nil, err
	}
	return &operatorv1.EditMessageResponse{Offset: offset}, nil
}

// DeleteMessage implements OperatorService.
func (s *Service) DeleteMessage(ctx context.Context, req *operatorv1.DeleteMessageRequest) (*operatorv1.DeleteMessageResponse, error) {
	offset, err := s.amend(ctx, amendment{
		what: "delete message", dialog: req.GetDialogId(), client: req.GetClientId(), target: req.GetMessageId(), may: desk.Delete,
		check: func(p authz.Principal, who desk.Caller, found past) error {
			if found.from != subject.Operator || found.target.GetAuthorId() != p.ID && !who.Oversees {
				return errNotTheirs
			}
			if _, said := desk.Preview(found.target); !said {
				return status.Error(codes.FailedPrecondition, "message_id: it is nothing that was said")
			}
			return nil
		},
		body: &chatv1.Message{Body: &chatv1.Message_Deletion{Deletion: &chatv1.Deletion{Message: req.GetMessageId()}}},
	})
	if err != nil {
		return nil, err
	}
	return &operatorv1.DeleteMessageResponse{Offset: offset}, nil
}

var (
	errNotTheirs = status.Error(codes.PermissionDenied, "message_id: somebody else has said it")
	errDeleted   = status.Error(codes.FailedPrecondition, "message_id: it was deleted")
	errNoMessage = status.Error(codes.NotFound, "message_id: there is no such message in this conversation's log")
)

// amendment changes or takes back what was said.
type amendment struct {
	what                   string // for the logs
	dialog, client, target string // ids
	may                    permission
	check                  func(authz.Principal, desk.Caller, past) error // what the caller may not do with the target
	body                   *chatv1.Message
}

// amend stores an amendment and returns its offset, that of an earlier attempt if there was one.
func (s *Service) amend(ctx context.Context, a amendment) (string, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return "", err
	}
	if err := validClientID(a.client); err != nil {
		return "", err
	}
	d, err := s.dialog(ctx, p, a.dialog)
	if err != nil {
		return "", failed(ctx, a.what, err)
	}
	c := d.Conversation()
	if err := validTarget(c, a.target); err != nil {
		return "", err
	}
	m := a.body
	m.Id, m.Bot, m.Conversation, m.AuthorId, m.AuthorName = c.MessageID(a.client), c.Bot, c.ID, p.ID, p.Name
	found, err := s.lookBack(ctx, d, a.target, m)
	if err == nil && found.done == "" {
		_, err = a.may(d, who) // first, so that nobody learns what is in a dialog that is none of theirs
		if err == nil {
			err = found.amendable()
		}
		if err == nil {
			err = a.check(p, who, found)
		}
		if err == nil {
			found.done, err = s.deliver(ctx, d, m, who, a.may, false)
		}
	}
	if err == nil {
		err = s.retell(ctx, d, m, a.target, found.done)
	}
	if err != nil {
		return "", failed(ctx, a.what, err)
	}
	return found.done, nil
}

// retell brings an amendment at the offset into the previews of the conversation's dialogs. Those that go on follow it
// by themselves, and in order; one that has ended does not, but must not keep words that were taken back. An error lets
// the caller repeat it.
func (s *Service) retell(ctx context.Context, d desk.Dialog, m *chatv1.Message, target, offset string) error {
	at, err := bus.ParseOffset(offset)
	if err != nil {
		return err
	}
	if _, err := s.follow(ctx, d, at.Sequence); err != nil { // it may end before the amendment, and know less yet
		return err
	}
	found, err := s.dialogs.withLast(ctx, d.Conversation(), target)
	if err != nil {
		return unavailable(d.GetId(), err)
	}
	for _, d := range found {
		for attempt := 1; ; attempt++ {
			if d, err = s.follow(ctx, d, at.Sequence); err != nil {
				return err
			}
			next, changed := desk.Retold(d, desk.Event{From: subject.Operator, Sequence: at.Sequence, Message: m})
			if !changed {
				break
			}
			if next, err = s.dialogs.replace(ctx, next); err == nil {
				s.announce(ctx, next)
				break
			}
			if !errors.Is(err, errStale) || attempt == maxAttempts {
				return unavailable(d.GetId(), err)
			}
			if d, err = s.dialogs.get(ctx, d.GetId()); err != nil {
				return unavailable(d.GetId(), err)
			}
		}
	}
	return nil
}

func validTarget(c subject.Conversation, id string) error {
	if !isMessage(c, id) {
		return rpcerr.Invalid("message_id", fmt.Errorf("%.80q: want the id of a message of the dialog's conversation", id))
	}
	return nil
}

// isMessage reports whether id can be that of a message of the conversation.
func isMessage(c subject.Conversation, id string) bool {
	local, ok := strings.CutPrefix(id, c.MessageID(""))
	return ok && local != "" && len(id) <= maxReply
}

// past is what the log knows of a message.
type past struct {
	target  *chatv1.Message // nil: it is not there
	from    subject.From
	deleted bool
	done    string // the offset of an earlier attempt of the same amendment, or empty
}

func (p past) amendable() error {
	switch {
	case p.target == nil:
		return errNoMessage
	case p.deleted:
		return errDeleted
	}
	return nil
}

// lookBack finds a message in the log and what became of it, and an earlier attempt of m by the same author.
func (s *Service) lookBack(ctx context.Context, d desk.Dialog, target string, m *chatv1.Message) (past, error) {
	var found past
	last, err := s.deps.Log.Last(ctx, d.Conversation())
	if err == nil {
		err = s.deps.Log.ReadTo(ctx, d.Conversation(), 0, last, func(e bus.Event) error {
			switch id := e.Message.GetId(); {
			case id == target && found.target == nil:
				found.target, found.from = e.Message, e.From
			case id == m.GetId() && e.From == subject.Operator && e.Message.GetAuthorId() == m.GetAuthorId():
				found.done = s.deps.Log.At(e.Sequence).String()
			}
			found.deleted = found.deleted || e.Message.GetDeletion().GetMessage() == target
			return nil
		})
	}
	if err != nil {
		return past{}, fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
	}
	return found, nil
}
