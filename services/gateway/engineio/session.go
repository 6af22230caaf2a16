package engineio

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Peer is what the handshake told of the other side.
type Peer struct {
	Origin    string // the Origin header; empty for what is not a browser
	Host      string // the Host header
	IP        string // of the connection
	UserAgent string
}

func peer(r *http.Request) Peer {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	return Peer{Origin: r.Header.Get("Origin"), Host: r.Host, IP: ip, UserAgent: r.UserAgent()}
}

// A Session is one peer's connection.
type Session struct {
	Peer Peer
	App  any // the handler's

	server *Server
	conn   *websocket.Conn
	timer  *time.Timer

	mu       sync.Mutex
	queue    []Packet
	brought  int    // how many of them do not count
	writing  bool   // a goroutine is writing, and takes what is queued
	awaiting bool   // a ping is not answered yet
	closed   bool   // nothing is queued any more
	goodbye  []byte // the close frame's payload, sent after what was queued
	hangUp   bool   // nobody reads any more: whoever writes closes the connection
}

// A Packet is an encoded Engine.IO packet. The same packet may be sent to many sessions.
type Packet struct {
	prepared *websocket.PreparedMessage
	text     []byte
}

// Message makes a packet of a message for one session. It keeps data.
func Message(data []byte) Packet {
	return Packet{text: append([]byte{typeMessage}, data...)}
}

// SharedMessage makes a packet of a message for many sessions: its WebSocket frame is made once.
func SharedMessage(data []byte) (Packet, error) {
	pm, err := websocket.NewPreparedMessage(websocket.TextMessage, append([]byte{typeMessage}, data...))
	return Packet{prepared: pm}, err
}

// Types of packets.
const (
	typeOpen    = '0'
	typeClose   = '1'
	typePing    = '2'
	typePong    = '3'
	typeMessage = '4'
	typeUpgrade = '5'
	typeNoop    = '6'
)

// begin gives the session its connection, unless it was closed meanwhile.
func (s *Session) begin(conn *websocket.Conn) {
	s.mu.Lock()
	s.conn = conn
	closed := s.closed
	s.mu.Unlock()
	if closed {
		s.sayGoodbye()
	}
}

func (s *Session) serve() {
	cfg := s.server.cfg
	s.App = s.server.handler.Opened(s)
	open := fmt.Appendf(nil, `0{"sid":%q,"upgrades":[],"pingInterval":%d,"pingTimeout":%d,"maxPayload":%d}`,
		NewID(), cfg.PingInterval.Milliseconds(), cfg.PingTimeout.Milliseconds(), cfg.MaxPayload)
	s.Send(Packet{text: open})
	s.mu.Lock()
	if !s.closed {
		s.timer = time.AfterFunc(cfg.PingInterval, s.tick)
	}
	s.mu.Unlock()
	reason := s.read()
	s.close(websocket.CloseNormalClosure, reason)
	s.finish()
	s.server.handler.Closed(s, reason)
	s.server.remove(s)
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const keepBuffer = 64 << 10 // larger ones are not kept for the next message

// read handles what the peer sends until it leaves or breaks the protocol, and says why.
func (s *Session) read() string {
	for {
		kind, r, err := s.conn.NextReader()
		if err != nil {
			return closeReason(err)
		}
		buf := buffers.Get().(*bytes.Buffer)
		buf.Reset()
		if _, err = buf.ReadFrom(r); err == nil {
			err = s.packet(kind, buf.Bytes())
		}
		if buf.Cap() <= keepBuffer {
			buffers.Put(buf)
		}
		switch {
		case errors.Is(err, errPeerClosed):
			return "client close"
		case errors.Is(err, websocket.ErrReadLimit):
			return "payload too large" // gorilla has told the peer, by 1009
		case err != nil:
			s.close(closeProtocol, err.Error())
			return err.Error()
		}
	}
}

func closeReason(err error) string {
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return "payload too large"
	case websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway, websocket.CloseNoStatusReceived):
		return "transport close"
	}
	return "transport error"
}

var (
	errPeerClosed = errors.New("closed by the peer")
	errBinary     = errors.New("binary messages are not understood")
	errPacket     = errors.New("parse error")
)

