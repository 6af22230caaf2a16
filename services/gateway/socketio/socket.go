package socketio

import (
	"errors"
	"sync"
	"time"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// A Socket is one client in a namespace.
type Socket struct {
	ID        string
	PID       string // the client's private id for recovery, until it has been told; empty = there is none
	App       any    // the handler's
	Peer      *engineio.Peer
	Namespace string

	session *engineio.Session
	conn    *conn
	handler Handler
	asked   *asked // nil until the client is asked something
}

// Emit sends an event whose arguments are JSON.
func (s *Socket) Emit(name string, args ...[]byte) { s.EmitArgs(name, JSON(args...)) }

// EmitArgs sends an event.
func (s *Socket) EmitArgs(name string, args Args) {
	s.session.Send(s.packets(Event, NoAck, appendEvent(nil, name, args.JSON), args.Binary)...)
}

// EmitVolatile sends an event that is worth nothing later: a client that is behind does not get it.
func (s *Socket) EmitVolatile(name string, args ...[]byte) {
	for _, p := range s.packets(Event, NoAck, appendEvent(nil, name, args), nil) {
		s.session.Send(p.Volatile())
	}
}

// packets encodes a packet with its attachments.
func (s *Socket) packets(kind Type, ackID int64, data []byte, attachments [][]byte) []engineio.Packet {
	p := Packet{Type: kind, Namespace: s.Namespace, AckID: ackID, Data: data}
	if len(attachments) > 0 {
		p.Type, p.Attachments = kind+(BinaryEvent-Event), len(attachments)
	}
	all := make([]engineio.Packet, 1, 1+len(attachments))
	all[0] = engineio.Message(p.Append(nil))
	for _, a := range attachments {
		all = append(all, engineio.BinaryMessage(append([]byte(nil), a...)))
	}
	return all
}

// Send sends packets made by [Shared]; the socket is in the main namespace.
func (s *Socket) Send(ps ...engineio.Packet) { s.session.Send(ps...) }

// Shared encodes an event of the main namespace once for several sockets.
func Shared(name string, args ...[]byte) (engineio.Packet, error) {
	return engineio.SharedMessage(EncodeEvent(name, args...))
}

// Close ends the connection; the client reconnects by itself.
func (s *Socket) Close(reason string) { s.session.Close(reason) }

// Disconnect takes the client out of the namespace, to which it does not come back by itself. Only the
// handler may call it, during a call for this socket; Disconnected is called before it returns.
func (s *Socket) Disconnect() {
	s.session.Send(s.packets(Disconnect, NoAck, nil, nil)...)
	s.conn.leave(s, "server namespace disconnect")
}

// Why an answer has not come.
var (
	ErrDisconnected = errors.New("the socket was disconnected before it answered")
	ErrTimeout      = errors.New("the client did not answer in time")
	ErrTooManyAsked = errors.New("the client owes too many answers")
)

// asked are the events that the client has to acknowledge.
type asked struct {
	mu     sync.Mutex
	next   int64
	open   map[int64]*question
	closed bool
}

type question struct {
	timer  *time.Timer
	answer func(Args, error)
}

// Ask sends an event and calls answer, once, with the arguments of its acknowledgement or with the
// reason why there is none. Answers come as events do, one after the other, but for [ErrTimeout]. The
// error of Ask itself is that nothing was sent.
func (s *Socket) Ask(within time.Duration, name string, args Args, answer func(Args, error)) error {
	a := s.conn.asks(s)
	a.mu.Lock()
	switch {
	case a.closed:
		a.mu.Unlock()
		return ErrDisconnected
	case len(a.open) >= s.conn.server.cfg.MaxAsked:
		a.mu.Unlock()
		return ErrTooManyAsked
	}
	id := a.next
	a.next++
	a.open[id] = &question{answer: answer, timer: time.AfterFunc(within, func() { a.close(id, Args{}, ErrTimeout) })}
	a.mu.Unlock()
	s.session.Send(s.packets(Event, id, appendEvent(nil, name, args.JSON), args.Binary)...)
	return nil
}

// close answers a question. An answer to none, such as one that has timed out, is for nobody.
func (a *asked) close(id int64, args Args, err error) {
	a.mu.Lock()
	q := a.open[id]
	delete(a.open, id)
	a.mu.Unlock()
	if q != nil {
		q.timer.Stop()
		q.answer(args, err)
	}
}

// abandon ends every question: the client has gone.
func (a *asked) abandon() {
	a.mu.Lock()
	a.closed = true
	open := a.open
	a.open = nil
	a.mu.Unlock()
	for _, q := range open {
		q.timer.Stop()
		q.answer(Args{}, ErrDisconnected)
	}
}
