package gateway

import "sync"

const (
	maxUploads      = 32 // at once, at one gateway
	maxUploadsOfOne = 4  // of them from one address
)

// slots are the uploads that are under way. The zero value has none.
type slots struct {
	mu    sync.Mutex
	total int
	of    map[string]int
}

// take takes one for the address, if there is one left. Whoever takes one gives it back.
func (s *slots) take(ip string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total == maxUploads || s.of[who(ip)] == maxUploadsOfOne {
		return false
	}
	if s.of == nil {
		s.of = map[string]int{}
	}
	s.total++
	s.of[who(ip)]++
	return true
}

func (s *slots) give(ip string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.of[who(ip)]--; s.of[who(ip)] == 0 {
		delete(s.of, who(ip))
	}
}
