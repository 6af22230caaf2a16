package gateway

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
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
		if e.From != subject.Visitor {
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
