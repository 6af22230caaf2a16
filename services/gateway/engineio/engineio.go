// Package engineio serves the Engine.IO protocol, revision 4 and, where asked for, 3
// (https://socket.io/docs/v4/engine-io-protocol/), over WebSocket and HTTP long-polling. A session is
// lean: one goroutine reads, nobody writes unless there is something to write, and what a slow peer has
// not taken is bounded.
//
// Where the document leaves a question open, the comments say "as the reference does": that is the
// engine.io package of npm, version 6.
package engineio

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio/readiness"
)

// Config is how a server speaks. The zero value of a field means its default.
type Config struct {
	PingInterval   time.Duration // between a pong and the next ping; 25 s
	PingTimeout    time.Duration // how long a pong may take; 20 s
	WriteTimeout   time.Duration // how long a peer may take for 16 KiB of what is sent, or to send a POST; 10 s
	UpgradeTimeout time.Duration // from the opening of a WebSocket for an upgrade to its end; 10 s
	CloseWait      time.Duration // how long a peer may take to close its side, or to fetch the end; 5 s
	MaxPayload     int64         // the longest message, and the longest body of a POST, in bytes; 128 KiB
	MaxPackets     int           // packets in the body of a POST; 4096
	MaxQueue       int           // packets that a peer may be behind before it is cut off; 512
	MaxBacklog     int           // bytes that a peer may be behind before it is cut off; 8 MiB
	Behind         int           // packets that a peer may be behind before it gets no volatile ones; 16

	AllowEIO3 bool // serve revision 3, too

	// ID, if not empty, begins the id of every session, "<ID>.<random>", so that other servers know
	// whose it is. It holds no dot.
	ID string
	// Route finds the server of that ID. A request for one of its sessions is handed to what it returns.
	// nil knows no others.
	Route func(id string) (http.Handler, bool)
}

func (c Config) withDefaults() Config {
	or(&c.PingInterval, 25*time.Second)
	or(&c.PingTimeout, 20*time.Second)
	or(&c.WriteTimeout, 10*time.Second)
	or(&c.UpgradeTimeout, 10*time.Second)
	or(&c.CloseWait, 5*time.Second)
	or(&c.MaxPayload, 128<<10)
	or(&c.MaxPackets, 4096)
	or(&c.MaxQueue, 512)
	or(&c.MaxBacklog, 8<<20)
	or(&c.Behind, 16)
	return c
}

func or[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}

// A Handler is what sits on the engine. Calls for one session come one after the other.
type Handler interface {
	// Opened is called before any message. What it returns is the session's App.
	Opened(s *Session) any
	// Message is called with a message, which is valid only during the call. An error closes the
	// session. Reading goes on when it returns, so a peer can send no faster than it is handled.
	Message(s *Session, data []byte, binary bool) error
	// Closed is called once, when the session has ended.
	Closed(s *Session, reason string)
}

// A Server is an Engine.IO endpoint; it serves any path that it is mounted on.
type Server struct {
	cfg     Config
	handler Handler
	up      websocket.Upgrader
	poller  readiness.Poller
	opening chan struct{} // has one for every WebSocket that is being opened; the others wait

	pings    beats // sessions that are to be pinged
	pongs    beats // and those that have been
	silences beats // those of revision 3, who ping by themselves

	mu       sync.Mutex
	sessions map[string]*Session
	closing  bool
	wg       sync.WaitGroup // a session, or a WebSocket that may become one's
}

// NewServer returns a server. Whether an origin is welcome is not its question: the handler knows
// who the peer says it is, and decides.
func NewServer(cfg Config, h Handler) *Server {
	cfg = cfg.withDefaults()
	return &Server{
		cfg: cfg, handler: h, sessions: map[string]*Session{},
		// No buffer to read into but the link's, and to write from those of a shared pool.
		up:       websocket.Upgrader{WriteBufferSize: 4096, WriteBufferPool: &sync.Pool{}, CheckOrigin: func(*http.Request) bool { return true }},
		opening:  make(chan struct{}, runtime.GOMAXPROCS(0)),
		pings:    beats{after: cfg.PingInterval},
		pongs:    beats{after: cfg.PingTimeout},
		silences: beats{after: cfg.PingInterval + cfg.PingTimeout},
	}
}

// add makes a session, unless the server is shutting down.
func (s *Server) add(r *http.Request, revision byte, polling bool) *Session {
	id := NewID()
	if s.cfg.ID != "" {
		id = s.cfg.ID + "." + id
	}
	sess := &Session{ID: id, Peer: peer(r), server: s, revision: revision}
	if polling {
		sess.polls = &polls{wake: make(chan struct{}, 1), last: typeClose}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return nil
	}
	s.sessions[id] = sess
	s.wg.Add(1)
	return sess
}

func (s *Server) find(id string) *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions[id]
}

// forget makes a session's id unknown. It is still waited for.
func (s *Server) forget(sess *Session) {
	s.mu.Lock()
	delete(s.sessions, sess.ID)
	s.mu.Unlock()
}

// Sessions is the number of open sessions.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sessions)
}

// Shutdown refuses new sessions, tells open ones to go elsewhere and waits, while ctx allows, until
// they have gone. Many are told one after the other, so that they do not come to another server all at
// once; but within half of the time that ctx leaves.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	open := slices.Collect(maps.Values(s.sessions)) // in no order
	s.mu.Unlock()
	apart := departure
	if end, ok := ctx.Deadline(); ok {
		apart = min(apart, time.Until(end)/time.Duration(2*max(len(open), 1)))
	}
	s.sendAway(ctx, open, apart)
	gone := make(chan struct{})
	go func() { s.wg.Wait(); close(gone) }()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d sessions are still open: %w", s.Sessions(), ctx.Err())
	}
}

const (
	departure = 500 * time.Microsecond // from one to the next
	herd      = 20                     // that go together, since a timer is no finer than that
)

// sendAway closes sessions, apart from each other, or at once when ctx ends.
func (s *Server) sendAway(ctx context.Context, open []*Session, apart time.Duration) {
	t := time.NewTimer(0)
	defer t.Stop()
	for some := range slices.Chunk(open, herd) {
		select {
		case <-t.C:
			t.Reset(herd * apart)
		case <-ctx.Done():
		}
		for _, sess := range some {
			sess.close(closeRestart, "server shutting down")
		}
	}
}

// NewID returns an unguessable id of 20 characters.
func NewID() string {
	var b [15]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// MaxPayload is the longest message from a peer, in bytes.
func (s *Server) MaxPayload() int64 { return s.cfg.MaxPayload }
