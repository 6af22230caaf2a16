// Package gateway is the door between visitors and conversations. It holds the widgets' sockets,
// puts what visitors do into the log, shows them what the log stores, and is the only publisher of
// conversations' events: other services speak through its gRPC methods.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/switchboard-chat/switchboard/internal/blob"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/listen"
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/internal/settings"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/challenge"
	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
	"github.com/switchboard-chat/switchboard/services/gateway/former"
	"github.com/switchboard-chat/switchboard/services/gateway/geo"
	"github.com/switchboard-chat/switchboard/services/gateway/preview"
	"github.com/switchboard-chat/switchboard/services/gateway/socketio"
	"github.com/switchboard-chat/switchboard/services/gateway/transcript"
	"github.com/switchboard-chat/switchboard/web/widget"
)

// Deps is what a gateway works with.
type Deps struct {
	Log      *bus.Log
	Settings *settings.Cache
	Tokens   *token.Keys
	History  historyv1.HistoryServiceClient
	// Blobs keep what visitors upload. Without them nothing can be uploaded, whatever the settings say.
	Blobs blob.Store
	// Widget has the widget's built files; nil means those of this binary.
	Widget fs.FS
}

// Gateway serves visitors. Make one with [New], mount it, and run it.
type Gateway struct {
	gatewayv1.UnimplementedGatewayServiceServer
	cfg        Config
	deps       Deps
	feed       *bus.Feed
	leases     *bus.Leases // who thinks
	sockets    *socketio.Server
	peers      peers
	limits     limits
	blocks     blocks
	uploads    slots
	pending    pending
	users      users
	connecting chan struct{} // has one for every client that has its turn

	revocations revocations
	challenges  *challenge.Issuer
	attacks     *challenge.Attacks

	whereabouts whereabouts
	places      *geo.DB // nil without one

	files    fs.FS // the widget's
	assets   *former.Assets
	words    words
	icons    icons
	previews *preview.Fetcher
	mail     *transcript.Mailer // nil without a mail server

	mu    sync.Mutex
	rooms map[subject.Conversation]*room
	first firstSequence

	telling sync.Mutex // held while a bot's settings are shown
}

// New returns a gateway.
func New(cfg Config, deps Deps) (*Gateway, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	key, err := deps.Tokens.Derive("challenge")
	if err != nil {
		return nil, err
	}
	g := &Gateway{
		cfg: cfg, deps: deps, feed: deps.Log.NewFeed(), leases: deps.Log.NewLeases(), rooms: map[subject.Conversation]*room{}, limits: newLimits(cfg),
		connecting: make(chan struct{}, turns()),
		previews:   preview.New(cfg.PreviewNetworks),
		peers:      newPeers(cfg.Advertise, deps.Log.Conn()), challenges: challenge.New(key), attacks: challenge.NewAttacks(cfg.Attack),
	}
	if cfg.GeoIPDB != "" {
		var err error
		if g.places, err = geo.Open(cfg.GeoIPDB); err != nil {
			return nil, fmt.Errorf("-geoip-db: %w", err)
		}
	}
	if g.files = deps.Widget; g.files == nil {
		g.files = widget.FS()
	}
	if g.assets, err = newAssets(g.files, deps); err != nil {
		return nil, err
	}
	if g.words, err = readWords(g.files); err != nil {
		return nil, err
	}
	if g.icons, err = readIcons(g.files); err != nil {
		return nil, err
	}
	if cfg.Mail.URL != "" {
		if g.mail, err = transcript.NewMailer(cfg.Mail); err != nil {
			return nil, err
		}
	}
	g.sockets = socketio.NewServer(socketio.Config{Engine: engineio.Config{
		PingInterval: cfg.PingInterval, PingTimeout: cfg.PingTimeout, MaxPayload: maxFrame, MaxQueue: maxQueue, MaxBacklog: maxBacklog,
		AllowEIO3: cfg.AllowEIO3, ID: g.peers.id, Route: g.peers.find,
	}}, visitors{g})
	return g, nil
}

// Register offers the gateway's gRPC methods.
func (g *Gateway) Register(r grpc.ServiceRegistrar) {
	gatewayv1.RegisterGatewayServiceServer(r, g)
	gatewayv1.RegisterVisitorServiceServer(r, people{g: g})
}

// Mount offers what browsers ask for: the socket, the widget's files, its token and its settings.
func (g *Gateway) Mount(mux *http.ServeMux) {
	mux.Handle("/socket.io/", g.cfg.TrustedProxies.known(g.sockets))
	g.mountWidget(mux)
	mux.HandleFunc("POST /widget/v2/upload", g.serveUpload)
	mux.HandleFunc("GET /widget/v2/files/{id}", g.serveFile)
}

// Run shows conversations to sockets until ctx ends; then it sends the sockets elsewhere.
func (g *Gateway) Run(ctx context.Context) error {
	cancel := g.deps.Settings.Subscribe(g.settingChanged)
	defer cancel()
	if g.deps.Blobs != nil {
		if err := g.deps.Blobs.Ping(ctx); err != nil { // it may come later, and a chat goes on without
			slog.WarnContext(ctx, "uploads are not available", "err", err)
		}
	}
	answering, err := g.peers.answer()
	if err != nil {
		return err
	}
	defer answering()
	var following sync.WaitGroup
	defer following.Wait()
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	if g.places != nil {
		following.Go(func() { _ = g.places.Run(running) }) // never fails
	}
	if g.deps.Blobs != nil {
		following.Go(func() { g.sweep(running) })
	}
	if g.mail != nil {
		following.Go(func() { _ = g.mail.Run(running) }) // never fails
	}
	following.Go(func() { _ = g.assets.Run(running) }) // never fails
	following.Go(func() { g.followHours(running) })
	fed := make(chan error, 1)
	following.Go(func() { g.revocations.follow(running, g.deps.Log, g.dismiss) })
	go func() { fed <- run.All(running, g.feed, g.leases) }()
	select {
	case <-ctx.Done():
	case err := <-fed:
		return err
	}
	drain, end := context.WithTimeout(context.WithoutCancel(ctx), listen.Drain)
	defer end()
	if err := g.sockets.Shutdown(drain); err != nil {
		slog.WarnContext(ctx, "sockets left", "err", err)
	}
	stop()
	return <-fed
}

// Ready reports why the gateway cannot do its work.
func (g *Gateway) Ready(ctx context.Context) error {
	if err := g.deps.Log.Ping(ctx); err != nil {
		return fmt.Errorf("log: %w", err)
	}
	for _, step := range []struct {
		done <-chan struct{}
		not  string
	}{
		{g.revocations.ready(), "revocations: not read yet"},
		{g.assets.Tried(), "assets: not put yet"}, // a page of ours may ask another gateway for them
	} {
		select {
		case <-step.done:
		default:
			return errors.New(step.not)
		}
	}
	return nil
}

// firstSequence remembers where the log begins, which only ever grows.
type firstSequence struct {
	mu  sync.Mutex
	seq uint64
	at  time.Time
}

const firstFor = 5 * time.Second

func (f *firstSequence) get(ctx context.Context, l *bus.Log) (uint64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.at) < firstFor {
		return f.seq, nil
	}
	seq, err := l.FirstSequence(ctx)
	if err != nil {
		return 0, err
	}
	f.seq, f.at = seq, time.Now()
	return seq, nil
}
