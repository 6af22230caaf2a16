package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// revoked is the problem of a visitor whose token has ended before its time: nothing that was signed
// before is good, by whatever door it comes.
func (g *Gateway) revoked(ctx context.Context, who token.Visitor) *wire.Problem {
	newest, err := g.revocations.newest(ctx, who.Bot, who.Visitor)
	switch {
	case err != nil:
		slog.WarnContext(ctx, "visitor not let in", "bot", who.Bot, "err", err)
		return unavailable()
	case newest > who.Revocation:
		return revokedProblem()
	}
	return nil
}

func revokedProblem() *wire.Problem {
	return &wire.Problem{Code: wire.TokenRevoked, Message: "the visitor has logged out, or was logged out; forget this token and ask for a new one"}
}

// serveLogout ends every token of the visitor whose token the frame shows.
func (g *Gateway) serveLogout(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Token string `json:"token"`
	}
	if g.fromFrame(w, r, &req) {
		answer(w, http.StatusOK, map[string]bool{"ok": true}, g.logout(r, req.Token))
	}
}

func (g *Gateway) logout(r *http.Request, signed string) *wire.Problem {
	if problem := g.limits.connect(g.cfg.TrustedProxies.client(r).String()); problem != nil {
		return problem
	}
	who, problem := g.bearer(signed, "token")
	if problem != nil && problem.Code == wire.TokenExpired {
		return nil // nothing is left to end
	}
	if problem != nil {
		return problem
	}
	if problem := g.revoked(r.Context(), who); problem != nil {
		if problem.Code == wire.TokenRevoked { // a repetition; it must not end what came after the first
			return nil
		}
		return problem
	}
	if err := g.end(r.Context(), who.Bot, who.Visitor, who.Revocation); err != nil {
		return unavailable()
	}
	return nil
}

// end revokes and closes: when it returns, this gateway knows the visitor no more, and the others learn it.
func (g *Gateway) end(ctx context.Context, bot, visitor string, seen int64) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := g.revocations.revoke(ctx, g.deps.Log, bot, visitor, seen); err != nil {
		slog.WarnContext(ctx, "visitor not revoked", "bot", bot, "err", err)
		return err
	}
	slog.InfoContext(ctx, "visitor revoked", "bot", bot, "visitor", visitor)
	g.dismiss(visitorKey(bot, visitor))
	return nil
}

// dismiss tells the sockets of a visitor whose tokens have ended why, and closes them.
func (g *Gateway) dismiss(key string) {
	bot, visitor, _ := strings.Cut(key, ".")
	why := encode(revokedProblem())
	for _, r := range g.roomsOf(bot) {
		r.mu.Lock()
		for _, v := range r.members {
			if v.id == visitor && g.revocations.has(bot, visitor, v.revocation) {
				v.socket.Emit("problem", why)
				v.socket.Close("token revoked")
			}
		}
		r.mu.Unlock()
	}
}

// has reports whether a token with the number has ended, as far as is known.
func (r *revocations) has(bot, visitor string, number int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[visitorKey(bot, visitor)] > number
}

// bearer is whose visitor token that is. Whoever asks also asks [Gateway.revoked].
func (g *Gateway) bearer(signed, field string) (token.Visitor, *wire.Problem) {
	who, err := g.deps.Tokens.ParseVisitor(signed)
	switch {
	case errors.Is(err, token.ErrExpired):
		return token.Visitor{}, &wire.Problem{Code: wire.TokenExpired, Field: field, Message: "the visitor token has expired; ask for a new one"}
	case err != nil:
		return token.Visitor{}, &wire.Problem{Code: wire.TokenInvalid, Field: field, Message: "not a visitor token of this server; ask for a new one"}
	}
	return who, nil
}

// people is the gateway as what integrators and operators may call.
type people struct {
	gatewayv1.UnimplementedVisitorServiceServer
	g *Gateway
}

// RevokeVisitor implements [gatewayv1.VisitorServiceServer].
func (p people) RevokeVisitor(ctx context.Context, req *gatewayv1.RevokeVisitorRequest) (*gatewayv1.RevokeVisitorResponse, error) {
	caller, _ := authz.FromContext(ctx)
	if subject.ValidateBot(req.GetBot()) != nil || !caller.SeesBot(req.GetBot()) {
		return nil, status.Errorf(codes.NotFound, "there is no bot %q", printable(req.GetBot()))
	}
	visitor := req.GetVisitor()
	if userID := req.GetUserId(); userID != "" {
		if len(userID) > token.MaxUserID {
			return nil, status.Errorf(codes.InvalidArgument, "user_id: %d bytes: want 1 to %d", len(userID), token.MaxUserID)
		}
		known, err := p.g.users.find(ctx, p.g.deps.Log, req.GetBot(), userID)
		if err != nil {
			slog.WarnContext(ctx, "verified user not found", "bot", req.GetBot(), "err", err)
			return nil, status.Error(codes.Unavailable, "the users are not available; try again")
		}
		if known == (place{}) {
			return &gatewayv1.RevokeVisitorResponse{}, nil // has never been here
		}
		visitor = known.Visitor
	}
	if !subject.IsUUID(visitor) {
		return nil, status.Errorf(codes.InvalidArgument, "visitor: %.80q: want a visitor's id, a canonical lower-case UUID, or user_id", visitor)
	}
	if err := p.g.end(ctx, req.GetBot(), visitor, 0); err != nil {
		return nil, status.Error(codes.Unavailable, "the bus is not available; nothing was revoked, try again")
	}
	return &gatewayv1.RevokeVisitorResponse{}, nil
}
