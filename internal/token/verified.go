package token

import (
	"sync"
	"time"
)

// maxVerified is more than the pairs of our services that call each other.
const maxVerified = 256

// verified holds the service tokens that were found good. A service shows the same one for minutes, at
// every call.
type verified struct {
	mu     sync.RWMutex
	tokens map[string]Service
}

// get returns what a token says that was found good and still is.
func (v *verified) get(s string) (Service, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	p, ok := v.tokens[s]
	return p, ok && time.Now().Before(p.Expires.Add(Leeway))
}

func (v *verified) put(s string, p Service) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.tokens == nil || len(v.tokens) >= maxVerified {
		v.tokens = map[string]Service{}
	}
	v.tokens[s] = p
}
