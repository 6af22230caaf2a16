package engineio

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

const (
	readBuffer = 512      // bytes; a larger message is read in pieces
	maxCork    = 32 << 10 // bytes that are gathered for one write
	maxWait    = 16 << 10 // bytes that the peer has the limit for; it may be slow, but has to read
)

// link is a connection as its WebSocket sees it. It says what was read ahead, it gathers frames for one
// write, and it can write without waiting for a peer that does not read: what the system does not take at
// once is kept, and whoever writes has to see to it.
type link struct {
	net.Conn
	ahead *bufio.Reader
	limit time.Duration   // for a write that waits
	raw   syscall.RawConn // nil if a write cannot but wait
	over  atomic.Bool     // nothing more is to be read

	mu     sync.Mutex
	hasty  bool          // Write does not wait
	corked bool          // Write gathers
	rest   *bytes.Buffer // what is not written yet, or nil
	stuck  bool          // because the system did not take it
}

// open makes the request's connection a WebSocket. It has answered if there is an error.
func (s *Server) open(w http.ResponseWriter, r *http.Request) (*websocket.Conn, *link, error) {
	h := &hijacker{ResponseWriter: w, limit: s.cfg.WriteTimeout}
	conn, err := s.up.Upgrade(h, r, nil)
	if err != nil {
		return nil, nil, err
	}
	conn.SetReadLimit(s.cfg.MaxPayload)
	pong := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		if h.link.waits() { // whoever pings and does not read gets no pong
			return nil
		}
		return pong(data)
	})
	return conn, h.link, nil
}

// hijacker gives a WebSocket a link instead of the request's connection.
type hijacker struct {
	http.ResponseWriter
	limit time.Duration
	link  *link
}

// Hijack implements [http.Hijacker].
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil || rw.Reader.Buffered() > 0 { // whoever does not wait for the answer is refused one
		return conn, rw, err
	}
	h.link = &link{Conn: conn, limit: h.limit, raw: rawConn(conn)}
	h.link.hasty = h.link.raw != nil
	h.link.ahead = bufio.NewReaderSize(h.link, readBuffer)
	return h.link, bufio.NewReadWriter(h.link.ahead, rw.Writer), nil
}

// comes waits for something to be read until the deadline, and reports whether there is, which may be
// the connection's end.
func (l *link) comes(deadline time.Time) bool {
	if err := l.SetReadDeadline(deadline); err != nil {
		return true
	}
	_, err := l.ahead.Peek(1)
	if err := l.SetReadDeadline(time.Time{}); err != nil {
		return true
	}
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

// SetWriteDeadline implements [net.Conn]. A link has a limit of its own, and sets it only where it waits.
func (l *link) SetWriteDeadline(time.Time) error { return nil }

// Write implements [net.Conn].
func (l *link) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.corked:
		l.keep(p)
		if l.rest.Len() < maxCork {
			return len(p), nil
		}
		return len(p), l.flush()
	case l.rest == nil:
		n, err := l.put(p)
		if n < len(p) && err == nil {
			l.keep(p[n:])
		}
		return len(p), err
	}
	l.keep(p)
	return len(p), nil
}

// keep puts p behind what is not written yet.
func (l *link) keep(p []byte) {
	if l.rest == nil {
		l.rest = buffers.Get().(*bytes.Buffer)
		l.rest.Reset()
	}
	l.rest.Write(p)
}

// put writes as much of p as it may wait for.
func (l *link) put(p []byte) (n int, err error) {
	if l.hasty {
		n, err = try(l.raw, p)
		l.stuck = n < len(p) && err == nil
		return n, err
	}
	for n < len(p) && err == nil {
		if err = l.Conn.SetWriteDeadline(time.Now().Add(l.limit)); err == nil {
			var some int
			some, err = l.Conn.Write(p[n:min(n+maxWait, len(p))])
			n += some
		}
	}
	return n, err
}

// flush writes what was kept, under l.mu.
func (l *link) flush() error {
	if l.rest == nil {
		return nil
	}
	n, err := l.put(l.rest.Bytes())
	if n = max(n, 0); n < l.rest.Len() {
		l.rest.Next(n)
		return err
	}
	release(l.rest)
	l.rest, l.stuck = nil, false
	return err
}

// begin prepares for a writer who waits, or does not. What was kept is written before anything else.
func (l *link) begin(wait bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case wait:
		l.hasty, l.corked = false, false
		return l.flush()
	case !l.hasty:
		l.hasty = true
		return l.Conn.SetWriteDeadline(time.Time{}) // one that has passed would stop every write
	}
	return nil
}

// cork gathers what is written from now on; uncork writes it.
func (l *link) cork() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.corked = true
}

func (l *link) uncork() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.corked = false
	return l.flush()
}

// waits reports whether the peer has to read before anything more can be written.
func (l *link) waits() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stuck
}

// hangUp ends reading and writing, and leaves it to whoever reads to close the connection: before that
// its file descriptor is nobody else's.
func (l *link) hangUp() {
	l.over.Store(true)
	tcp, ok := l.Conn.(*net.TCPConn)
	if !ok {
		_ = l.Close() // its error is that it is closed
		return
	}
	_ = tcp.CloseRead() // likewise
	_ = tcp.CloseWrite()
}
