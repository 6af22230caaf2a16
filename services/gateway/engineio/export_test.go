package engineio

// Waits reports whether a GET of a peer that polls is waiting.
func (s *Session) Waits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.polls != nil && s.polls.waiting
}
