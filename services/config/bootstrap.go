package config

import (
	"context"
	"errors"
	"fmt"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/config/widget"
)

// Bootstrap makes the first user, an administrator, if there is no user yet, and says whether it did.
// Of several callers with the same e-mail one does.
func (s *Service) Bootstrap(ctx context.Context, email, password string) (created bool, err error) {
	u := &configv1.User{Email: normalEmail(email), Name: "Administrator", Role: configv1.Role_ROLE_ADMIN}
	if problems := append(userProblems(u), passwordProblems(password)...); len(problems) > 0 {
		return false, fmt.Errorf("make the first user: %w", problems)
	}
	none, err := s.users.none(ctx)
	if err != nil || !none {
		return false, err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return false, err
	}
	made, err := s.users.create(ctx, u, hash)
	if errors.Is(err, docstore.ErrDuplicate) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("make the first user: %w", err)
	}
	s.auth.audit.recordAs(ctx, "", "user.bootstrap", made.GetId())
	return true, nil
}

// EnsureBot makes the bot if there is none with its id, and publishes it. One that is there is left
// as it is.
func (s *Service) EnsureBot(ctx context.Context, b *configv1.Bot) error {
	if err := widget.Validate(b); err != nil {
		return fmt.Errorf("bot %q: %w", b.GetId(), err)
	}
	made, err := s.bots.bots.create(ctx, b)
	if errors.Is(err, docstore.ErrDuplicate) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make bot %q: %w", b.GetId(), err)
	}
	s.bots.audit.recordAs(ctx, "", "bot.ensure", b.GetId())
	s.sync.publishBot(ctx, made)
	return nil
}
