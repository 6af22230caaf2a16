package gateway

import (
	"net/netip"
	"sync"
	"time"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const defaultBlockMessage = "You cannot use this chat."

// client is whoever wants to use a bot's chat, as far as is known.
type client struct{ ip, visitor, conversation string }

// blocks holds the bots' lists in a form that is quick to look through.
type blocks struct {
	mu   sync.Mutex
	bots map[string]*blockList
}

// blockList is one version of a bot's list.
type blockList struct {
	version  int64
	networks []block[netip.Prefix]
	ids      map[string]time.Time // until when, of visitors and conversations; zero = for good
}

type block[T any] struct {
	who   T
	until time.Time
}

// of returns the bot's list.
func (b *blocks) of(bot *configv1.Bot) *blockList {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.bots[bot.GetId()]; l != nil && l.version == bot.GetVersion() {
		return l
	}
	l := newBlockList(bot)
	if b.bots == nil {
		b.bots = map[string]*blockList{}
	}
	b.bots[bot.GetId()] = l
	return l
}

func newBlockList(bot *configv1.Bot) *blockList {
	l := &blockList{version: bot.GetVersion(), ids: map[string]time.Time{}}
	for _, b := range bot.GetBlocks() {
		var until time.Time
		if b.GetUntil() != nil {
			until = b.GetUntil().AsTime()
		}
		switch who := b.GetWho().(type) {
		case *configv1.Block_Network:
			if p, err := parseNetwork(who.Network); err == nil { // it was checked when it was set
				l.networks = append(l.networks, block[netip.Prefix]{p, until})
			}
		case *configv1.Block_Visitor:
			l.ids[who.Visitor] = until
		case *configv1.Block_Conversation:
			l.ids[who.Conversation] = until
		}
	}
	return l
}

// has reports whether c is on the list.
func (l *blockList) has(c client, now time.Time) bool {
	goes := func(until time.Time) bool { return until.IsZero() || now.Before(until) }
	for _, id := range []string{c.visitor, c.conversation} {
		if until, ok := l.ids[id]; ok && goes(until) {
			return true
		}
	}
	ip, err := netip.ParseAddr(c.ip)
	if err != nil {
		return false
	}
	for _, n := range l.networks {
		if n.who.Contains(ip) && goes(n.until) {
			return true
		}
	}
	return false
}

// blocked is a problem if the bot's list keeps c out.
func (g *Gateway) blocked(bot *configv1.Bot, c client) *wire.Problem {
	if len(bot.GetBlocks()) == 0 || !g.blocks.of(bot).has(c, time.Now()) {
		return nil
	}
	p := &wire.Problem{Code: wire.Blocked, Message: bot.GetBlockMessage()}
	if p.Message == "" {
		p.Message = defaultBlockMessage
	}
	return p
}
