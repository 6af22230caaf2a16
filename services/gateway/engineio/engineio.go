// Package engineio serves the Engine.IO protocol, revision 4
// (https://socket.io/docs/v4/engine-io-protocol/), over WebSocket. A session is lean: one goroutine
// reads, nobody writes unless there is something to write, and what a slow peer has not taken is
// bounded.
package engineio

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Config is how a server speaks. The zero value of a field means its default.
type Config struct {
	PingInterval time.Duration // between a pong and the next ping; 25 s
	PingTimeout  time.Duration // how long a pong may take; 20 s
	WriteTimeout time.Duration // how long writing what is queued may take; 10 s
	MaxPayload   int64         // the longest message from a peer, in bytes; 128 KiB
	MaxQueue     int           // packets that a peer may be behind before it is cut off; 512
}

func (c Config) withDefaults() Config {
	if c.PingInterval == 0 {
		c.PingInterval = 25 * time.Second
	}
	if c.PingTimeout == 0 {
		c.PingTimeout = 20 * time.Second
	}
	if c.WriteTimeout == 0 {
		c.WriteTimeout = 10 * time.Second
	}
	if c.MaxPayload == 0 {
		c.MaxPayload = 128 << 10
	}
	if c.MaxQueue == 0 {
		c.MaxQueue = 512
	}
	return c
}

// A Handler is what sits on the engine. Calls for one session come one after the other.
type Handler interface {
	// Opened is called before anything is read. What it returns is the session's App.
	Opened(s *Session) any
	// Message is called with a text message, which is valid only during the call. An error closes
	// the session. Reading goes on when it returns, so a peer can send no faster than it is handled.
	Message(s *Session, data []byte) error
	// Closed is called once, when the session has ended.
	Closed(s *Session, reason string)
}

// Close codes of a WebSocket. Socket.IO clients reconnect after every one of them.
const (
	closeRestart  = websocket.CloseServiceRestart // the server goes; connect to another
	closeTooSlow  = 4008                          // the peer does not read
	closeProtocol = websocket.CloseProtocolError
)

// A Server is an Engine.IO endpoint; it serves any path that it is mounted on.
type Server struct {
	cfg     Config
	handler Handler
	up      websocket.Upgrader

	mu       sync.Mutex
	sessions map[*Session]struct{}
	closing  bool
	wg       sync.WaitGroup
}

// NewServer returns a server. Whether an origin is welcome is not its question: the handler knows
// who the peer says it is, and decides.
func NewServer(cfg Config, h Handler) *Server {
	return &Server{
		cfg: cfg.withDefaults(), handler: h, sessions: map[*Session]struct{}{},
		// Small buffers and a shared pool: an idle session holds half a kilobyte of them. A larger
		// message is read and written in pieces.
		up: websocket.Upgrader{
			ReadBufferSize: 512, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{},
			CheckOrigin: func(*http.Request) bool { return true },
		},
	}
}

// Errors of the handshake as the reference server numbers them.
const (
	codeTransportUnknown = 0
	codeSessionUnknown   = 1
	codeBadRequest       = 3
	codeBadVersion       = 5
)

func refuse(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]any{"code": code, "message": message}) // the peer may be gone
}

// ServeHTTP opens a session.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case q.Get("EIO") != "4":
		refuse(w, codeBadVersion, "Unsupported protocol version")
	case q.Get("transport") != "websocket":
		refuse(w, codeTransportUnknown, "Transport unknown")
	case q.Has("sid"):
		refuse(w, codeSessionUnknown, "Session ID unknown") // there is nothing to upgrade from
	case !websocket.IsWebSocketUpgrade(r):
		refuse(w, codeBadRequest, "Bad request")
	default:
		s.open(w, r)
	}
}

func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	sess := &Session{server: s, Peer: peer(r)}
	if !s.add(sess) {
		http.Error(w, "shutting down", http.StatusServiceUnavailable)
		return
	}
	conn, err := s.up.Upgrade(w, r, nil)
	if err != nil { // Upgrade has answered
		s.remove(sess)
		return
	}
	conn.SetReadLimit(s.cfg.MaxPayload)
	sess.begin(conn)
	go sess.serve() // and not here: returning frees what net/http keeps for the request
}

func (s *Server) add(sess *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.sessions[sess] = struct{}{}
	s.wg.Add(1)
	return true
}

func (s *Server) remove(sess *Session) {
	s.mu.Lock()
	delete(s.sessions, sess)
	s.mu.Unlock()
	s.wg.Done()
}

// Sessions is the number of open sessions.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// Shutdown refuses new sessions, tells open ones to go elsewhere and waits, while ctx allows, until
// they have gone.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	open := make([]*Session, 0, len(s.sessions))
	for sess := range s.sessions {
		open = append(open, sess)
	}
	s.mu.Unlock()
	for _, sess := range open {
		sess.close(closeRestart, "server shutting down")
	}
	gone := make(chan struct{})
	go func() { s.wg.Wait(); close(gone) }()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d sessions are still open: %w", s.Sessions(), ctx.Err())
	}
}

// NewID returns an unguessable id of 20 characters.
func NewID() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}
