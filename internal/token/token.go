// Package token makes and checks the compact signed tokens that visitors, people and services carry.
//
// A token is a JWT signed with HMAC-SHA-256. Every purpose has keys of its own, derived from the
// master secrets, and its own "typ" header, so a token of one purpose never verifies as another.
package token

import (
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"
)

var (
	// ErrExpired reports a genuine token whose time is over: its bearer may ask for a new one.
	ErrExpired = errors.New("token has expired")
	// ErrInvalid reports a string that is no token of this purpose, signed by none of the secrets.
	ErrInvalid = errors.New("token is not valid")
)

const (
	// MinSecret is the shortest master secret in bytes.
	MinSecret = 32
	// Leeway is how far the clocks of two machines may differ.
	Leeway = 5 * time.Second

	maxLength = 8 << 10 // of a token, as a string
	keyLength = sha256.Size
)

// Keys signs and verifies. It is safe for concurrent use; make it with [NewKeys].
type Keys struct {
	visitor, recovery, session, service purpose
	identity                            *jwt.Parser
	secrets                             [][]byte // the masters
	verified                            verified
}

// NewKeys derives the keys of every purpose from the master secrets, each at least [MinSecret]
// bytes. The first one signs, all of them verify: to rotate, put the new secret in front and drop
// the old one once the longest-lived token has expired ([VisitorLifetime]).
func NewKeys(secrets ...[]byte) (*Keys, error) {
	if len(secrets) == 0 {
		return nil, errors.New("token secrets: none given, expected at least one")
	}
	for i, s := range secrets {
		if len(s) < MinSecret {
			return nil, fmt.Errorf("token secrets[%d]: %d bytes, expected at least %d", i, len(s), MinSecret)
		}
	}
	k := Keys{identity: newParser()}
	for _, s := range secrets {
		k.secrets = append(k.secrets, slices.Clone(s))
	}
	for _, p := range []struct {
		to       *purpose
		name     string
		lifetime time.Duration
	}{
		{&k.visitor, "visitor", VisitorLifetime},
		{&k.recovery, "recovery", VisitorLifetime},
		{&k.session, "session", SessionLifetime},
		{&k.service, "service", ServiceLifetime},
	} {
		made, err := newPurpose(p.name, p.lifetime, secrets)
		if err != nil {
			return nil, err
		}
		*p.to = made
	}
	return &k, nil
}

// purpose is one kind of token: its keys, its name on the wire and the longest time it lives.
type purpose struct {
	typ      string
	lifetime time.Duration
	keys     jwt.VerificationKeySet // the first one signs
	parser   *jwt.Parser
}

func newParser() *jwt.Parser {
	return jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithExpirationRequired(), jwt.WithLeeway(Leeway), jwt.WithStrictDecoding())
}

func newPurpose(name string, lifetime time.Duration, secrets [][]byte) (purpose, error) {
	p := purpose{
		typ:      name + "+jwt",
		lifetime: lifetime,
		parser:   newParser(),
	}
	for _, s := range secrets {
		key, err := derive(s, "token/"+name)
		if err != nil {
			return purpose{}, err
		}
		p.keys.Keys = append(p.keys.Keys, key)
	}
	return p, nil
}

// Derive returns a key of 32 bytes for a use of its own beside the tokens. It comes from the first
// master secret, so it changes when that does.
func (k *Keys) Derive(use string) ([]byte, error) { return derive(k.secrets[0], "use/"+use) }

// DeriveAll returns such a key of each master secret, that of [Keys.Derive] first: for what is signed, and has to be
// good for a while after the secrets have changed.
func (k *Keys) DeriveAll(use string) ([][]byte, error) {
	keys := make([][]byte, len(k.secrets))
	for i, s := range k.secrets {
		var err error
		if keys[i], err = derive(s, "use/"+use); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

func derive(secret []byte, info string) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "switchboard/"+info, keyLength)
	if err != nil {
		return nil, fmt.Errorf("derive the key for %s: %w", info, err)
	}
	return key, nil
}

// payload is what one purpose says. check names the first field that is not as it must be.
type payload interface{ check() error }

// claims is what is signed.
type claims[P payload] struct {
	Payload P     `json:"p"`
	Expires int64 `json:"exp"`
}

// sign makes a token that ends at expires; the zero time means the purpose's whole lifetime from now.
func sign[P payload](p *purpose, what P, expires time.Time) (string, error) {
	now := time.Now()
	if expires.IsZero() {
		expires = now.Add(p.lifetime)
	}
	if expires.After(now.Add(p.lifetime)) {
		return "", fmt.Errorf("sign %s: expires in %v, expected at most %v", p.typ, expires.Sub(now), p.lifetime)
	}
	if err := what.check(); err != nil {
		return "", fmt.Errorf("sign %s: %w", p.typ, err)
	}
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, claims[P]{what, expires.Unix()})
	t.Header["typ"] = p.typ
	s, err := t.SignedString(p.keys.Keys[0])
	if err != nil {
		return "", fmt.Errorf("sign %s: %w", p.typ, err)
	}
	if len(s) > maxLength {
		return "", fmt.Errorf("sign %s: %d bytes, expected at most %d", p.typ, len(s), maxLength)
	}
	return s, nil
}

func parse[P payload](p *purpose, s string) (what P, expires time.Time, err error) {
	var none P
	// The decoder skips line breaks, so without this there would be two spellings of one token.
	if len(s) > maxLength || strings.ContainsAny(s, "\r\n") {
		return none, time.Time{}, ErrInvalid
	}
	var c claims[P]
	_, err = p.parser.ParseWithClaims(s, &c, func(t *jwt.Token) (any, error) {
		if t.Header["typ"] != p.typ {
			return nil, ErrInvalid
		}
		return p.keys, nil
	})
	if errors.Is(err, jwt.ErrTokenExpired) { // the signature has been verified by now
		return none, time.Time{}, ErrExpired
	}
	if err != nil || c.Payload.check() != nil {
		return none, time.Time{}, ErrInvalid
	}
	expires = time.Unix(c.Expires, 0)
	if expires.After(time.Now().Add(p.lifetime + Leeway)) {
		return none, time.Time{}, ErrInvalid
	}
	return c.Payload, expires, nil
}

// GetExpirationTime implements [jwt.Claims].
func (c claims[P]) GetExpirationTime() (*jwt.NumericDate, error) {
	return jwt.NewNumericDate(time.Unix(c.Expires, 0)), nil
}

// GetIssuedAt implements [jwt.Claims].
func (claims[P]) GetIssuedAt() (*jwt.NumericDate, error) { return nil, nil }

// GetNotBefore implements [jwt.Claims].
func (claims[P]) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }

// GetIssuer implements [jwt.Claims].
func (claims[P]) GetIssuer() (string, error) { return "", nil }

// GetSubject implements [jwt.Claims].
func (claims[P]) GetSubject() (string, error) { return "", nil }

// GetAudience implements [jwt.Claims].
func (claims[P]) GetAudience() (jwt.ClaimStrings, error) { return nil, nil }

// required reports the first of name, value, name, value, … that is empty or not UTF-8.
func required(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return fmt.Errorf("%s: empty, expected a value", pairs[i])
		}
	}
	return text(pairs...)
}

// text reports the first of name, value, name, value, … that is not UTF-8, which JSON cannot carry.
func text(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if !utf8.ValidString(pairs[i+1]) {
			return fmt.Errorf("%s: expected valid UTF-8", pairs[i])
		}
	}
	return nil
}
