package gateway

import (
	"time"

	"github.com/google/uuid"

	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// mayRepeat reports whether a message may have been stored so long ago that the log does not recognise
// its id by itself, which it does within window. Clients need not say which attempt it is, and the
// official one repeats what it has sent without a change: so what counts is when the id was made. One
// that does not tell, or whose maker's clock is far from ours, may always be a repetition; a start is
// one whenever a client is shown an empty history.
func mayRepeat(f wire.Frame, now time.Time, window time.Duration) bool {
	if f.Attempt > 1 || f.Type == "start" {
		return true
	}
	id, err := uuid.Parse(f.ID)
	if err != nil || id.Version() != 7 {
		return true
	}
	return now.Sub(time.Unix(id.Time().UnixTime())).Abs() > window/2
}
