package gateway

import (
	"context"
	"errors"
	"log/slog"
	"time"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/challenge"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// mayBegin is the problem of a newcomer whose address has begun too many conversations, or who has not done
// the work that the bot asks of newcomers now. Each counts once, for both: whoever has a solution was counted
// when it was asked to work, and whoever is beyond its limit makes no attack. For those who are verified the
// site's server vouches, and each has one conversation.
func (g *Gateway) mayBegin(ctx context.Context, bot *configv1.Bot, from arrival, verified bool) *wire.Problem {
	if verified {
		return g.limits.begin(from.ip)
	}
	id, now := bot.GetId(), time.Now()
	works, why := g.asksWork(bot, now), "a new conversation costs some work now"
	if works && from.solution != "" {
		err := g.challenges.Check(from.solution, id, from.site, now)
		if err == nil {
			return nil
		}
		if errors.Is(err, challenge.ErrBusy) {
			return limited("the chat is very busy", time.Second)
		}
		why = err.Error()
	}
	if problem := g.limits.begin(from.ip); problem != nil {
		return problem
	}
	if g.attacks.Newcomer(id, now) {
		slog.WarnContext(ctx, "more newcomers than usual", "bot", id)
	}
	if !works {
		return nil
	}
	puzzle := wire.Puzzle(g.challenges.Issue(id, from.site, g.attacks.Difficulty(id, now), now))
	return &wire.Problem{
		Code: wire.Challenge, Field: "challenge", Challenge: &puzzle,
		Message: why + `: find a counter for which SHA-256("<nonce>:<counter>") begins with as many zero bits as difficulty says, and repeat the request with "<nonce>:<counter>" as challenge`,
	}
}

// asksWork reports whether newcomers of the bot have to work.
func (g *Gateway) asksWork(bot *configv1.Bot, now time.Time) bool {
	switch bot.GetChallenge() {
	case configv1.Challenge_CHALLENGE_ALWAYS:
		return true
	case configv1.Challenge_CHALLENGE_UNDER_ATTACK:
		return g.attacks.On(bot.GetId(), now)
	}
	return false
}
