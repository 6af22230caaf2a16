package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/listen"
	"github.com/switchboard-chat/switchboard/internal/rpc"
	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// The services of this test answer each in one way that the transports must carry.
type history struct {
	historyv1.UnimplementedHistoryServiceServer
}

func (history) ListMessages(ctx context.Context, req *historyv1.ListMessagesRequest) (*historyv1.ListMessagesResponse, error) {
	switch req.GetConversation() {
	case "panic":
		panic("a bug")
	case "secret":
		return nil, errors.New("open /etc/secret: no such file")
	case "conflict":
		st, err := status.New(codes.FailedPrecondition, "taken over").WithDetails(&gatewayv1.OwnerConflict{Epoch: 7})
		if err != nil {
			return nil, err
		}
		return nil, st.Err()
	}
	p, _ := authz.FromContext(ctx)
	return &historyv1.ListMessagesResponse{Messages: []*chatv1.Message{{Id: req.GetConversation(), AuthorId: p.ID}}}, nil
}

type operator struct {
	operatorv1.UnimplementedOperatorServiceServer
}

func (operator) Watch(req *operatorv1.WatchRequest, out grpc.ServerStreamingServer[operatorv1.WatchResponse]) error {
	for range 3 {
		if err := out.Send(&operatorv1.WatchResponse{Event: &operatorv1.WatchResponse_Typing{Typing: &operatorv1.VisitorTyping{Conversation: req.GetBot()}}}); err != nil {
			return err
		}
	}
	return status.Error(codes.ResourceExhausted, "watch again")
}

type gateway struct {
	gatewayv1.UnimplementedGatewayServiceServer
}

func (gateway) Deliver(context.Context, *gatewayv1.DeliverRequest) (*gatewayv1.DeliverResponse, error) {
	return &gatewayv1.DeliverResponse{Sequence: 42}, nil
}

type noKeys struct{}

func (noKeys) Key(string) (*configv1.ApiKey, bool) { return nil, false }

func newServer(t testing.TB) (*rpc.Server, *token.Keys) {
	t.Helper()
	keys, err := token.NewKeys(bytes.Repeat([]byte("k"), token.MinSecret))
	if err != nil {
		t.Fatal(err)
	}
	s := rpc.NewServer(authz.New(keys, noKeys{}))
	historyv1.RegisterHistoryServiceServer(s, history{})
	operatorv1.RegisterOperatorServiceServer(s, operator{})
	gatewayv1.RegisterGatewayServiceServer(s, gateway{})
	return s, keys
}

func source(t testing.TB, keys *token.Keys, name string) *token.ServiceSource {
	t.Helper()
	src, err := keys.ServiceSource(name)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func session(t *testing.T, keys *token.Keys) string {
	t.Helper()
	s, err := keys.SignSession(token.Session{UserID: "u1", Role: configv1.Role_ROLE_OPERATOR})
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + s
}

// Services reach each other over a socket or inside the process, with the same results.
func TestBetweenServices(t *testing.T) {
	s, keys := newServer(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- listen.GRPC(ln, s.GRPC()).Run(ctx) }()
	defer func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	conns := map[string]func(name string) grpc.ClientConnInterface{
		"in the process": func(name string) grpc.ClientConnInterface { return s.Local(source(t, keys, name)) },
		"over a socket": func(name string) grpc.ClientConnInterface {
			cc, err := rpc.Dial(ln.Addr().String(), source(t, keys, name))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cc.Close() })
			return cc
		},
	}
	for name, conn := range conns {
		t.Run(name, func(t *testing.T) {
			res, err := gatewayv1.NewGatewayServiceClient(conn(token.Scenario)).Deliver(ctx, &gatewayv1.DeliverRequest{})
			if err != nil || res.GetSequence() != 42 {
				t.Errorf("Deliver = %v, %v", res, err)
			}
			if _, err := gatewayv1.NewGatewayServiceClient(conn(token.History)).Deliver(ctx, &gatewayv1.DeliverRequest{}); status.Code(err) != codes.PermissionDenied {
				t.Errorf("Deliver by history: %v, want PermissionDenied", err)
			}
			h := historyv1.NewHistoryServiceClient(conn(token.Gateway))
			for conversation, want := range map[string]codes.Code{"c1": codes.OK, "panic": codes.Internal, "secret": codes.Internal, "conflict": codes.FailedPrecondition} {
				res, err := h.ListMessages(ctx, &historyv1.ListMessagesRequest{Conversation: conversation})
				if status.Code(err) != want || want == codes.OK && res.GetMessages()[0].GetAuthorId() != token.Gateway {
					t.Errorf("%s: %v, %v; want %v", conversation, res, err, want)
				}
				if strings.Contains(status.Convert(err).Message(), "/etc") {
					t.Errorf("%s: an inner error got out: %v", conversation, err)
				}
				if want == codes.FailedPrecondition && len(status.Convert(err).Details()) != 1 {
					t.Errorf("%s: details %v", conversation, status.Convert(err).Details())
				}
			}
		})
	}
}

