package token

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// IdentityLifetime is the longest time that a site's server may let an identity be good for.
	IdentityLifetime = 10 * time.Minute
	// MaxUserID is the longest id of a site's user in bytes.
	MaxUserID = 128
)

// Identity is a site's user, as the site's own server says.
type Identity struct {
	UserID  string
	Issued  time.Time // to the second; zero = it does not say
	Expires time.Time // to the second
}

// IdentitySecret is what a site's server signs its users' identities with: a JWT (RFC 7519) with HS256,
// "sub" and an "exp" within [IdentityLifetime]. The key of the signature is the text itself. It is
// derived from the first master secret, so nothing has to be kept; when that is dropped, sites need
// the new one.
func (k *Keys) IdentitySecret(bot string, version int32) (string, error) {
	return identitySecret(k.secrets[0], bot, version)
}

func identitySecret(master []byte, bot string, version int32) (string, error) {
	key, err := derive(master, fmt.Sprintf("identity/%s/%d", bot, version))
	return base64.RawURLEncoding.EncodeToString(key), err
}

// ParseIdentity verifies an identity of the bot that was signed with a secret of one of the versions.
// It fails with [ErrExpired] and who it was, or with an [ErrInvalid] that says what was expected: it is the site's
// developer who reads it.
func (k *Keys) ParseIdentity(s, bot string, versions ...int32) (Identity, error) {
	var c jwt.RegisteredClaims
	err := k.parseSite(s, bot, maxLength, versions, &c)
	switch {
	case err != nil && !errors.Is(err, ErrExpired):
		return Identity{}, err
	case slices.Contains(c.Audience, ParamsAudience):
		return Identity{}, fmt.Errorf(`%w: "aud" is %q, which is of parameters, expected an identity`, ErrInvalid, ParamsAudience)
	case err != nil:
		return Identity{UserID: c.Subject}, err
	case c.Subject == "" || len(c.Subject) > MaxUserID:
		return Identity{}, fmt.Errorf(`%w: "sub" has %d bytes, expected the user's id, 1 to %d`, ErrInvalid, len(c.Subject), MaxUserID)
	}
	who := Identity{UserID: c.Subject, Expires: c.ExpiresAt.Time}
	if c.IssuedAt != nil {
		who.Issued = c.IssuedAt.Time
	}
	return who, nil
}
