package rpc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/authz"
)

// Mount offers the services to browsers and integrators, over the Connect, gRPC-Web and gRPC
// protocols at /<service>/<method>. Services that only our own may call are left out.
func (s *Server) Mount(mux *http.ServeMux) {
	opts := []connect.HandlerOption{
		connect.WithCodec(codec{"proto"}), connect.WithCodec(codec{"json"}), connect.WithCodec(codec{"json; charset=utf-8"}),
		connect.WithReadMaxBytes(MaxMessage), connect.WithCompressMinBytes(1024),
	}
	for _, svc := range s.services {
		if authz.Internal(svc.desc.ServiceName) {
			continue
		}
		for _, m := range svc.desc.Methods {
			path := "/" + svc.desc.ServiceName + "/" + m.MethodName
			mux.Handle(path, connect.NewUnaryHandler(path, s.unaryEdge(svc.impl, m), opts...))
		}
		for _, st := range svc.desc.Streams {
			if st.ClientStreams {
				continue // browsers cannot; native gRPC serves it
			}
			path := "/" + svc.desc.ServiceName + "/" + st.StreamName
			mux.Handle(path, connect.NewServerStreamHandler(path, s.streamEdge(svc.impl, path, st), opts...))
		}
	}
}

func (s *Server) unaryEdge(impl any, m grpc.MethodDesc) func(context.Context, *connect.Request[frame]) (*connect.Response[frame], error) {
	return func(ctx context.Context, req *connect.Request[frame]) (*connect.Response[frame], error) {
		out, err := m.Handler(impl, incoming(ctx, req.Header()), req.Msg.decode, s.unary)
		if err != nil {
			return nil, connectError(err)
		}
		return connect.NewResponse(&frame{msg: out.(proto.Message)}), nil
	}
}

func (s *Server) streamEdge(impl any, path string, d grpc.StreamDesc) func(context.Context, *connect.Request[frame], *connect.ServerStream[frame]) error {
	info := &grpc.StreamServerInfo{FullMethod: path, IsServerStream: true}
	return func(ctx context.Context, req *connect.Request[frame], out *connect.ServerStream[frame]) error {
		return connectError(s.stream(impl, &edgeStream{ctx: incoming(ctx, req.Header()), req: req.Msg, out: out}, info, d.Handler))
	}
}

// incoming carries an HTTP request's headers as gRPC metadata.
func incoming(ctx context.Context, h http.Header) context.Context {
	md := make(metadata.MD, len(h))
	for k, v := range h {
		md[strings.ToLower(k)] = v
	}
	return metadata.NewIncomingContext(ctx, md)
}

// edgeStream is a server stream whose one request has been read already.
type edgeStream struct {
	grpc.ServerStream // for the methods that have no meaning here; never called by generated code
	ctx               context.Context
	req               *frame
	out               *connect.ServerStream[frame]
}

func (e *edgeStream) Context() context.Context   { return e.ctx }
func (*edgeStream) SetHeader(metadata.MD) error  { return nil }
func (*edgeStream) SendHeader(metadata.MD) error { return nil }
func (*edgeStream) SetTrailer(metadata.MD)       {}
func (e *edgeStream) SendMsg(m any) error        { return e.out.Send(&frame{msg: m.(proto.Message)}) }

func (e *edgeStream) RecvMsg(m any) error {
	if e.req == nil {
		return io.EOF
	}
	req := e.req
	e.req = nil
	return req.decode(m)
}

// frame is a message that connect carries without knowing its type: bytes on the way in, a message
// on the way out.
type frame struct {
	codec string
	data  []byte
	msg   proto.Message
}

func (f *frame) decode(v any) error {
	m, ok := v.(proto.Message)
	if !ok {
		return fmt.Errorf("decode into %T: not a protobuf message", v)
	}
	var err error
	if f.codec == "proto" {
		err = proto.Unmarshal(f.data, m)
	} else if len(bytes.TrimSpace(f.data)) > 0 {
		err = protojson.Unmarshal(f.data, m) // an unknown field is an error that names it
	}
	if err != nil {
		return status.Errorf(codes.InvalidArgument, "request: %v", err)
	}
	return nil
}

// codec is the proto or the JSON encoding of frames.
type codec struct{ name string }

func (c codec) Name() string { return c.name }

func (c codec) Marshal(v any) ([]byte, error) {
	m, ok := v.(proto.Message)
	if f, is := v.(*frame); is {
		m, ok = f.msg, true
	}
	if !ok {
		return nil, fmt.Errorf("marshal %T: not a protobuf message", v)
	}
	if c.name == "proto" {
		return proto.Marshal(m)
	}
	return protojson.Marshal(m)
}

func (c codec) Unmarshal(data []byte, v any) error {
	f, ok := v.(*frame)
	if !ok {
		return fmt.Errorf("unmarshal into %T: not a frame", v)
	}
	f.codec, f.data = c.name, bytes.Clone(data)
	return nil
}

// connectError is a gRPC status as the Connect protocols say it, with its details.
func connectError(err error) error {
	if err == nil {
		return nil
	}
	st, _ := status.FromError(err)
	out := connect.NewError(connect.Code(st.Code()), errors.New(st.Message()))
	for _, d := range st.Proto().GetDetails() {
		detail, err := connect.NewErrorDetail(d)
		if err != nil {
			slog.Warn("error detail left out", "type", d.GetTypeUrl(), "err", err)
			continue
		}
		out.AddDetail(detail)
	}
	return out
}
