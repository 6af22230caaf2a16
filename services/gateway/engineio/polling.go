package engineio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// polls is what a session has while it polls. Session.mu guards it.
type polls struct {
	wake    chan struct{} // there is something for the GET that waits
	waiting bool          // a GET waits
	posting bool          // a POST is being handled
	probing bool          // a WebSocket is there that may become the session's
	probed  bool          // and works: the peer wants its GET answered, to go over
	probe   *websocket.Conn
	last    byte        // type of the packet that ends the session
	linger  *time.Timer // until the end need not be fetched any more
	over    bool        // it has been, or need not be
}

// nudge wakes the GET that waits.
func (p *polls) nudge() {
	if p == nil {
		return
	}
	select {
	case p.wake <- struct{}{}:
	default: // it has been woken already
	}
}

// openPolling answers a handshake.
func (s *Session) openPolling(w http.ResponseWriter) {
	open := s.handshakeData()
	s.opened()
	s.respond(w, []Packet{open})
}

// poll answers a GET as soon as something is queued, which a ping is at the latest. A second GET while
// one waits ends the session.
func (s *Session) poll(w http.ResponseWriter, r *http.Request) {
	s.giveUp() // where the timer is late
	s.mu.Lock()
	p := s.polls
	why, refused := p.refuses(p != nil && p.waiting)
	probing := false
	if !refused {
		p.waiting = true
		probing = p.probing
	}
	s.mu.Unlock()
	if refused {
		s.turnAway(w, why)
		return
	}
	batch, last := s.wait(r.Context(), p, probing)
	switch {
	case batch == nil && r.Context().Err() == nil: // it came too late
		refuse(w, badRequest)
		return
	case batch == nil: // the peer has gone, or the server goes, and then it gets this
		s.closeIfPolling(p, "transport error")
		batch = []Packet{control(typeClose)}
	}
	if !s.respond(w, batch) {
		s.closeIfPolling(p, "transport error") // what was taken is lost
	}
	if last {
		s.gone(p)
	}
}

// refuses says why there is nothing for a request: the session has gone over to a WebSocket, it is over,
// or another request of the kind is under way.
func (p *polls) refuses(overlap bool) (refusal, bool) {
	switch {
	case p == nil:
		return badRequest, true
	case p.over:
		return sessionUnknown, true
	case overlap:
		return overlapping, true
	}
	return refusal{}, false
}

func (s *Session) turnAway(w http.ResponseWriter, why refusal) {
	if why.closes {
		s.close(closeProtocol, "overlapping requests")
	}
	refuse(w, why)
}

// An upgrade has this long to end once a GET has come in the midst of it; then the GET is told to give
// way. As the reference does.
const giveWay = 100 * time.Millisecond

// wait takes what is queued once something is. probing says that an upgrade was under way when it began;
// last, that the session ends with what was taken. It returns nothing when ctx ends before, or the
// session of such a GET goes over to its WebSocket.
func (s *Session) wait(ctx context.Context, p *polls, probing bool) (batch []Packet, last bool) {
	var late <-chan time.Time
	if probing {
		timer := time.NewTimer(giveWay)
		defer timer.Stop()
		late = timer.C
	}
	for {
		s.mu.Lock()
		done := ctx.Err() != nil
		if !done {
			batch, last, done = s.next(p, probing)
		}
		// Not while it is answered: who has read the answer asks again. But who has gone waits until the
		// session has ended, which nobody else may poll in between.
		p.waiting = batch == nil
		s.mu.Unlock()
		if done {
			return batch, last
		}
		select {
		case <-p.wake:
		case <-late:
			probing = false
		case <-ctx.Done():
		}
	}
}

// next takes what a GET is answered with now, if it is; see wait. s.mu is held.
func (s *Session) next(p *polls, probing bool) (batch []Packet, last, done bool) {
	switch {
	case s.polls != p && probing:
		return nil, false, true
	case s.polls != p: // what is queued goes over the WebSocket
		return []Packet{control(typeNoop)}, false, true
	case s.closed:
		batch, s.queue = append(s.queue, control(p.last)), nil
		return batch, true, true
	case len(s.queue) > 0:
		batch, s.queue = s.queue, nil
		return batch, false, true
	case p.probed && !probing:
		return []Packet{control(typeNoop)}, false, true
	}
	return nil, false, false
}

// respond writes a payload and reports whether it was taken.
func (s *Session) respond(w http.ResponseWriter, batch []Packet) bool {
	return s.reply(w, "text/plain; charset=UTF-8", appendPayload(nil, batch, s.revision))
}

