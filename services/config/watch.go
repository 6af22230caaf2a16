package config

import (
	"cmp"
	"slices"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/settings"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// changed collects the bots that a watcher has not been told of. However slow the watcher, it holds
// each bot once, and the watcher gets the newest state.
type changed struct {
	wants func(bot string) bool

	mu    sync.Mutex
	bots  map[string]bool
	ready chan struct{} // holds one signal
}

func newChanged(wants func(bot string) bool) *changed {
	return &changed{wants: wants, bots: make(map[string]bool), ready: make(chan struct{}, 1)}
}

// add implements the subscriber of a settings cache.
func (c *changed) add(kind, id string) {
	if kind != settings.KindBot || !c.wants(id) {
		return
	}
	c.mu.Lock()
	c.bots[id] = true
	c.mu.Unlock()
	select {
	case c.ready <- struct{}{}:
	default:
	}
}

// take empties the collection.
func (c *changed) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := make([]string, 0, len(c.bots))
	for id := range c.bots {
		ids = append(ids, id)
	}
	clear(c.bots)
	slices.Sort(ids)
	return ids
}

// Watch implements BotService. UNAVAILABLE means that the service stops: watch again.
func (s *botService) Watch(r *configv1.WatchRequest, stream grpc.ServerStreamingServer[configv1.WatchResponse]) error {
	ctx := stream.Context()
	p, err := caller(ctx)
	if err != nil {
		return err
	}
	if r.GetBot() != "" && !p.SeesBot(r.GetBot()) {
		return noBot(r.GetBot())
	}
	wants := func(bot string) bool { return bot == cmp.Or(r.GetBot(), bot) && p.SeesBot(bot) }

	news := newChanged(wants)
	defer s.cache.Subscribe(news.add)() // before the first picture, so that nothing is between them
	sent := make(map[string]int64)
	send := func(b *configv1.Bot) error {
		if sent[b.GetId()] >= b.GetVersion() {
			return nil
		}
		sent[b.GetId()] = b.GetVersion()
		return stream.Send(&configv1.WatchResponse{Bot: b})
	}
	for _, b := range s.cache.Bots() {
		if !wants(b.GetId()) {
			continue
		}
		if err := send(b); err != nil {
			return err
		}
	}
	for {
		select {
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		case <-s.stopped:
			return status.Error(codes.Unavailable, "the service stops; watch again")
		case <-news.ready:
		}
		for _, id := range news.take() {
			b, ok := s.cache.Bot(id)
			if !ok {
				continue
			}
			if err := send(b); err != nil {
				return err
			}
		}
	}
}
