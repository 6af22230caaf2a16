package gateway

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
	"github.com/switchboard-chat/switchboard/services/gateway/socketio"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const (
	maxHeld    = 1024                       // events that may happen while a socket is brought up to date
	maxQueue   = maxResume + maxHeld + 1024 // packets that it may be behind; all of a resume is sent at once
	maxBacklog = maxMissed + 4<<20          // and bytes
)

// room is a conversation with sockets on this gateway. It follows the conversation while it has any.
type room struct {
	g     *Gateway
	c     subject.Conversation
	ready chan struct{} // closed once following has begun, or failed with err
	err   error

	mu      sync.Mutex
	closed  bool
	last    uint64 // the newest event shown
	members []*visitor
}

// enter adds v to its conversation's room and returns the room's newest sequence: everything behind
// it reaches v's hold, until [room.open].
func (g *Gateway) enter(ctx context.Context, v *visitor) (*room, uint64, error) {
	for {
		r, made := g.room(v.c)
		wait := ctx.Done()
		if made {
			last, err := g.feed.Follow(ctx, v.c, r)
			r.begin(last, err)
			wait = nil // whoever made the room enters it, or nobody would leave it
		}
		select {
		case <-r.ready:
		case <-wait:
			return nil, 0, ctx.Err()
		}
		if r.err != nil {
			return nil, 0, r.err
		}
		if last, ok := r.add(v); ok {
			return r, last, nil
		}
	}
}

func (g *Gateway) room(c subject.Conversation) (r *room, made bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := g.rooms[c]; r != nil {
		return r, false
	}
	r = &room{g: g, c: c, ready: make(chan struct{})}
	g.rooms[c] = r
	return r, true
}

// forget makes room for another of r's conversation, unless that is there already.
func (g *Gateway) forget(r *room) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.rooms[r.c] == r {
		delete(g.rooms, r.c)
	}
}

func (r *room) begin(last uint64, err error) {
	if err != nil {
		r.err = err
		r.g.forget(r)
	}
	r.mu.Lock()
	r.last = max(r.last, last)
	r.mu.Unlock()
	close(r.ready)
}

func (r *room) add(v *visitor) (last uint64, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, false
	}
	r.members = append(r.members, v)
	v.holding = true
	return r.last, true
}

// leave removes v; the last one closes the room.
func (r *room) leave(v *visitor) {
	r.g.mu.Lock()
	defer r.g.mu.Unlock()
	r.mu.Lock()
	if i := slices.Index(r.members, v); i >= 0 {
		r.members = slices.Delete(r.members, i, i+1)
	}
	empty := len(r.members) == 0 && !r.closed
	if empty {
		r.closed = true
	}
	r.mu.Unlock()
	if empty {
		delete(r.g.rooms, r.c)
		r.g.feed.Unfollow(r.c)
	}
}

// open sends v what was held back behind sent, and from now on everything at once.
func (r *room) open(v *visitor, sent uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range v.held {
		if h.sequence == 0 || h.sequence > sent {
			v.socket.Send(h.packet)
		}
	}
	v.held, v.holding, v.upTo = nil, false, sent
}

type held struct {
	sequence uint64 // 0 = not stored
	packet   engineio.Packet
}

// Stored implements [bus.Listener].
func (r *room) Stored(e bus.Event) {
	if e.Err != nil {
		slog.Error("event not shown", "bot", r.c.Bot, "conversation", r.c.ID, "err", e.Err)
		return
	}
	data, err := wire.EncodeMessage(e.Message, e.Sequence)
	if err != nil {
		slog.Error("event not shown", "bot", r.c.Bot, "conversation", r.c.ID, "err", err)
		return
	}
	r.emit(e.Sequence, false, "message", data, quote(e.Message.GetOffset()))
}

