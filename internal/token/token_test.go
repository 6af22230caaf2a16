package token_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

func secret(fill byte) []byte { return []byte(strings.Repeat(string(rune(fill)), token.MinSecret)) }

func newKeys(tb testing.TB, secrets ...[]byte) *token.Keys {
	tb.Helper()
	k, err := token.NewKeys(secrets...)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func sign(tb testing.TB) func(string, error) string {
	return func(s string, err error) string {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return s
	}
}

var visitor = token.Visitor{
	Bot: "1", Visitor: "019a8f3e-6f2b-7c41-9d3a-5b8e2f1c0a77",
	Conversation: "019a8f3e-6f2b-7c41-9d3a-5b8e2f1c0a78", Site: "https://shop.example.com", UserID: "ю-17",
}

var recovery = token.Recovery{Socket: "4f7KxH9aQ2mPzL0sWc1B", Visitor: visitor}

var session = token.Session{
	UserID: "u1", Name: "Олена", Role: configv1.Role_ROLE_OPERATOR, Bots: []string{"1", "2"},
}

func TestNewKeysRefusesWeakSecrets(t *testing.T) {
	for name, secrets := range map[string][][]byte{
		"none":         nil,
		"short":        {secret('a')[1:]},
		"second short": {secret('a'), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := token.NewKeys(secrets...); err == nil {
				t.Error("NewKeys() succeeded, want an error")
			}
		})
	}
}

func TestRoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, now := newKeys(t, secret('a')), time.Now()

		v, err := k.ParseVisitor(sign(t)(k.SignVisitor(visitor)))
		want := visitor
		want.Expires = now.Add(token.VisitorLifetime).Truncate(time.Second)
		if diff := cmp.Diff(want, v); err != nil || diff != "" {
			t.Errorf("visitor: %v, diff (-want +got):\n%s", err, diff)
		}

		r, err := k.ParseRecovery(sign(t)(k.SignRecovery(recovery)))
		if diff := cmp.Diff(token.Recovery{Socket: recovery.Socket, Visitor: want}, r); err != nil || diff != "" {
			t.Errorf("recovery: %v, diff (-want +got):\n%s", err, diff)
		}

		s, err := k.ParseSession(sign(t)(k.SignSession(session)))
		wantSession := session
		wantSession.Expires = now.Add(token.SessionLifetime).Truncate(time.Second)
		if diff := cmp.Diff(wantSession, s); err != nil || diff != "" {
			t.Errorf("session: %v, diff (-want +got):\n%s", err, diff)
		}

		wantService := token.Service{Name: token.Scenario, Audience: "a.v1.B", Expires: now.Add(time.Minute)}
		got, err := k.ParseService(sign(t)(k.SignService(wantService)))
		if diff := cmp.Diff(wantService, got); err != nil || diff != "" {
			t.Errorf("service: %v, diff (-want +got):\n%s", err, diff)
		}
	})
}

func TestVisitorTokenIsCompact(t *testing.T) {
	v := visitor
	v.UserID = ""
	if s := sign(t)(newKeys(t, secret('a')).SignVisitor(v)); len(s) > 340 {
		t.Errorf("%d bytes, want at most 340: %s", len(s), s)
	}
}

func TestSignRefuses(t *testing.T) {
	k := newKeys(t, secret('a'))
	for name, try := range map[string]func() (string, error){
		"visitor without bot": func() (string, error) {
			return k.SignVisitor(token.Visitor{Visitor: "v", Conversation: "c"})
		},
		"visitor with invalid UTF-8": func() (string, error) {
			return k.SignVisitor(token.Visitor{Bot: "1", Visitor: "v", Conversation: "c", UserID: "\xff"})
		},
		"visitor that outlives the limit": func() (string, error) {
			v := visitor
			v.Expires = time.Now().Add(token.VisitorLifetime + time.Hour)
			return k.SignVisitor(v)
		},
		"visitor too long": func() (string, error) {
			v := visitor
			v.UserID = strings.Repeat("x", 9000)
			return k.SignVisitor(v)
		},
		"session without role": func() (string, error) { return k.SignSession(token.Session{UserID: "u"}) },
		"session with an empty bot": func() (string, error) {
			return k.SignSession(token.Session{UserID: "u", Role: configv1.Role_ROLE_ADMIN, Bots: []string{""}})
		},
		"unknown service": func() (string, error) { return k.SignService(token.Service{Name: "billing"}) },
	} {
		t.Run(name, func(t *testing.T) {
			if s, err := try(); err == nil {
				t.Errorf("signed %q, want an error", s)
			}
		})
	}
}

