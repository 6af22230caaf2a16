package operator

import (
	"sync"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

const maxQuiet = 1 << 14 // conversations that are remembered

// quiet remembers conversations without an open dialog, so that the store is not asked at every event
// of every conversation. A dialog comes with an owner event, behind its document; until then there is
// nothing that it could miss, since it follows from the epoch under which it was opened.
type quiet struct {
	mu         sync.Mutex
	generation string                          // of the log that the places are of
	upTo       map[subject.Conversation]uint64 // where there was no open dialog
}

func newQuiet() *quiet { return &quiet{upTo: map[subject.Conversation]uint64{}} }

// goesOn reports whether there still is no open dialog at the wake-up: there was none, and everything
// that has happened since is known and changes no owner.
func (q *quiet) goesOn(w bus.Wake, generation string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	upTo, ok := q.upTo[w.Conversation]
	if !ok || generation != q.generation {
		return false
	}
	if changed, known := w.Did(subject.Owner, upTo); changed || !known {
		return false
	}
	q.upTo[w.Conversation] = max(upTo, w.UpTo)
	return true
}

// set notes that there is no open dialog at the wake-up, or that there may be one.
func (q *quiet) set(w bus.Wake, generation string, is bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !is {
		delete(q.upTo, w.Conversation)
		return
	}
	if generation != q.generation || len(q.upTo) >= maxQuiet {
		clear(q.upTo)
		q.generation = generation
	}
	q.upTo[w.Conversation] = w.UpTo
}
