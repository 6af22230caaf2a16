package gateway_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

// logout asks as the frame does.
func (s *site) logout(body string, change ...func(*http.Request)) (status int, answer string) {
	s.t.Helper()
	req := try[*http.Request](s.t)(http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/widget/v2/logout", strings.NewReader(body)))
	for _, c := range change {
		c(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode, string(try[[]byte](s.t)(io.ReadAll(res.Body)))
}

func (s *site) loggedOut(tokens ...string) {
	s.t.Helper()
	for _, signed := range tokens {
		if status, body := s.logout(`{"token": "` + signed + `"}`); status != http.StatusOK {
			s.t.Fatalf("logout: %d %s", status, body)
		}
	}
}

// person is somebody at the console.
type person struct{ session string }

func (p person) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + p.session}, nil
}
func (person) RequireTransportSecurity() bool { return false }

func (s *site) operator(bots ...string) gatewayv1.VisitorServiceClient {
	s.t.Helper()
	session := try[string](s.t)(s.tokens.SignSession(token.Session{UserID: "u", Role: configv1.Role_ROLE_OPERATOR, Bots: bots}))
	return gatewayv1.NewVisitorServiceClient(s.rpc.Local(person{session}))
}

// ends reads what a socket gets when its visitor is logged out.
func (c *client) ends() {
	c.t.Helper()
	if e := c.next(); e.name != "problem" || e.field("code") != "token_revoked" || !strings.Contains(e.field("message"), "ask for a new one") {
		c.t.Errorf("received %s %s, want the problem token_revoked", e.name, e.args)
	}
	if got := c.read(); !strings.HasPrefix(got, "closed") || !strings.Contains(got, "token revoked") {
		c.t.Errorf("then %s, want the end and why", got)
	}
}

// Once a visitor has logged out, every tab at every gateway is closed and told why, and nothing that was
// signed before opens any door: by no transport, at no gateway, nor after a restart.
func TestLogout(t *testing.T) {
	s := newSite(t)
	defer http.DefaultClient.CloseIdleConnections()
	other := s.beside()
	c := s.dial(shop)
	pid := identified(t, c.connect(map[string]any{"bot_id": "1"})).PID
	session, offset := c.next(), c.next().offset()
	signed := session.field("token")
	_, stranger := s.visit()
	tab, far := s.dial(shop), other.dial(shop)
	for _, more := range []*client{tab, far} {
		more.connect(map[string]any{"token": signed})
		if more.next().name != "session" || more.next().name != "history" {
			t.Fatal("another tab was not let in")
		}
	}
	s.loggedOut(signed)
	for _, open := range []*client{c, tab, far} {
		open.ends()
	}

	for name, at := range map[string]*site{"here": s, "at another gateway": other, "after a restart": s.beside()} {
		t.Run(name, func(t *testing.T) {
			for what, auth := range map[string]map[string]any{
				"the token":             {"token": signed},
				"the token and its bot": {"token": signed, "bot_id": "1", "offset": offset},
				"the private id":        {"pid": pid, "offset": offset},
				"both":                  {"token": signed, "pid": pid, "offset": offset},
				"the id, with the bot":  {"bot_id": "1", "pid": pid, "offset": offset},
			} {
				got := at.dial(shop).connect(auth)
				if !strings.HasPrefix(got, "44{") || !strings.Contains(got, `"code":"token_revoked"`) {
					t.Errorf("%s: %s, want token_revoked", what, got)
				}
			}
			p := &poller{t: t, sites: []*site{at}}
			_, open := p.ask(http.MethodGet, "")
			p.query = "&sid=" + strings.Split(open, `"`)[3]
			if _, body := p.ask(http.MethodPost, `40{"token":"`+signed+`"}`); body != "ok" {
				t.Errorf("polling: %s", body)
			}
			p.until(`"code":"token_revoked"`)
			p.ask(http.MethodPost, "1") // the end
			if status, _, code := at.upload(signed, "a.png", strings.NewReader("x")); status != http.StatusUnauthorized || code != "token_revoked" {
				t.Errorf("upload: %d %s, want 401 token_revoked", status, code)
			}
			if a := at.ask(map[string]string{"token": signed}); a.Renewed || a.Conversation == "" || a.Conversation == session.field("conversation") {
				t.Errorf("token: %+v, want another conversation", a)
			}
			if got := at.dial(shop).connect(map[string]any{"token": stranger.field("token")}); !strings.HasPrefix(got, "40{") {
				t.Errorf("a stranger: %s", got)
			}
		})
	}
}

func TestLogoutRequest(t *testing.T) {
	s := newSite(t)
	_, session := s.visit()
	signed := session.field("token")
	expired := try[string](t)(s.tokens.SignVisitor(token.Visitor{Bot: "1", Visitor: newID(), Conversation: newID(), Site: shop, Expires: time.Now().Add(-time.Hour)}))
	for name, tt := range map[string]struct {
		body   string
		change func(*http.Request)
		status int
		code   string
	}{
		"no token":       {`{}`, nil, http.StatusUnauthorized, "token_invalid"},
		"rubbish":        {`{"token": "x.y.z"}`, nil, http.StatusUnauthorized, "token_invalid"},
		"no JSON":        {`token`, nil, http.StatusBadRequest, "bad_request"},
		"another field":  {`{"visitor": "1"}`, nil, http.StatusBadRequest, "bad_request"},
		"too much":       {`{"token": "` + strings.Repeat("x", 9<<10) + `"}`, nil, http.StatusRequestEntityTooLarge, "too_large"},
		"from a page":    {`{"token": "` + signed + `"}`, func(r *http.Request) { r.Header.Set("Origin", shop) }, http.StatusForbidden, "origin_forbidden"},
		"across sites":   {`{"token": "` + signed + `"}`, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, http.StatusForbidden, "origin_forbidden"},
		"expired anyway": {`{"token": "` + expired + `"}`, nil, http.StatusOK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			change := tt.change
			if change == nil {
				change = func(*http.Request) {}
			}
			status, body := s.logout(tt.body, change)
			var refused struct{ Error struct{ Code string } }
			_ = json.Unmarshal([]byte(body), &refused)
			if status != tt.status || refused.Error.Code != tt.code {
				t.Errorf("%d %s, want %d %q", status, body, tt.status, tt.code)
			}
		})
	}
	if got := s.dial(shop).connect(map[string]any{"token": signed}); !strings.HasPrefix(got, "40{") {
		t.Errorf("the visitor is logged out: %s", got)
	}
}

