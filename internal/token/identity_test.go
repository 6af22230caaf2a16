package token_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/switchboard-chat/switchboard/internal/token"
)

func identityKeys(t *testing.T, masters ...string) *token.Keys {
	t.Helper()
	var secrets [][]byte
	for _, m := range masters {
		secrets = append(secrets, bytes.Repeat([]byte(m), token.MinSecret))
	}
	k, err := token.NewKeys(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signed is what a site's server makes, with the library of its choice.
func signed(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	s, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func secretOf(t *testing.T, k *token.Keys, bot string, version int32) []byte {
	t.Helper()
	s, err := k.IdentitySecret(bot, version)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(s)
}

func TestParseIdentity(t *testing.T) {
	k := identityKeys(t, "a")
	secret := secretOf(t, k, "1", 3)
	in := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	good := jwt.MapClaims{"sub": "u-17", "exp": in(time.Minute)}

	got, err := k.ParseIdentity(signed(t, jwt.SigningMethodHS256, secret, good), "1", 3)
	if err != nil || got.UserID != "u-17" {
		t.Errorf("ParseIdentity() = %+v, %v, want u-17", got, err)
	}
	if _, err := k.ParseIdentity(signed(t, jwt.SigningMethodHS256, secretOf(t, k, "1", 2), good), "1", 3, 2); err != nil {
		t.Errorf("the secret before: %v", err)
	}
	rotated := identityKeys(t, "b", "a")
	if _, err := rotated.ParseIdentity(signed(t, jwt.SigningMethodHS256, secret, good), "1", 3); err != nil {
		t.Errorf("a secret of the master before: %v", err)
	}
	expired, err := k.ParseIdentity(signed(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"sub": "u-17", "exp": in(-time.Minute)}), "1", 3)
	if !errors.Is(err, token.ErrExpired) || expired.UserID != "u-17" {
		t.Errorf("expired: %+v, %v, want ErrExpired and who it was", expired, err)
	}

	for name, s := range map[string]string{
		"nothing":           "",
		"rubbish":           "x.y.z",
		"another bot's":     signed(t, jwt.SigningMethodHS256, secretOf(t, k, "2", 3), good),
		"an older secret":   signed(t, jwt.SigningMethodHS256, secretOf(t, k, "1", 2), good),
		"another algorithm": signed(t, jwt.SigningMethodHS512, secret, good),
		"not signed":        signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good),
		"without exp":       signed(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"sub": "u"}),
		"for too long":      signed(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"sub": "u", "exp": in(time.Hour)}),
		"not yet":           signed(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"sub": "u", "exp": in(time.Minute), "nbf": in(30 * time.Second)}),
		"without sub":       signed(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"exp": in(time.Minute)}),
		"a number for sub":  signed(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"sub": 7, "exp": in(time.Minute)}),
		"a long sub":        signed(t, jwt.SigningMethodHS256, secret, jwt.MapClaims{"sub": strings.Repeat("u", 129), "exp": in(time.Minute)}),
		"endless":           strings.Repeat("x", 9<<10),
	} {
		if got, err := k.ParseIdentity(s, "1", 3); !errors.Is(err, token.ErrInvalid) || got != (token.Identity{}) {
			t.Errorf("%s: %+v, %v, want ErrInvalid", name, got, err)
		}
	}
}
