package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/socketio"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const (
	joinTimeout   = 10 * time.Second
	sendTimeout   = 8 * time.Second
	typingEvery   = 3 * time.Second
	retryShortly  = time.Second
	maxAuthObject = 16 << 10
)

// visitor is a socket's App.
type visitor struct {
	c       subject.Conversation
	id      string
	site    string
	token   string // renewed; empty once it has been sent
	socket  *socketio.Socket
	room    *room
	params  map[string]any
	typed   time.Time
	welcome *joined // what Connected has to send

	holding bool // under room.mu: held back until the socket is up to date
	held    []held
}

// visitors is the gateway as the handler of its sockets.
type visitors struct{ g *Gateway }

// auth is the payload of CONNECT.
type auth struct {
	Token        string          `json:"token"`
	BotID        string          `json:"bot_id"`
	Offset       string          `json:"offset"`
	Params       json.RawMessage `json:"params_from_site"`
	LanguageCode string          `json:"language_code"`
	PageURL      string          `json:"page_url"`
	PID          string          `json:"pid"` // the official client's recovery; offset says it all
}

// Connecting implements [socketio.Handler].
func (h visitors) Connecting(s *socketio.Socket, raw json.RawMessage) (any, *socketio.Refusal) {
	ctx, cancel := context.WithTimeout(context.Background(), joinTimeout)
	defer cancel()
	var v *visitor
	var problem *wire.Problem
	aside(func() { v, problem = h.g.connect(ctx, s, raw) })
	if problem != nil {
		return nil, &socketio.Refusal{Message: problem.Message, Data: problem}
	}
	return v, nil
}

func (g *Gateway) connect(ctx context.Context, s *socketio.Socket, raw json.RawMessage) (*visitor, *wire.Problem) {
	var a auth
	if len(raw) > maxAuthObject {
		return nil, &wire.Problem{Code: wire.TooLarge, Field: "auth", Message: "too large"}
	}
	if len(raw) > 0 {
		if p := wire.Decode(raw, &a); p != nil {
			return nil, p
		}
	}
	if p := g.limits.connect(s.Peer.IP); p != nil {
		return nil, p
	}
	who, problem := g.identify(s, a)
	if problem != nil {
		return nil, problem
	}
	signed, err := g.deps.Tokens.SignVisitor(who)
	if err != nil {
		slog.ErrorContext(ctx, "visitor token not signed", "err", err)
		return nil, unavailable()
	}
	params, problem := wire.DecodeParams(a.Params)
	if problem != nil {
		return nil, problem
	}
	v := &visitor{
		c: subject.Conversation{Bot: who.Bot, ID: who.Conversation}, id: who.Visitor, site: who.Site,
		token: signed, socket: s, params: params,
	}
	if err := g.join(ctx, v, a.Offset); err != nil {
		slog.WarnContext(ctx, "visitor not connected", "bot", v.c.Bot, "conversation", v.c.ID, "err", err)
		return nil, unavailable()
	}
	return v, nil
}

func unavailable() *wire.Problem {
	return &wire.Problem{Code: wire.Unavailable, Message: "the service is not available now; nothing is lost, try again", RetryAfter: retryShortly.Milliseconds()}
}

// identify says who connects: whom the token names or, for a page that connects directly, somebody
// new from an origin that is welcome.
func (g *Gateway) identify(s *socketio.Socket, a auth) (token.Visitor, *wire.Problem) {
	if a.Token == "" {
		if a.BotID == "" {
			return token.Visitor{}, &wire.Problem{Code: wire.TokenMissing, Field: "auth.token", Message: "want a visitor token, or bot_id from a page of an allowed site"}
		}
		return g.newcomer(a.BotID, s.Peer.Origin, s.Peer.Host, s.Peer.IP)
	}
	who, err := g.deps.Tokens.ParseVisitor(a.Token)
	switch {
	case errors.Is(err, token.ErrExpired):
		return token.Visitor{}, &wire.Problem{Code: wire.TokenExpired, Field: "auth.token", Message: "the visitor token has expired; ask for a new one"}
	case err != nil:
		return token.Visitor{}, &wire.Problem{Code: wire.TokenInvalid, Field: "auth.token", Message: "not a visitor token of this server; ask for a new one"}
	case a.BotID != "" && a.BotID != who.Bot:
		return token.Visitor{}, &wire.Problem{Code: wire.TokenInvalid, Field: "auth.token", Message: "the visitor token is of another bot; ask for a new one"}
	}
	bot, problem := g.bot(who.Bot, who.Site, s.Peer.Host)
	if problem != nil {
		return token.Visitor{}, problem
	}
	if problem := g.blocked(bot, client{s.Peer.IP, who.Visitor, who.Conversation}); problem != nil {
		return token.Visitor{}, problem
	}
	if o := s.Peer.Origin; o != "" && o != who.Site && !g.own(o, s.Peer.Host) {
		return token.Visitor{}, unwelcome(who.Bot, o)
	}
	who.Expires = time.Time{} // renewed
	return who, nil
}

