package gateway

import (
	"time"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// mayRepeat reports whether a message has to be looked for before it is stored. Clients need not say
// which attempt it is, and the official one repeats what it has sent without a change: so what counts is
// when the id was made. A start is a repeat whenever a client is shown an empty history.
func mayRepeat(f wire.Frame, now time.Time, window time.Duration) bool {
	return f.Attempt > 1 || f.Type == "start" || bus.MayForget(f.ID, now, window)
}