func TestDerivedKeysDiffer(t *testing.T) {
	seen := make(map[string]string)
	for name, k := range map[string]*token.Keys{
		"a": newKeys(t, secret('a')), "b": newKeys(t, secret('b')), "b then a": newKeys(t, secret('b'), secret('a')),
	} {
		for _, use := range []string{"x", "y"} {
			key, err := k.Derive(use)
			if err != nil || len(key) != 32 {
				t.Fatalf("Derive(%s) = %d bytes, %v, want 32", use, len(key), err)
			}
			what := strings.TrimSuffix(name, " then a") + "/" + use // the first secret decides
			if was, ok := seen[string(key)]; ok && was != what {
				t.Errorf("%s and %s have the same key", was, what)
			}
			seen[string(key)] = what
		}
	}
	if len(seen) != 4 {
		t.Errorf("%d keys, want 4", len(seen))
	}
}

// Whatever was signed before a rotation is good until its secret is dropped.
func TestDeriveAll(t *testing.T) {
	before, after := newKeys(t, secret('a')), newKeys(t, secret('b'), secret('a'))
	old, err := before.Derive("x")
	if err != nil {
		t.Fatal(err)
	}
	first, err := after.Derive("x")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := after.DeriveAll("x")
	if err != nil || len(keys) != 2 || !bytes.Equal(keys[0], first) || !bytes.Equal(keys[1], old) {
		t.Errorf("DeriveAll = %x, %v, want %x and %x", keys, err, first, old)
	}
}

// parsers try a string as each purpose.
func parsers(k *token.Keys) map[string]func(string) error {
	return map[string]func(string) error{
		"visitor":  func(s string) error { _, err := k.ParseVisitor(s); return err },
		"recovery": func(s string) error { _, err := k.ParseRecovery(s); return err },
		"session":  func(s string) error { _, err := k.ParseSession(s); return err },
		"service":  func(s string) error { _, err := k.ParseService(s); return err },
	}
}

func tokens(tb testing.TB, k *token.Keys) map[string]string {
	return map[string]string{
		"visitor":  sign(tb)(k.SignVisitor(visitor)),
		"recovery": sign(tb)(k.SignRecovery(recovery)),
		"session":  sign(tb)(k.SignSession(session)),
		"service":  sign(tb)(k.SignService(token.Service{Name: token.Gateway})),
	}
}

func TestPurposesAreSeparate(t *testing.T) {
	k := newKeys(t, secret('a'))
	for made, s := range tokens(t, k) {
		for tried, parse := range parsers(k) {
			err := parse(s)
			if want := made == tried; (err == nil) != want {
				t.Errorf("%s token parsed as %s: %v, want success %v", made, tried, err, want)
			} else if err != nil && !errors.Is(err, token.ErrInvalid) {
				t.Errorf("%s token parsed as %s: %v, want %v", made, tried, err, token.ErrInvalid)
			}
		}
	}
}

func TestExpiry(t *testing.T) {
	for name, lifetime := range map[string]time.Duration{
		"visitor": token.VisitorLifetime, "recovery": token.VisitorLifetime, "session": token.SessionLifetime, "service": token.ServiceLifetime,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				k := newKeys(t, secret('a'))
				s, parse := tokens(t, k)[name], parsers(k)[name]
				time.Sleep(lifetime)
				if err := parse(s); err != nil {
					t.Errorf("at its end: %v, want the leeway of %v", err, token.Leeway)
				}
				time.Sleep(token.Leeway)
				if err := parse(s); !errors.Is(err, token.ErrExpired) {
					t.Errorf("after its end: %v, want %v", err, token.ErrExpired)
				}
				forged := newKeys(t, secret('b'))
				if err := parsers(forged)[name](s); !errors.Is(err, token.ErrInvalid) {
					t.Errorf("expired and of another secret: %v, want %v", err, token.ErrInvalid)
				}
			})
		})
	}
}

