// Package authz says who a caller is and what that caller may do: one table for gRPC and HTTP.
package authz

import (
	"context"
	"slices"
	"strings"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// Kind is the sort of caller.
type Kind int

// The sorts of callers. The zero Kind is nobody.
const (
	Person  Kind = iota + 1 // signed in, with a session token
	Machine                 // with an API key
	Service                 // one of our own, with a service token
)

// A Principal is an authenticated caller. The zero Principal is nobody and sees nothing.
type Principal struct {
	Kind Kind
	ID   string        // user id, API key id or the service's name
	Name string        // what visitors are shown
	Role configv1.Role // of a person or a machine
	Bots []string      // none means all
}

// SeesBot reports whether the caller may work with the bot.
func (p Principal) SeesBot(bot string) bool {
	return p.Kind != 0 && (len(p.Bots) == 0 || slices.Contains(p.Bots, bot))
}

// describe names the caller in a refusal.
func (p Principal) describe() string {
	switch p.Kind {
	case Person, Machine:
		return roleName(p.Role)
	case Service:
		return "service " + p.ID
	}
	return "nobody"
}

func roleName(r configv1.Role) string {
	return strings.ToLower(strings.TrimPrefix(r.String(), "ROLE_"))
}

type contextKey struct{}

// With returns a context that carries the caller.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, contextKey{}, p)
}

// FromContext returns the caller that the interceptors, or [With], put into ctx. It is false in a
// public method.
func FromContext(ctx context.Context) (Principal, bool) {
	p, ok := ctx.Value(contextKey{}).(Principal)
	return p, ok
}
