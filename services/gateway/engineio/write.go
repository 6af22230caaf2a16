package engineio

import "time"

// One goroutine writes to a WebSocket at a time. It is whoever sends while nobody writes: what the system
// takes at once, which is nearly always everything, costs no goroutine. When the peer has to read before
// there is room, a goroutine is started that waits for that, and nobody else does.

const hastyRounds = 8 // batches that a sender writes, which others may fill up meanwhile

// starts reserves writing for the caller if there is something to write and nobody writes. s.mu is held.
func (s *Session) starts() bool {
	if s.link == nil || s.writing || s.broken || len(s.queue) == 0 && (!s.closed || s.parted) {
		return false
	}
	s.writing = true
	return true
}

// write writes what is queued, by whoever has reserved it.
func (s *Session) write() {
	if s.link.raw == nil {
		go s.drain(true)
		return
	}
	s.drain(false)
}

// drain writes until nothing is queued. With wait it waits first for the peer to take what is left.
func (s *Session) drain(wait bool) {
	err := s.link.begin(wait)
	if wait && err == nil && s.link.raw != nil {
		// The reader writes, too, when it is pinged. A link that waited for that would hold up whoever sends next.
		wait, err = false, s.link.begin(false)
	}
	var batch []Packet
	for rounds := 0; err == nil; rounds++ {
		if !wait && (rounds == hastyRounds || s.link.waits()) {
			go s.drain(true)
			return
		}
		var over bool
		if batch, over = s.take(batch[:0]); over {
			return
		}
		err = s.put(batch, wait)
	}
	s.fail()
}

// take gives the writer what is queued. The last thing is the goodbye of a session that is closed; when
// nothing is left, writing is over.
func (s *Session) take(spare []Packet) (batch []Packet, over bool) {
	s.mu.Lock()
	if len(s.queue) > 0 {
		batch, s.queue, s.backlog = s.queue, spare, 0
		s.mu.Unlock()
		return batch, false
	}
	if s.closed && !s.parted {
		s.parted = true
		s.mu.Unlock()
		s.sayGoodbye()
		return spare, false
	}
	s.writing, s.queue = false, nil
	left := s.left
	s.mu.Unlock()
	if left {
		_ = s.conn.Close() // its error is that it is closed
	}
	return nil, true
}

// put writes a batch; what cannot be written now without waiting is queued again.
func (s *Session) put(batch []Packet, wait bool) error {
	if len(batch) > 1 {
		s.link.cork()
	}
	for i, p := range batch {
		if err := s.frame(p); err != nil {
			return err
		}
		batch[i] = Packet{}
		if !wait && s.link.waits() {
			s.putBack(batch[i+1:])
			break
		}
	}
	if len(batch) > 1 {
		return s.link.uncork()
	}
	return nil
}

// putBack queues packets before those that have come since.
func (s *Session) putBack(ps []Packet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range ps {
		s.backlog += len(p.data)
	}
	s.queue = append(append(make([]Packet, 0, len(ps)+len(s.queue)), ps...), s.queue...)
}

func (s *Session) frame(p Packet) error {
	if p.prepared != nil {
		return s.conn.WritePreparedMessage(p.prepared)
	}
	kind, data := p.frame(s.revision)
	return s.conn.WriteMessage(kind, data)
}

// fail ends writing for good, and with it reading and the session.
func (s *Session) fail() {
	s.link.hangUp()
	s.mu.Lock()
	s.writing, s.broken, s.queue = false, true, nil
	left := s.left
	s.mu.Unlock()
	if left {
		_ = s.conn.Close() // its error is that it is closed
	}
}

// cutOff ends a session whose peer has fallen behind: what is queued is dropped, and it is told why past
// whoever waits for it. s.mu is held, and unlocked.
func (s *Session) cutOff() {
	s.queue, s.parted = nil, true
	s.mu.Unlock()
	go s.sayGoodbye()
	time.AfterFunc(s.server.cfg.CloseWait, s.link.hangUp) // if not even that can be said
}
