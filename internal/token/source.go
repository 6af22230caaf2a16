package token

import (
	"context"
	"path"
	"sync"
	"time"

	"google.golang.org/grpc/credentials"
)

const (
	renewBefore  = ServiceLifetime / 2
	maxAudiences = 64 // more than there are services; a bound, not a setting
)

var _ credentials.PerRPCCredentials = (*ServiceSource)(nil)

// ServiceSource gives one service's tokens for its calls, each bound to the service that is called
// and kept until half its life is over. It is safe for concurrent use; [Keys.ServiceSource] makes it.
//
// Give it to grpc.WithPerRPCCredentials. It does not require transport security: inside one process
// and inside a cluster's network the calls may be plain, and a token that is seen there is good for
// one service and a few minutes. Put TLS under the connection wherever others can listen.
type ServiceSource struct {
	keys *Keys
	name string

	mu     sync.Mutex
	tokens map[string]cached // by audience
}

type cached struct {
	token string
	renew time.Time
}

// ServiceSource returns the tokens of the service with this name, one of the constants.
func (k *Keys) ServiceSource(name string) (*ServiceSource, error) {
	s := &ServiceSource{keys: k, name: name, tokens: make(map[string]cached)}
	if _, err := s.Token(""); err != nil {
		return nil, err
	}
	return s, nil
}

// Token returns a token for calls to the gRPC service with this full name, with at least half its
// life before it.
func (s *ServiceSource) Token(audience string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.tokens[audience]; ok && time.Now().Before(c.renew) {
		return c.token, nil
	}
	t, err := s.keys.SignService(Service{Name: s.name, Audience: audience})
	if err != nil {
		return "", err
	}
	if len(s.tokens) >= maxAudiences {
		clear(s.tokens)
	}
	s.tokens[audience] = cached{t, time.Now().Add(renewBefore)}
	return t, nil
}

// GetRequestMetadata implements [credentials.PerRPCCredentials].
func (s *ServiceSource) GetRequestMetadata(_ context.Context, uri ...string) (map[string]string, error) {
	audience := ""
	if len(uri) > 0 {
		audience = path.Base(uri[0]) // https://host/package.Service
	}
	t, err := s.Token(audience)
	if err != nil {
		return nil, err
	}
	return map[string]string{"authorization": "Service " + t}, nil
}

// RequireTransportSecurity implements [credentials.PerRPCCredentials]; see [ServiceSource] for why not.
func (*ServiceSource) RequireTransportSecurity() bool { return false }
