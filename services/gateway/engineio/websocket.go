package engineio

import (
	"bytes"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// openWebSocket makes the request's connection the session's.
func (s *Server) openWebSocket(w http.ResponseWriter, r *http.Request, sess *Session) {
	conn, err := s.up.Upgrade(w, r, nil)
	if err != nil { // Upgrade has answered
		s.forget(sess)
		s.wg.Done()
		return
	}
	conn.SetReadLimit(s.cfg.MaxPayload)
	sess.begin(conn)
	go sess.serve() // and not here: returning frees what net/http keeps for the request
}

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
	s.Send(s.handshakeData())
	s.opened()
	s.listen()
}

// listen is the session's life on a WebSocket, to its end.
func (s *Session) listen() {
	s.close(websocket.CloseNormalClosure, s.read())
	s.finish()
	s.server.forget(s)
	s.ended()
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
			err = s.message(kind, buf.Bytes())
		}
		if buf.Cap() <= keepBuffer {
			buffers.Put(buf)
		}
		switch {
		case err == nil:
		case errors.Is(err, errPeerClosed):
			return err.Error()
		case errors.Is(err, websocket.ErrReadLimit):
			return "payload too large" // gorilla has told the peer, by 1009
		default:
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

// message handles a WebSocket message, which is one packet, and writes what answers it.
func (s *Session) message(kind int, data []byte) error {
	p, err := parseText(data)
	if kind == websocket.BinaryMessage {
		p, err = parseBinary(data, s.revision)
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.busy = true
	s.mu.Unlock()
	err = s.packet(p)
	s.mu.Lock()
	s.busy = false
	start := len(s.queue) > 0 && !s.writing
	s.writing = s.writing || start
	s.mu.Unlock()
	if start {
		s.drain()
	}
	return err
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
		batch, s.queue = s.queue, batch[:0]
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
	kind, data := p.frame(s.revision)
	return s.conn.WriteMessage(kind, data)
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
	deadline := time.Now().Add(s.server.cfg.CloseWait)
	if err := s.conn.WriteControl(websocket.CloseMessage, s.goodbye, deadline); err != nil {
		_ = s.conn.Close()
		return
	}
	s.conn.SetReadDeadline(deadline)
}
