package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/card"
	"github.com/switchboard-chat/switchboard/internal/form"
	"github.com/switchboard-chat/switchboard/internal/media"
	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	maxText  = 4096 // characters
	maxURL   = 2048 // bytes
	maxReply = 300  // bytes of a message id
)

// Send implements OperatorService.
func (s *Service) Send(ctx context.Context, req *operatorv1.SendRequest) (*operatorv1.SendResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	m, err := message(req)
	if err != nil {
		return nil, err
	}
	d, err := s.dialog(ctx, p, req.GetDialogId())
	if err != nil {
		return nil, failed(ctx, "send", err)
	}
	c := d.Conversation()
	if m.GetReplyTo() != "" && !isMessage(c, m.GetReplyTo()) {
		return nil, rpcerr.Invalid("reply_to", fmt.Errorf("%.80q: want the id of a message of the dialog's conversation", m.GetReplyTo()))
	}
	m.Bot, m.Conversation, m.AuthorId, m.AuthorName = c.Bot, c.ID, p.ID, p.Name
	m.Id = c.MessageID(req.GetClientId())
	offset, err := s.deliver(ctx, d, m, who, desk.Send, bus.MayForget(req.GetClientId(), time.Now(), s.deps.Log.Duplicates()))
	if err != nil {
		return nil, failed(ctx, "send", err)
	}
	return &operatorv1.SendResponse{Offset: offset, Id: m.GetId()}, nil
}

// A permission reports whether the caller may do something in the dialog, and whether beside its owner.
type permission func(desk.Dialog, desk.Caller) (unfenced bool, err error)

// deliver stores m under the dialog's epoch and returns its offset. Where somebody else was faster,
// the rules decide again by what the dialog has become. What has been stored before is not stored
// again, whoever owns the dialog now.
func (s *Service) deliver(ctx context.Context, d desk.Dialog, m *chatv1.Message, who desk.Caller, may permission, repeat bool) (string, error) {
	if repeat {
		if offset, err := s.stored(ctx, d, m, who); offset != "" || err != nil {
			return offset, err
		}
	}
	for range maxAttempts {
		unfenced, err := may(d, who)
		if err != nil {
			if offset, serr := s.stored(ctx, d, m, who); offset != "" || serr != nil {
				return offset, serr
			}
			return "", err
		}
		offset, err := s.deliverOnce(ctx, d, m, unfenced)
		var conflict *conflictError
		if !errors.As(err, &conflict) {
			return offset, err
		}
		if d, err = s.follow(ctx, d, conflict.epoch); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%w: dialog %s: %w", bus.ErrUnavailable, d.GetId(), errConflict)
}

func (s *Service) deliverOnce(ctx context.Context, d desk.Dialog, m *chatv1.Message, unfenced bool) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, gatewayTimeout)
	defer cancel()
	res, err := s.deps.Gateway.Deliver(ctx, &gatewayv1.DeliverRequest{
		Message: m, Epoch: d.GetEpoch(), After: d.GetEpoch(), Unfenced: unfenced,
	})
	if err != nil {
		return "", gatewayError(err)
	}
	return res.GetOffset(), nil
}

// stored returns the offset of an earlier attempt, or nothing.
func (s *Service) stored(ctx context.Context, d desk.Dialog, m *chatv1.Message, who desk.Caller) (string, error) {
	if d.Queued == 0 || !desk.Reads(d.Dialog, who) {
		return "", nil
	}
	seq, err := s.deps.Log.Find(ctx, d.Conversation(), d.Queued, m.GetId())
	if err != nil {
		return "", fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
	}
	if seq == 0 {
		return "", nil
	}
	return s.deps.Log.At(seq).String(), nil
}

// message checks a request and returns what is said, without who says it and where.
func message(req *operatorv1.SendRequest) (*chatv1.Message, error) {
	if err := validClientID(req.GetClientId()); err != nil {
		return nil, err
	}
	m := &chatv1.Message{ReplyTo: req.GetReplyTo()}
	switch b := req.GetBody().(type) {
	case *operatorv1.SendRequest_Text:
		m.Body = &chatv1.Message_Text{Text: b.Text}
		return m, validText("text.text", b.Text.GetText())
	case *operatorv1.SendRequest_Image:
		m.Body = &chatv1.Message_Image{Image: b.Image}
		if media.IsOwnPath(b.Image.GetUrl()) {
			return m, nil
		}
		return m, validURL("image.url", b.Image.GetUrl())
	case *operatorv1.SendRequest_File:
		m.Body = &chatv1.Message_File{File: b.File}
		return m, validURL("file.url", b.File.GetUrl())
	case *operatorv1.SendRequest_Cards:
		m.Body = &chatv1.Message_Cards{Cards: b.Cards}
		if found := card.Check(b.Cards); len(found) > 0 {
			return nil, rpcerr.Invalid("cards."+found[0].Field, errors.New(found[0].Rule))
		}
	case *operatorv1.SendRequest_Form:
		m.Body = &chatv1.Message_Form{Form: b.Form}
		if found := form.Check(b.Form); len(found) > 0 {
			return nil, rpcerr.Invalid("form."+found[0].Field, errors.New(found[0].Rule))
		}
	default:
		return nil, rpcerr.Invalid("body", errors.New("want text, image, file, cards or form"))
	}
	return m, nil
}

func validClientID(s string) error {
	if !subject.IsUUID(s) {
		return rpcerr.Invalid("client_id", fmt.Errorf("%.80q: want a canonical lower-case UUID", s))
	}
	return nil
}

func validText(field, s string) error {
	if n := utf8.RuneCountInString(s); n > maxText || strings.TrimSpace(s) == "" {
		return rpcerr.Invalid(field, fmt.Errorf("%d characters: want 1 to %d, not only blanks", n, maxText))
	}
	return nil
}

func validURL(field, s string) error {
	if len(s) > maxURL || !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return rpcerr.Invalid(field, fmt.Errorf("%.80q: want an address that starts with https:// or http://, at most %d bytes", s, maxURL))
	}
	return nil
}
