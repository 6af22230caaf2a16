package gateway_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// signs is what the site's server signs of a visitor; user may be empty.
func (s *site) signs(user string, params any, good time.Duration) string {
	s.t.Helper()
	secret := try[string](s.t)(s.tokens.IdentitySecret("1", 0))
	claims := jwt.MapClaims{"aud": token.ParamsAudience, "params": params, "exp": time.Now().Add(good).Unix()}
	if user != "" {
		claims["sub"] = user
	}
	return try[string](s.t)(jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret)))
}

// in connects, says something and returns the session with what the log has of it.
func (s *site) in(auth map[string]any, frame map[string]any) (event, *chatv1.Message) {
	s.t.Helper()
	c := s.dial(shop)
	if got := c.connect(auth); !strings.HasPrefix(got, "40{") {
		s.t.Fatalf("CONNECT: %s", got)
	}
	session := c.next()
	ack, _ := c.emit("message", frame)
	if ack.field("ok") != "true" {
		s.t.Fatalf("message: %s", ack.args)
	}
	return session, s.stored(session.field("conversation"), ack.field("offset"))
}

type params = map[string]any

func wantParams(t *testing.T, m *chatv1.Message, page, trusted params) {
	t.Helper()
	if diff := cmp.Diff(page, m.GetParams().AsMap(), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("params differ (-want +got):\n%s", diff)
	}
	if (trusted == nil) != (m.GetTrustedParams() == nil) {
		t.Fatalf("trusted %v, want %v", m.GetTrustedParams(), trusted)
	}
	if diff := cmp.Diff(trusted, m.GetTrustedParams().AsMap()); trusted != nil && diff != "" {
		t.Errorf("trusted differ (-want +got):\n%s", diff)
	}
}

// What the site's server has signed is over what the page says, now and later, and is marked.
func TestTrustedParams(t *testing.T) {
	s := newSite(t)
	gold := s.signs("", params{"plan": "gold", "user": params{"age": 30.0}}, time.Minute)
	page := params{"plan": "free", "lang": "uk"}
	session, m := s.in(map[string]any{"bot_id": "1", "params_token": gold, "params_from_site": page}, say(newID(), "Hi"))
	signed := params{"plan": "gold", "user": params{"age": 30.0}}
	wantParams(t, m, params{"plan": "gold", "lang": "uk", "user": params{"age": 30.0}}, signed)

	change := map[string]any{"id": newID(), "type": "params", "params_from_site": params{"plan": "platinum", "user": 1.0, "x": true}}
	auth := map[string]any{"token": session.field("token"), "params_token": gold}
	_, m = s.in(auth, change)
	wantParams(t, m, params{"plan": "gold", "user": params{"age": 30.0}, "x": true}, signed)

	delete(auth, "params_token")
	_, m = s.in(auth, say(newID(), "nothing signed"))
	wantParams(t, m, nil, nil)
	auth["params_token"] = s.signs("", params{}, time.Minute)
	_, m = s.in(auth, say(newID(), "signed that there are none"))
	wantParams(t, m, nil, params{})
}

// Parameters of one user are of no use to another.
func TestTrustedParamsOfAUser(t *testing.T) {
	s := newSite(t)
	olena := s.identity("olena", 0, time.Minute)
	signed := s.signs("olena", params{"plan": "gold"}, time.Minute)
	for name, auth := range map[string]map[string]any{
		"verified": {"bot_id": "1", "user_token": olena, "params_token": signed},
		"claimed":  {"bot_id": "1", "user_id": "olena", "params_token": signed},
		"of all":   {"bot_id": "1", "user_token": olena, "params_token": s.signs("", params{"plan": "gold"}, time.Minute)},
	} {
		_, m := s.in(auth, say(newID(), name))
		wantParams(t, m, params{"plan": "gold"}, params{"plan": "gold"})
	}
	for name, auth := range map[string]map[string]any{
		"another":         {"user_token": s.identity("ivan", 0, time.Minute), "params_token": signed},
		"another's claim": {"user_id": "ivan", "params_token": signed},
		"a guest":         {"params_token": signed},
		"an identity":     {"params_token": olena},
		"as an identity":  {"user_token": signed},
		"a forged one":    {"params_token": signed[:len(signed)-4] + "AAAA"},
		"expired":         {"params_token": s.signs("", params{}, -time.Minute)},
		"no object":       {"params_token": s.signs("", "gold", time.Minute)},
		"too many":        {"params_token": s.signs("", many(65), time.Minute)},
		"too deep":        {"params_token": s.signs("", nested(20), time.Minute)},
		"too large":       {"params_token": s.signs("", params{"a": strings.Repeat("x", 8<<10)}, time.Minute)},
	} {
		t.Run(name, func(t *testing.T) {
			auth["bot_id"] = "1"
			want := `"code":"params_invalid"`
			switch name {
			case "expired":
				want = `"code":"params_expired"`
			case "as an identity":
				want = `"code":"identity_invalid"`
			}
			if got := s.dial(shop).connect(auth); !strings.HasPrefix(got, "44{") || !strings.Contains(got, want) || !strings.Contains(got, `"field":"auth.`) {
				t.Errorf("CONNECT: %s, want %s", got, want)
			}
		})
	}
}

func many(n int) params {
	p := params{}
	for range n {
		p[newID()] = 1
	}
	return p
}

// A page that stays open connects again with what it has: that has expired by then, and is good for whoever
// has brought it while it was fresh, by token or private id, and for nobody else.
func TestTrustedParamsStayWithTheVisitor(t *testing.T) {
	s := newSite(t)
	signed := s.signs("", params{"plan": "gold"}, 2*time.Second-token.Leeway)
	c := s.dial(shop)
	pid := identified(t, c.connect(map[string]any{"bot_id": "1", "params_token": signed})).PID
	session := c.next()
	eventually.Succeeds(t, "they have expired", func() error {
		if _, err := s.tokens.ParseParams(signed, "1", 0); err == nil {
			return errors.New("still good")
		}
		return nil
	})
	for name, auth := range map[string]map[string]any{
		"by token":      {"token": session.field("token")},
		"by private id": {"bot_id": "1", "pid": pid},
		"a renewed one": {"token": s.ask(map[string]string{"token": session.field("token")}).Token},
	} {
		auth["params_token"] = signed
		_, m := s.in(auth, say(newID(), name))
		wantParams(t, m, params{"plan": "gold"}, params{"plan": "gold"})
	}
	_, stranger := s.visit()
	for name, auth := range map[string]map[string]any{
		"somebody new": {"bot_id": "1", "params_token": signed},
		"a stranger":   {"token": stranger.field("token"), "params_token": signed},
		"with another": {"token": session.field("token"), "params_token": s.signs("", params{"plan": "gold", "x": 1}, -time.Minute)},
	} {
		if got := s.dial(shop).connect(auth); !strings.Contains(got, `"code":"params_expired"`) {
			t.Errorf("%s: %s, want params_expired", name, got)
		}
	}
}
