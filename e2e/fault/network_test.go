package fault

import (
	"testing"
	"time"
)

// quick are pings so frequent that a dead connection is noticed within a test.
func quick() []string { return []string{"-ping-interval", "1s", "-ping-timeout", "1s"} }

// TestHalfOpen loses everything that is sent in a direction, or in both, without a word to either end:
// the gateway and the visitors notice by the pings, and nothing that was said is lost or repeated.
func TestHalfOpen(t *testing.T) {
	d := newDeployment(t, shape{links: true, gateway: quick()})
	for name, lost := range map[string]direction{"up": up, "down": down, "both ways": up | down} {
		t.Run(name, func(t *testing.T) {
			var dropped [2][]*wire
			asked := converse(t, d.doors, map[int64]func(){
				100: func() { dropped[0] = d.links[0].drop(lost) },
				400: func() { dropped[1] = d.links[1].drop(lost) },
			})
			late := time.After(patience)
			for i, wires := range dropped {
				if len(wires) == 0 {
					t.Errorf("nobody was connected to gateway %d", i)
				}
				for _, w := range wires {
					select {
					case <-w.ended: // neither end has heard of the other: both have given up
					case <-late:
						t.Fatalf("a connection to gateway %d that is dead is still open", i)
					}
				}
			}
			verify(t, asked, d.record, d.log(t))
		})
	}
}

// TestNetwork delays what is sent, and resets connections wherever they are.
func TestNetwork(t *testing.T) {
	d := newDeployment(t, shape{links: true, gateway: quick()})
	t.Run("late", func(t *testing.T) {
		slow := func(by time.Duration) func() {
			return func() { d.links[0].slow(by); d.links[1].slow(by / 2) }
		}
		asked := converse(t, d.doors, map[int64]func(){50: slow(200 * time.Millisecond), 250: slow(0), 500: slow(100 * time.Millisecond), 700: slow(0)})
		verify(t, asked, d.record, d.log(t))
	})
	t.Run("cut", func(t *testing.T) {
		cuts := map[int64]func(){}
		for n := int64(20); n < conversations*questions; n += 20 {
			cuts[n] = d.links[n/20%2].cut
		}
		asked := converse(t, d.doors, cuts)
		verify(t, asked, d.record, d.log(t))
	})
}
