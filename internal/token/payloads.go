package token

import (
	"errors"
	"fmt"
	"time"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// The longest time that a token of each purpose lives.
const (
	VisitorLifetime = 30 * 24 * time.Hour
	SessionLifetime = 15 * time.Minute
	ServiceLifetime = 5 * time.Minute
)

// The services that sign service tokens.
const (
	Gateway  = "gateway"
	Scenario = "scenario"
	History  = "history"
	Operator = "operator"
	Config   = "config"
)

// Visitor is what a browser holds: the right to one conversation from one site.
type Visitor struct {
	Bot          string `json:"b"`
	Visitor      string `json:"v"`
	Conversation string `json:"c"`
	Site         string `json:"s,omitempty"` // origin of the page; empty means the demo page
	UserID       string `json:"u,omitempty"` // of the site
	Verified     bool   `json:"k,omitempty"` // the site's server says that it is this user; else the page claims it
	// Revocation is the number of the visitor's newest revocation when it proved who it is; a token with a
	// lower one than the newest is not good any more. 0 = there was none.
	Revocation int64 `json:"r,omitempty"`
	// Params is a digest of the parameters that it brought, signed by the site's server: a client that connects
	// again has none that are fresh.
	Params  string    `json:"p,omitempty"`
	Expires time.Time `json:"-"` // to the second
}

func (v Visitor) check() error {
	return errors.Join(
		required("bot", v.Bot, "visitor", v.Visitor, "conversation", v.Conversation),
		text("site", v.Site, "user id", v.UserID, "params", v.Params))
}

// SignVisitor makes a token. A zero v.Expires means [VisitorLifetime] from now; later is an error.
func (k *Keys) SignVisitor(v Visitor) (string, error) { return sign(&k.visitor, v, v.Expires) }

// ParseVisitor verifies a token. It fails with [ErrExpired] or [ErrInvalid] and nothing else.
func (k *Keys) ParseVisitor(s string) (Visitor, error) {
	v, expires, err := parse[Visitor](&k.visitor, s)
	v.Expires = expires
	return v, err
}

// Recovery is what a Socket.IO client holds to be recognised after a lost connection, by whichever
// gateway it comes to: its socket's id, and whose socket it was.
type Recovery struct {
	Socket  string  `json:"i"`
	Visitor Visitor `json:"v"`
}

func (r Recovery) check() error {
	return errors.Join(required("socket", r.Socket), r.Visitor.check())
}

// SignRecovery makes a token. A zero r.Visitor.Expires means [VisitorLifetime] from now; later is an error.
func (k *Keys) SignRecovery(r Recovery) (string, error) {
	return sign(&k.recovery, r, r.Visitor.Expires)
}

// ParseRecovery verifies a token. It fails with [ErrExpired] or [ErrInvalid] and nothing else.
func (k *Keys) ParseRecovery(s string) (Recovery, error) {
	r, expires, err := parse[Recovery](&k.recovery, s)
	r.Visitor.Expires = expires
	return r, err
}

// Session is a signed-in person. Rights taken away work on until the token expires, at most
// [SessionLifetime].
type Session struct {
	UserID  string        `json:"u"`
	Name    string        `json:"n,omitempty"`
	Role    configv1.Role `json:"r"`
	Bots    []string      `json:"b,omitempty"` // none means all
	Expires time.Time     `json:"-"`           // to the second
}

func (s Session) check() error {
	if s.Role == configv1.Role_ROLE_UNSPECIFIED {
		return errors.New("role: unspecified, expected a role")
	}
	for i, b := range s.Bots {
		if err := required(fmt.Sprintf("bots[%d]", i), b); err != nil {
			return err
		}
	}
	return errors.Join(required("user id", s.UserID), text("name", s.Name))
}

// SignSession makes a token. A zero s.Expires means [SessionLifetime] from now; later is an error.
func (k *Keys) SignSession(s Session) (string, error) { return sign(&k.session, s, s.Expires) }

// ParseSession verifies a token. It fails with [ErrExpired] or [ErrInvalid] and nothing else.
func (k *Keys) ParseSession(s string) (Session, error) {
	p, expires, err := parse[Session](&k.session, s)
	p.Expires = expires
	return p, err
}

// Service is one of our own services calling another.
type Service struct {
	Name string `json:"n"`
	// Audience is the full name of the gRPC service that is called, such as
	// switchboard.gateway.v1.GatewayService. Empty means any; the verifier compares.
	Audience string    `json:"a,omitempty"`
	Expires  time.Time `json:"-"` // to the second
}

func (s Service) check() error {
	switch s.Name {
	case Gateway, Scenario, History, Operator, Config:
		return text("audience", s.Audience)
	}
	return fmt.Errorf("service name: %q, expected gateway, scenario, history, operator or config", s.Name)
}

// SignService makes a token. A zero s.Expires means [ServiceLifetime] from now; later is an error.
func (k *Keys) SignService(s Service) (string, error) { return sign(&k.service, s, s.Expires) }

// ParseService verifies a token. It fails with [ErrExpired] or [ErrInvalid] and nothing else; the
// caller compares the audience.
func (k *Keys) ParseService(s string) (Service, error) {
	if p, ok := k.verified.get(s); ok {
		return p, nil
	}
	p, expires, err := parse[Service](&k.service, s)
	p.Expires = expires
	if err == nil {
		k.verified.put(s, p)
	}
	return p, err
}
