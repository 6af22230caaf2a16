package config

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// GetIdentitySecret implements BotService.
func (s *botService) GetIdentitySecret(ctx context.Context, r *configv1.GetIdentitySecretRequest) (*configv1.GetIdentitySecretResponse, error) {
	b, err := s.get(ctx, r.GetBot())
	if err != nil {
		return nil, err
	}
	secret, err := s.tokens.IdentitySecret(b.GetId(), b.GetIdentityVersion())
	if err != nil {
		return nil, err
	}
	s.audit.record(ctx, "bot.identity_secret", b.GetId())
	return &configv1.GetIdentitySecretResponse{Secret: secret, Version: b.GetIdentityVersion()}, nil
}

// RotateIdentitySecret implements BotService.
func (s *botService) RotateIdentitySecret(ctx context.Context, r *configv1.RotateIdentitySecretRequest) (*configv1.RotateIdentitySecretResponse, error) {
	b, err := s.get(ctx, r.GetBot())
	if err != nil {
		return nil, err
	}
	b.IdentityVersion++
	b.IdentityRotatedAt = timestamppb.New(time.Now())
	secret, err := s.tokens.IdentitySecret(b.GetId(), b.GetIdentityVersion())
	if err != nil {
		return nil, err
	}
	b, err = s.bots.update(ctx, b)
	if errors.Is(err, errStale) {
		return nil, status.Error(codes.Aborted, "the bot has changed meanwhile; try again")
	}
	if err != nil {
		return nil, failed(ctx, "rotate the identity secret", err)
	}
	s.audit.record(ctx, "bot.rotate_identity_secret", b.GetId())
	s.sync.publishBot(ctx, b)
	return &configv1.RotateIdentitySecretResponse{Secret: secret, Version: b.GetIdentityVersion()}, nil
}

// get returns a bot of the caller's as the store has it.
func (s *botService) get(ctx context.Context, id string) (*configv1.Bot, error) {
	p, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if !p.SeesBot(id) {
		return nil, noBot(id)
	}
	b, err := s.bots.get(ctx, id)
	if errors.Is(err, docstore.ErrNotFound) {
		return nil, noBot(id)
	}
	if err != nil {
		return nil, failed(ctx, "get bot", err)
	}
	return b, nil
}