// A verified user who logs out on a shared computer leaves nothing: the token is worth nothing, nor is the
// page in the cache. Who proves anew who they are is in their conversation again, and the logout that comes
// late a second time does not end that.
func TestVerifiedUserLogsOut(t *testing.T) {
	s := newSite(t)
	identity := func(issued time.Time) string {
		secret := try[string](t)(s.tokens.IdentitySecret("1", 0))
		claims := jwt.MapClaims{"sub": "olena", "iat": issued.Unix(), "exp": time.Now().Add(time.Minute).Unix()}
		return try[string](t)(jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret)))
	}
	cached := identity(time.Now().Add(-5 * time.Second))
	old := s.ask(map[string]string{"user_token": cached})
	pid := identified(t, s.dial(shop).connect(map[string]any{"token": old.Token})).PID
	s.loggedOut(old.Token)
	if got := s.ask(map[string]string{"token": old.Token}); got.Conversation == "" || got.Conversation == old.Conversation {
		t.Errorf("with the old token: %+v, want a stranger", got)
	}
	if got := s.ask(map[string]string{"token": old.Token, "user_token": cached}); got.Error.Code != "identity_expired" {
		t.Errorf("with the page in the cache: %+v, want identity_expired", got)
	}
	if got := s.dial(shop).connect(map[string]any{"bot_id": "1", "user_token": cached}); !strings.Contains(got, "identity_expired") {
		t.Errorf("CONNECT with the page in the cache: %s", got)
	}
	fresh := identity(time.Now().Add(time.Second))
	back := s.ask(map[string]string{"token": old.Token, "user_token": fresh})
	if back.Renewed || back.Conversation != old.Conversation {
		t.Errorf("signed in again: %+v, want the conversation %s", back, old.Conversation)
	}
	s.loggedOut(old.Token) // again
	for name, auth := range map[string]map[string]any{
		"the new token":                    {"token": back.Token},
		"a proof, and the old private id":  {"bot_id": "1", "user_token": fresh, "pid": pid},
		"the new token and the private id": {"token": back.Token, "pid": pid},
	} {
		c := s.dial(shop)
		if got := c.connect(auth); !strings.HasPrefix(got, "40{") {
			t.Errorf("%s: %s", name, got)
		} else if e := c.next(); e.field("conversation") != old.Conversation {
			t.Errorf("%s: %s %s, want the conversation %s", name, e.name, e.args, old.Conversation)
		}
	}
}

