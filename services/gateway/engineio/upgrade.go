package engineio

import (
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// An upgrade takes a session from polling to a WebSocket: the peer opens it beside and sends a ping with
// "probe", gets the pong, waits until its GET is answered, and sends an upgrade packet. From then on
// everything goes over the WebSocket. Where anything else happens the session goes on polling.

const (
	probePing = "2probe"
	probePong = "3probe"
)

// upgrade answers the request for the WebSocket. There is one at a time, and none for a session that
// has one already.
func (s *Session) upgrade(w http.ResponseWriter, r *http.Request) {
	p := s.startProbing()
	if p == nil {
		s.decline(w, r)
		return
	}
	conn, l, err := s.server.open(w, r)
	if err != nil {
		s.stopProbing(p)
		return
	}
	conn.SetReadDeadline(time.Now().Add(s.server.cfg.UpgradeTimeout))
	go func() {
		if s.probe(p, conn, l) {
			s.listen()
			s.server.wg.Done()
			return
		}
		_ = conn.Close()
		s.stopProbing(p)
	}()
}

// decline opens the WebSocket and closes it at once, as the reference does: to a peer that is an end, and
// a refused handshake an error.
func (s *Session) decline(w http.ResponseWriter, r *http.Request) {
	conn, err := s.server.up.Upgrade(w, r, nil)
	if err != nil { // Upgrade has answered
		return
	}
	defer func() { _ = conn.Close() }()
	deadline := time.Now().Add(s.server.cfg.CloseWait)
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "not needed")
	if conn.WriteControl(websocket.CloseMessage, goodbye, deadline) != nil {
		return
	}
	conn.SetReadLimit(s.server.cfg.MaxPayload)
	conn.SetReadDeadline(deadline)
	for err == nil { // what has been sent meanwhile, until the peer has closed its side
		_, _, err = conn.NextReader()
	}
}

// startProbing reserves the session for a WebSocket.
func (s *Session) startProbing() *polls {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.polls == nil || s.closed || s.polls.probing {
		return nil
	}
	s.polls.probing = true
	s.server.wg.Add(1) // the session itself still counts, as it is not closed
	return s.polls
}

func (s *Session) stopProbing(p *polls) {
	s.mu.Lock()
	p.probing, p.probed, p.probe = false, false, nil
	s.mu.Unlock()
	s.server.wg.Done()
}

// probe leads the exchange on the WebSocket and reports whether the session has gone over to it.
func (s *Session) probe(p *polls, conn *websocket.Conn, l *link) bool {
	s.mu.Lock()
	p.probe = conn
	over := p.over
	s.mu.Unlock()
	if over || l.begin(true) != nil || !expect(conn, probePing) {
		return false
	}
	if conn.WriteMessage(websocket.TextMessage, []byte(probePong)) != nil {
		return false
	}
	s.mu.Lock()
	p.probed = true
	p.nudge()
	s.mu.Unlock()
	if !expect(conn, string(typeUpgrade)) {
		return false
	}
	conn.SetReadDeadline(time.Time{}) // before it is the session's, which may set another
	return s.goOver(p, conn, l)
}

func expect(conn *websocket.Conn, packet string) bool {
	kind, data, err := conn.ReadMessage()
	return err == nil && kind == websocket.TextMessage && string(data) == packet
}

// goOver makes conn the session's, unless that has ended meanwhile.
func (s *Session) goOver(p *polls, conn *websocket.Conn, l *link) bool {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return false
	}
	s.conn, s.link, s.polls = conn, l, nil
	p.nudge() // a GET that still waits is told to give way
	start := s.starts()
	s.mu.Unlock()
	if start {
		s.write()
	}
	return true
}
