package token_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/switchboard-chat/switchboard/internal/token"
)

func TestParseParams(t *testing.T) {
	k := identityKeys(t, "a")
	secret := secretOf(t, k, "1", 3)
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	with := func(change jwt.MapClaims) jwt.MapClaims {
		c := jwt.MapClaims{"aud": token.ParamsAudience, "sub": "u-17", "exp": in(time.Minute), "params": map[string]any{"plan": "gold"}}
		for name, v := range change {
			if c[name] = v; v == nil {
				delete(c, name)
			}
		}
		return c
	}
	hs256 := func(key []byte, change jwt.MapClaims) string {
		return signed(t, jwt.SigningMethodHS256, key, with(change))
	}
	for name, tt := range map[string]struct {
		token string
		user  string
		err   error
	}{
		"of a user":         {hs256(secret, nil), "u-17", nil},
		"of whoever":        {hs256(secret, jwt.MapClaims{"sub": nil}), "", nil},
		"several audiences": {hs256(secret, jwt.MapClaims{"aud": []string{"x", token.ParamsAudience}}), "u-17", nil},
		"the secret before": {hs256(secretOf(t, k, "1", 2), nil), "u-17", nil},
		"expired":           {hs256(secret, jwt.MapClaims{"exp": in(-time.Minute)}), "u-17", token.ErrExpired},
	} {
		got, err := k.ParseParams(tt.token, "1", 3, 2)
		if !errors.Is(err, tt.err) || got.UserID != tt.user || string(got.Values) != `{"plan":"gold"}` {
			t.Errorf("%s: %s %s, %v, want those of %q and %v", name, got.UserID, got.Values, err, tt.user, tt.err)
		}
	}
	identity := signed(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"sub": "u-17", "exp": in(time.Minute)})
	for name, s := range map[string]string{
		"nothing":             "",
		"rubbish":             "x.y.z",
		"an identity":         identity,
		"an expired identity": signed(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"sub": "u-17", "exp": in(-time.Minute)}),
		"another audience":    hs256(secret, jwt.MapClaims{"aud": "switchboard"}),
		"another bot's":       hs256(secretOf(t, k, "2", 3), nil),
		"an older secret":     hs256(secretOf(t, k, "1", 1), nil),
		"another algorithm":   signed(t, jwt.SigningMethodHS512, secret, with(nil)),
		"not signed":          signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, with(nil)),
		"without exp":         hs256(secret, jwt.MapClaims{"exp": nil}),
		"for too long":        hs256(secret, jwt.MapClaims{"exp": in(time.Hour)}),
		"no params":           hs256(secret, jwt.MapClaims{"params": nil}),
		"a list":              hs256(secret, jwt.MapClaims{"params": []int{1}}),
		"a long sub":          hs256(secret, jwt.MapClaims{"sub": strings.Repeat("u", 129)}),
		"endless":             hs256(secret, jwt.MapClaims{"params": map[string]any{"a": strings.Repeat("x", 12<<10)}}),
	} {
		if got, err := k.ParseParams(s, "1", 3, 2); !errors.Is(err, token.ErrInvalid) || got.Values != nil {
			t.Errorf("%s: %+v, %v, want ErrInvalid", name, got, err)
		}
	}
	for name, s := range map[string]string{"good": hs256(secret, nil), "expired": hs256(secret, jwt.MapClaims{"exp": in(-time.Minute)})} {
		if got, err := k.ParseIdentity(s, "1", 3); !errors.Is(err, token.ErrInvalid) || got != (token.Identity{}) {
			t.Errorf("%s parameters as an identity: %+v, %v, want ErrInvalid", name, got, err)
		}
	}
}
