package authz

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"

	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

// keys are API keys by hash.
type keys struct {
	mu sync.Mutex
	m  map[string]*configv1.ApiKey
}

func (k *keys) Key(hash string) (*configv1.ApiKey, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key, ok := k.m[hash]
	return key, ok
}

func (k *keys) revoke(hash string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.m, hash)
}

const apiSecret = "sbk_0123456789"

func fixture(tb testing.TB) (*Authorizer, *token.Keys, *keys) {
	tb.Helper()
	tokens, err := token.NewKeys([]byte(strings.Repeat("k", token.MinSecret)))
	if err != nil {
		tb.Fatal(err)
	}
	k := &keys{m: map[string]*configv1.ApiKey{HashKey(apiSecret): {
		Id: "key1", Name: "CRM", Role: configv1.Role_ROLE_INTEGRATOR, Bots: []string{"7"},
	}}}
	return New(tokens, k), tokens, k
}

func must(tb testing.TB) func(string, error) string {
	return func(s string, err error) string {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return s
	}
}

func TestAuthenticate(t *testing.T) {
	a, tokens, _ := fixture(t)
	session := must(t)(tokens.SignSession(token.Session{
		UserID: "u1", Name: "Ann", Role: configv1.Role_ROLE_OPERATOR, Bots: []string{"1"},
	}))
	visitor := must(t)(tokens.SignVisitor(token.Visitor{Bot: "1", Visitor: "v", Conversation: "c"}))
	ann := Principal{Kind: Person, ID: "u1", Name: "Ann", Role: configv1.Role_ROLE_OPERATOR, Bots: []string{"1"}}

	for name, tt := range map[string]struct {
		header string
		want   Principal
		says   string // of the refusal; empty means success
	}{
		"session":        {"Bearer " + session, ann, ""},
		"any case":       {"bEARER " + session, ann, ""},
		"API key":        {"API-Key " + apiSecret, Principal{Machine, "key1", "CRM", configv1.Role_ROLE_INTEGRATOR, []string{"7"}}, ""},
		"service":        {"Service " + must(t)(tokens.SignService(token.Service{Name: token.Gateway})), Principal{Kind: Service, ID: "gateway", Name: "gateway"}, ""},
		"bound service":  {"Service " + must(t)(tokens.SignService(token.Service{Name: token.Gateway, Audience: "a.v1.B"})), Principal{}, "a.v1.B only"},
		"nothing":        {"", Principal{}, "Authorization: Bearer"},
		"scheme only":    {"Bearer", Principal{}, "Authorization: Bearer"},
		"empty value":    {"Bearer ", Principal{}, "Authorization: Bearer"},
		"bare token":     {session, Principal{}, "Authorization: Bearer"},
		"unknown scheme": {"Basic YTpi", Principal{}, "unknown scheme"},
		"visitor token":  {"Bearer " + visitor, Principal{}, "access token is not valid"},
		"as a service":   {"Service " + session, Principal{}, "service token is not valid"},
		"unknown key":    {"API-Key nope", Principal{}, "unknown or revoked"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := a.Authenticate(t.Context(), tt.header)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Authenticate() (-want +got):\n%s", diff)
			}
			if tt.says == "" {
				if err != nil {
					t.Errorf("Authenticate() = %v, want success", err)
				}
				return
			}
			if status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Authenticate() = %v, want Unauthenticated that says %q", err, tt.says)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	a, tokens, _ := fixture(t)
	operator := "Bearer " + must(t)(tokens.SignSession(token.Session{UserID: "u1", Role: configv1.Role_ROLE_OPERATOR}))
	scenario := func(audience string) string {
		return "Service " + must(t)(tokens.SignService(token.Service{Name: token.Scenario, Audience: audience}))
	}
	for name, tt := range map[string]struct {
		method, header string
		want           codes.Code
	}{
		"allowed":                 {configv1.BotService_GetBot_FullMethodName, operator, codes.OK},
		"not this role":           {configv1.BotService_CreateBot_FullMethodName, operator, codes.PermissionDenied},
		"nobody":                  {configv1.BotService_GetBot_FullMethodName, "", codes.Unauthenticated},
		"public":                  {configv1.AuthService_SignIn_FullMethodName, "", codes.OK},
		"public, bad credential":  {configv1.AuthService_SignIn_FullMethodName, "Bearer x", codes.OK},
		"not in the table":        {"/a.v1.B/C", operator, codes.PermissionDenied},
		"no method":               {"", operator, codes.PermissionDenied},
		"service":                 {gatewayv1.GatewayService_Deliver_FullMethodName, scenario(""), codes.OK},
		"service bound to it":     {gatewayv1.GatewayService_Deliver_FullMethodName, scenario("switchboard.gateway.v1.GatewayService"), codes.OK},
		"service bound elsewhere": {gatewayv1.GatewayService_Deliver_FullMethodName, scenario("switchboard.history.v1.HistoryService"), codes.Unauthenticated},
		"person at a service":     {gatewayv1.GatewayService_Deliver_FullMethodName, operator, codes.PermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := a.Check(t.Context(), tt.method, tt.header); status.Code(err) != tt.want {
				t.Errorf("Check() = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestExpiredSessionSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, tokens, _ := fixture(t)
		header := "Bearer " + must(t)(tokens.SignSession(token.Session{UserID: "u1", Role: configv1.Role_ROLE_ADMIN}))
		_, c, err := a.check(t.Context(), configv1.BotService_Watch_FullMethodName, header)
		if err != nil || a.stillGood(c) != nil {
			t.Fatalf("fresh session: %v, %v", err, a.stillGood(c))
		}
		time.Sleep(token.SessionLifetime + 2*token.Leeway)
		for what, err := range map[string]error{
			"open stream": a.stillGood(c),
			"new call":    func() error { _, err := a.Authenticate(t.Context(), header); return err }(),
		} {
			if status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), "expired") {
				t.Errorf("%s: %v, want Unauthenticated that says expired", what, err)
			}
		}
	})
}

// bots answers every watch with the caller's name, once for each receive from next.
type bots struct {
	configv1.UnimplementedBotServiceServer
	next chan struct{}
}

func (b bots) Watch(_ *configv1.WatchRequest, s grpc.ServerStreamingServer[configv1.WatchResponse]) error {
	for range b.next {
		p, _ := FromContext(s.Context())
		if err := s.Send(&configv1.WatchResponse{Bot: &configv1.Bot{Id: p.ID}}); err != nil {
			return err
		}
	}
	return nil
}

func dial(t *testing.T, a *Authorizer, b bots, opts ...grpc.DialOption) configv1.BotServiceClient {
	t.Helper()
	lis := bufconn.Listen(1 << 16)
	srv := grpc.NewServer(grpc.UnaryInterceptor(a.Unary()), grpc.StreamInterceptor(a.Stream()))
	configv1.RegisterBotServiceServer(srv, b)
	served := make(chan error, 1)
	go func() { served <- srv.Serve(lis) }()
	t.Cleanup(func() {
		srv.Stop()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	opts = append(opts, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return lis.DialContext(ctx) }))
	cc, err := grpc.NewClient("passthrough:bufconn", opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cc.Close() })
	return configv1.NewBotServiceClient(cc)
}

