package fault

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"
)

const (
	clients     = 1000
	soakSetting = "FAULT_SOAK" // how long the soak lasts
	seedSetting = "FAULT_SEED" // of its faults
	soakShort   = 10 * time.Second
	soakLives   = 15 * time.Second // after which each connection has failed once, on average
)

// pause is how long a visitor thinks before a question.
func pause() time.Duration { return rand.N(2 * time.Second) }

// TestSoak has a thousand visitors at once, whose connections fail at random and in every way: what
// they have sent is acknowledged, stored and shown once, in order.
func TestSoak(t *testing.T) {
	length, seed := soakShort, rand.Uint64()
	var err error
	if s := os.Getenv(soakSetting); s != "" {
		if length, err = time.ParseDuration(s); err != nil {
			t.Fatalf("%s: %v", soakSetting, err)
		}
	}
	if s := os.Getenv(seedSetting); s != "" {
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("%s: %v", seedSetting, err)
		}
	}
	t.Logf("%s=%d %s=%v", seedSetting, seed, soakSetting, length)
	d := newDeployment(t, shape{links: true, gateway: []string{"-ping-interval", "2s", "-ping-timeout", "2s"}})
	visitors := crowd(d.doors, clients, func() {})
	over := make(chan struct{})
	counts := make(chan map[string]int, 1)
	go func() { counts <- d.misfortune(rand.New(rand.NewPCG(seed, seed)), over) }()
	end := time.Now().Add(length)
	err = talk(t, visitors, func(int) bool { return time.Now().Before(end) }, pause)
	close(over)
	t.Logf("connections that were %v", <-counts)
	if err != nil {
		t.Fatal(err)
	}
	verify(t, visitors, d.record, d.log(t))
	var sent, acked, seen int
	for _, v := range visitors {
		sent, acked = sent+len(v.sent), acked+len(v.acked)
		for _, m := range v.seen {
			if m.Author == "visitor" {
				seen++
			}
		}
	}
	t.Logf("%d visitors: %d sent, %d acknowledged, %d shown", len(visitors), sent, acked, seen)
	if acked != sent || seen != sent {
		t.Errorf("%d sent, %d acknowledged, %d shown: want the same", sent, acked, seen)
	}
}

// misfortune lets connections fail at random until over, and says how many failed in which way.
func (d *deployment) misfortune(chance *rand.Rand, over <-chan struct{}) map[string]int {
	fates := []struct {
		name  string
		share int // of 10
		do    func(*wire)
	}{
		{"cut", 5, (*wire).cut},
		{"late", 2, func(w *wire) { w.delay.Store(chance.Int64N(int64(300 * time.Millisecond))) }},
		{"deaf", 1, func(w *wire) { w.drop(down) }},
		{"mute", 1, func(w *wire) { w.drop(up) }},
		{"dead", 1, func(w *wire) { w.drop(up | down) }},
	}
	counts := map[string]int{}
	next := time.NewTicker(soakLives / clients)
	defer next.Stop()
	for {
		select {
		case <-over:
			return counts
		case <-next.C:
		}
		wires := d.links[chance.IntN(len(d.links))].all()
		if len(wires) == 0 {
			continue
		}
		w, n := wires[chance.IntN(len(wires))], chance.IntN(10)
		for _, f := range fates {
			if n -= f.share; n < 0 {
				f.do(w)
				counts[f.name]++
				break
			}
		}
	}
}
