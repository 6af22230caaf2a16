package authz

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// expected ends every refusal of a credential: what would have been right.
const expected = `expected the header "Authorization: Bearer <access token>", ` +
	`"Authorization: API-Key <secret>" or, between services, "Authorization: Service <token>"`

// KeyLookup finds API keys by the hash of their secret, see [HashKey]. It is asked for every call
// with a key and must be fast; settings.Cache is one.
type KeyLookup interface {
	Key(hash string) (*configv1.ApiKey, bool)
}

// HashKey is the name under which an API key's secret is stored and looked up: its SHA-256 in
// lower-case hex. The secret is random and long, so a slow hash would add nothing.
func HashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// An Authorizer knows who a caller is and applies the table. It is safe for concurrent use; make it
// with [New].
type Authorizer struct {
	tokens *token.Keys
	keys   KeyLookup
	rules  map[string]rule
}

// New returns an Authorizer that verifies tokens with tokens and API keys with keys.
func New(tokens *token.Keys, keys KeyLookup) *Authorizer {
	return &Authorizer{tokens: tokens, keys: keys, rules: table()}
}

// credential is what a caller showed and what is to be remembered of it beside the principal.
type credential struct {
	principal Principal
	audience  string    // gRPC service that a service token is bound to
	expires   time.Time // of a session
	keyHash   string    // of an API key
}

// Authenticate says who shows this Authorization header, for endpoints that are no gRPC method. Its
// error is a gRPC status, Unauthenticated, that says what was expected. A service token that is
// bound to a gRPC service is refused.
func (a *Authorizer) Authenticate(_ context.Context, header string) (Principal, error) {
	c, err := a.authenticate(header)
	if err != nil {
		return Principal{}, err
	}
	if c.audience != "" {
		return Principal{}, unauthenticated("the service token is for " + c.audience + " only")
	}
	return c.principal, nil
}

func (a *Authorizer) authenticate(header string) (credential, error) {
	if header == "" {
		return credential{}, unauthenticated("no credential; " + expected)
	}
	scheme, value, ok := strings.Cut(header, " ")
	if !ok || value == "" {
		return credential{}, unauthenticated("malformed credential; " + expected)
	}
	switch strings.ToLower(scheme) {
	case "bearer":
		s, err := a.tokens.ParseSession(value)
		if err != nil {
			return credential{}, badToken("access token", err)
		}
		return credential{
			principal: Principal{Kind: Person, ID: s.UserID, Name: s.Name, Role: s.Role, Bots: s.Bots},
			expires:   s.Expires,
		}, nil
	case "api-key":
		hash := HashKey(value)
		k, ok := a.keys.Key(hash)
		if !ok {
			return credential{}, unknownKey()
		}
		return credential{
			principal: Principal{Kind: Machine, ID: k.GetId(), Name: k.GetName(), Role: k.GetRole(), Bots: k.GetBots()},
			keyHash:   hash,
		}, nil
	case "service":
		s, err := a.tokens.ParseService(value)
		if err != nil {
			return credential{}, badToken("service token", err)
		}
		return credential{principal: Principal{Kind: Service, ID: s.Name, Name: s.Name}, audience: s.Audience}, nil
	}
	return credential{}, unauthenticated("unknown scheme; " + expected)
}

// Check applies the table to a call of the full gRPC method ("/package.Service/Method") with this
// Authorization header, empty if there is none. It returns a context that carries the caller, or a
// gRPC status: Unauthenticated or PermissionDenied.
func (a *Authorizer) Check(ctx context.Context, method, header string) (context.Context, error) {
	ctx, _, err := a.check(ctx, method, header)
	return ctx, err
}

func (a *Authorizer) check(ctx context.Context, method, header string) (context.Context, credential, error) {
	r, ok := a.rules[method]
	if !ok {
		return nil, credential{}, status.Errorf(codes.PermissionDenied, "%s is open to nobody", method)
	}
	if r.public {
		return ctx, credential{}, nil
	}
	c, err := a.authenticate(header)
	if err != nil {
		return nil, credential{}, err
	}
	if called := path.Dir(method)[1:]; c.audience != "" && c.audience != called {
		return nil, credential{}, unauthenticated("the service token is for " + c.audience + ", expected one for " + called)
	}
	if !r.allows(c.principal) {
		return nil, credential{}, status.Errorf(codes.PermissionDenied, "%s is for %s; the caller is %s",
			method[1:], r.describe(), c.principal.describe())
	}
	return With(ctx, c.principal), c, nil
}

// stillGood reports whether a credential that was good when a stream began is so now: a session must
// not have expired and an API key must not have been revoked. Service tokens only open streams.
func (a *Authorizer) stillGood(c credential) error {
	switch {
	case c.keyHash != "":
		if _, ok := a.keys.Key(c.keyHash); !ok {
			return unknownKey()
		}
	case !c.expires.IsZero() && time.Now().After(c.expires.Add(token.Leeway)):
		return badToken("access token", token.ErrExpired)
	}
	return nil
}

func badToken(what string, err error) error {
	if errors.Is(err, token.ErrExpired) {
		return unauthenticated("the " + what + " has expired; expected a fresh one")
	}
	return unauthenticated("the " + what + " is not valid; " + expected)
}

func unknownKey() error { return unauthenticated("the API key is unknown or revoked; " + expected) }

func unauthenticated(message string) error { return status.Error(codes.Unauthenticated, message) }