func TestStreamEndsWhenTheKeyIsRevoked(t *testing.T) {
	a, _, k := fixture(t)
	b := bots{next: make(chan struct{})}
	c := dial(t, a, b)
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "API-Key "+apiSecret)
	s, err := c.Watch(ctx, &configv1.WatchRequest{})
	if err != nil {
		t.Fatal(err)
	}
	b.next <- struct{}{}
	if got, err := s.Recv(); err != nil || got.GetBot().GetId() != "key1" {
		t.Fatalf("Recv() = %v, %v, want the caller key1", got, err)
	}
	k.revoke(HashKey(apiSecret))
	b.next <- struct{}{}
	if _, err := s.Recv(); status.Code(err) != codes.Unauthenticated {
		t.Errorf("Recv() after the revocation = %v, want Unauthenticated", err)
	}
}

func TestInterceptorsRefuse(t *testing.T) {
	a, tokens, _ := fixture(t)
	source, err := tokens.ServiceSource(token.Gateway)
	if err != nil {
		t.Fatal(err)
	}
	anonymous, service := dial(t, a, bots{}), dial(t, a, bots{}, grpc.WithPerRPCCredentials(source))
	twice := metadata.AppendToOutgoingContext(t.Context(), "authorization", "API-Key "+apiSecret, "authorization", "API-Key x")
	for name, tt := range map[string]struct {
		c    configv1.BotServiceClient
		ctx  context.Context
		want codes.Code
	}{
		"no header":   {anonymous, t.Context(), codes.Unauthenticated},
		"two headers": {anonymous, twice, codes.Unauthenticated},
		"a service":   {service, t.Context(), codes.PermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tt.c.GetBot(tt.ctx, &configv1.GetBotRequest{}); status.Code(err) != tt.want {
				t.Errorf("GetBot() = %v, want %v", err, tt.want)
			}
			s, err := tt.c.Watch(tt.ctx, &configv1.WatchRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Recv(); status.Code(err) != tt.want {
				t.Errorf("Watch() = %v, want %v", err, tt.want)
			}
		})
	}
}
