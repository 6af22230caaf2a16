package challenge

import (
	"math"
	"math/bits"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/switchboard-chat/switchboard/services/gateway/limit"
)

const (
	// Calm is how long a bot has to be calm before an attack is taken to be over.
	Calm = 5 * time.Minute

	slot = 10 * time.Second // over which load is counted
)

// Attacks knows which bots have too many newcomers, and how many. It is safe for concurrent use; make it with
// [NewAttacks].
type Attacks struct {
	rate limit.Rate

	mu   sync.Mutex
	bots map[string]*load // of bots that there are
}

// load is that of one bot.
type load struct {
	bucket      *rate.Limiter
	exceeded    time.Time // the last time
	slot        int64
	now, before int // newcomers in this slot, and in the one before
}

// NewAttacks calls more newcomers than the rate allows an attack.
func NewAttacks(r limit.Rate) *Attacks { return &Attacks{rate: r, bots: map[string]*load{}} }

// Newcomer counts one, and reports whether that begins an attack.
func (a *Attacks) Newcomer(bot string, now time.Time) (begins bool) {
	if a.rate == limit.Unlimited() {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.bots[bot]
	if l == nil {
		l = &load{bucket: rate.NewLimiter(rate.Limit(a.rate.PerSecond), a.rate.Burst)}
		a.bots[bot] = l
	}
	l.at(now)
	l.now++
	if l.bucket.AllowN(now, 1) {
		return false
	}
	begins = !l.attacked(now)
	l.exceeded = now
	return begins
}

// On reports whether the bot is under attack.
func (a *Attacks) On(bot string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.bots[bot]
	return l != nil && l.attacked(now)
}

// Difficulty is how much work a newcomer of the bot has to do now: [MinDifficulty] at the rate, and one bit, which
// is twice the work, more for each time that there are twice as many.
func (a *Attacks) Difficulty(bot string, now time.Time) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.bots[bot]
	if l == nil {
		return MinDifficulty
	}
	l.at(now)
	times := float64(max(l.now, l.before)) / (a.rate.PerSecond * slot.Seconds())
	return min(MinDifficulty+max(bits.Len64(uint64(math.Max(times, 1)))-1, 0), MaxDifficulty)
}

func (l *load) attacked(now time.Time) bool {
	return !l.exceeded.IsZero() && now.Sub(l.exceeded) < Calm
}

// at moves on to the slot of now.
func (l *load) at(now time.Time) {
	switch s := now.UnixNano() / int64(slot); {
	case s == l.slot+1:
		l.slot, l.before, l.now = s, l.now, 0
	case s != l.slot:
		l.slot, l.before, l.now = s, 0, 0
	}
}
