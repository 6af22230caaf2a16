package gateway

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"time"

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

// missed are a bot's settings if they are not of the version that a page says to have, or depend on the time; nothing
// for a page that says none.
func (g *Gateway) missed(bot, lang string, version json.RawMessage) []byte {
	b, ok := g.deps.Settings.Bot(bot)
	if !ok || len(version) == 0 || string(version) == "null" {
		return nil
	}
	w := b.GetWidget()
	if string(version) == strconv.FormatInt(b.GetVersion(), 10) && w.GetHours() == nil {
		return nil
	}
	return encode(g.publicSettings(b, lang, w.GetLanguageCode()))
}
