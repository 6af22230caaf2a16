package scenario_test

import (
	"context"
	"errors"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// door is a gateway that keeps what it was asked. It stores in the real log behind the real fence.
type door struct {
	gatewayv1.GatewayServiceClient // what a scenario does not call
	log                            *bus.Log

	mu     sync.Mutex
	before func(*gatewayv1.DeliverRequest) error // an error is the answer, and nothing is done
	after  func(*gatewayv1.DeliverRequest) error // an error is the answer, though it was done
	asked  []*gatewayv1.DeliverRequest
}

var errAway = status.Error(codes.Unavailable, "away")

// hook replaces what happens before and after a delivery; nil is nothing.
func (d *door) hook(before, after func(*gatewayv1.DeliverRequest) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.before, d.after = before, after
}

// attempts are the requests so far.
func (d *door) attempts() []*gatewayv1.DeliverRequest {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]*gatewayv1.DeliverRequest(nil), d.asked...)
}

func (d *door) Deliver(ctx context.Context, req *gatewayv1.DeliverRequest, _ ...grpc.CallOption) (*gatewayv1.DeliverResponse, error) {
	req = proto.CloneOf(req)
	d.mu.Lock()
	d.asked = append(d.asked, req)
	before, after := d.before, d.after
	d.mu.Unlock()
	if before != nil {
		if err := before(req); err != nil {
			return nil, err
		}
	}
	m := proto.CloneOf(req.GetMessage())
	m.Author, m.Time = chatv1.Author_AUTHOR_BOT, timestamppb.Now()
	seq, err := store(ctx, d.log, subject.Bot, m, &bus.Fence{Epoch: req.GetEpoch(), After: req.GetAfter()})
	if err == nil && after != nil {
		err = after(req)
	}
	if err != nil {
		return nil, err
	}
	return &gatewayv1.DeliverResponse{Offset: d.log.At(seq).String(), Sequence: seq}, nil
}

// store appends as the gateway does and says what the gateway says.
func store(ctx context.Context, l *bus.Log, from subject.From, m *chatv1.Message, fence *bus.Fence) (uint64, error) {
	s, err := l.Append(ctx, subject.Conversation{Bot: m.GetBot(), ID: m.GetConversation()}, from, m, fence)
	var fenced *bus.FencedError
	if errors.As(err, &fenced) {
		return 0, status.Error(codes.FailedPrecondition, fenced.Error())
	}
	if err != nil {
		return 0, status.Error(codes.Unavailable, err.Error())
	}
	return s.Sequence, nil
}

// intake is an operator service that only puts conversations into the queue.
type intake struct {
	log *bus.Log

	mu     sync.Mutex
	answer error // if set, it is the answer and nothing is done
	asked  []*operatorv1.OpenDialogRequest
}

func (i *intake) says(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.answer = err
}

func (i *intake) requests() []*operatorv1.OpenDialogRequest {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]*operatorv1.OpenDialogRequest(nil), i.asked...)
}

func (i *intake) OpenDialog(ctx context.Context, req *operatorv1.OpenDialogRequest, _ ...grpc.CallOption) (*operatorv1.OpenDialogResponse, error) {
	i.mu.Lock()
	i.asked = append(i.asked, proto.CloneOf(req))
	err := i.answer
	i.mu.Unlock()
	if err != nil {
		return nil, err
	}
	seq, err := store(ctx, i.log, subject.Owner, &chatv1.Message{
		Id: req.GetId() + "/open", Bot: req.GetBot(), Conversation: req.GetConversation(), Time: timestamppb.Now(),
		Body: &chatv1.Message_OwnerChange{OwnerChange: &chatv1.OwnerChange{
			Owner: &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_QUEUE}, Dialog: req.GetId(), Reason: chatv1.OwnerReason_OWNER_REASON_CONNECT,
		}},
	}, &bus.Fence{Epoch: req.GetEpoch(), After: req.GetEpoch()})
	if err != nil {
		return nil, err
	}
	return &operatorv1.OpenDialogResponse{Epoch: seq}, nil
}
