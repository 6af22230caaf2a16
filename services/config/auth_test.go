package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const (
	rootEmail    = "root@example.com"
	rootPassword = "correct horse battery"
)

// bootstrapped returns a service with its first administrator.
func bootstrapped(t *testing.T) *fixture {
	t.Helper()
	f := start(t)
	created, err := f.Bootstrap(t.Context(), rootEmail, rootPassword)
	must(t, err)
	if !created {
		t.Fatal("Bootstrap() made nobody, want the first administrator")
	}
	return f
}

func (f *fixture) signIn(email, password string) (*configv1.SignInResponse, error) {
	return f.sign.SignIn(f.t.Context(), &configv1.SignInRequest{Email: email, Password: password})
}

func (f *fixture) refresh(token string) (*configv1.RefreshResponse, error) {
	return f.sign.Refresh(f.t.Context(), &configv1.RefreshRequest{RefreshToken: token})
}

// rewind makes the last refresh of every session look older.
func (f *fixture) rewind(d time.Duration) {
	f.t.Helper()
	docs, err := docstore.All[sessionDoc](f.t.Context(), f.auth.sessions.docs, docstore.Query{Limit: 1000})
	must(f.t, err)
	for _, doc := range docs {
		_, err := f.auth.sessions.docs.Update(f.t.Context(), []docstore.Cond{is("_id", doc.ID)}, docstore.Update{Set: bson.D{
			{Key: "rotated_at", Value: doc.RotatedAt.Add(-d)}, {Key: "expires", Value: doc.Expires.Add(-d)},
		}})
		must(f.t, err)
	}
}

func TestSignIn(t *testing.T) {
	f := bootstrapped(t)
	before := time.Now()
	in, err := f.signIn(" Root@Example.COM ", rootPassword)
	must(t, err)
	expires := in.GetTokens().GetExpiresAt().AsTime()
	if expires.Before(before.Add(token.SessionLifetime-time.Second)) || expires.After(time.Now().Add(token.SessionLifetime)) {
		t.Errorf("the access token expires at %v, want %v from now", expires, token.SessionLifetime)
	}
	want := &configv1.User{Id: in.GetUser().GetId(), Email: rootEmail, Name: "Administrator", Role: configv1.Role_ROLE_ADMIN}
	if diff := cmp.Diff(want, in.GetUser(), protocmp.Transform()); diff != "" {
		t.Errorf("user (-want +got):\n%s", diff)
	}
	me, err := f.sign.GetMe(header(t.Context(), "Bearer "+in.GetTokens().GetAccessToken()), &configv1.GetMeRequest{})
	must(t, err)
	if diff := cmp.Diff(want, me.GetUser(), protocmp.Transform()); diff != "" {
		t.Errorf("GetMe() (-want +got):\n%s", diff)
	}

	for name, tt := range map[string]struct {
		email, password string
		code            codes.Code
		says            string
	}{
		"wrong password": {rootEmail, rootPassword + "!", codes.Unauthenticated, "the e-mail or the password is wrong"},
		"unknown e-mail": {"nobody@example.com", rootPassword, codes.Unauthenticated, "the e-mail or the password is wrong"},
		"nothing":        {"", "", codes.Unauthenticated, "the e-mail or the password is wrong"},
		"long password":  {rootEmail, strings.Repeat("x", 257), codes.InvalidArgument, "password: expected at most 256 bytes"},
		"long e-mail":    {strings.Repeat("x", 255), "x", codes.InvalidArgument, "email: expected at most 254 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.signIn(tt.email, tt.password)
			wantCode(t, err, tt.code, tt.says)
		})
	}
	id := in.GetUser().GetId()
	got := strings.Join(f.entries(), "\n")
	for _, want := range []string{" user.bootstrap " + id, id + " sign-in " + id, " sign-in.refused " + rootEmail, " sign-in.refused nobody@example.com"} {
		if !strings.Contains(got, want) {
			t.Errorf("audit lacks %q:\n%s", want, got)
		}
	}
}

