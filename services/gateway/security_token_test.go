package gateway_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// An origin that has a right to a token of its own does not get at one of another site, bot or key.
func TestForeignTokens(t *testing.T) {
	s := newSiteWith(t, crowded())
	defer http.DefaultClient.CloseIdleConnections()
	other := "https://other.example.com"
	s.set(&configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop, other}, Uploads: on, Version: 2})
	s.set(&configv1.Bot{Id: "2", Name: "Other", AllowedOrigins: []string{shop}, Uploads: on, Version: 1})

	visitor := token.Visitor{Bot: "1", Visitor: newID(), Conversation: newID(), Site: shop}
	genuine := try[string](t)(s.tokens.SignVisitor(visitor))
	strange := try[*token.Keys](t)(token.NewKeys(bytes.Repeat([]byte("s"), token.MinSecret)))
	late := visitor
	late.Expires = time.Now().Add(-time.Minute)
	parts := strings.Split(genuine, ".")

	bad := map[string]struct{ token, code string }{
		"of another key":           {try[string](t)(strange.SignVisitor(visitor)), "token_invalid"},
		"expired":                  {try[string](t)(s.tokens.SignVisitor(late)), "token_expired"},
		"a recovery":               {try[string](t)(s.tokens.SignRecovery(token.Recovery{Socket: "x", Visitor: visitor})), "token_invalid"},
		"a person's session":       {try[string](t)(s.tokens.SignSession(token.Session{UserID: "u", Role: configv1.Role_ROLE_ADMIN})), "token_invalid"},
		"a service's":              {try[string](t)(s.tokens.SignService(token.Service{Name: token.Gateway})), "token_invalid"},
		"an identity":              {s.identity("olena", 0, time.Minute), "token_invalid"},
		"without its signature":    {parts[0] + "." + parts[1] + ".", "token_invalid"},
		"cut":                      {genuine[:len(genuine)-1], "token_invalid"},
		"cut at the payload":       {parts[0] + "." + parts[1][:len(parts[1])/2] + "." + parts[2], "token_invalid"},
		"with another signature":   {parts[0] + "." + parts[1] + "." + strings.Split(another(t, s, visitor), ".")[2], "token_invalid"},
		"with something behind":    {genuine + ".x", "token_invalid"},
		"with a line break":        {genuine[:10] + "\n" + genuine[10:], "token_invalid"},
		"padded":                   {genuine + "=", "token_invalid"},
		"in another alphabet":      {parts[0] + "." + parts[1] + "+." + parts[2], "token_invalid"},
		"of no algorithm":          {forge(t, map[string]any{"alg": "none", "typ": "visitor+jwt"}, visitor, nil), "token_invalid"},
		"of no algorithm, shouted": {forge(t, map[string]any{"alg": "NONE", "typ": "visitor+jwt"}, visitor, nil), "token_invalid"},
		"with a key of its own":    {forge(t, map[string]any{"alg": "HS256", "typ": "visitor+jwt", "jwk": map[string]any{"kty": "oct", "k": "a2s"}, "kid": "../../dev/null"}, visitor, []byte("kk")), "token_invalid"},
		"with an empty key":        {forge(t, map[string]any{"alg": "HS256", "typ": "visitor+jwt"}, visitor, []byte{}), "token_invalid"},
		"as if by RSA":             {forge(t, map[string]any{"alg": "RS256", "typ": "visitor+jwt"}, visitor, []byte("kk")), "token_invalid"},
		"very long":                {strings.Repeat("a", 9000), "token_invalid"},
		"not ASCII":                {"é.é.é", "token_invalid"},
		"dots":                     {"..", "token_invalid"},
	}
	for name, tt := range bad {
		for transport, enter := range transports {
			if got := enter(s, http.Header{"Origin": {shop}}, map[string]any{"token": tt.token}); !strings.Contains(got, tt.code) {
				t.Errorf("%s, %s: %.300s, want %s", transport, name, got, tt.code)
			}
		}
		if len(tt.token) > 8<<10 || strings.ContainsAny(tt.token, "\né") {
			continue // no header
		}
		if status, _, code := s.upload(tt.token, "a.txt", strings.NewReader("x")); status != http.StatusUnauthorized || code != tt.code {
			t.Errorf("upload, %s: %d %s, want %s", name, status, code, tt.code)
		}
		ask := try[[]byte](t)(json.Marshal(map[string]string{"bot_id": "1", "site": shop, "token": tt.token}))
		var a answer
		if _, body := s.token(string(ask)); json.Unmarshal([]byte(body), &a) != nil || a.Renewed || a.Conversation == visitor.Conversation || a.Conversation == "" {
			t.Errorf("token for %s: %s, want a new visitor", name, body)
		}
		if slices.Contains([]string{"a recovery", "very long"}, name) {
			continue
		}
		if got := transports["websocket"](s, http.Header{"Origin": {shop}}, map[string]any{"pid": tt.token}); !strings.Contains(got, "token_missing") {
			t.Errorf("recovery by %s: %s", name, got)
		}
		if got := transports["websocket"](s, http.Header{"Origin": {shop}}, map[string]any{"bot_id": "1", "user_token": tt.token}); name != "an identity" && !strings.Contains(got, "identity_") {
			t.Errorf("identity by %s: %s", name, got)
		}
	}
	for name, value := range map[string]string{"a visitor": genuine, "a recovery": bad["a recovery"].token} {
		if got := transports["websocket"](s, http.Header{"Origin": {shop}}, map[string]any{"bot_id": "1", "user_token": value}); !strings.Contains(got, "identity_invalid") {
			t.Errorf("identity by the token of %s: %s", name, got)
		}
	}
	if got := transports["websocket"](s, http.Header{"Origin": {shop}}, map[string]any{"pid": genuine}); !strings.Contains(got, "token_missing") {
		t.Errorf("recovery by a visitor's token: %s", got)
	}

	// A genuine one is good for its own bot and site alone.
	for name, tt := range map[string]struct {
		origin, want string
		auth         map[string]any
	}{
		"of another bot":                   {shop, "token_invalid", map[string]any{"token": genuine, "bot_id": "2"}},
		"of another site that is welcome":  {other, "origin_forbidden", map[string]any{"token": genuine}},
		"recovery on another site":         {other, "origin_forbidden", map[string]any{"pid": bad["a recovery"].token}},
		"recovery of another bot":          {other, "origin_forbidden", map[string]any{"pid": bad["a recovery"].token, "bot_id": "2"}},
		"on its own":                       {shop, "40{", map[string]any{"token": genuine}},
		"on its own, naming its bot again": {shop, "40{", map[string]any{"token": genuine, "bot_id": "1"}},
	} {
		for transport, enter := range transports {
			if transport == "revision 3" && tt.want == "40{" {
				tt.want = "40"
			}
			if got := enter(s, http.Header{"Origin": {tt.origin}}, tt.auth); !strings.Contains(got, tt.want) {
				t.Errorf("%s, %s: %s, want %s", transport, name, got, tt.want)
			}
		}
	}
	for name, ask := range map[string]map[string]string{
		"another bot":  {"bot_id": "2", "site": shop, "token": genuine},
		"another site": {"bot_id": "1", "site": other, "token": genuine},
		"another user": {"bot_id": "1", "site": shop, "token": genuine, "user_id": "olena"},
	} {
		var a answer
		_, body := s.token(string(try[[]byte](t)(json.Marshal(ask))))
		if json.Unmarshal([]byte(body), &a) != nil || a.Renewed || a.Conversation == visitor.Conversation || a.Visitor == visitor.Visitor {
			t.Errorf("renewed for %s: %s", name, body)
		}
	}
	// Ours are no key to the services, nor theirs to us: the scheme says what a credential is.
	for _, scheme := range []string{"Service ", "API-Key ", "Basic ", "bearer", ""} {
		if status, _, code := s.upload("", "a.txt", strings.NewReader("x"), func(r *http.Request) { r.Header.Set("Authorization", scheme+genuine) }); status != http.StatusUnauthorized {
			t.Errorf("upload with %q: %d %s", scheme, status, code)
		}
	}
}