func TestRotation(t *testing.T) {
	before, during, after := newKeys(t, secret('a')), newKeys(t, secret('b'), secret('a')), newKeys(t, secret('b'))
	old, fresh := sign(t)(before.SignVisitor(visitor)), sign(t)(during.SignVisitor(visitor))
	for name, tt := range map[string]struct {
		keys  *token.Keys
		token string
		want  error
	}{
		"old while both are known":  {during, old, nil},
		"new while both are known":  {during, fresh, nil},
		"new before its secret":     {before, fresh, token.ErrInvalid},
		"old after its secret":      {after, old, token.ErrInvalid},
		"new after the old secret":  {after, fresh, nil},
		"old before the new secret": {before, old, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tt.keys.ParseVisitor(tt.token); !errors.Is(err, tt.want) {
				t.Errorf("ParseVisitor() = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestForgeries(t *testing.T) {
	k := newKeys(t, secret('a'))
	s := sign(t)(k.SignVisitor(visitor))
	part := strings.Split(s, ".")
	encode := base64.RawURLEncoding.EncodeToString
	claims := jwt.MapClaims{"p": map[string]any{"b": "1", "v": "v", "c": "c"}, "exp": time.Now().Add(time.Hour).Unix()}
	signed := func(m jwt.SigningMethod, key any) string {
		j := jwt.NewWithClaims(m, claims)
		j.Header["typ"] = "visitor+jwt"
		return sign(t)(j.SignedString(key))
	}
	tries := map[string]string{
		"empty":           "",
		"not a token":     "abc",
		"two parts":       part[0] + "." + part[1],
		"four parts":      s + "." + part[2],
		"no signature":    part[0] + "." + part[1] + ".",
		"alg none":        encode([]byte(`{"alg":"none","typ":"visitor+jwt"}`)) + "." + part[1] + ".",
		"alg none signed": signed(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"alg HS512":       signed(jwt.SigningMethodHS512, secret('a')),
		"master secret":   signed(jwt.SigningMethodHS256, secret('a')),
		"line break":      s + "\n",
		"padding":         s + "=",
		"space":           " " + s,
		"huge":            s + strings.Repeat("A", 9000),
		"invalid UTF-8":   "\xff.\xfe.\xfd",
	}
	for i := range s {
		tries["cut to "+s[:i]] = s[:i]
		for bit := range 8 {
			b := []byte(s)
			b[i] ^= 1 << bit
			tries["flipped "+string(b)] = string(b)
		}
	}
	for name, try := range tries {
		if v, err := k.ParseVisitor(try); !errors.Is(err, token.ErrInvalid) || v != (token.Visitor{}) {
			t.Errorf("%s: ParseVisitor(%q) = %+v, %v, want nothing and %v", name, try, v, err, token.ErrInvalid)
		}
	}
}

// FuzzParse: what is accepted is byte for byte what signing its content gives, so nobody else made it.
func FuzzParse(f *testing.F) {
	k := newKeys(f, secret('a'))
	for _, s := range tokens(f, k) {
		f.Add(s)
	}
	f.Add("e30.e30.")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + ".e30.")
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := k.ParseVisitor(s); accepted(t, err) && sign(t)(k.SignVisitor(v)) != s {
			t.Errorf("ParseVisitor(%q) = %+v, which nobody signed", s, v)
		}
		if v, err := k.ParseSession(s); accepted(t, err) && sign(t)(k.SignSession(v)) != s {
			t.Errorf("ParseSession(%q) = %+v, which nobody signed", s, v)
		}
		if v, err := k.ParseService(s); accepted(t, err) && sign(t)(k.SignService(v)) != s {
			t.Errorf("ParseService(%q) = %+v, which nobody signed", s, v)
		}
	})
}

func accepted(t *testing.T, err error) bool {
	t.Helper()
	if err != nil && !errors.Is(err, token.ErrInvalid) && !errors.Is(err, token.ErrExpired) {
		t.Errorf("%v, want a sentinel", err)
	}
	return err == nil
}

func BenchmarkParseVisitor(b *testing.B) {
	k := newKeys(b, secret('a'))
	s := sign(b)(k.SignVisitor(visitor))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.ParseVisitor(s); err != nil {
			b.Fatal(err)
		}
	}
}