func edge(t *testing.T) (url, auth string) {
	t.Helper()
	s, keys := newServer(t)
	mux := http.NewServeMux()
	s.Mount(mux)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL, session(t, keys)
}

func TestConnectJSON(t *testing.T) {
	url, auth := edge(t)
	tests := map[string]struct {
		path, body, auth string
		code             int
		contains         string
	}{
		"answer":        {"history.v1.HistoryService/ListMessages", `{"conversation":"c1"}`, auth, 200, `"authorId":"u1"`},
		"unknown field": {"history.v1.HistoryService/ListMessages", `{"konversation":"c1"}`, auth, 400, "konversation"},
		"not JSON":      {"history.v1.HistoryService/ListMessages", `{`, auth, 400, "invalid_argument"},
		"no credential": {"history.v1.HistoryService/ListMessages", `{}`, "", 401, "unauthenticated"},
		"inner error":   {"history.v1.HistoryService/ListMessages", `{"conversation":"secret"}`, auth, 500, `"internal error"`},
		"details":       {"history.v1.HistoryService/ListMessages", `{"conversation":"conflict"}`, auth, 400, "switchboard.gateway.v1.OwnerConflict"},
		"too large":     {"history.v1.HistoryService/ListMessages", `{"bot":"` + strings.Repeat("x", rpc.MaxMessage) + `"}`, auth, 429, "resource_exhausted"},
		"internal":      {"gateway.v1.GatewayService/Deliver", `{}`, auth, 404, "not found"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/switchboard."+tt.path, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			if tt.auth != "" {
				req.Header.Set("Authorization", tt.auth)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			// protojson varies its spaces on purpose
			if got := strings.ReplaceAll(string(body), `": "`, `":"`); err != nil || res.StatusCode != tt.code || !strings.Contains(got, tt.contains) {
				t.Errorf("%d %s, %v; want %d with %s", res.StatusCode, got, err, tt.code, tt.contains)
			}
		})
	}
}

// Every protocol that a browser or an integrator may speak carries the same stream.
func TestStreamOverTheEdge(t *testing.T) {
	s, keys := newServer(t)
	mux := http.NewServeMux()
	s.Mount(mux)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	served := make(chan error, 1)
	running, stop := context.WithCancel(ctx)
	go func() { served <- listen.HTTP(ln, mux).Run(running) }()
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	client := &http.Client{Transport: &http.Transport{Protocols: h2c}}
	defer func() {
		client.CloseIdleConnections()
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	for name, opts := range map[string][]connect.ClientOption{"Connect": nil, "gRPC-Web": {connect.WithGRPCWeb()}, "gRPC": {connect.WithGRPC()}} {
		t.Run(name, func(t *testing.T) {
			c := connect.NewClient[operatorv1.WatchRequest, operatorv1.WatchResponse](client, "http://"+ln.Addr().String()+operatorv1.OperatorService_Watch_FullMethodName, opts...)
			req := connect.NewRequest(&operatorv1.WatchRequest{Bot: "1"})
			req.Header().Set("Authorization", session(t, keys))
			st, err := c.CallServerStream(ctx, req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = st.Close() }()
			n := 0
			for st.Receive() {
				if st.Msg().GetTyping().GetConversation() != "1" {
					t.Errorf("received %v", st.Msg())
				}
				n++
			}
			if n != 3 || connect.CodeOf(st.Err()) != connect.CodeResourceExhausted {
				t.Errorf("received %d, then %v; want 3, then resource_exhausted", n, st.Err())
			}
		})
	}
}

// BenchmarkLocal is a call between two services of one process.
func BenchmarkLocal(b *testing.B) {
	s, keys := newServer(b)
	api := gatewayv1.NewGatewayServiceClient(s.Local(source(b, keys, token.Scenario)))
	req := &gatewayv1.DeliverRequest{Message: &chatv1.Message{
		Id: "0199a0f1-7e1c-7c3e-8a41-52cfb8a5f9d1/m/0", Bot: "1", Conversation: "0199a0f1-7e1c-7c3e-8a41-52cfb8a5f9d1",
		Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: strings.Repeat("text ", 40)}},
	}}
	for b.Loop() {
		if _, err := api.Deliver(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}
