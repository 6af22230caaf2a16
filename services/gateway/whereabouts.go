package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/geo"
)

// From where visitors come is kept beside the conversations and never in them: no event, record, log line or
// metric has it, and a visitor is never sent it. It is forgotten after whereAge, or earlier on demand.

const (
	whereBucket  = "visitors"
	whereAge     = 7 * 24 * time.Hour // since the last connection
	maxWhereSize = 64 << 20           // of all of it, in bytes
	whereTimeout = 2 * time.Second
)

// whereabouts are the addresses that conversations were last connected from.
type whereabouts struct{ bucket }

// seen is what is kept of a connection. Where the address is is looked up when somebody asks: databases
// get better.
type seen struct {
	IP string    `json:"ip"`
	At time.Time `json:"at"`
}

func (w *whereabouts) open(ctx context.Context, l *bus.Log) (jetstream.KeyValue, error) {
	return w.bucket.open(ctx, l, jetstream.KeyValueConfig{
		Bucket: whereBucket, Description: "the addresses that visitors came from last", TTL: whereAge, MaxBytes: maxWhereSize,
	})
}

// recognize notes from where a visitor has come, if the bot's owner wants it and the page allows it. A chat
// goes on without, and does not wait: others wait for their turn.
func (g *Gateway) recognize(ctx context.Context, v *visitor, page json.RawMessage) {
	if g.recognizes(v.c.Bot) && !optedOut(page) {
		go g.note(context.WithoutCancel(ctx), v.c, seen{v.socket.Peer.IP, time.Now().UTC().Truncate(time.Second)})
	}
}

func (g *Gateway) note(ctx context.Context, c subject.Conversation, s seen) {
	ctx, cancel := context.WithTimeout(ctx, whereTimeout)
	defer cancel()
	kv, err := g.whereabouts.open(ctx, g.deps.Log)
	if err == nil {
		_, err = kv.Put(ctx, c.Key(), encode(s))
	}
	if err != nil {
		slog.WarnContext(ctx, "visitor's whereabouts not noted", "bot", c.Bot, "conversation", c.ID, "err", err)
	}
}

func (g *Gateway) recognizes(id string) bool {
	bot, ok := g.deps.Settings.Bot(id)
	return ok && bot.GetWidget().GetRecognizeUserMeta()
}

// optedOut reports whether the page's option is an off of any kind that pages write.
func optedOut(option json.RawMessage) bool {
	return slices.Contains([]string{"false", "0", `"false"`, `"0"`, "null", `""`}, string(option))
}

// GetVisitorMeta implements GatewayService.
func (g *Gateway) GetVisitorMeta(ctx context.Context, req *gatewayv1.GetVisitorMetaRequest) (*gatewayv1.GetVisitorMetaResponse, error) {
	c := subject.Conversation{Bot: req.GetBot(), ID: req.GetConversation()}
	if err := c.Validate(); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	if !g.recognizes(c.Bot) {
		return &gatewayv1.GetVisitorMetaResponse{}, nil
	}
	s, err := g.whereabouts.of(ctx, g.deps.Log, c)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return &gatewayv1.GetVisitorMetaResponse{}, nil
	}
	if err != nil {
		return nil, whereAway(ctx, c, err)
	}
	where := geo.Place{}
	if a, err := netip.ParseAddr(s.IP); err == nil && g.places != nil {
		where = g.places.Find(a)
	}
	return &gatewayv1.GetVisitorMetaResponse{Ip: s.IP, Country: where.Country, City: where.City, SeenAt: timestamppb.New(s.At)}, nil
}

// EraseVisitorMeta implements GatewayService.
func (g *Gateway) EraseVisitorMeta(ctx context.Context, req *gatewayv1.EraseVisitorMetaRequest) (*gatewayv1.EraseVisitorMetaResponse, error) {
	c := subject.Conversation{Bot: req.GetBot(), ID: req.GetConversation()}
	if err := c.Validate(); err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	kv, err := g.whereabouts.open(ctx, g.deps.Log)
	if err == nil {
		err = kv.Purge(ctx, c.Key())
	}
	if err != nil {
		return nil, whereAway(ctx, c, err)
	}
	return &gatewayv1.EraseVisitorMetaResponse{}, nil
}

func whereAway(ctx context.Context, c subject.Conversation, err error) error {
	slog.WarnContext(ctx, "visitors' whereabouts not reached", "bot", c.Bot, "conversation", c.ID, "err", err)
	return status.Error(codes.Unavailable, "the bucket of visitors' whereabouts is not available; try again")
}

// of returns what is kept of a conversation, or [jetstream.ErrKeyNotFound].
func (w *whereabouts) of(ctx context.Context, l *bus.Log, c subject.Conversation) (seen, error) {
	kv, err := w.open(ctx, l)
	if err != nil {
		return seen{}, err
	}
	return readValue[seen](ctx, kv, c.Key())
}
