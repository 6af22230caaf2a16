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

// challenged is the problem of a newcomer who has not done the work that the bot asks of newcomers now.
// Whoever is let in, or has to work first, is counted as a newcomer once.
func (g *Gateway) challenged(ctx context.Context, bot *configv1.Bot, site, solution string) *wire.Problem {
	id, now := bot.GetId(), time.Now()
	if !g.asksWork(bot, now) {
		g.counted(ctx, id, now)
		return nil
	}
	why := "a new conversation costs some work now"
	if solution != "" {
		err := g.challenges.Check(solution, id, site, now)
		if err == nil {
			return nil
		}
		if errors.Is(err, challenge.ErrBusy) {
			return limited("the chat is very busy", time.Second)
		}
		why = err.Error()
	} else {
		g.counted(ctx, id, now)
	}
	puzzle := wire.Puzzle(g.challenges.Issue(id, site, g.attacks.Difficulty(id, now), now))
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

func (g *Gateway) counted(ctx context.Context, bot string, now time.Time) {
	if g.attacks.Newcomer(bot, now) {
		slog.WarnContext(ctx, "more newcomers than usual", "bot", bot)
	}
}
