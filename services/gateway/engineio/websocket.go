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
	s.opening <- struct{}{} // never for long: nothing of this waits for the peer, or the handler
	conn, l, err := s.open(w, r)
	<-s.opening
	if err != nil {
		s.forget(sess)
		s.wg.Done()
		return
	}
	sess.begin(conn, l)
	sess.Send(sess.handshakeData())
	sess.opened()
	sess.listen()
}

// begin gives the session its connection, unless it was closed meanwhile.
func (s *Session) begin(conn *websocket.Conn, l *link) {
	s.mu.Lock()
	s.conn, s.link = conn, l
	parting := s.closed && !s.parted
	s.parted = s.parted || parting
	s.mu.Unlock()
	if parting {
		s.sayGoodbye()
	}
}

// listen reads from now on: whenever there is something to read, or else in a goroutine of its own, and
// not in the caller's, who serves a request: returning frees what net/http keeps for it.
func (s *Session) listen() {
	w, err := s.server.poller.Watch(s.link.Conn, (*readable)(s))
	if err != nil {
		go s.read(false)
		return
	}
	s.watch = w
	s.read(false)
}

// readable is a session whose connection is watched.
type readable Session

// Readable implements [readiness.Reader].
func (r *readable) Readable() { (*Session)(r).read(true) }

// read handles what the peer sends until there is nothing to be read for now, or until the session's end.
// ready says that there is something.
func (s *Session) read(ready bool) {
	for {
		if !ready && s.watch != nil && s.quiet() {
			if err := s.watch.Arm(); err != nil {
				s.end("transport error")
			}
			return // whoever is told reads on
		}
		ready = false
		if why := s.handleNext(); why != "" {
			s.end(why)
			return
		}
	}
}

// stay is how long a reader waits itself for a peer that has just said something, as it had before:
// a conversation between programs costs less so.
const stay = 20 * time.Millisecond

// quiet reports whether nothing is there to be read, and nothing comes soon where it may be expected.
func (s *Session) quiet() bool {
	if s.link.ahead.Buffered() > 0 {
		return false
	}
	now := time.Now()
	often := now.Sub(s.heard) < stay
	s.heard = now
	return !often || !s.link.comes(now.Add(stay))
}

// end is the end of a session on a WebSocket.
func (s *Session) end(why string) {
	if s.watch != nil {
		s.watch.Forget()
	}
	s.close(websocket.CloseNormalClosure, why)
	s.finish()
	s.server.forget(s)
	s.ended()
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const keepBuffer = 64 << 10 // larger ones are not kept for the next message

func release(b *bytes.Buffer) {
	if b.Cap() <= keepBuffer {
		buffers.Put(b)
	}
}

// handleNext handles one message, and says why it is the last one, if it is.
func (s *Session) handleNext() (why string) {
	if s.link.over.Load() {
		return "transport error"
	}
	kind, r, err := s.conn.NextReader()
	if err != nil {
		return closeReason(err)
	}
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer release(buf)
	if _, err = buf.ReadFrom(r); err == nil {
		err = s.message(kind, buf.Bytes())
	}
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errPeerClosed):
		return err.Error()
	case errors.Is(err, websocket.ErrReadLimit):
		return tooLarge // gorilla has told the peer, by 1009
	}
	s.close(closeProtocol, err.Error())
	return err.Error()
}

const tooLarge = "payload too large"

func closeReason(err error) string {
	switch {
	case errors.Is(err, websocket.ErrReadLimit):
		return tooLarge
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
	start := s.starts()
	s.mu.Unlock()
	if start {
		s.write()
	}
	return err
}

// finish closes the connection, or leaves that to whoever is writing.
func (s *Session) finish() {
	s.mu.Lock()
	s.left = true
	writing := s.writing
	s.mu.Unlock()
	if !writing {
		_ = s.conn.Close() // its error is that it is closed
	}
}

// sayGoodbye tells the peer why the session ends, and gives it CloseWait to say so, too.
func (s *Session) sayGoodbye() {
	wait := s.server.cfg.CloseWait
	if err := s.conn.WriteControl(websocket.CloseMessage, s.goodbye, time.Now().Add(wait)); err != nil {
		s.link.hangUp()
		return
	}
	time.AfterFunc(wait, s.link.hangUp)
}
