package config

import (
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/config/invalid"
	"github.com/switchboard-chat/switchboard/services/config/password"
)

// authService is AuthService.
type authService struct {
	configv1.UnimplementedAuthServiceServer
	users    *users
	sessions *sessions
	tokens   *token.Keys
	hasher   *password.Hasher
	limit    *limiter
	audit    *audit
}

// SignIn implements AuthService. It takes as long for an e-mail that nobody has as for a wrong
// password. RESOURCE_EXHAUSTED carries a google.rpc.RetryInfo.
func (s *authService) SignIn(ctx context.Context, r *configv1.SignInRequest) (*configv1.SignInResponse, error) {
	email := normalEmail(r.GetEmail())
	var problems invalid.Problems
	if len(email) > maxEmail {
		problems.Add("email", "expected at most %d bytes", maxEmail)
	}
	if len(r.GetPassword()) > password.Max {
		problems.Add("password", "expected at most %d bytes", password.Max)
	}
	if len(problems) > 0 {
		return nil, refused(problems)
	}
	if !s.limit.allow(email) {
		return nil, tooMany("too many attempts to sign in; wait a little and try again")
	}
	user, hash, err := s.users.byEmail(ctx, email)
	if err != nil && !errors.Is(err, docstore.ErrNotFound) {
		return nil, failed(ctx, "sign in", err)
	}
	good, err := s.hasher.Verify(ctx, hash, r.GetPassword())
	if err != nil {
		return nil, failed(ctx, "sign in", err)
	}
	if !good {
		s.audit.recordAs(ctx, "", "sign-in.refused", email)
		return nil, status.Error(codes.Unauthenticated, "the e-mail or the password is wrong")
	}
	refresh, err := s.sessions.begin(ctx, user.GetId())
	if err != nil {
		return nil, failed(ctx, "sign in", err)
	}
	tokens, err := s.issue(user, refresh)
	if err != nil {
		return nil, err
	}
	s.audit.recordAs(ctx, user.GetId(), "sign-in", user.GetId())
	return &configv1.SignInResponse{Tokens: tokens, User: user}, nil
}

// Refresh implements AuthService. A token that was used before is answered as it was the first time
// for 10 seconds; after that it ends the session, because two parties hold it. The user's name, role
// and bots are read anew.
func (s *authService) Refresh(ctx context.Context, r *configv1.RefreshRequest) (*configv1.RefreshResponse, error) {
	refresh, id, err := s.sessions.refresh(ctx, r.GetRefreshToken())
	switch {
	case errors.Is(err, errReused):
		s.audit.recordAs(ctx, id, "refresh.reused", id)
		return nil, signInAgain("the refresh token was used before, so the session was ended")
	case errors.Is(err, errNoSession):
		return nil, signInAgain("the session has ended")
	case err != nil:
		return nil, failed(ctx, "refresh", err)
	}
	user, err := s.users.get(ctx, id)
	if errors.Is(err, docstore.ErrNotFound) {
		return nil, signInAgain("the user is gone")
	}
	if err != nil {
		return nil, failed(ctx, "refresh", err)
	}
	tokens, err := s.issue(user, refresh)
	if err != nil {
		return nil, err
	}
	return &configv1.RefreshResponse{Tokens: tokens, User: user}, nil
}

// SignOut implements AuthService. It succeeds for a token of no session, too.
func (s *authService) SignOut(ctx context.Context, r *configv1.SignOutRequest) (*configv1.SignOutResponse, error) {
	user, err := s.sessions.end(ctx, r.GetRefreshToken())
	if err != nil {
		return nil, failed(ctx, "sign out", err)
	}
	if user != "" {
		s.audit.recordAs(ctx, user, "sign-out", user)
	}
	return &configv1.SignOutResponse{}, nil
}

// GetMe implements AuthService.
func (s *authService) GetMe(ctx context.Context, _ *configv1.GetMeRequest) (*configv1.GetMeResponse, error) {
	p, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if p.Kind != authz.Person {
		return &configv1.GetMeResponse{User: &configv1.User{Name: p.Name, Role: p.Role}}, nil
	}
	user, err := s.users.get(ctx, p.ID)
	if errors.Is(err, docstore.ErrNotFound) {
		return nil, signInAgain("the user is gone")
	}
	if err != nil {
		return nil, failed(ctx, "get me", err)
	}
	return &configv1.GetMeResponse{User: user}, nil
}

func (s *authService) issue(u *configv1.User, refresh string) (*configv1.Tokens, error) {
	expires := time.Now().Add(token.SessionLifetime).Truncate(time.Second)
	access, err := s.tokens.SignSession(token.Session{
		UserID: u.GetId(), Name: u.GetName(), Role: u.GetRole(), Bots: u.GetBots(), Expires: expires,
	})
	if err != nil {
		return nil, status.Errorf(codes.Internal, "the user cannot be given a session: %v", err)
	}
	return &configv1.Tokens{AccessToken: access, ExpiresAt: timestamppb.New(expires), RefreshToken: refresh}, nil
}

// normalEmail is the form in which an e-mail is kept and looked up.
func normalEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func signInAgain(why string) error { return status.Error(codes.Unauthenticated, why+"; sign in again") }
