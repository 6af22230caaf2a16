package scenario

import (
	"container/list"
	"sync"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

const maxKeptBytes = 4 << 20 // of the sessions that are held, as they are stored; in memory they are some times larger

// kept holds the sessions that were saved last, so that the next event need not load them; the least
// recently used go first. A replica may have saved a newer one since: saving behind it fails.
type kept struct {
	mu     sync.Mutex
	held   map[subject.Conversation]*list.Element // of keptSession
	recent *list.List
	size   int
}

type keptSession struct {
	c        subject.Conversation
	session  session
	revision uint64
	size     int
}

func newKept() *kept {
	return &kept{held: map[subject.Conversation]*list.Element{}, recent: list.New()}
}

// get returns the conversation's session and its revision, if they are held.
func (k *kept) get(c subject.Conversation) (session, uint64, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e, ok := k.held[c]
	if !ok {
		return session{}, 0, false
	}
	k.recent.MoveToFront(e)
	s := e.Value.(keptSession)
	return s.session, s.revision, true
}

func (k *kept) put(s keptSession) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.remove(k.held[s.c])
	k.held[s.c] = k.recent.PushFront(s)
	k.size += s.size
	for k.size > maxKeptBytes {
		k.remove(k.recent.Back())
	}
}

func (k *kept) drop(c subject.Conversation) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.remove(k.held[c])
}

// remove is called under mu.
func (k *kept) remove(e *list.Element) {
	if e == nil {
		return
	}
	s := k.recent.Remove(e).(keptSession)
	delete(k.held, s.c)
	k.size -= s.size
}
