package operator

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	maxStage     = 200   // characters of a stage of thinking
	maxPartial   = 65536 // UTF-16 code units of a message that comes in pieces
	defaultThink = 30 * time.Second
	longestThink = 2 * time.Minute
)

// SendTyping implements OperatorService.
func (s *Service) SendTyping(ctx context.Context, req *operatorv1.SendTypingRequest) (*operatorv1.SendTypingResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	d, err := s.dialog(ctx, p, req.GetDialogId())
	if err == nil {
		err = desk.Type(d, who)
	}
	if err == nil {
		err = s.show(ctx, d, &gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Typing{Typing: &gatewayv1.Typing{Name: p.Name}}})
	}
	if err != nil {
		return nil, failed(ctx, "send typing", err)
	}
	return &operatorv1.SendTypingResponse{}, nil
}

// SendThinking implements OperatorService.
func (s *Service) SendThinking(ctx context.Context, req *operatorv1.SendThinkingRequest) (*operatorv1.SendThinkingResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if n := utf8.RuneCountInString(req.GetText()); n > maxStage {
		return nil, rpcerr.Invalid("text", fmt.Errorf("%d characters: want at most %d", n, maxStage))
	}
	ttl := defaultThink
	if req.GetTtl() != nil {
		ttl = req.GetTtl().AsDuration()
	}
	if ttl <= 0 || ttl > longestThink {
		return nil, rpcerr.Invalid("ttl", fmt.Errorf("%v: want more than 0 and at most %v", ttl, longestThink))
	}
	d, err := s.dialog(ctx, p, req.GetDialogId())
	if err == nil {
		_, err = desk.Send(d, who)
	}
	if err == nil {
		err = s.show(ctx, d, &gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Thinking{
			Thinking: &gatewayv1.Thinking{Text: req.GetText(), Ttl: durationpb.New(ttl)},
		}})
	}
	if err != nil {
		return nil, failed(ctx, "send thinking", err)
	}
	return &operatorv1.SendThinkingResponse{}, nil
}

// SendPartial implements OperatorService.
func (s *Service) SendPartial(ctx context.Context, req *operatorv1.SendPartialRequest) (*operatorv1.SendPartialResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := validPartial(req); err != nil {
		return nil, err
	}
	d, err := s.dialog(ctx, p, req.GetDialogId())
	if err == nil {
		_, err = desk.Send(d, who)
	}
	if err == nil {
		err = s.show(ctx, d, &gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Partial{Partial: &gatewayv1.Partial{
			Id: d.Conversation().MessageID(req.GetClientId()), At: req.GetAt(), Text: req.GetText(),
			ParseMode: req.GetParseMode(), AuthorName: p.Name,
		}}})
	}
	if err != nil {
		return nil, failed(ctx, "send partial", err)
	}
	return &operatorv1.SendPartialResponse{}, nil
}

func validPartial(req *operatorv1.SendPartialRequest) error {
	if err := validClientID(req.GetClientId()); err != nil {
		return err
	}
	text := req.GetText()
	if n := utf8.RuneCountInString(text); n > maxText {
		return rpcerr.Invalid("text", fmt.Errorf("%d characters: want at most %d", n, maxText))
	}
	if text == "" && req.GetAt() > 0 {
		return rpcerr.Invalid("text", errors.New("empty: want a piece; at 0 it takes the whole back"))
	}
	if end := int64(req.GetAt()) + int64(len(utf16.Encode([]rune(text)))); end > maxPartial {
		return rpcerr.Invalid("at", fmt.Errorf("the message has %d UTF-16 code units: want at most %d", end, maxPartial))
	}
	return nil
}

// show shows a live event to the dialog's visitor.
func (s *Service) show(ctx context.Context, d desk.Dialog, e *gatewayv1.LiveEvent) error {
	ctx, cancel := context.WithTimeout(ctx, gatewayTimeout)
	defer cancel()
	_, err := s.deps.Gateway.SendEvent(ctx, &gatewayv1.SendEventRequest{Bot: d.GetBot(), Conversation: d.GetConversation(), Event: e})
	if err != nil {
		return gatewayError(err)
	}
	return nil
}
