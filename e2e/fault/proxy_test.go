package fault

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

// proxy stands between a scenario replica and the gateway, so that a test knows when the replica has
// planned a reply and not yet delivered it, and when it has delivered it and does not know yet.
type proxy struct {
	addr   string
	target *grpc.ClientConn
	// before is called with the number of each Deliver, before the gateway sees it; after, once the
	// gateway has answered and before the replica is told. False ends the call there.
	before, after func(n int64) bool

	delivers atomic.Int64
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	cc, err := grpc.NewClient(target, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{})))
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(int64) bool { return true }
	p := &proxy{addr: ln.Addr().String(), target: cc, before: nothing, after: nothing}
	s := grpc.NewServer(grpc.UnknownServiceHandler(p.handle), grpc.ForceServerCodec(raw{}))
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	t.Cleanup(func() {
		s.Stop()
		if err := <-done; err != nil {
			t.Errorf("proxy: %v", err)
		}
		_ = cc.Close()
	})
	return p
}

// handle carries one unary call to the target and its answer back.
func (p *proxy) handle(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	var req, res []byte
	if err := stream.RecvMsg(&req); err != nil {
		return err
	}
	deliver := strings.HasSuffix(method, "/Deliver")
	var n int64
	if deliver {
		n = p.delivers.Add(1)
		if !p.before(n) {
			return context.Canceled
		}
	}
	ctx := stream.Context()
	if md, ok := metadata.FromIncomingContext(ctx); ok {
		ctx = metadata.NewOutgoingContext(ctx, metadata.Pairs("authorization", strings.Join(md.Get("authorization"), "")))
	}
	if err := p.target.Invoke(ctx, method, &req, &res); err != nil {
		return err
	}
	if deliver && !p.after(n) {
		return context.Canceled
	}
	return stream.SendMsg(&res)
}

// raw carries messages without knowing their type.
type raw struct{}

func (raw) Name() string                    { return "proto" }
func (raw) Marshal(v any) ([]byte, error)   { return *v.(*[]byte), nil }
func (raw) Unmarshal(b []byte, v any) error { *v.(*[]byte) = append([]byte(nil), b...); return nil }
