package gateway

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// think remembers a stage of thinking, or its end, for whoever comes back meanwhile.
func (g *Gateway) think(ctx context.Context, c subject.Conversation, t *gatewayv1.Thinking) error {
	switch {
	case t == nil:
		return nil
	case t.GetText() == "":
		return g.leases.Put(c, nil, 0, 0)
	}
	after, err := g.deps.Log.Last(ctx, c)
	if err != nil {
		return err
	}
	data, err := proto.Marshal(t)
	if err != nil {
		return err
	}
	return g.leases.Put(c, data, after, t.GetTtl().AsDuration())
}

// thinks is the stage of thinking in a conversation whose newest event is at upTo, or nil. Any answer, and
// any change of who answers, has ended it.
func (g *Gateway) thinks(ctx context.Context, c subject.Conversation, upTo uint64) (*wire.Thinking, error) {
	lease, ok := g.leases.Of(c)
	if !ok {
		return nil, nil //nolint:nilnil // nothing is the usual case
	}
	answered := errors.New("answered")
	err := g.deps.Log.ReadTo(ctx, c, lease.After, upTo, func(e bus.Event) error {
		if ends(e) {
			return answered
		}
		return nil
	})
	if errors.Is(err, answered) {
		return nil, nil //nolint:nilnil // as above
	}
	if err != nil {
		return nil, err
	}
	t := new(gatewayv1.Thinking)
	if err := proto.Unmarshal(lease.Data, t); err != nil {
		return nil, err
	}
	stage := wire.NewThinking(t.GetText(), time.Until(lease.Until))
	return &stage, nil
}

// ends reports whether an event ends thinking: an answer, or a change of who answers. That something was
// read, mended or taken back is neither.
func ends(e bus.Event) bool {
	if e.From == subject.Visitor {
		return false
	}
	switch e.Message.GetBody().(type) {
	case *chatv1.Message_Seen, *chatv1.Message_Edit, *chatv1.Message_Deletion:
		return false
	}
	return true
}
