package config

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/config/invalid"
	"github.com/switchboard-chat/switchboard/services/config/widget"
)

// botService is BotService.
type botService struct {
	configv1.UnimplementedBotServiceServer
	bots    *bots
	cache   *settings.Cache
	sync    *reconciler
	audit   *audit
	tokens  *token.Keys
	stopped <-chan struct{}
}

// ListBots implements BotService.
func (s *botService) ListBots(ctx context.Context, r *configv1.ListBotsRequest) (*configv1.ListBotsResponse, error) {
	p, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	at, err := parsePage("bots", 1, r.GetPageSize(), r.GetPageToken())
	if err != nil {
		return nil, err
	}
	found, err := s.bots.list(ctx, p.Bots, at.field(0), at.size+1)
	if err != nil {
		return nil, failed(ctx, "list bots", err)
	}
	at.size = within(found[:min(len(found), at.size)])
	found, next := cut("bots", at, found, func(b *configv1.Bot) []string { return []string{b.GetId()} })
	return &configv1.ListBotsResponse{Bots: found, NextPageToken: next}, nil
}

// within is how many of the first bots are one page: clients of gRPC refuse messages of more than 4 MiB, and a bot
// may have up to 1.
func within(bots []*configv1.Bot) int {
	const most = 3 << 20
	size := 0
	for i, b := range bots {
		if size += proto.Size(b); size > most && i > 0 {
			return i
		}
	}
	return len(bots)
}

// GetBot implements BotService.
func (s *botService) GetBot(ctx context.Context, r *configv1.GetBotRequest) (*configv1.GetBotResponse, error) {
	b, err := s.get(ctx, r.GetId())
	if err != nil {
		return nil, err
	}
	return &configv1.GetBotResponse{Bot: b}, nil
}

// CreateBot implements BotService.
func (s *botService) CreateBot(ctx context.Context, r *configv1.CreateBotRequest) (*configv1.CreateBotResponse, error) {
	p, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkBot(r.GetBot()); err != nil {
		return nil, err
	}
	id := r.GetBot().GetId()
	if !p.SeesBot(id) {
		return nil, status.Errorf(codes.PermissionDenied, "the caller does not work with bot %q", id)
	}
	fresh := proto.CloneOf(r.GetBot())
	fresh.IdentityVersion, fresh.IdentityRotatedAt = 0, nil
	b, err := s.bots.create(ctx, fresh)
	if errors.Is(err, docstore.ErrDuplicate) {
		return nil, status.Errorf(codes.AlreadyExists, "bot.id: there is a bot %q already", id)
	}
	if err != nil {
		return nil, failed(ctx, "create bot", err)
	}
	s.audit.record(ctx, "bot.create", id)
	s.sync.publishBot(ctx, b)
	return &configv1.CreateBotResponse{Bot: b}, nil
}

// UpdateBot implements BotService.
func (s *botService) UpdateBot(ctx context.Context, r *configv1.UpdateBotRequest) (*configv1.UpdateBotResponse, error) {
	if err := checkBot(r.GetBot()); err != nil {
		return nil, err
	}
	if r.GetBot().GetVersion() < 1 {
		return nil, refused(invalid.Problems{{Field: "bot.version", Rule: "expected the version that the change was made on"}})
	}
	id := r.GetBot().GetId()
	was, err := s.get(ctx, id)
	if err != nil {
		return nil, err
	}
	next := proto.CloneOf(r.GetBot())
	next.IdentityVersion, next.IdentityRotatedAt = was.GetIdentityVersion(), was.GetIdentityRotatedAt()
	b, err := s.bots.update(ctx, next)
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return nil, noBot(id)
	case errors.Is(err, errStale):
		return nil, status.Errorf(codes.Aborted, "bot.version: %v; get the bot and make the change again", err)
	case err != nil:
		return nil, failed(ctx, "update bot", err)
	}
	s.audit.record(ctx, "bot.update", id)
	s.sync.publishBot(ctx, b)
	return &configv1.UpdateBotResponse{Bot: b}, nil
}

// checkBot is INVALID_ARGUMENT if the request's bot breaks a rule.
func checkBot(b *configv1.Bot) error {
	if b == nil {
		return refused(invalid.Problems{{Field: "bot", Rule: "missing"}})
	}
	var problems invalid.Problems
	if !errors.As(widget.Validate(b), &problems) {
		return nil
	}
	for i := range problems {
		problems[i].Field = "bot." + problems[i].Field
	}
	return refused(problems)
}

func noBot(id string) error {
	return status.Errorf(codes.NotFound, "no bot %q that the caller sees", id)
}
