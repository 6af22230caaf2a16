package config

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/config/invalid"
	"github.com/switchboard-chat/switchboard/services/config/password"
)

// accessService is AccessService.
type accessService struct {
	configv1.UnimplementedAccessServiceServer
	users  *users
	keys   *apiKeys
	bots   *bots
	hasher *password.Hasher
	sync   *reconciler
	audit  *audit
}

// CreateUser implements AccessService.
func (s *accessService) CreateUser(ctx context.Context, r *configv1.CreateUserRequest) (*configv1.CreateUserResponse, error) {
	u := &configv1.User{}
	if r.GetUser() != nil {
		u = proto.CloneOf(r.GetUser())
	}
	u.Email = normalEmail(u.GetEmail())
	problems := append(userProblems(u), passwordProblems(r.GetPassword())...)
	missing, err := s.missingBots(ctx, "user.bots", u.GetBots())
	if err != nil {
		return nil, failed(ctx, "create user", err)
	}
	if problems = append(problems, missing...); len(problems) > 0 {
		return nil, refused(problems)
	}
	hash, err := s.hasher.Hash(ctx, r.GetPassword())
	if err != nil {
		return nil, failed(ctx, "create user", err)
	}
	made, err := s.users.create(ctx, u, hash)
	if errors.Is(err, docstore.ErrDuplicate) {
		return nil, status.Errorf(codes.AlreadyExists, "user.email: there is a user with %s already", u.GetEmail())
	}
	if err != nil {
		return nil, failed(ctx, "create user", err)
	}
	s.audit.record(ctx, "user.create", made.GetId())
	return &configv1.CreateUserResponse{User: made}, nil
}

// ListUsers implements AccessService.
func (s *accessService) ListUsers(ctx context.Context, r *configv1.ListUsersRequest) (*configv1.ListUsersResponse, error) {
	at, err := parsePage("users", 2, r.GetPageSize(), r.GetPageToken())
	if err != nil {
		return nil, err
	}
	found, err := s.users.list(ctx, at.field(0), at.field(1), at.size+1)
	if err != nil {
		return nil, failed(ctx, "list users", err)
	}
	found, next := cut("users", at, found, func(u *configv1.User) []string { return []string{u.GetEmail(), u.GetId()} })
	return &configv1.ListUsersResponse{Users: found, NextPageToken: next}, nil
}

// CreateApiKey implements AccessService. Other services know the key within a second, or once NATS
// answers again.
func (s *accessService) CreateApiKey(ctx context.Context, r *configv1.CreateApiKeyRequest) (*configv1.CreateApiKeyResponse, error) {
	problems := keyProblems(r)
	missing, err := s.missingBots(ctx, "bots", r.GetBots())
	if err != nil {
		return nil, failed(ctx, "create API key", err)
	}
	if problems = append(problems, missing...); len(problems) > 0 {
		return nil, refused(problems)
	}
	doc, secret, err := s.keys.create(ctx, r.GetName(), r.GetRole(), r.GetBots())
	if err != nil {
		return nil, failed(ctx, "create API key", err)
	}
	s.audit.record(ctx, "key.create", doc.ID)
	s.sync.publishKey(ctx, doc)
	return &configv1.CreateApiKeyResponse{ApiKey: doc.key(), Secret: secret}, nil
}

// ListApiKeys implements AccessService.
func (s *accessService) ListApiKeys(ctx context.Context, r *configv1.ListApiKeysRequest) (*configv1.ListApiKeysResponse, error) {
	at, err := parsePage("keys", 1, r.GetPageSize(), r.GetPageToken())
	if err != nil {
		return nil, err
	}
	found, err := s.keys.list(ctx, at.field(0), at.size+1)
	if err != nil {
		return nil, failed(ctx, "list API keys", err)
	}
	found, next := cut("keys", at, found, func(k keyDoc) []string { return []string{k.ID} })
	keys := make([]*configv1.ApiKey, len(found))
	for i, k := range found {
		keys[i] = k.key()
	}
	return &configv1.ListApiKeysResponse{ApiKeys: keys, NextPageToken: next}, nil
}

// RevokeApiKey implements AccessService. When it succeeds, the key is useless within a second;
// UNAVAILABLE means that it may still work, and the call is to be repeated.
func (s *accessService) RevokeApiKey(ctx context.Context, r *configv1.RevokeApiKeyRequest) (*configv1.RevokeApiKeyResponse, error) {
	doc, err := s.keys.get(ctx, r.GetId())
	if errors.Is(err, docstore.ErrNotFound) {
		return nil, status.Errorf(codes.NotFound, "no API key %q", r.GetId())
	}
	if err != nil {
		return nil, failed(ctx, "revoke API key", err)
	}
	// The bucket comes first, other than with every other change: a key that is withdrawn there never
	// comes back, and while the record is there the call can be repeated.
	if err := s.sync.withdrawKey(ctx, doc); err != nil {
		return nil, failed(ctx, "revoke API key", err)
	}
	if err := s.keys.delete(ctx, doc.ID); err != nil {
		return nil, failed(ctx, "revoke API key", err)
	}
	s.audit.record(ctx, "key.revoke", doc.ID)
	return &configv1.RevokeApiKeyResponse{}, nil
}

// missingBots names the bots that do not exist, which is most likely a slip: nobody would see them.
func (s *accessService) missingBots(ctx context.Context, field string, ids []string) (invalid.Problems, error) {
	if len(ids) == 0 || len(ids) > maxBots {
		return nil, nil
	}
	found, err := s.bots.list(ctx, ids, "", len(ids))
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(found))
	for _, b := range found {
		known[b.GetId()] = true
	}
	var problems invalid.Problems
	for i, id := range ids {
		if !known[id] {
			problems.Add(fmt.Sprintf("%s[%d]", field, i), "no bot %q", id)
		}
	}
	return problems, nil
}