// Operators and the site's own server log people out, too.
func TestRevokeVisitor(t *testing.T) {
	s := newSite(t)
	byVisitor := func(id string) *gatewayv1.RevokeVisitorRequest {
		return &gatewayv1.RevokeVisitorRequest{Bot: "1", Who: &gatewayv1.RevokeVisitorRequest_Visitor{Visitor: id}}
	}
	byUser := func(id string) *gatewayv1.RevokeVisitorRequest {
		return &gatewayv1.RevokeVisitorRequest{Bot: "1", Who: &gatewayv1.RevokeVisitorRequest_UserId{UserId: id}}
	}
	guest, session := s.visit()
	olena := s.ask(map[string]string{"user_token": s.identity("olena", 0, time.Minute)})
	phone := s.dial(shop)
	phone.connect(map[string]any{"token": olena.Token})
	phone.next()
	phone.next()
	for _, tt := range []struct {
		req    *gatewayv1.RevokeVisitorRequest
		socket *client
		token  string
	}{
		{byVisitor(session.field("visitor")), guest, session.field("token")},
		{byUser("olena"), phone, olena.Token},
	} {
		if _, err := s.operator("1").RevokeVisitor(t.Context(), tt.req); err != nil {
			t.Fatal(err)
		}
		tt.socket.ends()
		if got := s.dial(shop).connect(map[string]any{"token": tt.token}); !strings.Contains(got, "token_revoked") {
			t.Errorf("%v: %s", tt.req, got)
		}
	}
	for name, tt := range map[string]struct {
		req  *gatewayv1.RevokeVisitorRequest
		bots []string
		want codes.Code
	}{
		"a user who was never here": {byUser("ivan"), nil, codes.OK},
		"another's bot":             {byUser("olena"), []string{"2"}, codes.NotFound},
		"nobody":                    {&gatewayv1.RevokeVisitorRequest{Bot: "1"}, nil, codes.InvalidArgument},
		"no id":                     {byVisitor("1.x"), nil, codes.InvalidArgument},
		"a long user":               {byUser(strings.Repeat("x", 129)), nil, codes.InvalidArgument},
		"no bot":                    {&gatewayv1.RevokeVisitorRequest{Bot: "a.b"}, nil, codes.NotFound},
	} {
		if _, err := s.operator(tt.bots...).RevokeVisitor(t.Context(), tt.req); status.Code(err) != tt.want {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}

// Who has been shut out says nothing more, whether or not they take note of it.
func TestNothingIsSaidAfterTheEnd(t *testing.T) {
	s := newSite(t)
	defer http.DefaultClient.CloseIdleConnections()
	for name, end := range map[string]func(session event){
		"logged out": func(session event) { s.loggedOut(session.field("token")) },
		"blocked": func(session event) {
			s.set(&configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Version: 9, Blocks: []*configv1.Block{
				{Who: &configv1.Block_Visitor{Visitor: session.field("visitor")}},
			}})
		},
	} {
		c, session := s.visit()
		end(session)
		for range 3 { // without reading that it is closed
			c.write(`42["message",` + string(try[[]byte](t)(json.Marshal(say(newID(), "still here")))) + `]`)
		}
		for got := ""; !strings.HasPrefix(got, "closed"); { // and then answers the end, behind all that it has said
			got = c.read()
		}
		if _, err := io.Copy(io.Discard, c.ws.NetConn()); err != nil { // until the gateway has heard that
			t.Errorf("%s: %v", name, err)
		}
		conversation := subject.Conversation{Bot: "1", ID: session.field("conversation")}
		events, _, err := s.log.Read(t.Context(), conversation, 0, bus.MaxPage)
		if err != nil || len(events) != 0 {
			t.Errorf("%s: %d events are in the log, %v", name, len(events), err)
		}
	}
}
