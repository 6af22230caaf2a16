package scenario

import (
	"crypto/sha256"
	"encoding/base64"
)

const (
	maxRecent  = 64 // handled events that are known by id
	recentSize = 12 // of each, as it is kept
)

// recent are the last handled events, oldest first, each by a part of its id's hash: a session is written
// twice for an answer, and ids as they are would be most of it.
type recent string

func nameOf(local string) recent {
	sum := sha256.Sum256([]byte(local))
	return recent(base64.RawURLEncoding.EncodeToString(sum[:recentSize*3/4]))
}

// has reports whether the event with this local id is among them.
func (r recent) has(local string) bool {
	name := nameOf(local)
	for ; len(r) >= recentSize; r = r[recentSize:] {
		if r[:recentSize] == name {
			return true
		}
	}
	return false
}

// with returns them with one more, without the oldest if there are too many.
func (r recent) with(local string) recent {
	return r[max(0, len(r)-(maxRecent-1)*recentSize):] + nameOf(local)
}
