// Command echo serves the gateway's own socketio package with the least application on it, so that its
// framing can be compared with another server's: "message" is sent back as "message-back", "shout" is sent
// to everybody as "shouted". It is a tool for the benchmarks and goes into no image.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/listen"
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/services/gateway/socketio"
)

func main() { run.Main(start) }

func start(ctx context.Context, args []string, getenv func(string) string) error {
	var addr string
	if err := conf.Parse("echo", args, getenv, func(fs *flag.FlagSet) {
		fs.StringVar(&addr, "addr", "127.0.0.1:3000", "`address` to listen on")
	}); err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	sockets := socketio.NewServer(socketio.Config{}, &room{members: map[*socketio.Socket]struct{}{}})
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", sockets)
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	return run.All(ctx, listen.HTTP(ln, mux), run.Func(func(ctx context.Context) error {
		<-ctx.Done()
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), listen.Drain)
		defer cancel()
		return sockets.Shutdown(wait)
	}))
}

// room is everybody.
type room struct {
	mu      sync.Mutex
	members map[*socketio.Socket]struct{}
}

func (*room) Connecting(*socketio.Socket, json.RawMessage) (any, *socketio.Refusal) { return nil, nil }

func (r *room) Connected(s *socketio.Socket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[s] = struct{}{}
}

func (r *room) Disconnected(s *socketio.Socket, _ string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.members, s)
}

func (r *room) Event(s *socketio.Socket, name string, args socketio.Args, _ func(socketio.Args)) {
	switch {
	case len(args.JSON) != 1:
	case name == "message":
		s.Emit("message-back", args.JSON[0])
	case name == "shout":
		r.shout(args.JSON[0])
	}
}

func (r *room) shout(arg []byte) {
	p, err := socketio.Shared("shouted", arg)
	if err != nil {
		slog.Error("not shouted", "err", err)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.members {
		s.Send(p)
	}
}
