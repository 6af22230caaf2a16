package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
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
	maxAuthObject = 32 << 10
)

// visitor is a socket's App.
type visitor struct {
	c     subject.Conversation
	id    string
	site  string
	token string // renewed; empty once it has been sent
	user  string // of the site; empty is a guest
	known bool   // the site's server vouches for user
	lang  string // that its page asked for and the widget speaks; may be empty

	revocation int64 // the token's number
	socket     *socketio.Socket
	room       *room
	params     map[string]any
	trusted    map[string]any // signed by the site's server; nil = it has said nothing
	typed      time.Time
	welcome    *joined // what Connected has to send

	// Under room.mu.
	holding bool // held back until the socket is up to date
	held    []held
	upTo    uint64 // everything stored up to here was sent before the socket was up to date
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
	UserID       string          `json:"user_id"`
	UserToken    string          `json:"user_token"`
	ParamsToken  string          `json:"params_token"`
	Challenge    string          `json:"challenge"` // solved: "<nonce>:<counter>"
	PID          string          `json:"pid"`       // of the official client's recovery; see recovery.go
	Recognize    json.RawMessage `json:"recognize_user_meta"`
	Settings     json.RawMessage `json:"settings"` // the version of those that the page has
}

// Connecting implements [socketio.Handler].
func (h visitors) Connecting(s *socketio.Socket, raw json.RawMessage) (any, *socketio.Refusal) {
	if !h.g.takeTurn() {
		s.Close("too many are connecting") // which a client comes back after, unlike after a refusal
		return nil, &socketio.Refusal{Message: "too many are connecting"}
	}
	defer h.g.endTurn()
	ctx, cancel := context.WithTimeout(context.Background(), joinTimeout)
	defer cancel()
	v, problem := h.g.connect(ctx, s, raw)
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
	old := g.recall(a)
	who, problem := g.identify(ctx, s, a, old)
	if problem != nil {
		return nil, problem
	}
	trusted, problem := g.trusted(a.ParamsToken, &who)
	if problem != nil {
		problem.Field = "auth." + problem.Field
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
		token: signed, socket: s, params: params, trusted: trusted, user: who.UserID, known: who.Verified, revocation: who.Revocation,
		lang: g.words.choose(a.LanguageCode),
	}
	if err := g.join(ctx, v, a.Offset); err != nil {
		slog.WarnContext(ctx, "visitor not connected", "bot", v.c.Bot, "conversation", v.c.ID, "err", err)
		return nil, unavailable()
	}
	v.welcome.settings = g.missed(v.c.Bot, v.lang, a.Settings)
	// It is in its room by now, so a revocation, a block or a changed list either finds it there or is found here.
	if _, p := g.admit(ctx, s, who); p != nil {
		v.room.leave(v)
		return nil, p
	}
	if err := g.recover(v, a.PID, old, who); err != nil {
		v.room.leave(v)
		slog.ErrorContext(ctx, "recovery token not signed", "err", err)
		return nil, unavailable()
	}
	g.recognize(ctx, v, a.Recognize)
	return v, nil
}

func unavailable() *wire.Problem {
	return &wire.Problem{Code: wire.Unavailable, Message: "the service is not available now; nothing is lost, try again", RetryAfter: retryShortly.Milliseconds()}
}

// Connected implements [socketio.Handler].
func (h visitors) Connected(s *socketio.Socket) {
	v := s.App.(*visitor)
	v.welcome.send(v)
	v.welcome, v.token = nil, ""
}

// Disconnected implements [socketio.Handler].
func (h visitors) Disconnected(s *socketio.Socket, _ string) {
	v := s.App.(*visitor)
	v.room.leave(v)
}

// Event implements [socketio.Handler].
func (h visitors) Event(s *socketio.Socket, name string, args socketio.Args, ack func(socketio.Args)) {
	v := s.App.(*visitor)
	ctx, cancel := context.WithTimeout(context.Background(), sendTimeout)
	defer cancel()
	var answer any
	var problem *wire.Problem
	switch {
	case len(args.Binary) > 0:
		problem = &wire.Problem{Code: wire.BadRequest, Field: "event", Message: "want JSON without bytes"}
	case name == "message":
		answer, problem = h.g.accept(ctx, v, args.JSON)
	case name == "history":
		answer, problem = h.g.older(ctx, v, args.JSON)
	case name == "typing":
		h.g.visitorTypes(v)
	default:
		problem = &wire.Problem{Code: wire.BadRequest, Field: "event", Message: "unknown event " + printable(name) + ": want message, history or typing"}
	}
	switch {
	case problem != nil && ack != nil:
		ack(socketio.JSON(encode(wire.Refused{Error: problem})))
	case problem != nil:
		s.Emit("problem", encode(problem))
	case ack != nil && answer != nil:
		ack(socketio.JSON(encode(answer)))
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
	m, problem := g.message(ctx, v, f)
	if problem != nil {
		return nil, problem
	}
	stored, problem := g.store(ctx, v.c, m, mayRepeat(f, time.Now(), g.deps.Log.Duplicates()))
	if problem != nil {
		return nil, problem
	}
	g.feed.Expect(v.c, stored.Sequence)
	return wire.Accepted{OK: true, Offset: g.deps.Log.At(stored.Sequence).String(), ID: m.GetId(), Duplicate: stored.Duplicate}, nil
}

// message is the event of a frame, stamped with what the gateway knows of the visitor.
func (g *Gateway) message(ctx context.Context, v *visitor, f wire.Frame) (*chatv1.Message, *wire.Problem) {
	changes, problem := wire.DecodeParams(f.Params)
	if problem != nil {
		return nil, problem
	}
	m, problem := f.Message(v.c)
	if problem != nil {
		return nil, problem
	}
	params := v.params
	if len(changes) > 0 {
		if params, problem = wire.Merge(params, changes); problem != nil {
			return nil, problem
		}
	}
	if m.Params, problem = wire.Struct(wire.Over(params, v.trusted)); problem != nil {
		return nil, problem
	}
	if m.TrustedParams, problem = wire.Trusted(v.trusted); problem != nil {
		return nil, problem
	}
	if f.Upload != "" { // at last: what is refused shall not make it stay
		if problem := g.attach(ctx, v.c, f.Upload, m); problem != nil {
			return nil, problem
		}
	}
	v.params = params
	m.Author, m.AuthorId, m.Time = chatv1.Author_AUTHOR_VISITOR, v.id, timestamppb.Now()
	m.UserId, m.UserVerified = v.user, v.known
	return m, nil
}

// store puts m into the log. What may be there for longer than the stream remembers ids is looked for first.
func (g *Gateway) store(ctx context.Context, c subject.Conversation, m *chatv1.Message, look bool) (bus.Stored, *wire.Problem) {
	if look {
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