func (s *Session) packet(kind int, data []byte) error {
	if kind != websocket.TextMessage {
		return errBinary
	}
	if len(data) == 0 {
		return errPacket
	}
	switch data[0] {
	case typeMessage:
		return s.server.handler.Message(s, data[1:])
	case typePong:
		s.pong()
	case typeClose:
		return errPeerClosed
	case typePing, typeUpgrade, typeNoop: // without meaning here, and harmless
	default:
		return errPacket
	}
	return nil
}

// tick pings, or gives up a peer whose pong is overdue.
func (s *Session) tick() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	if s.awaiting {
		s.mu.Unlock()
		s.close(websocket.CloseGoingAway, "ping timeout")
		return
	}
	s.awaiting = true
	s.timer.Reset(s.server.cfg.PingTimeout)
	s.mu.Unlock()
	s.Send(Packet{text: []byte{typePing}})
}

func (s *Session) pong() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed && s.awaiting {
		s.awaiting = false
		s.timer.Reset(s.server.cfg.PingInterval)
	}
}

// Send queues packets, in order, and never waits for the peer. One that has fallen MaxQueue behind
// is cut off.
func (s *Session) Send(ps ...Packet) { s.send(ps, 0) }

// Bring queues packets like [Session.Send], but they do not count as being behind: they happened before
// the peer came, and whoever brings them bounds their number.
func (s *Session) Bring(ps ...Packet) { s.send(ps, len(ps)) }

func (s *Session) send(ps []Packet, brought int) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.brought += brought
	if len(s.queue)+len(ps)-s.brought > s.server.cfg.MaxQueue {
		s.mu.Unlock()
		s.close(closeTooSlow, "too slow")
		return
	}
	s.queue = append(s.queue, ps...)
	start := !s.writing
	s.writing = true
	s.mu.Unlock()
	if start {
		go s.drain()
	}
}

// drain writes until nothing is queued.
func (s *Session) drain() {
	var batch []Packet
	for {
		s.mu.Lock()
		if len(s.queue) == 0 {
			s.writing, s.queue = false, nil
			closed, hangUp := s.closed, s.hangUp
			s.mu.Unlock()
			if closed {
				s.sayGoodbye()
			}
			if hangUp {
				_ = s.conn.Close() // its error is that it is closed
			}
			return
		}
		batch, s.queue, s.brought = s.queue, batch[:0], 0
		s.mu.Unlock()
		s.conn.SetWriteDeadline(time.Now().Add(s.server.cfg.WriteTimeout))
		for i, p := range batch {
			if err := s.write(p); err != nil {
				_ = s.conn.Close() // ends read, which ends the session
				return             // still "writing": nothing is written after a failure
			}
			batch[i] = Packet{}
		}
	}
}

func (s *Session) write(p Packet) error {
	if p.prepared != nil {
		return s.conn.WritePreparedMessage(p.prepared)
	}
	return s.conn.WriteMessage(websocket.TextMessage, p.text)
}

// Close ends the session once what is queued has been written; the peer may reconnect.
func (s *Session) Close(reason string) { s.close(websocket.CloseNormalClosure, reason) }

const (
	closeWait = 5 * time.Second // for the peer to close its side
	maxReason = 120             // a control frame holds 125 bytes
)

// close says why, once. A peer that is too slow is not sent what is queued.
func (s *Session) close(code int, reason string) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.closed = true
	s.goodbye = websocket.FormatCloseMessage(code, reason[:min(len(reason), maxReason)])
	if s.timer != nil {
		s.timer.Stop()
	}
	if code == closeTooSlow {
		s.queue = nil
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

// finish closes the connection, or leaves that to whoever is writing.
func (s *Session) finish() {
	s.mu.Lock()
	s.hangUp = true
	writing := s.writing
	s.mu.Unlock()
	if !writing {
		_ = s.conn.Close() // its error is that it is closed
	}
}

func (s *Session) sayGoodbye() {
	deadline := time.Now().Add(closeWait)
	if err := s.conn.WriteControl(websocket.CloseMessage, s.goodbye, deadline); err != nil {
		_ = s.conn.Close()
		return
	}
	s.conn.SetReadDeadline(deadline)
}
