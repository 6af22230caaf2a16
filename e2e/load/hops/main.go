// Command hops is the floor under a conversation: a visitor's message takes the hops that it takes through
// the all-in-one, websocket, stored, a consumer, stored, shown, with nothing on them but gorilla/websocket
// and nats.go.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/listen"
	"github.com/switchboard-chat/switchboard/internal/run"

	_ "github.com/switchboard-chat/switchboard/e2e/load/probe"
)

const (
	natsStart = 30 * time.Second
	maxStore  = 1 << 30
	pending   = 4096 // feed messages that may wait for the one goroutine that writes
)

func main() { run.Main(start) }

func start(ctx context.Context, args []string, getenv func(string) string) (err error) {
	var addr, dir string
	if err := conf.Parse("hops", args, getenv, func(fs *flag.FlagSet) {
		fs.StringVar(&addr, "addr", "127.0.0.1:3000", "`address` to listen on")
		fs.StringVar(&dir, "data-dir", "", "`directory` for JetStream")
	}); err != nil {
		return err
	}
	s, err := server.NewServer(&server.Options{
		DontListen: true, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: dir, JetStreamMaxStore: maxStore, SyncInterval: time.Second,
	})
	if err != nil {
		return err
	}
	s.Start()
	defer func() { s.Shutdown(); s.WaitForShutdown() }()
	if !s.ReadyForConnections(natsStart) {
		return errors.New("NATS is not ready")
	}
	gateway, err := connect(ctx, s)
	if err != nil {
		return err
	}
	defer gateway.nc.Close()
	bot, err := connect(ctx, s)
	if err != nil {
		return err
	}
	defer bot.nc.Close()
	consuming, err := bot.answer(ctx)
	if err != nil {
		return err
	}
	defer consuming.Stop()
	feed := make(chan *nats.Msg, pending)
	if _, err := gateway.nc.ChanSubscribe("feed.>", feed); err != nil {
		return err
	}
	g := &door{log: gateway}
	go g.show(ctx, feed)
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /socket.io/", g.open)
	mux.HandleFunc("GET /readyz", func(http.ResponseWriter, *http.Request) {})
	return run.All(ctx, listen.HTTP(ln, mux))
}

// log is one service's connection.
type log struct {
	nc *nats.Conn
	js jetstream.JetStream
}

func connect(ctx context.Context, s *server.Server) (*log, error) {
	nc, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		return nil, err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	_, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: "CHAT", Subjects: []string{"chat.>"}, Storage: jetstream.FileStorage, AllowDirect: true,
		Duplicates: 10 * time.Minute, RePublish: &jetstream.RePublish{Source: "chat.>", Destination: "feed.>"},
	})
	return &log{nc, js}, err
}

// utterance is a message, and the answer to it.
type utterance struct {
	ID     string `json:"id"`
	Author string `json:"author,omitempty"`
	Text   string `json:"text"`
}

// answer says back what visitors say.
func (l *log) answer(ctx context.Context) (jetstream.ConsumeContext, error) {
	c, err := l.js.CreateOrUpdateConsumer(ctx, "CHAT", jetstream.ConsumerConfig{
		Durable: "bot", FilterSubject: "chat.*.visitor", AckPolicy: jetstream.AckExplicitPolicy,
	})
	if err != nil {
		return nil, err
	}
	return c.Consume(func(m jetstream.Msg) {
		go func() { // conversations in parallel
			var u utterance
			if err := json.Unmarshal(m.Data(), &u); err != nil {
				slog.ErrorContext(ctx, "not a message", "err", err)
				return
			}
			u.ID, u.Author = u.ID+"/0", "bot"
			if err := l.store(ctx, strings.TrimSuffix(m.Subject(), "visitor")+"bot", u); err != nil {
				slog.ErrorContext(ctx, "not answered", "err", err)
			}
			_ = m.Ack() // it is the benchmark's end if it is not
		}()
	})
}

func (l *log) store(ctx context.Context, subject string, u utterance) error {
	data, err := json.Marshal(u)
	if err != nil {
		return err
	}
	_, err = l.js.Publish(ctx, subject, data, jetstream.WithMsgID(u.ID))
	return err
}

// door is where visitors come in.
type door struct {
	log   *log
	conns sync.Map // websocket connections by conversation
}

func (d *door) open(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{ReadBufferSize: 512, WriteBufferSize: 1024, CheckOrigin: func(*http.Request) bool { return true }}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil { // it has answered
		return
	}
	conversation := uuid.NewString()
	d.conns.Store(conversation, ws)
	go func() {
		defer ws.Close()
		defer d.conns.Delete(conversation)
		for {
			_, data, err := ws.ReadMessage()
			var u utterance
			if err != nil || json.Unmarshal(data, &u) != nil {
				return
			}
			if err := d.log.store(context.WithoutCancel(r.Context()), "chat."+conversation+".visitor", u); err != nil {
				slog.ErrorContext(r.Context(), "not stored", "err", err)
				return
			}
		}
	}()
}

// show writes what was stored to whose conversation it is of.
func (d *door) show(ctx context.Context, feed <-chan *nats.Msg) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-feed:
			if ws, ok := d.conns.Load(strings.Split(m.Subject, ".")[1]); ok {
				_ = ws.(*websocket.Conn).WriteMessage(websocket.TextMessage, m.Data) // its reader notices
			}
		}
	}
}
