package engineio

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// A Session is one peer's connection, over whatever carries it.
type Session struct {
	ID   string
	Peer Peer
	App  any // the handler's

	server   *Server
	revision byte

	handling sync.Mutex // held while the handler is called

	mu       sync.Mutex
	timer    *time.Timer     // the next ping, or the deadline
	deadline time.Time       // of the peer's next heartbeat
	conn     *websocket.Conn // nil until there is one
	polls    *polls          // nil unless the session polls
	queue    []Packet
	goodbye  []byte // the close frame's payload, sent after what was queued
	busy     bool   // the reader is with the handler, and writes what it answers
	writing  bool   // somebody is writing to conn, and takes what is queued
	awaiting bool   // a heartbeat is due by the deadline
	closed   bool   // nothing is queued any more
	hangUp   bool   // nobody reads any more: whoever writes closes the connection
}

// Revision is that of the peer's protocol: 4, or 3.
func (s *Session) Revision() int { return int(s.revision) }

// handshakeData is the first packet.
func (s *Session) handshakeData() Packet {
	upgrades := "[]"
	if s.polls != nil {
		upgrades = `["websocket"]`
	}
	cfg := s.server.cfg
	return Packet{data: fmt.Appendf(nil, `0{"sid":%q,"upgrades":%s,"pingInterval":%d,"pingTimeout":%d,"maxPayload":%d}`,
		s.ID, upgrades, cfg.PingInterval.Milliseconds(), cfg.PingTimeout.Milliseconds(), cfg.MaxPayload)}
}

// opened begins the session's life with its handler.
func (s *Session) opened() {
	s.handling.Lock()
	s.App = s.server.handler.Opened(s)
	s.handling.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.timer = time.AfterFunc(s.expect(), s.tick)
	}
}

// expect sets the deadline of the next heartbeat and returns when something is to be done for it.
func (s *Session) expect() time.Duration {
	cfg := s.server.cfg
	s.awaiting = s.revision == revision3 // such a peer pings by itself
	s.deadline = time.Now().Add(cfg.PingInterval + cfg.PingTimeout)
	if s.revision == revision3 {
		return cfg.PingInterval + cfg.PingTimeout
	}
	return cfg.PingInterval
}

// ended ends it. The session is not known any more.
func (s *Session) ended() {
	s.handling.Lock()
	s.server.handler.Closed(s, s.reason())
	s.handling.Unlock()
	s.server.wg.Done()
}

// reason is why the session was closed.
func (s *Session) reason() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.goodbye[2:])
}

// What a peer does that ends its session.
var (
	errPeerClosed = fmt.Errorf("client close")
	errHeartbeat  = fmt.Errorf("invalid heartbeat direction") // a peer of revision 4 pings, or of 3 pongs
)

// packet handles what the peer sent.
func (s *Session) packet(p received) error {
	switch p.kind {
	case typeMessage:
		s.handling.Lock()
		defer s.handling.Unlock()
		return s.server.handler.Message(s, p.data, p.binary)
	case typePing:
		if s.revision != revision3 {
			return errHeartbeat
		}
		s.alive()
		s.Send(Packet{data: append([]byte{typePong}, p.data...)})
	case typePong:
		if s.revision == revision3 {
			return errHeartbeat
		}
		s.alive()
	case typeClose:
		return errPeerClosed
	}
	return nil // an open, upgrade or noop packet means nothing here, and is harmless
}

// tick pings, or gives up a peer whose heartbeat is overdue.
func (s *Session) tick() {
	if s.giveUp() {
		return
	}
	s.mu.Lock()
	ping := !s.closed && !s.awaiting
	if ping {
		s.awaiting = true
		// The deadline is absolute, however late the timer is; but a peer does not pay for a server that
		// stood still.
		if timeout := s.server.cfg.PingTimeout; time.Until(s.deadline) < timeout/2 {
			s.deadline = time.Now().Add(timeout)
		}
	}
	if !s.closed {
		s.timer.Reset(time.Until(s.deadline))
	}
	s.mu.Unlock()
	if ping {
		s.Send(control(typePing))
	}
}

// giveUp closes the session if the peer's heartbeat is overdue, and reports whether it is.
func (s *Session) giveUp() bool {
	s.mu.Lock()
	overdue := s.awaiting && !time.Now().Before(s.deadline)
	s.mu.Unlock()
	if overdue {
		s.close(websocket.CloseGoingAway, "ping timeout")
	}
	return overdue
}

// alive counts from now until the next heartbeat.
func (s *Session) alive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed && s.timer != nil && s.awaiting {
		s.timer.Reset(s.expect())
	}
}

// Send queues packets, in order, and never waits for the peer. One that has fallen MaxQueue behind
// is cut off; one that has fallen Behind gets no volatile packets.
func (s *Session) Send(ps ...Packet) { s.send(ps, false) }

// Answer is Send for what answers the message that the handler is being given: whoever reads writes it
// once the handler has returned, and no goroutine is started.
func (s *Session) Answer(ps ...Packet) { s.send(ps, true) }

func (s *Session) send(ps []Packet, answer bool) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	for _, p := range ps {
		if p.volatile && len(s.queue) >= s.server.cfg.Behind {
			continue
		}
		s.queue = append(s.queue, p)
	}
	if len(s.queue) > s.server.cfg.MaxQueue {
		s.mu.Unlock()
		s.close(closeTooSlow, "too slow")
		return
	}
	start := s.conn != nil && !s.writing && (!answer || !s.busy)
	s.writing = s.writing || start
	s.polls.nudge()
	s.mu.Unlock()
	if start {
		go s.drain()
	}
}

// Close codes of a WebSocket. Socket.IO clients reconnect after every one of them.
const (
	closeRestart  = websocket.CloseServiceRestart // the server goes; connect to another
	closeTooSlow  = 4008                          // the peer does not read
	closeProtocol = websocket.CloseProtocolError
)

// Close ends the session once what is queued has been written; the peer may reconnect.
func (s *Session) Close(reason string) { s.close(websocket.CloseNormalClosure, reason) }

const maxReason = 120 // bytes; a control frame holds 125

// close says why, once. A peer that is too slow is not sent what is queued.
func (s *Session) close(code int, reason string) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.goodbye = websocket.FormatCloseMessage(code, strings.ToValidUTF8(reason[:min(len(reason), maxReason)], ""))
	if s.timer != nil {
		s.timer.Stop()
	}
	if code == closeTooSlow {
		s.queue = nil
	}
	if s.polls != nil {
		s.closePolling(code)
		return
	}
	now := s.conn != nil && (!s.writing || code == closeTooSlow)
	s.mu.Unlock()
	switch {
	case now && code == closeTooSlow:
		go s.sayGoodbye() // it waits for a peer that does not read, and whoever sends must not
	case now:
		s.sayGoodbye()
	}
}
