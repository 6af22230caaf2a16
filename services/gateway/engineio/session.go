package engineio

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio/readiness"
)

// A Session is one peer's connection, over whatever carries it.
type Session struct {
	ID   string
	Peer Peer
	App  any // the handler's

	server   *Server
	revision byte

	handling sync.Mutex // held while the handler is called

	// Of whoever reads.
	watch *readiness.Watch // of link; nil if a goroutine waits for the peer
	heard time.Time        // when the peer last said something

	mu       sync.Mutex
	beat     place           // when the next ping is due, or the peer's heartbeat
	conn     *websocket.Conn // nil until there is one
	link     *link           // below conn
	polls    *polls          // nil unless the session polls
	queue    []Packet
	backlog  int    // bytes in queue
	goodbye  []byte // the close frame's payload, sent after what was queued
	awaiting bool   // the peer owes a heartbeat
	busy     bool   // the reader is with the handler, and writes what it answers
	writing  bool   // somebody is writing to conn, and takes what is queued
	broken   bool   // nothing can be written any more
	closed   bool   // nothing is queued any more
	parted   bool   // goodbye is said, or being said
	left     bool   // nobody reads any more: whoever writes closes the connection
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
	s.expect()
}

// expect counts from now until the next ping; a peer of revision 3 pings by itself. s.mu is held.
func (s *Session) expect() {
	if s.closed {
		return
	}
	s.awaiting = s.revision == revision3
	if s.awaiting {
		s.server.silences.add(s, time.Now())
		return
	}
	s.server.pings.add(s, time.Now())
}

// ended ends it. The session is not known any more.
func (s *Session) ended() {
	s.handling.Lock()
	s.server.handler.Closed(s, s.reason())
	s.handling.Unlock()
	s.server.wg.Done()
}

// over reports whether the session was closed.
func (s *Session) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
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
		if s.over() {
			return nil // a peer may have been shut out, and go on talking until its connection is cut
		}
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

// tick pings, or gives up a peer whose heartbeat is overdue; unless something else has become due instead.
func (s *Session) tick(due time.Time) {
	s.mu.Lock()
	if s.closed || !s.beat.due.Equal(due) {
		s.mu.Unlock()
		return
	}
	ping := !s.awaiting
	if ping {
		s.awaiting = true
		s.server.pongs.add(s, time.Now()) // a peer does not pay for a server that stood still
	}
	s.mu.Unlock()
	if ping {
		s.Send(control(typePing))
		return
	}
	s.close(websocket.CloseGoingAway, pingTimeout)
}

const pingTimeout = "ping timeout"

// giveUp closes the session if the peer's heartbeat is overdue, which a timer may be late to notice.
func (s *Session) giveUp() {
	s.mu.Lock()
	overdue := s.awaiting && !time.Now().Before(s.beat.due)
	s.mu.Unlock()
	if overdue {
		s.close(websocket.CloseGoingAway, pingTimeout)
	}
}

// alive counts from now until the next heartbeat.
func (s *Session) alive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.awaiting {
		s.expect()
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
	if s.closed || s.broken {
		s.mu.Unlock()
		return
	}
	cfg := &s.server.cfg
	for _, p := range ps {
		if p.volatile && len(s.queue) >= cfg.Behind {
			continue
		}
		s.queue = append(s.queue, p)
		s.backlog += len(p.data)
	}
	if len(s.queue) > cfg.MaxQueue || s.backlog > cfg.MaxBacklog {
		s.mu.Unlock()
		s.close(closeTooSlow, "too slow")
		return
	}
	start := (!answer || !s.busy) && s.starts()
	s.polls.nudge()
	s.mu.Unlock()
	if start {
		s.write()
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

// close says why, once, and never waits for the peer: whoever closes many sessions, or one while it
// holds up others, must not hang on one that does not read. A peer that is too slow is not sent what
// is queued.
func (s *Session) close(code int, reason string) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.goodbye = websocket.FormatCloseMessage(code, strings.ToValidUTF8(reason[:min(len(reason), maxReason)], ""))
	s.unlist()
	if s.polls != nil {
		s.closePolling(code)
		return
	}
	if s.writing && code == closeTooSlow {
		s.cutOff()
		return
	}
	start := s.starts() // if there is no connection yet, begin says goodbye
	s.mu.Unlock()
	if start {
		s.write()
	}
}