// newcomer is a new visitor of the bot from a page of the origin.
func (g *Gateway) newcomer(bot, origin, host, ip string) (token.Visitor, *wire.Problem) {
	b, problem := g.bot(bot, origin, host)
	if problem != nil {
		return token.Visitor{}, problem
	}
	if problem := g.blocked(b, client{ip: ip}); problem != nil {
		return token.Visitor{}, problem
	}
	if problem := g.limits.begin(ip); problem != nil {
		return token.Visitor{}, problem
	}
	visitor, err := uuid.NewV7()
	conversation, cerr := uuid.NewV7()
	if err := errors.Join(err, cerr); err != nil {
		slog.Error("no randomness", "err", err)
		return token.Visitor{}, unavailable()
	}
	return token.Visitor{Bot: bot, Visitor: visitor.String(), Conversation: conversation.String(), Site: origin}, nil
}

// Connected implements [socketio.Handler].
func (h visitors) Connected(s *socketio.Socket) {
	v := s.App.(*visitor)
	aside(func() { v.welcome.send(v) })
	v.welcome, v.token = nil, ""
}

// Disconnected implements [socketio.Handler].
func (h visitors) Disconnected(s *socketio.Socket, _ string) {
	v := s.App.(*visitor)
	v.room.leave(v)
}

// Event implements [socketio.Handler].
func (h visitors) Event(s *socketio.Socket, name string, args []json.RawMessage, ack func([]byte)) {
	v := s.App.(*visitor)
	ctx, cancel := context.WithTimeout(context.Background(), sendTimeout)
	defer cancel()
	var answer any
	var problem *wire.Problem
	switch name {
	case "message":
		aside(func() { answer, problem = h.g.accept(ctx, v, args) })
	case "history":
		aside(func() { answer, problem = h.g.older(ctx, v, args) })
	case "typing":
		h.g.visitorTypes(v)
	default:
		problem = &wire.Problem{Code: wire.BadRequest, Field: "event", Message: "unknown event " + printable(name) + ": want message, history or typing"}
	}
	switch {
	case problem != nil && ack != nil:
		ack(encode(wire.Refused{Error: problem}))
	case problem != nil:
		s.Emit("problem", encode(problem))
	case ack != nil && answer != nil:
		ack(encode(answer))
	}
}

// accept stores what the visitor does and answers with its place.
func (g *Gateway) accept(ctx context.Context, v *visitor, args []json.RawMessage) (any, *wire.Problem) {
	if len(args) != 1 {
		return nil, &wire.Problem{Code: wire.BadRequest, Message: "message: want one object"}
	}
	if problem := g.limits.act(v.c); problem != nil {
		return nil, problem
	}
	f, problem := wire.DecodeFrame(args[0])
	if problem != nil {
		return nil, problem
	}
	m, problem := g.message(v, f)
	if problem != nil {
		return nil, problem
	}
	stored, problem := g.store(ctx, v.c, m, f.Attempt)
	if problem != nil {
		return nil, problem
	}
	g.feed.Expect(v.c, stored.Sequence)
	return wire.Accepted{OK: true, Offset: g.deps.Log.At(stored.Sequence).String(), ID: m.GetId(), Duplicate: stored.Duplicate}, nil
}

// message is the event of a frame, stamped with what the gateway knows of the visitor.
func (g *Gateway) message(v *visitor, f wire.Frame) (*chatv1.Message, *wire.Problem) {
	changes, problem := wire.DecodeParams(f.Params)
	if problem != nil {
		return nil, problem
	}
	m, problem := f.Message(v.c)
	if problem != nil {
		return nil, problem
	}
	if len(changes) > 0 {
		if v.params, problem = wire.Merge(v.params, changes); problem != nil {
			return nil, problem
		}
	}
	m.Author, m.AuthorId, m.Time = chatv1.Author_AUTHOR_VISITOR, v.id, timestamppb.Now()
	m.Params, problem = wire.Struct(v.params)
	return m, problem
}

// store puts m into the log. A repeated attempt may be older than what the stream remembers of ids,
// so it is looked for first; so is a start, which a client sends whenever it is shown an empty history.
func (g *Gateway) store(ctx context.Context, c subject.Conversation, m *chatv1.Message, attempt int) (bus.Stored, *wire.Problem) {
	if attempt > 1 || m.GetStart() != nil {
		seq, err := g.deps.Log.Find(ctx, c, 0, m.GetId())
		if err != nil {
			return bus.Stored{}, storeProblem(ctx, c, err)
		}
		if seq != 0 {
			return bus.Stored{Sequence: seq, Duplicate: true}, nil
		}
	}
	s, err := g.deps.Log.Append(ctx, c, subject.Visitor, m, nil)
	if err != nil {
		return bus.Stored{}, storeProblem(ctx, c, err)
	}
	return s, nil
}

func storeProblem(ctx context.Context, c subject.Conversation, err error) *wire.Problem {
	slog.WarnContext(ctx, "message not stored", "bot", c.Bot, "conversation", c.ID, "err", err)
	if errors.Is(err, bus.ErrTooLarge) {
		return &wire.Problem{Code: wire.TooLarge, Message: "the message is too large"}
	}
	return unavailable()
}

func (g *Gateway) visitorTypes(v *visitor) {
	if now := time.Now(); now.Sub(v.typed) >= typingEvery {
		v.typed = now
		typing := &gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Typing{Typing: &gatewayv1.Typing{Author: chatv1.Author_AUTHOR_VISITOR}}}
		if err := g.announce(v.c, typing); err != nil {
			slog.Debug("typing not announced", "err", err)
		}
	}
}
