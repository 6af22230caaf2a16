package gateway

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
	"github.com/switchboard-chat/switchboard/services/gateway/socketio"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// identify says who connects: whom the token names, or else the private id, or, for a page that
// connects directly, somebody new from an origin that is welcome.
func (g *Gateway) identify(ctx context.Context, s *socketio.Socket, a auth, old *token.Recovery) (token.Visitor, *wire.Problem) {
	if a.Token == "" && old != nil {
		return g.admit(ctx, s, old.Visitor)
	}
	if a.Token == "" {
		if a.BotID == "" {
			return token.Visitor{}, &wire.Problem{Code: wire.TokenMissing, Field: "auth.token", Message: "want a visitor token, or bot_id from a page of an allowed site"}
		}
		return g.guest(ctx, s.Peer, a)
	}
	who, problem := g.bearer(a.Token, "auth.token")
	switch {
	case problem != nil:
		return token.Visitor{}, problem
	case a.BotID != "" && a.BotID != who.Bot:
		return token.Visitor{}, &wire.Problem{Code: wire.TokenInvalid, Field: "auth.token", Message: "the visitor token is of another bot; ask for a new one"}
	case (a.UserID != "" || a.UserToken != "") && !g.same(who, a):
		return token.Visitor{}, &wire.Problem{Code: wire.TokenInvalid, Field: "auth.token", Message: "the visitor token is not of the user that user_id or user_token say; ask for a new one"}
	}
	return g.admit(ctx, s, who)
}

// admit lets a visitor in who has proved who it is, from where it may come.
func (g *Gateway) admit(ctx context.Context, s *socketio.Socket, who token.Visitor) (token.Visitor, *wire.Problem) {
	if problem := g.revoked(ctx, who); problem != nil {
		return token.Visitor{}, problem
	}
	bot, problem := g.bot(who.Bot, who.Site, s.Peer.Host)
	if problem != nil {
		return token.Visitor{}, problem
	}
	if problem := g.blocked(bot, client{s.Peer.IP, who.Visitor, who.Conversation}); problem != nil {
		return token.Visitor{}, problem
	}
	if o := s.Peer.Origin; o != "" && o != who.Site && !g.own(o, s.Peer.Host) {
		return token.Visitor{}, unwelcome(who.Bot, o)
	}
	who.Expires = time.Time{} // renewed
	return who, nil
}

// guest is whoever connects from a page without a token.
func (g *Gateway) guest(ctx context.Context, p *engineio.Peer, a auth) (token.Visitor, *wire.Problem) {
	bot, problem := g.bot(a.BotID, p.Origin, p.Host)
	if problem != nil {
		return token.Visitor{}, problem
	}
	u, problem := g.user(bot, claim{a.UserID, a.UserToken}, token.Visitor{})
	if problem != nil {
		problem.Field = "auth." + problem.Field
		return token.Visitor{}, problem
	}
	who, problem := g.newcomer(ctx, bot, arrival{p.Origin, p.IP, a.Challenge}, u)
	if problem != nil && problem.Field != "" {
		problem.Field = "auth." + problem.Field
	}
	return who, problem
}

// arrival is from where somebody comes: the page's origin, their address, and the challenge that they have solved.
type arrival struct{ site, ip, solution string }

// newcomer is a new visitor of the bot from a page of the site, which the bot may be shown on, or the
// verified user who has been there before.
func (g *Gateway) newcomer(ctx context.Context, bot *configv1.Bot, from arrival, u user) (token.Visitor, *wire.Problem) {
	if problem := g.blocked(bot, client{ip: from.ip}); problem != nil {
		return token.Visitor{}, problem
	}
	if problem := g.mayBegin(ctx, bot, from, u.verified); problem != nil {
		return token.Visitor{}, problem
	}
	visitor, err := uuid.NewV7()
	conversation, cerr := uuid.NewV7()
	if err := errors.Join(err, cerr); err != nil {
		slog.ErrorContext(ctx, "no randomness", "err", err)
		return token.Visitor{}, unavailable()
	}
	fresh := token.Visitor{Bot: bot.GetId(), Visitor: visitor.String(), Conversation: conversation.String(), Site: from.site}
	who, problem := g.claimed(ctx, fresh, u)
	if problem != nil {
		return token.Visitor{}, problem
	}
	return who, g.blocked(bot, client{from.ip, who.Visitor, who.Conversation})
}
