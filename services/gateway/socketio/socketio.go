// Package socketio serves the Socket.IO protocol, revision 5
// (https://socket.io/docs/v4/socket-io-protocol/), over the engineio package: the main namespace,
// events with acknowledgements, text packets.
package socketio

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// Config is how a server speaks. The zero value of a field means its default.
type Config struct {
	Engine         engineio.Config
	ConnectTimeout time.Duration // from the transport's opening to CONNECT; 15 s
}

// A Handler is the application. Calls for one socket come one after the other, and nothing more is
// read from the client until they return.
type Handler interface {
	// Connecting decides whether to accept a CONNECT with the payload auth (nil if there is none). The
	// result's App is the socket's; an error refuses, and its text and data reach the client.
	Connecting(s *Socket, auth json.RawMessage) (app any, err *Refusal)
	// Connected is called once the client has been told that it is connected.
	Connected(s *Socket)
	// Event is called with an event's name and arguments. ack answers it, once; it is nil if the
	// client wants no answer.
	Event(s *Socket, name string, args []json.RawMessage, ack func(answer []byte))
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
	cfg     Config
	handler Handler
	engine  *engineio.Server
}

// NewServer returns a server for h.
func NewServer(cfg Config, h Handler) *Server {
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = 15 * time.Second
	}
	s := &Server{cfg: cfg, handler: h}
	s.engine = engineio.NewServer(cfg.Engine, s)
	return s
}

// ServeHTTP serves the transports.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.engine.ServeHTTP(w, r) }

// Shutdown tells the clients to reconnect elsewhere and waits for them; see [engineio.Server.Shutdown].
func (s *Server) Shutdown(ctx context.Context) error { return s.engine.Shutdown(ctx) }

// Sessions is the number of open connections.
func (s *Server) Sessions() int { return s.engine.Sessions() }

// A Socket is one client in the main namespace.
type Socket struct {
	ID      string
	App     any // the handler's
	Peer    engineio.Peer
	session *engineio.Session
	server  *Server
}

// Emit sends an event whose arguments are JSON.
func (s *Socket) Emit(name string, args ...[]byte) {
	s.session.Send(engineio.Message(EncodeEvent(name, args...)))
}

// Send sends packets made by [Shared].
func (s *Socket) Send(ps ...engineio.Packet) { s.session.Send(ps...) }

// Shared encodes an event once for several sockets.
func Shared(name string, args ...[]byte) (engineio.Packet, error) {
	return engineio.SharedMessage(EncodeEvent(name, args...))
}

// Close ends the connection; the client reconnects by itself.
func (s *Socket) Close(reason string) { s.session.Close(reason) }

// conn is an engine session's App. The engine calls for one session come one after the other.
type conn struct {
	socket  *Socket     // nil until accepted
	connect *time.Timer // nil once it has been stopped for good
}

// Opened implements [engineio.Handler].
func (s *Server) Opened(es *engineio.Session) any {
	return &conn{connect: time.AfterFunc(s.cfg.ConnectTimeout, func() { es.Close("connect timeout") })}
}

// Message implements [engineio.Handler].
func (s *Server) Message(es *engineio.Session, data []byte) error {
	c := es.App.(*conn)
	p, err := Parse(data)
	if err != nil {
		return err
	}
	if p.Namespace != "/" {
		return s.otherNamespace(es, p)
	}
	switch p.Type {
	case Connect:
		return s.accept(es, c, p.Data)
	case Event:
		return s.event(c, p)
	case Disconnect:
		es.Close("client namespace disconnect")
		return nil
	case Ack: // nothing is ever asked of a client
		return nil
	}
	return fmt.Errorf("%w: a client sends no packet of type %c", ErrParse, p.Type)
}

func (s *Server) otherNamespace(es *engineio.Session, p Packet) error {
	if p.Type != Connect {
		return fmt.Errorf("%w: namespace %.40q is not connected", ErrParse, p.Namespace)
	}
	es.Send(engineio.Message(Packet{Type: ConnectError, Namespace: p.Namespace, AckID: NoAck, Data: []byte(`{"message":"Invalid namespace"}`)}.Append(nil)))
	return nil
}

func (s *Server) accept(es *engineio.Session, c *conn, auth []byte) error {
	if c.socket != nil {
		return fmt.Errorf("%w: connected already", ErrParse)
	}
	sock := &Socket{ID: engineio.NewID(), Peer: es.Peer, session: es, server: s}
	app, refusal := s.handler.Connecting(sock, auth)
	if refusal != nil {
		data, err := json.Marshal(refusal)
		if err != nil {
			return fmt.Errorf("refuse: %w", err)
		}
		es.Send(engineio.Message(Packet{Type: ConnectError, AckID: NoAck, Data: data}.Append(nil)))
		return nil // the client may try again with something better; the connect timeout goes on
	}
	sock.App = app
	c.connect.Stop()
	c.connect = nil
	es.Send(engineio.Message(fmt.Appendf(nil, `0{"sid":%q}`, sock.ID)))
	c.socket = sock
	s.handler.Connected(sock)
	return nil
}

func (s *Server) event(c *conn, p Packet) error {
	if c.socket == nil {
		return fmt.Errorf("%w: an event before CONNECT", ErrParse)
	}
	name, args, err := decodeEvent(p.Data)
	if err != nil {
		return err
	}
	var ack func([]byte)
	if p.AckID != NoAck {
		id, sock := p.AckID, c.socket
		ack = func(answer []byte) {
			data := append(append([]byte{'['}, answer...), ']')
			sock.session.Send(engineio.Message(Packet{Type: Ack, AckID: id, Data: data}.Append(nil)))
		}
	}
	s.handler.Event(c.socket, name, args, ack)
	return nil
}

// Closed implements [engineio.Handler].
func (s *Server) Closed(es *engineio.Session, reason string) {
	c := es.App.(*conn)
	if c.socket == nil {
		c.connect.Stop()
	} else {
		s.handler.Disconnected(c.socket, reason)
	}
}