func TestSignInIsLimited(t *testing.T) {
	f := bootstrapped(t)
	_, err := f.signIn(rootEmail, "a wrong password")
	wantCode(t, err, codes.Unauthenticated, "wrong")
	for f.auth.limit.allow(rootEmail) { // as if there had been more
	}
	_, err = f.signIn(strings.ToUpper(rootEmail), rootPassword)
	wantCode(t, err, codes.ResourceExhausted, "too many attempts")
	var retry *errdetails.RetryInfo
	for _, d := range status.Convert(err).Details() {
		retry, _ = d.(*errdetails.RetryInfo)
	}
	if retry.GetRetryDelay().AsDuration() != emailEvery {
		t.Errorf("RetryInfo = %v, want %v", retry, emailEvery)
	}
	_, err = f.signIn("somebody.else@example.com", "x")
	wantCode(t, err, codes.Unauthenticated, "wrong")
}

func TestRefresh(t *testing.T) {
	f := bootstrapped(t)
	in, err := f.signIn(rootEmail, rootPassword)
	must(t, err)
	first := in.GetTokens().GetRefreshToken()

	r, err := f.refresh(first)
	must(t, err)
	second := r.GetTokens().GetRefreshToken()
	if second == first || r.GetUser().GetEmail() != rootEmail {
		t.Errorf("Refresh() gave token %q of %q, want a new one of %s", second, r.GetUser().GetEmail(), rootEmail)
	}
	if _, err := f.sign.GetMe(header(t.Context(), "Bearer "+r.GetTokens().GetAccessToken()), &configv1.GetMeRequest{}); err != nil {
		t.Errorf("GetMe() with the new access token = %v", err)
	}

	// The answer was lost: the same question has the same answer, for a while.
	again, err := f.refresh(first)
	must(t, err)
	if got := again.GetTokens().GetRefreshToken(); got != second {
		t.Errorf("a repeat gave %q, want the same %q", got, second)
	}
	r, err = f.refresh(second)
	must(t, err)
	third := r.GetTokens().GetRefreshToken()

	// Two steps back is no lost answer, however soon.
	_, err = f.refresh(first)
	wantCode(t, err, codes.Unauthenticated, "used before")
	_, err = f.refresh(third)
	wantCode(t, err, codes.Unauthenticated, "the session has ended")
	if got := strings.Join(f.entries(), "\n"); !strings.Contains(got, "refresh.reused") {
		t.Errorf("audit lacks the reuse:\n%s", got)
	}
}

func TestRefreshReusedLateEndsTheSession(t *testing.T) {
	f := bootstrapped(t)
	in, err := f.signIn(rootEmail, rootPassword)
	must(t, err)
	other, err := f.signIn(rootEmail, rootPassword)
	must(t, err)
	r, err := f.refresh(in.GetTokens().GetRefreshToken())
	must(t, err)
	f.rewind(refreshGrace + time.Second)
	_, err = f.refresh(in.GetTokens().GetRefreshToken())
	wantCode(t, err, codes.Unauthenticated, "used before")
	_, err = f.refresh(r.GetTokens().GetRefreshToken())
	wantCode(t, err, codes.Unauthenticated, "the session has ended")
	if _, err := f.refresh(other.GetTokens().GetRefreshToken()); err != nil {
		t.Errorf("another session of the user: %v, want that it goes on", err)
	}
}

func TestSessionsEnd(t *testing.T) {
	f := bootstrapped(t)
	session := func() string {
		in, err := f.signIn(rootEmail, rootPassword)
		must(t, err)
		return in.GetTokens().GetRefreshToken()
	}
	signOut := func(refresh string) {
		_, err := f.sign.SignOut(t.Context(), &configv1.SignOutRequest{RefreshToken: refresh})
		must(t, err)
	}
	gone := session()
	signOut(gone)
	signOut(gone) // once more is no error
	signOut("not a token")
	_, err := f.refresh(gone)
	wantCode(t, err, codes.Unauthenticated, "the session has ended")

	// A browser that signs out with the token before the newest one ends the session, too.
	old := session()
	r, err := f.refresh(old)
	must(t, err)
	signOut(old)
	_, err = f.refresh(r.GetTokens().GetRefreshToken())
	wantCode(t, err, codes.Unauthenticated, "the session has ended")

	expired := session()
	f.rewind(sessionLifetime + time.Second)
	_, err = f.refresh(expired)
	wantCode(t, err, codes.Unauthenticated, "the session has ended")

	for name, forged := range map[string]string{
		"empty": "", "short": "abc", "other alphabet": strings.Repeat("+", 64), "unknown": strings.Repeat("A", 64),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.refresh(forged)
			wantCode(t, err, codes.Unauthenticated, "the session has ended")
		})
	}
}

