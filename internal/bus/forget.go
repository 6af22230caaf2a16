package bus

import (
	"time"

	"github.com/google/uuid"
)

// MayForget reports whether a message whose author minted this id may have been stored so long ago that
// the log does not recognise the id by itself any more, as it does within the duplicate window: then
// a repeat has to be looked for. Only a UUIDv7 says when it was made, and that by a clock which is not
// ours; whatever does not tell, or tells a time far from now, may be old.
func MayForget(id string, now time.Time, window time.Duration) bool {
	u, err := uuid.Parse(id)
	if err != nil || u.Version() != 7 {
		return true
	}
	age := now.Sub(time.Unix(u.Time().UnixTime()))
	return age < -window/4 || age > window/2
}