// reply writes a whole response within the time that there is for it.
func (s *Session) reply(w http.ResponseWriter, kind string, body []byte) bool {
	rc := http.NewResponseController(w)
	if rc.SetWriteDeadline(time.Now().Add(s.server.cfg.WriteTimeout)) == nil {
		defer func() { _ = rc.SetWriteDeadline(time.Time{}) }() // the connection may serve others
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	if _, err := w.Write(body); err != nil {
		return false
	}
	err := rc.Flush()
	return err == nil || errors.Is(err, http.ErrNotSupported) // then it is flushed when the handler returns
}

// post handles a payload. A second POST while one is handled ends the session.
func (s *Session) post(w http.ResponseWriter, r *http.Request) {
	s.giveUp()
	s.mu.Lock()
	p := s.polls
	why, refused := p.refuses(p != nil && p.posting)
	if !refused {
		p.posting = true
	}
	s.mu.Unlock()
	if refused {
		s.turnAway(w, why)
		return
	}
	err := s.receive(w, r)
	s.mu.Lock()
	p.posting = false
	if errors.Is(err, errPeerClosed) {
		p.last = typeNoop // for a GET that waits: the peer knows
	}
	s.mu.Unlock()
	var tooLarge *http.MaxBytesError
	switch {
	case err == nil:
	case errors.Is(err, errPeerClosed):
		s.close(websocket.CloseGoingAway, err.Error())
	case errors.As(err, &tooLarge):
		s.close(websocket.CloseMessageTooBig, "payload too large")
		refuseWith(w, http.StatusRequestEntityTooLarge, refusal{Code: badRequest.Code, Message: "Payload too large"})
		return
	default:
		s.close(closeProtocol, err.Error())
		refuse(w, badRequest)
		return
	}
	// Not text/plain, as the reference does, because some browsers offer to save that.
	s.reply(w, "text/html", []byte("ok"))
}

// receive reads and handles the body of a POST.
func (s *Session) receive(w http.ResponseWriter, r *http.Request) error {
	cfg := s.server.cfg
	body, err := readWithin(cfg.WriteTimeout, w, http.MaxBytesReader(w, r.Body, cfg.MaxPayload))
	if err != nil {
		return err
	}
	asBytes := strings.HasPrefix(r.Header.Get("Content-Type"), "application/octet-stream")
	return eachPacket(body, s.revision, asBytes, cfg.MaxPackets, s.packet)
}

// readWithin reads the body of w's request; who sends it slowly does not hold the connection.
func readWithin(limit time.Duration, w http.ResponseWriter, body io.Reader) ([]byte, error) {
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Now().Add(limit)) // where it cannot be set there is no connection to hold
	data, err := io.ReadAll(body)
	next := time.Time{}
	if err != nil {
		next = time.Now() // net/http would wait for the rest
	}
	_ = rc.SetReadDeadline(next)
	return data, err
}

// closePolling is the end of close for a session that polls; it unlocks s.mu. What is queued waits for
// the next GET for a while if the peer has done nothing wrong, and is dropped otherwise. A peer that
// closes has a GET on its way, which may come behind; so may one be on its way to a server that goes, which
// takes no others.
func (s *Session) closePolling(code int) {
	p := s.polls
	wait := time.Duration(0)
	switch {
	case code == websocket.CloseNormalClosure || code == closeRestart && p.waiting:
		wait = s.server.cfg.CloseWait
	case code == closeRestart || p.last == typeNoop && !p.waiting:
		wait = giveWay
	}
	if wait == 0 || p.last == typeNoop {
		s.queue = nil
	}
	if wait > 0 {
		p.linger = time.AfterFunc(wait, func() { s.gone(p) })
		p.nudge()
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	s.gone(p)
}

// closeIfPolling closes the session unless it has gone over to a WebSocket, or is closed.
func (s *Session) closeIfPolling(p *polls, reason string) {
	s.mu.Lock()
	polling := s.polls == p
	s.mu.Unlock()
	if polling {
		s.close(websocket.CloseGoingAway, reason)
	}
}

// gone ends a session that polls, once it is closed and nobody has to be told.
func (s *Session) gone(p *polls) {
	s.mu.Lock()
	if p.over {
		s.mu.Unlock()
		return
	}
	p.over = true
	if p.linger != nil {
		p.linger.Stop()
	}
	if p.probe != nil {
		_ = p.probe.Close()
	}
	p.nudge()
	s.mu.Unlock()
	s.server.forget(s)
	go s.ended() // and not here: the handler itself may have closed it
}
