package gateway

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"

	"github.com/switchboard-chat/switchboard/internal/token"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// trusted returns the parameters that the site's server has signed for a visitor; nil = none. They are good
// for minutes, but a page stays open for longer and connects again: so who's token says which ones it has
// brought, and those stay good for whoever comes back with it.
func (g *Gateway) trusted(signed string, who *token.Visitor) (map[string]any, *wire.Problem) {
	brought := who.Params
	who.Params = ""
	if signed == "" {
		return nil, nil
	}
	bot, ok := g.deps.Settings.Bot(who.Bot)
	if !ok {
		return nil, unknownBot(who.Bot)
	}
	sum := sha256.Sum256([]byte(signed))
	digest := base64.RawURLEncoding.EncodeToString(sum[:12])
	p, err := g.deps.Tokens.ParseParams(signed, who.Bot, secretVersions(bot)...)
	switch {
	case errors.Is(err, token.ErrExpired) && digest == brought:
	case errors.Is(err, token.ErrExpired):
		return nil, &wire.Problem{Code: wire.ParamsExpired, Field: "params_token", Message: "the parameters have expired; the site's server has to sign fresh ones"}
	case err != nil:
		return nil, &wire.Problem{Code: wire.ParamsInvalid, Field: "params_token", Message: err.Error()}
	}
	if p.UserID != "" && p.UserID != who.UserID {
		return nil, &wire.Problem{Code: wire.ParamsInvalid, Field: "params_token", Message: `"sub" is not the visitor's user: give the same user by user_token or user_id, or sign without "sub"`}
	}
	values, problem := wire.DecodeTrusted(p.Values)
	if problem != nil {
		problem.Code = wire.ParamsInvalid
		return nil, problem
	}
	who.Params = digest
	return values, nil
}
