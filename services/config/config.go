// Package config is the service that keeps bots, people and API keys, signs people in, and publishes
// to the settings bucket what the other services must know of them.
package config

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"google.golang.org/grpc"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/token"
	"github.com/switchboard-chat/switchboard/services/config/password"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const (
	reconcileEvery = 30 * time.Second
	reconcileAgain = time.Second // after a failure
	reconcileLimit = 20 * time.Second
)

// Deps is what the service works with. All of it is required and remains the caller's.
type Deps struct {
	Store    docstore.Store
	Settings *settings.Bucket
	Cache    *settings.Cache // of the same bucket; whoever made it runs it
	Tokens   *token.Keys
}

// Service is the config service. Make it with [New], register it on a server that has the
// interceptors of authz, and run it.
type Service struct {
	bots   *botService
	auth   *authService
	access *accessService

	sync    *reconciler
	users   *users
	hasher  *password.Hasher
	stopped chan struct{} // closed when Run ends; ends the streams
}

// New makes the collections that are not there yet.
func New(ctx context.Context, d Deps) (*Service, error) {
	if d.Store == nil || d.Settings == nil || d.Cache == nil || d.Tokens == nil {
		return nil, errors.New("config: a dependency is missing")
	}
	refresh, err := d.Tokens.Derive("config/refresh")
	if err != nil {
		return nil, err
	}
	c := make(map[string]docstore.Collection)
	for _, s := range schemas() {
		if c[s.Name], err = d.Store.Collection(ctx, s); err != nil {
			return nil, fmt.Errorf("open collection %s: %w", s.Name, err)
		}
	}
	var (
		stopped = make(chan struct{})
		hasher  = password.New()
		trail   = &audit{docs: c["audit"]}
		bots    = &bots{docs: c["bots"]}
		keys    = &apiKeys{docs: c["api_keys"]}
		users   = &users{docs: c["users"]}
		sync    = newReconciler(bots, keys, users, d.Settings, d.Cache)
	)
	return &Service{
		bots: &botService{bots: bots, cache: d.Cache, sync: sync, audit: trail, tokens: d.Tokens, stopped: stopped},
		auth: &authService{
			users: users, sessions: &sessions{docs: c["refresh"], key: refresh}, tokens: d.Tokens,
			hasher: hasher, limit: newLimiter(), audit: trail,
		},
		access: &accessService{users: users, keys: keys, bots: bots, hasher: hasher, sync: sync, audit: trail},
		sync:   sync, users: users, hasher: hasher, stopped: stopped,
	}, nil
}

// Register offers BotService, AuthService and AccessService. The server must have authz's
// interceptors: the methods trust the caller that they find in the context.
func (s *Service) Register(r grpc.ServiceRegistrar) {
	configv1.RegisterBotServiceServer(r, s.bots)
	configv1.RegisterAuthServiceServer(r, s.auth)
	configv1.RegisterAccessServiceServer(r, s.access)
}

// Run publishes what the store has and the settings bucket does not, at once and then every 30 s,
// sooner after a change that could not be published. It ends with ctx, once, and returns nil; open
// Watch streams then end with UNAVAILABLE.
func (s *Service) Run(ctx context.Context) error {
	defer close(s.stopped)
	next := time.NewTimer(0)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.sync.soon:
		case <-next.C:
		}
		wait := reconcileEvery
		if err := s.sync.reconcile(ctx); err != nil && ctx.Err() == nil {
			slog.WarnContext(ctx, "settings are not all published", "err", err, "retry", reconcileAgain)
			wait = reconcileAgain
		}
		next.Reset(wait)
	}
}

// schemas declares the collections.
func schemas() []docstore.Schema {
	return []docstore.Schema{
		{Name: "bots", Fields: []docstore.Field{{Name: "version", Kind: docstore.Int}}},
		{
			Name:    "users",
			Fields:  []docstore.Field{{Name: "email", Kind: docstore.String}},
			Indexes: []docstore.Index{{Fields: []string{"email"}, Unique: true}},
		},
		{
			Name: "refresh",
			Fields: []docstore.Field{
				{Name: "hash", Kind: docstore.String}, {Name: "expires", Kind: docstore.Time},
			},
			TTL: "expires",
		},
		{Name: "api_keys"},
		{
			Name: "audit",
			Fields: []docstore.Field{
				{Name: "at", Kind: docstore.Time},
				{Name: "actor", Kind: docstore.String},
				{Name: "action", Kind: docstore.String},
				{Name: "expires", Kind: docstore.Time},
			},
			Indexes: []docstore.Index{{Fields: []string{"-at"}}, {Fields: []string{"actor", "-at"}}},
			TTL:     "expires",
		},
	}
}

// is returns the condition that a field has a value.
func is(field string, value any) docstore.Cond {
	return docstore.Cond{Field: field, Op: docstore.Eq, Value: value}
}
