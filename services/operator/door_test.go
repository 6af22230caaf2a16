package operator_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

// door is a gateway that keeps what it was asked. It stores in the real log behind the real fence.
type door struct {
	gatewayv1.GatewayServiceClient // what an operator service does not call

	log *bus.Log

	mu        sync.Mutex
	away      bool // everything is answered with UNAVAILABLE, and nothing is done
	lose      bool // the next thing is done, and the answer is lost
	delivered []*gatewayv1.DeliverRequest
	changes   []*gatewayv1.ChangeOwnerRequest
	live      []*gatewayv1.SendEventRequest
	asked     []*gatewayv1.GetVisitorMetaRequest
}

// seenAt is when the gateway has seen every visitor.
var seenAt = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

var errDown = status.Error(codes.Unavailable, "the gateway is away")

// down makes the gateway refuse everything, or work again.
func (d *door) down(away bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.away = away
}

// losing makes the gateway lose its next answer.
func (d *door) losing() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lose = true
}

func (d *door) enter() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.away {
		return errDown
	}
	return nil
}

func (d *door) leave() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lose {
		d.lose = false
		return status.Error(codes.DeadlineExceeded, "the answer is lost")
	}
	return nil
}

// store appends as the gateway does and says what the gateway says.
func (d *door) store(ctx context.Context, from subject.From, m *chatv1.Message, fence *bus.Fence) (uint64, error) {
	if err := d.enter(); err != nil {
		return 0, err
	}
	m.Time = timestamppb.Now()
	s, err := d.log.Append(ctx, subject.Conversation{Bot: m.GetBot(), ID: m.GetConversation()}, from, m, fence)
	var fenced *bus.FencedError
	if errors.As(err, &fenced) {
		st, derr := status.New(codes.FailedPrecondition, fenced.Error()).WithDetails(&gatewayv1.OwnerConflict{Owner: fenced.Owner, Epoch: fenced.Epoch})
		if derr != nil {
			return 0, derr
		}
		return 0, st.Err()
	}
	if err != nil {
		return 0, status.Error(codes.Unavailable, err.Error())
	}
	return s.Sequence, d.leave()
}

func (d *door) Deliver(ctx context.Context, req *gatewayv1.DeliverRequest, _ ...grpc.CallOption) (*gatewayv1.DeliverResponse, error) {
	d.mu.Lock()
	d.delivered = append(d.delivered, proto.CloneOf(req))
	d.mu.Unlock()
	m := proto.CloneOf(req.GetMessage())
	m.Author = chatv1.Author_AUTHOR_OPERATOR
	fence := &bus.Fence{Epoch: req.GetEpoch(), After: req.GetAfter()}
	if req.GetUnfenced() {
		fence = nil
	}
	seq, err := d.store(ctx, subject.Operator, m, fence)
	if err != nil {
		return nil, err
	}
	return &gatewayv1.DeliverResponse{Offset: d.log.At(seq).String(), Sequence: seq}, nil
}

func (d *door) ChangeOwner(ctx context.Context, req *gatewayv1.ChangeOwnerRequest, _ ...grpc.CallOption) (*gatewayv1.ChangeOwnerResponse, error) {
	d.mu.Lock()
	d.changes = append(d.changes, proto.CloneOf(req))
	d.mu.Unlock()
	change := proto.CloneOf(req.GetChange())
	change.PreviousEpoch = req.GetExpectedEpoch()
	m := &chatv1.Message{
		Id: req.GetId(), Bot: req.GetBot(), Conversation: req.GetConversation(), Author: chatv1.Author_AUTHOR_OPERATOR,
		Body: &chatv1.Message_OwnerChange{OwnerChange: change},
	}
	seq, err := d.store(ctx, subject.Owner, m, &bus.Fence{Epoch: req.GetExpectedEpoch(), After: req.GetExpectedEpoch()})
	if err != nil {
		return nil, err
	}
	return &gatewayv1.ChangeOwnerResponse{Epoch: seq, Offset: d.log.At(seq).String()}, nil
}

func (d *door) SendEvent(_ context.Context, req *gatewayv1.SendEventRequest, _ ...grpc.CallOption) (*gatewayv1.SendEventResponse, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.live = append(d.live, proto.CloneOf(req))
	return &gatewayv1.SendEventResponse{}, nil
}

func (d *door) GetVisitorMeta(_ context.Context, req *gatewayv1.GetVisitorMetaRequest, _ ...grpc.CallOption) (*gatewayv1.GetVisitorMetaResponse, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, proto.CloneOf(req))
	return &gatewayv1.GetVisitorMetaResponse{Ip: "203.0.113.7", Country: "UA", City: "Kyiv", SeenAt: timestamppb.New(seenAt)}, nil
}

// deliveries are the requests to deliver so far.
func (d *door) deliveries() []*gatewayv1.DeliverRequest {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]*gatewayv1.DeliverRequest(nil), d.delivered...)
}

// shown are the live events so far.
func (d *door) shown() []*gatewayv1.SendEventRequest {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]*gatewayv1.SendEventRequest(nil), d.live...)
}
