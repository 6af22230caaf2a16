package token

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// ParamsAudience is the "aud" by which parameters are told from an identity: both are signed with the
	// same secret, and neither may pass for the other.
	ParamsAudience = "switchboard-params"
	// MaxParams is the longest token with parameters in bytes: 8 KiB of them, in base64.
	MaxParams = 12 << 10
)

// Params are what a site's own server says of a visitor.
type Params struct {
	UserID string          // whom it says that of; empty = of whoever brings the token
	Values json.RawMessage // as they were signed, not yet checked
}

// ParseParams verifies parameters of the bot that were signed with an identity secret of one of the versions:
// a JWT (RFC 7519) with HS256, "aud" [ParamsAudience], "params", an "exp" within [IdentityLifetime] and,
// if they are one user's, "sub". It fails with [ErrExpired] and what they were, or with an [ErrInvalid]
// that says what was expected.
func (k *Keys) ParseParams(s, bot string, versions ...int32) (Params, error) {
	var c struct {
		jwt.RegisteredClaims
		Params json.RawMessage `json:"params"`
	}
	err := k.parseSite(s, bot, MaxParams, versions, &c)
	if err != nil && !errors.Is(err, ErrExpired) {
		return Params{}, err
	}
	p := Params{c.Subject, c.Params}
	switch {
	case !slices.Contains(c.Audience, ParamsAudience):
		return Params{}, fmt.Errorf(`%w: "aud" is %q, expected %q`, ErrInvalid, c.Audience, ParamsAudience)
	case len(c.Subject) > MaxUserID:
		return Params{}, fmt.Errorf(`%w: "sub" has %d bytes, expected at most %d`, ErrInvalid, len(c.Subject), MaxUserID)
	case len(c.Params) == 0 || c.Params[0] != '{':
		return Params{}, fmt.Errorf(`%w: "params" is %.20q, expected an object`, ErrInvalid, c.Params)
	}
	return p, err
}

// parseSite verifies what a site's server has signed, up to what it says. An [ErrExpired] leaves the claims
// readable.
func (k *Keys) parseSite(s, bot string, longest int, versions []int32, claims jwt.Claims) error {
	if len(s) > longest {
		return fmt.Errorf("%w: %d bytes, expected at most %d", ErrInvalid, len(s), longest)
	}
	var keys jwt.VerificationKeySet
	for _, master := range k.secrets {
		for _, v := range versions {
			secret, err := identitySecret(master, bot, v)
			if err != nil {
				return err
			}
			keys.Keys = append(keys.Keys, []byte(secret))
		}
	}
	_, err := k.identity.ParseWithClaims(s, claims, func(*jwt.Token) (any, error) { return keys, nil })
	switch {
	case errors.Is(err, jwt.ErrTokenExpired): // the signature has been verified by now
		return ErrExpired
	case err != nil:
		return fmt.Errorf("%w: expected a JWT signed by HS256 with the bot's identity secret: %w", ErrInvalid, err)
	}
	exp, err := claims.GetExpirationTime()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if exp.After(time.Now().Add(IdentityLifetime + Leeway)) {
		return fmt.Errorf(`%w: "exp" is in %v, expected at most %v`, ErrInvalid, time.Until(exp.Time).Round(time.Second), IdentityLifetime)
	}
	return nil
}
