// Command conformance serves the gateway's Engine.IO and Socket.IO for the clients and the conformance
// suites of these protocols. It is a tool for tests and goes into no image.
//
// At /engine.io/ every message is sent back. At /socket.io/, the main namespace emits "auth" with the
// payload of CONNECT, sends "message" back as "message-back" and acknowledges "message-with-ack" with its
// arguments; "ask" asks the client "question", with the same arguments, and sends what it answers as
// "answered"; "leave" closes the connection, from which a client recovers. Namespace /custom emits "auth"
// only.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/listen"
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
	"github.com/switchboard-chat/switchboard/services/gateway/socketio"
)

func main() { run.Main(start) }

type options struct {
	addr           string
	pingInterval   time.Duration
	pingTimeout    time.Duration
	maxPayload     int64
	connectTimeout time.Duration
	allowEIO3      bool
}

func (o *options) flags(fs *flag.FlagSet) {
	fs.StringVar(&o.addr, "addr", "127.0.0.1:3000", "`address` to listen on")
	fs.DurationVar(&o.pingInterval, "ping-interval", 300*time.Millisecond, "between a pong and the next ping")
	fs.DurationVar(&o.pingTimeout, "ping-timeout", 200*time.Millisecond, "how long a pong may take")
	fs.Int64Var(&o.maxPayload, "max-payload", 1_000_000, "`bytes` of a message, or of a request")
	fs.DurationVar(&o.connectTimeout, "connect-timeout", time.Second, "how long a connection may be in no namespace")
	fs.BoolVar(&o.allowEIO3, "allow-eio3", false, "serve clients of Engine.IO revision 3")
}

func start(ctx context.Context, args []string, getenv func(string) string) error {
	var o options
	if err := conf.Parse("conformance", args, getenv, o.flags); err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	cfg := engineio.Config{PingInterval: o.pingInterval, PingTimeout: o.pingTimeout, MaxPayload: o.maxPayload, AllowEIO3: o.allowEIO3}
	echoes := engineio.NewServer(cfg, echo{})
	sockets := socketio.NewServer(socketio.Config{Engine: cfg, ConnectTimeout: o.connectTimeout}, namespace{all: true})
	sockets.Handle("/custom", namespace{})
	mux := http.NewServeMux()
	mux.Handle("/engine.io/", echoes)
	mux.Handle("/socket.io/", sockets)
	return run.All(ctx, listen.HTTP(ln, mux), drained(echoes.Shutdown), drained(sockets.Shutdown))
}

// drained is a service that does nothing until the end, and then closes the sockets.
func drained(shutdown func(context.Context) error) run.Service {
	return run.Func(func(ctx context.Context) error {
		<-ctx.Done()
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), listen.Drain)
		defer cancel()
		return shutdown(wait)
	})
}

// echo sends every message back.
type echo struct{}

func (echo) Opened(*engineio.Session) any { return nil }

func (echo) Message(s *engineio.Session, data []byte, binary bool) error {
	if binary {
		s.Answer(engineio.BinaryMessage(append([]byte(nil), data...)))
		return nil
	}
	s.Answer(engineio.Message(data))
	return nil
}

func (echo) Closed(*engineio.Session, string) {}

// namespace answers as the suites expect; all = events, too.
type namespace struct{ all bool }

func (namespace) Connecting(_ *socketio.Socket, auth json.RawMessage) (any, *socketio.Refusal) {
	if auth == nil {
		auth = json.RawMessage("{}")
	}
	var asked struct {
		Refuse string `json:"refuse"`
	}
	if json.Unmarshal(auth, &asked) == nil && asked.Refuse != "" {
		return nil, &socketio.Refusal{Message: asked.Refuse, Data: map[string]string{"code": "refused"}}
	}
	return append([]byte(nil), auth...), nil
}

const (
	answerTimeout = 5 * time.Second

	// turn is how much later than the answer to CONNECT "auth" is sent. A client that asks its WebSocket
	// for one message after the other, as the suites' does, misses the second of two that come at once.
	turn = 20 * time.Millisecond
)

func (namespace) Connected(s *socketio.Socket) {
	time.AfterFunc(turn, func() { s.Emit("auth", s.App.([]byte)) })
}

func (n namespace) Event(s *socketio.Socket, name string, args socketio.Args, ack func(socketio.Args)) {
	switch {
	case !n.all:
	case name == "message":
		s.EmitArgs("message-back", args)
	case name == "message-with-ack" && ack != nil:
		ack(args)
	case name == "ask":
		answered := func(answer socketio.Args, err error) {
			if err == nil {
				s.EmitArgs("answered", answer)
			}
		}
		if err := s.Ask(answerTimeout, "question", args, answered); err != nil {
			s.Close(err.Error())
		}
	case name == "leave":
		s.Close("asked to")
	}
}

func (namespace) Disconnected(*socketio.Socket, string) {}
