package scenario

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/internal/subject"
	scenariov1 "github.com/switchboard-chat/switchboard/proto/switchboard/scenario/v1"
	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

// scenarioService is ScenarioService.
type scenarioService struct {
	scenariov1.UnimplementedScenarioServiceServer
	scenarios *scenarios
	versions  *versions
}

// PublishScenario implements ScenarioService.
func (s *scenarioService) PublishScenario(ctx context.Context, r *scenariov1.PublishScenarioRequest) (*scenariov1.PublishScenarioResponse, error) {
	if err := sees(ctx, r.GetBot()); err != nil {
		return nil, err
	}
	if err := check(r.GetBot(), r.GetJson()); err != nil {
		return nil, err
	}
	d, err := s.scenarios.add(ctx, r.GetBot(), r.GetJson())
	if err != nil {
		return nil, failed(ctx, "publish scenario", err)
	}
	s.versions.announce(ctx, d.Bot, d.Version)
	return &scenariov1.PublishScenarioResponse{Scenario: d.proto()}, nil
}

// GetScenario implements ScenarioService.
func (s *scenarioService) GetScenario(ctx context.Context, r *scenariov1.GetScenarioRequest) (*scenariov1.GetScenarioResponse, error) {
	if err := sees(ctx, r.GetBot()); err != nil {
		return nil, err
	}
	d, err := s.scenarios.newest(ctx, r.GetBot())
	if err != nil {
		return nil, failed(ctx, "get scenario", err)
	}
	return &scenariov1.GetScenarioResponse{Scenario: d.proto()}, nil
}

func (s *scenarioService) ensure(ctx context.Context, bot, json string) error {
	if err := check(bot, json); err != nil {
		return err
	}
	newest, err := s.scenarios.newest(ctx, bot)
	if errors.Is(err, docstore.ErrNotFound) {
		newest, err = s.scenarios.insert(ctx, bot, 1, json)
		if errors.Is(err, docstore.ErrDuplicate) { // somebody was faster, and has announced it
			return nil
		}
	}
	if err != nil {
		return err
	}
	s.versions.announce(ctx, newest.Bot, newest.Version)
	return nil
}

// check returns INVALID_ARGUMENT, with every problem in its message and as google.rpc.BadRequest,
// unless json is a scenario and bot can be a bot's id.
func check(bot, json string) error {
	var fields []*errdetails.BadRequest_FieldViolation
	problem := func(field, what string) {
		fields = append(fields, &errdetails.BadRequest_FieldViolation{Field: field, Description: what})
	}
	message := ""
	if err := subject.ValidateBot(bot); err != nil {
		message = err.Error()
		problem("bot", err.Error())
	}
	if _, err := flow.Parse([]byte(json)); err != nil {
		if message != "" {
			message += "\n"
		}
		message += err.Error()
		var parse *flow.ParseError
		if !errors.As(err, &parse) {
			problem("json", err.Error())
		} else {
			for _, p := range parse.Problems {
				problem(path(p), p.Message)
			}
		}
	}
	if message == "" {
		return nil
	}
	return rpcerr.BadRequest(message, fields...)
}

// path names a problem's place in the request, such as json.nodes["menu"].buttons[2].next.
func path(p flow.Problem) string {
	at := "json"
	if p.Node != "" {
		at += fmt.Sprintf(".nodes[%q]", p.Node)
	}
	if p.Field != "" {
		at += "." + p.Field
	}
	return at
}

// sees returns an error unless the caller works with the bot.
func sees(ctx context.Context, bot string) error {
	p, ok := authz.FromContext(ctx)
	if !ok {
		return status.Error(codes.Unauthenticated, "nobody is signed in")
	}
	if !p.SeesBot(bot) {
		return status.Errorf(codes.PermissionDenied, "the caller does not work with bot %q", bot)
	}
	return nil
}

// failed is what the caller sees when the store did not do what it was asked. The reason stays in
// the logs.
func failed(ctx context.Context, what string, err error) error {
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return status.Error(codes.NotFound, "the bot has no scenario")
	case errors.Is(err, errContention):
		return status.Error(codes.Aborted, "others keep publishing for this bot; try again")
	case ctx.Err() != nil:
		return status.FromContextError(ctx.Err()).Err()
	case errors.Is(err, docstore.ErrUndeclared), errors.Is(err, docstore.ErrType), errors.Is(err, docstore.ErrInvalid):
		slog.ErrorContext(ctx, "the store was asked wrongly", "what", what, "err", err)
		return status.Error(codes.Internal, "internal error")
	}
	slog.ErrorContext(ctx, "the store failed", "what", what, "err", err)
	return status.Error(codes.Unavailable, what+": the store does not answer; try again")
}
