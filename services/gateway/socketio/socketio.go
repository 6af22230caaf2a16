// Package socketio serves the Socket.IO protocol, revision 5
// (https://socket.io/docs/v4/socket-io-protocol/), over the engineio package: namespaces, events with
// acknowledgements both ways, binary arguments. Clients of Engine.IO revision 3, where that allows them,
// are served revision 4 of the protocol: such a client is in the main namespace as soon as it is there,
// and authenticates by the query of its address.
//
// Where the document leaves a question open, the comments say "as the reference does": that is the
// socket.io package of npm, version 4.
package socketio

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// Config is how a server speaks. The zero value of a field means its default.
type Config struct {
	Engine         engineio.Config
	ConnectTimeout time.Duration // how long a connection may be in no namespace; 15 s
	MaxAttachments int           // of a binary packet; 10. All together are at most as long as one message
	MaxAsked       int           // events that a client may owe an acknowledgement for; 64
}

// A Handler is the application of a namespace. Calls for one socket come one after the other, and
// nothing more is read from the client until they return.
type Handler interface {
	// Connecting decides whether to accept a CONNECT with the payload auth (nil if there is none), which
	// is valid only during the call. The result's App is the socket's; an error refuses, and its text and
	// data reach the client. It may set s.ID, and s.PID to offer recovery.
	Connecting(s *Socket, auth json.RawMessage) (app any, err *Refusal)
	// Connected is called once the client has been told that it is connected.
	Connected(s *Socket)
	// Event is called with an event's name and arguments. ack answers it; it is nil if the client wants
	// no answer, and does nothing the second time.
	Event(s *Socket, name string, args Args, ack func(answer Args))
	// Disconnected is called once for every socket that was accepted.
	Disconnected(s *Socket, reason string)
}

// A Refusal is the payload of a CONNECT_ERROR.
type Refusal struct {
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`
}

// A Server is a Socket.IO endpoint.
type Server struct {
	cfg      Config
	handlers map[string]Handler // by namespace
	engine   *engineio.Server
}

// NewServer returns a server with h in the main namespace.
func NewServer(cfg Config, h Handler) *Server {
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 15 * time.Second
	}
	if cfg.MaxAttachments == 0 {
		cfg.MaxAttachments = 10
	}
	if cfg.MaxAsked == 0 {
		cfg.MaxAsked = 64
	}
	s := &Server{cfg: cfg, handlers: map[string]Handler{"/": h}}
	s.engine = engineio.NewServer(cfg.Engine, engine{s})
	return s
}

// Handle adds a namespace, such as "/admin". Every one must be there before the first request.
func (s *Server) Handle(namespace string, h Handler) { s.handlers[namespace] = h }

// ServeHTTP serves the transports.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.engine.ServeHTTP(w, r) }

// Shutdown tells the clients to reconnect elsewhere and waits for them; see [engineio.Server.Shutdown].
func (s *Server) Shutdown(ctx context.Context) error { return s.engine.Shutdown(ctx) }

// Sessions is the number of open connections.
func (s *Server) Sessions() int { return s.engine.Sessions() }
