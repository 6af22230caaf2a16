package socketio

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// conn is an engine session's App: a client with its sockets. The engine's calls for one session come
// one after the other; mu guards what others ask for meanwhile.
type conn struct {
	server  *Server
	session *engineio.Session
	partial *partial // the binary packet that is coming

	mu      sync.Mutex
	sockets []*Socket // one for each namespace, so few
	timer   *time.Timer
	closed  bool
}

// engine is a server as the handler of its engine.
type engine struct{ s *Server }

// Opened implements [engineio.Handler].
func (e engine) Opened(es *engineio.Session) any {
	c := &conn{server: e.s, session: es}
	c.expect()
	if es.Revision() == 3 {
		c.connect("/", handshakeAuth(es.Peer.Query), e.s.handlers["/"])
	}
	return c
}

// expect gives the client as long as ConnectTimeout to be in a namespace.
func (c *conn) expect() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed && c.timer == nil {
		c.timer = time.AfterFunc(c.server.cfg.ConnectTimeout, func() { c.session.Close("connect timeout") })
	}
}

// Message implements [engineio.Handler].
func (e engine) Message(es *engineio.Session, data []byte, binary bool) error {
	c := es.App.(*conn)
	if binary {
		return c.attachment(data)
	}
	if c.partial != nil {
		return fmt.Errorf("%w: text where an attachment is due", ErrParse)
	}
	p, err := Parse(data)
	if err != nil {
		return err
	}
	if p.binary() {
		b, err := begin(p, e.s.cfg.MaxAttachments)
		if err != nil {
			return err
		}
		c.partial = b
		return c.completed()
	}
	return c.packet(p, nil)
}

func (c *conn) attachment(data []byte) error {
	if c.partial == nil {
		return fmt.Errorf("%w: bytes where none are due", ErrParse)
	}
	if err := c.partial.add(data, c.server.engine.MaxPayload()); err != nil {
		return err
	}
	return c.completed()
}

func (c *conn) completed() error {
	b := c.partial
	if !b.complete() {
		return nil
	}
	c.partial = nil
	return c.packet(b.packet, b.attachments)
}

// packet handles a packet that has come completely.
func (c *conn) packet(p Packet, attachments [][]byte) error {
	var query json.RawMessage
	if c.session.Revision() == 3 {
		p.Namespace, query = splitNamespace(p.Namespace)
	}
	s := c.socket(p.Namespace)
	switch {
	case s == nil && p.Type == Connect:
		h, ok := c.server.handlers[p.Namespace]
		if !ok {
			c.refuse(p.Namespace, &Refusal{Message: "Invalid namespace"})
			return nil
		}
		if query != nil {
			p.Data = query
		}
		c.connect(p.Namespace, p.Data, h)
		return nil
	case s == nil:
		return fmt.Errorf("%w: namespace %.40q is not connected", ErrParse, p.Namespace)
	}
	switch p.Type {
	case Event, BinaryEvent:
		return s.event(p, attachments)
	case Ack, BinaryAck:
		s.answered(p, attachments)
		return nil
	case Disconnect:
		c.leave(s, "client namespace disconnect")
		return nil
	case Connect:
		return fmt.Errorf("%w: connected already", ErrParse)
	}
	return fmt.Errorf("%w: a client sends no packet of type %c", ErrParse, p.Type)
}

func (c *conn) socket(namespace string) *Socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sockets {
		if s.Namespace == namespace {
			return s
		}
	}
	return nil
}

// connect asks the application whether the client may come in. One that may not can try again with
// something better; the connect timeout goes on.
func (c *conn) connect(namespace string, auth []byte, h Handler) {
	s := &Socket{ID: engineio.NewID(), Namespace: namespace, Peer: &c.session.Peer, session: c.session, conn: c, handler: h}
	if c.session.Revision() == 3 {
		s.ID = c.session.ID // the client reckons with it
		if namespace != "/" {
			s.ID = namespace + "#" + s.ID
		}
	}
	app, refusal := h.Connecting(s, auth)
	if refusal != nil {
		c.refuse(namespace, refusal)
		return
	}
	s.App = app
	c.session.Answer(s.packets(Connect, NoAck, s.welcome(), nil)...)
	s.PID = "" // hundreds of bytes that only the client needs
	c.mu.Lock()
	c.sockets = append(c.sockets, s)
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	c.mu.Unlock()
	h.Connected(s)
}

// welcome is the payload of the answer to CONNECT, which revision 4 of the protocol does not have.
func (s *Socket) welcome() []byte {
	switch {
	case s.session.Revision() == 3:
		return nil
	case s.PID != "":
		return fmt.Appendf(nil, `{"sid":%q,"pid":%q}`, s.ID, s.PID)
	}
	return fmt.Appendf(nil, `{"sid":%q}`, s.ID)
}

// refuse answers with a CONNECT_ERROR. Revision 4 of the protocol has the data in its place, or the text.
func (c *conn) refuse(namespace string, r *Refusal) {
	var payload any = r
	if c.session.Revision() == 3 {
		if payload = r.Data; payload == nil {
			payload = r.Message
		}
	}
	data, err := json.Marshal(payload)
	if err != nil {
		panic(err) // the payloads are the application's and always marshal
	}
	c.session.Answer(engineio.Message(Packet{Type: ConnectError, Namespace: namespace, AckID: NoAck, Data: data}.Append(nil)))
}

// event gives the application an event.
func (s *Socket) event(p Packet, attachments [][]byte) error {
	name, args, err := decodeEvent(p.Data)
	if err != nil {
		return err
	}
	var ack func(Args)
	if p.AckID != NoAck {
		var once sync.Once
		ack = func(answer Args) {
			once.Do(func() {
				s.session.Answer(s.packets(Ack, p.AckID, appendArgs(nil, answer.JSON), answer.Binary)...)
			})
		}
	}
	s.handler.Event(s, name, Args{JSON: args, Binary: attachments}, ack)
	return nil
}

// answered gives the application an acknowledgement.
func (s *Socket) answered(p Packet, attachments [][]byte) {
	s.conn.mu.Lock()
	a := s.asked
	s.conn.mu.Unlock()
	if a != nil {
		a.close(p.AckID, Args{JSON: elements(p.Data), Binary: attachments}, nil)
	}
}

// asks are the questions to a socket. They are closed once it is.
func (c *conn) asks(s *Socket) *asked {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.asked == nil {
		s.asked = &asked{open: map[int64]*question{}, closed: !slices.Contains(c.sockets, s)}
	}
	return s.asked
}

// leave takes a socket out of its namespace, once.
func (c *conn) leave(s *Socket, reason string) {
	c.mu.Lock()
	i := slices.Index(c.sockets, s)
	if i < 0 {
		c.mu.Unlock()
		return
	}
	c.sockets = slices.Delete(c.sockets, i, i+1)
	last, a := len(c.sockets) == 0, s.asked
	c.mu.Unlock()
	if last {
		c.expect() // it may go to another namespace, but not stay in none
	}
	if a != nil {
		a.abandon()
	}
	s.handler.Disconnected(s, reason)
}

// Closed implements [engineio.Handler].
func (e engine) Closed(es *engineio.Session, reason string) {
	c := es.App.(*conn)
	c.mu.Lock()
	c.closed = true
	if c.timer != nil {
		c.timer.Stop()
	}
	all := slices.Clone(c.sockets)
	c.mu.Unlock()
	for _, s := range all {
		c.leave(s, reason)
	}
}