func TestSecretsAreNotStored(t *testing.T) {
	f := bootstrapped(t)
	in, err := f.signIn(rootEmail, rootPassword)
	must(t, err)
	key, err := f.manage.CreateApiKey(f.admin(), &configv1.CreateApiKeyRequest{Name: "x", Role: configv1.Role_ROLE_INTEGRATOR})
	must(t, err)
	for name, c := range map[string]docstore.Collection{
		"users": f.users.docs, "refresh": f.auth.sessions.docs, "api_keys": f.access.keys.docs, "audit": f.auth.audit.docs,
	} {
		found, err := c.Find(t.Context(), docstore.Query{Limit: 1000})
		must(t, err)
		if len(found) == 0 {
			t.Errorf("%s is empty", name)
		}
		for _, doc := range found {
			for what, secret := range map[string]string{
				"password": rootPassword, "refresh token": in.GetTokens().GetRefreshToken(), "key": key.GetSecret(),
			} {
				if strings.Contains(string(doc), secret) {
					t.Errorf("%s holds the %s", name, what)
				}
			}
		}
	}
}

func TestGetMeOfAMachine(t *testing.T) {
	f := start(t)
	key, err := f.manage.CreateApiKey(f.admin(), &configv1.CreateApiKeyRequest{Name: "CRM", Role: configv1.Role_ROLE_INTEGRATOR})
	must(t, err)
	f.await("the key", func() bool { return len(f.cache.Keys()) == 1 })
	me, err := f.sign.GetMe(header(t.Context(), "API-Key "+key.GetSecret()), &configv1.GetMeRequest{})
	must(t, err)
	want := &configv1.User{Name: "CRM", Role: configv1.Role_ROLE_INTEGRATOR}
	if diff := cmp.Diff(want, me.GetUser(), protocmp.Transform()); diff != "" {
		t.Errorf("GetMe() (-want +got):\n%s", diff)
	}
	_, err = f.sign.GetMe(f.admin(), &configv1.GetMeRequest{}) // a session of a user who is not in the record
	wantCode(t, err, codes.Unauthenticated, "the user is gone")
}

func TestBootstrapOnlyOnce(t *testing.T) {
	f := bootstrapped(t)
	for _, email := range []string{rootEmail, "second@example.com"} {
		if created, err := f.Bootstrap(t.Context(), email, rootPassword); created || err != nil {
			t.Errorf("Bootstrap(%s) = %v, %v, want false", email, created, err)
		}
	}
	for name, tt := range map[string][2]string{
		"e-mail": {"root", rootPassword}, "password": {rootEmail, "short"},
	} {
		if created, err := f.Bootstrap(t.Context(), tt[0], tt[1]); created || err == nil {
			t.Errorf("Bootstrap() with a bad %s = %v, %v, want an error", name, created, err)
		}
	}
}

func TestEnsureBot(t *testing.T) {
	f := start(t)
	must(t, f.EnsureBot(t.Context(), newBot("1")))
	f.await("the bot", func() bool { _, ok := f.cache.Bot("1"); return ok })
	other := newBot("1")
	other.Name = "another"
	must(t, f.EnsureBot(t.Context(), other))
	b, err := f.bots.bots.get(t.Context(), "1")
	must(t, err)
	if b.GetName() != "Bot 1" || b.GetVersion() != 1 {
		t.Errorf("bot = %v, want the first one, unchanged", b)
	}
	if err := f.EnsureBot(t.Context(), &configv1.Bot{Id: "2"}); err == nil || !strings.Contains(err.Error(), "name: expected") {
		t.Errorf("EnsureBot() of an invalid bot = %v, want an error that names the field", err)
	}
}
