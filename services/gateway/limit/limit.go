// Package limit says how often something may happen: for each visitor, each address, each bot.
package limit

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A Rate is a token bucket: so many a second in the long run, and so many at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Unlimited is the rate that allows everything.
func Unlimited() Rate { return Rate{PerSecond: math.Inf(1)} }

// MarshalText implements [encoding.TextMarshaler]: "5/20" is 5 a second and 20 at once.
func (r Rate) MarshalText() ([]byte, error) {
	if r == Unlimited() {
		return []byte("0"), nil
	}
	return fmt.Appendf(nil, "%s/%d", strconv.FormatFloat(r.PerSecond, 'f', -1, 64), r.Burst), nil
}

// UnmarshalText reads what MarshalText writes; "0" is no limit.
func (r *Rate) UnmarshalText(text []byte) error {
	if string(text) == "0" {
		*r = Unlimited()
		return nil
	}
	perSecond, burst, _ := strings.Cut(string(text), "/")
	f, err := strconv.ParseFloat(perSecond, 64)
	n, nerr := strconv.Atoi(burst)
	if err != nil || nerr != nil || !(f > 0 && f <= 1e6) || n < 1 || n > 1e6 {
		return fmt.Errorf("%q: want how many a second and how many at once, such as 5/20, or 0 for no limit", text)
	}
	*r = Rate{f, n}
	return nil
}

// maxKeys is how many keys are remembered. Those that have not been used for a while are forgotten
// first, which changes nothing; if there are still more, the newest ones share one bucket.
const maxKeys = 100_000

// Keyed holds a rate for each of many keys. It is safe for concurrent use; make it with [New].
type Keyed struct {
	rate Rate
	max  int

	mu       sync.Mutex
	buckets  map[string]*rate.Limiter
	overflow *rate.Limiter
}

// New returns a limit under which nothing has happened yet.
func New(r Rate) *Keyed { return newKeyed(r, maxKeys) }

func newKeyed(r Rate, most int) *Keyed {
	k := &Keyed{rate: r, max: most, buckets: map[string]*rate.Limiter{}}
	k.overflow = k.bucket()
	return k
}

func (k *Keyed) bucket() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(k.rate.PerSecond), k.rate.Burst)
}

// Take takes one for the key and returns 0, or takes nothing and returns how long until there is one.
func (k *Keyed) Take(key string, now time.Time) (wait time.Duration) {
	if k.rate == Unlimited() {
		return 0
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.of(key, now).ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// of returns the key's bucket.
func (k *Keyed) of(key string, now time.Time) *rate.Limiter {
	if b := k.buckets[key]; b != nil {
		return b
	}
	if len(k.buckets) >= k.max {
		k.forget(now)
	}
	if len(k.buckets) >= k.max {
		return k.overflow
	}
	b := k.bucket()
	k.buckets[key] = b
	return b
}

// forget drops the buckets that are full: a new one would be the same.
func (k *Keyed) forget(now time.Time) {
	for key, b := range k.buckets {
		if b.TokensAt(now) >= float64(k.rate.Burst) {
			delete(k.buckets, key)
		}
	}
}
