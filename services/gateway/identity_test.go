package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/protobuf/types/known/timestamppb"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// identity is what the site's server signs for one of its users.
func (s *site) identity(user string, version int32, good time.Duration) string {
	s.t.Helper()
	secret := try[string](s.t)(s.tokens.IdentitySecret("1", version))
	claims := jwt.MapClaims{"sub": user, "exp": time.Now().Add(good).Unix()}
	return try[string](s.t)(jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret)))
}

// answer is what a frame gets for its request for a token.
type answer struct {
	Token, Conversation, Visitor string
	Renewed                      bool
	Error                        struct{ Code, Field string }
}

func (s *site) ask(fields map[string]string) answer {
	s.t.Helper()
	fields["bot_id"], fields["site"] = "1", shop
	_, body := s.token(string(try[[]byte](s.t)(json.Marshal(fields))))
	var a answer
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		s.t.Fatal(err)
	}
	return a
}

// A page that connects directly keeps the token in its own storage, also when another user signs in on it.
func TestTokenOfAnotherUser(t *testing.T) {
	s := newSite(t)
	olena := s.ask(map[string]string{"user_token": s.identity("olena", 0, time.Minute)})
	guest := s.ask(map[string]string{})
	for name, tt := range map[string]struct {
		token string
		auth  map[string]any
		want  string
	}{
		"herself":                 {olena.Token, map[string]any{"user_token": s.identity("olena", 0, time.Minute)}, olena.Conversation},
		"herself, a while ago":    {olena.Token, map[string]any{"user_token": s.identity("olena", 0, -time.Minute)}, olena.Conversation},
		"nobody says who":         {olena.Token, map[string]any{}, olena.Conversation},
		"another user":            {olena.Token, map[string]any{"user_token": s.identity("ivan", 0, time.Minute)}, `"code":"token_invalid"`},
		"who only says so":        {olena.Token, map[string]any{"user_id": "ivan"}, `"code":"token_invalid"`},
		"a guest who signs in":    {guest.Token, map[string]any{"user_token": s.identity("ivan", 0, time.Minute)}, `"code":"token_invalid"`},
		"an identity of no use":   {olena.Token, map[string]any{"user_token": "forged"}, `"code":"token_invalid"`},
		"one that is too old":     {guest.Token, map[string]any{"user_token": s.identity("ivan", 0, -time.Minute)}, `"code":"token_invalid"`},
		"a guest who says a name": {guest.Token, map[string]any{"user_id": "ivan"}, `"code":"token_invalid"`},
	} {
		tt.auth["token"], tt.auth["bot_id"] = tt.token, "1"
		c := s.dial(shop)
		got := c.connect(tt.auth)
		if strings.HasPrefix(got, "40{") {
			got = c.next().field("conversation")
		}
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// A verified user has one conversation, wherever they come from; nobody else gets into it.
func TestVerifiedUsers(t *testing.T) {
	s := newSite(t)
	olena := s.ask(map[string]string{"user_token": s.identity("olena", 0, time.Minute)})
	phone := s.ask(map[string]string{"user_token": s.identity("olena", 0, time.Minute), "user_id": "olena"})
	if olena.Conversation == "" || phone.Conversation != olena.Conversation || phone.Visitor != olena.Visitor {
		t.Errorf("on two devices: %+v and %+v, want one conversation", olena, phone)
	}
	for name, other := range map[string]answer{
		"another user":                   s.ask(map[string]string{"user_token": s.identity("ivan", 0, time.Minute)}),
		"a guest":                        s.ask(map[string]string{}),
		"who only says so":               s.ask(map[string]string{"user_id": "olena"}),
		"who left her token":             s.ask(map[string]string{"token": olena.Token}),
		"who says so, and has her token": s.ask(map[string]string{"token": olena.Token, "user_id": "olena"}),
		"another user with her token":    s.ask(map[string]string{"token": olena.Token, "user_token": s.identity("petro", 0, time.Minute)}),
	} {
		if other.Conversation == "" || other.Conversation == olena.Conversation || other.Renewed {
			t.Errorf("%s: %+v, want another conversation than %s", name, other, olena.Conversation)
		}
	}
	if again := s.ask(map[string]string{"token": olena.Token, "user_token": s.identity("olena", 0, time.Minute)}); !again.Renewed || again.Conversation != olena.Conversation {
		t.Errorf("back with her token: %+v", again)
	}
	if late := s.ask(map[string]string{"token": olena.Token, "user_token": s.identity("olena", 0, -time.Minute)}); !late.Renewed || late.Conversation != olena.Conversation {
		t.Errorf("back with her token and an old page: %+v", late)
	}
}

func TestIdentityRefused(t *testing.T) {
	s := newSite(t)
	olena := s.ask(map[string]string{"user_token": s.identity("olena", 0, time.Minute)})
	for name, tt := range map[string]struct {
		ask         map[string]string
		code, field string
	}{
		"expired":            {map[string]string{"user_token": s.identity("olena", 0, -time.Minute)}, "identity_expired", "user_token"},
		"expired, another's": {map[string]string{"user_token": s.identity("ivan", 0, -time.Minute), "token": olena.Token}, "identity_expired", "user_token"},
		"for too long":       {map[string]string{"user_token": s.identity("olena", 0, time.Hour)}, "identity_invalid", "user_token"},
		"another secret":     {map[string]string{"user_token": s.identity("olena", 1, time.Minute)}, "identity_invalid", "user_token"},
		"rubbish":            {map[string]string{"user_token": "x"}, "identity_invalid", "user_token"},
		"a visitor's token":  {map[string]string{"user_token": olena.Token}, "identity_invalid", "user_token"},
		"two names":          {map[string]string{"user_token": s.identity("olena", 0, time.Minute), "user_id": "ivan"}, "identity_invalid", "user_id"},
		"a long name":        {map[string]string{"user_id": strings.Repeat("x", 129)}, "bad_request", "user_id"},
	} {
		if got := s.ask(tt.ask); got.Error.Code != tt.code || got.Error.Field != tt.field || got.Token != "" {
			t.Errorf("%s: %+v, want %s of %s", name, got, tt.code, tt.field)
		}
	}
}

// The secret before the newest is good for a day after the rotation.
func TestIdentitySecretRotates(t *testing.T) {
	s := newSite(t)
	rotate := func(version int64, at time.Time) {
		t.Helper()
		bot := &configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Version: version, IdentityVersion: 1, IdentityRotatedAt: timestamppb.New(at)}
		if err := s.bucket.PutBot(t.Context(), bot); err != nil {
			t.Fatal(err)
		}
		s.await(func() bool { b, _ := s.cache.Bot("1"); return b.GetVersion() == version })
	}
	rotate(2, time.Now())
	for version := range int32(2) {
		if got := s.ask(map[string]string{"user_token": s.identity("olena", version, time.Minute)}); got.Token == "" {
			t.Errorf("secret %d at once: %+v", version, got)
		}
	}
	rotate(3, time.Now().Add(-25*time.Hour))
	if got := s.ask(map[string]string{"user_token": s.identity("olena", 0, time.Minute)}); got.Error.Code != "identity_invalid" {
		t.Errorf("the secret before, a day later: %+v", got)
	}
}

// What a verified user says carries who they are; a page that connects directly may say so, too.
func TestUsersAreInTheLog(t *testing.T) {
	s := newSite(t)
	for name, tt := range map[string]struct {
		auth     map[string]any
		user     string
		verified bool
	}{
		"verified": {map[string]any{"bot_id": "1", "user_token": s.identity("olena", 0, time.Minute)}, "olena", true},
		"claimed":  {map[string]any{"bot_id": "1", "user_id": "olena"}, "olena", false},
		"a guest":  {map[string]any{"bot_id": "1"}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			c := s.dial(shop)
			c.connect(tt.auth)
			session := c.next()
			ack, _ := c.emit("message", say(newID(), "Hi"))
			m := s.stored(session.field("conversation"), ack.field("offset"))
			if m.GetUserId() != tt.user || m.GetUserVerified() != tt.verified {
				t.Errorf("stored as %q, verified %v, want %q, %v", m.GetUserId(), m.GetUserVerified(), tt.user, tt.verified)
			}
		})
	}
	if got := s.dial(shop).connect(map[string]any{"bot_id": "1", "user_token": "x"}); !strings.Contains(got, `"code":"identity_invalid"`) || !strings.Contains(got, `"field":"auth.user_token"`) {
		t.Errorf("CONNECT: %s", got)
	}
	if status, _ := s.token(`{"bot_id": "1", "site": "` + shop + `", "user_token": "x"}`); status != http.StatusBadRequest {
		t.Errorf("token: %d, want 400", status)
	}
}
