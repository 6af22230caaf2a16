package engineio

import (
	"sync"
	"time"
)

// beats are sessions that all wait equally long: to be pinged, or to be given up without a heartbeat. Who
// came first is due first, so a list has them in order, and one timer serves them all.
type beats struct {
	after time.Duration

	mu          sync.Mutex // taken with a session's held, never the other way round
	first, last *Session
	timer       *time.Timer // runs while there is a first
}

// place is a session's in a list. Its session's mutex guards list and due, the list's the rest; they are
// changed under both.
type place struct {
	list       *beats
	due        time.Time
	in         bool // not rung yet
	prev, next *Session
}

// add puts s at the end, and nowhere else. s.mu is held.
func (b *beats) add(s *Session, now time.Time) {
	s.unlist()
	b.mu.Lock()
	defer b.mu.Unlock()
	s.beat = place{list: b, due: now.Add(b.after), in: true, prev: b.last}
	if b.last != nil {
		b.last.beat.next = s
		b.last = s
		return
	}
	b.first, b.last = s, s
	if b.timer == nil {
		b.timer = time.AfterFunc(b.after, b.ring)
		return
	}
	b.timer.Reset(b.after)
}

// unlist takes s out of its list. s.mu is held.
func (s *Session) unlist() {
	b := s.beat.list
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.beat.in {
		b.unlink(s)
	}
	if b.first == nil {
		b.timer.Stop()
	}
}

// unlink is the part of unlist that ring shares, under b.mu.
func (b *beats) unlink(s *Session) {
	prev, next := s.beat.prev, s.beat.next
	if prev == nil {
		b.first = next
	} else {
		prev.beat.next = next
	}
	if next == nil {
		b.last = prev
	} else {
		next.beat.prev = prev
	}
	s.beat.in, s.beat.prev, s.beat.next = false, nil, nil
}

// ring tells the sessions that are due.
func (b *beats) ring() {
	type rung struct {
		s   *Session
		due time.Time
	}
	var due []rung
	now := time.Now()
	b.mu.Lock()
	for b.first != nil && !b.first.beat.due.After(now) {
		due = append(due, rung{b.first, b.first.beat.due})
		b.unlink(b.first)
	}
	if b.first != nil {
		b.timer.Reset(b.first.beat.due.Sub(now))
	}
	b.mu.Unlock()
	for _, r := range due {
		r.s.tick(r.due)
	}
}