// Live implements [bus.Listener].
func (r *room) Live(e *gatewayv1.LiveEvent) {
	var name string
	var payload any
	passing := false // worth nothing to whoever gets it late
	switch ev := e.GetEvent().(type) {
	case *gatewayv1.LiveEvent_Typing:
		if ev.Typing.GetAuthor() == chatv1.Author_AUTHOR_VISITOR {
			return // the visitor knows
		}
		passing = true
		name, payload = "typing", wire.NewTyping(ev.Typing.GetAuthor(), ev.Typing.GetName())
	case *gatewayv1.LiveEvent_Thinking:
		passing = ev.Thinking.GetText() != "" // its end is news even then
		name, payload = "thinking", wire.NewThinking(ev.Thinking.GetText(), ev.Thinking.GetTtl().AsDuration())
	case *gatewayv1.LiveEvent_Command:
		name, payload = "command", wire.Command{Title: ev.Command.GetTitle(), Subtitle: ev.Command.GetSubtitle()}
	case *gatewayv1.LiveEvent_Partial:
		passing = ev.Partial.GetText() != "" // whoever lacks a piece waits for one that begins at 0, or for the message
		name, payload = "partial", wire.NewPartial(ev.Partial)
	default:
		return // of a newer version
	}
	r.emit(0, passing, name, encode(payload))
}

// Reset implements [bus.Listener]: every place in the log means something else now, so the clients
// come back and load anew.
func (r *room) Reset() {
	r.g.forget(r)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for _, v := range r.members {
		v.socket.Close("new generation")
	}
}

// emit sends an event to every member, or to those who are not behind if it is passing. For several its
// frame is made once.
func (r *room) emit(sequence uint64, passing bool, name string, args ...[]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = max(r.last, sequence)
	if len(r.members) == 0 {
		return
	}
	packet, err := packetFor(len(r.members), name, args)
	if err != nil {
		slog.Error("event not encoded", "event", name, "err", err)
		return
	}
	if passing {
		packet = packet.Volatile()
	}
	for _, v := range r.members {
		v.give(sequence, packet)
	}
}

// give sends v a packet, or keeps it while v is brought up to date. The caller holds room.mu.
func (v *visitor) give(sequence uint64, packet engineio.Packet) {
	switch {
	case !v.holding && sequence > 0 && sequence <= v.upTo: // the history or the log was ahead of the feed
	case !v.holding:
		v.socket.Send(packet)
	case len(v.held) < maxHeld:
		v.held = append(v.held, held{sequence, packet})
	default:
		v.socket.Close("too much happened meanwhile") // it comes back and reads it from the log
	}
}

func packetFor(members int, name string, args [][]byte) (engineio.Packet, error) {
	if members > 1 {
		return socketio.Shared(name, args...)
	}
	return engineio.Message(socketio.EncodeEvent(name, args...)), nil
}

// settingChanged shows a bot's new settings to its visitors.
func (g *Gateway) settingChanged(kind, id string) {
	if kind == settings.KindBot {
		g.tellSettings(id)
	}
}

// tellSettings shows a bot's settings to its visitors, one call at a time, each with what the settings are by then: so
// that nobody is shown older ones after newer ones.
func (g *Gateway) tellSettings(id string) {
	g.telling.Lock()
	defer g.telling.Unlock()
	bot, ok := g.deps.Settings.Bot(id)
	if !ok {
		return
	}
	byLanguage := map[string][]byte{}
	for _, r := range g.roomsOf(id) {
		r.expel(bot)
		r.newSettings(bot, byLanguage)
	}
}

// roomsOf are the bot's conversations that have sockets here.
func (g *Gateway) roomsOf(bot string) (rooms []*room) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c, r := range g.rooms {
		if c.Bot == bot {
			rooms = append(rooms, r)
		}
	}
	return rooms
}

// botsHere are the bots that have sockets here.
func (g *Gateway) botsHere() map[string]struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	bots := map[string]struct{}{}
	for c := range g.rooms {
		bots[c.Bot] = struct{}{}
	}
	return bots
}

// expel closes the sockets of sites that are no longer on the list, and of whoever is blocked now. They
// come back and are told why.
func (r *room) expel(bot *configv1.Bot) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.members {
		switch {
		case !r.g.welcome(bot, v.site, v.socket.Peer.Host):
			v.socket.Close("origin no longer allowed")
		case r.g.blocked(bot, client{v.socket.Peer.IP, v.id, v.c.ID}) != nil:
			v.socket.Close("blocked")
		}
	}
}

// announce shows a live event to everybody who follows the conversation.
func (g *Gateway) announce(c subject.Conversation, e *gatewayv1.LiveEvent) error {
	data, err := proto.Marshal(e)
	if err != nil {
		return err
	}
	return g.deps.Log.Conn().Publish(c.Live(), data)
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // the payloads are ours and always marshal
	}
	return data
}

func quote(s string) []byte { return encode(s) }
