package gateway

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/switchboard-chat/switchboard/internal/token"
	"github.com/switchboard-chat/switchboard/services/gateway/hours"
)

// hoursJitter keeps the gateways from speaking at the same moment.
const hoursJitter = 2 * time.Second

// followHours tells those who are connected when people come and go, until ctx ends. Hours are of whole minutes, so one
// look a minute finds every change, whatever becomes of bots and sockets between two.
func (g *Gateway) followHours(ctx context.Context) {
	everyMinute(ctx, func() time.Duration { return rand.N(hoursJitter) }, g.hoursPass) //nolint:gosec // no secret
}

// everyMinute calls f shortly after each full minute, with the moment of the call before and with now.
func everyMinute(ctx context.Context, jitter func() time.Duration, f func(since, now time.Time)) {
	since := time.Now()
	for {
		next := time.Until(since.Truncate(time.Minute).Add(time.Minute)) + jitter()
		select {
		case <-ctx.Done():
			return
		case <-time.After(next):
		}
		now := time.Now()
		f(since, now)
		since = now
	}
}

// hoursPass shows the settings anew to the visitors of those bots whose people came or went between two moments.
func (g *Gateway) hoursPass(since, now time.Time) {
	for id := range g.botsHere() {
		b, _ := g.deps.Settings.Bot(id)
		if h := b.GetWidget().GetHours(); h != nil && hours.Changed(h, since, now) {
			g.tellSettings(id)
		}
	}
}

// missed are the settings of a visitor's bot if they, or what the hours say, have changed since the page that comes
// back was connected last; else nothing. A page that has just been loaded has read them by itself.
func (g *Gateway) missed(v *visitor, a auth, old *token.Recovery, now time.Time) []byte {
	b, ok := g.deps.Settings.Bot(v.c.Bot)
	if a.Offset == "" || !ok {
		return nil
	}
	var signed time.Time // with every connection
	if t, err := g.deps.Tokens.ParseVisitor(a.Token); err == nil {
		signed = t.Expires
	} else if old != nil {
		signed = old.Visitor.Expires
	}
	since := signed.Add(-token.VisitorLifetime)
	h := b.GetWidget().GetHours()
	if b.GetUpdatedAt().AsTime().Before(since) && (h == nil || !hours.Changed(h, since, now)) {
		return nil
	}
	return encode(g.publicSettings(b, v.lang, b.GetWidget().GetLanguageCode()))
}
