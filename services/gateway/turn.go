package gateway

import (
	"runtime"
	"time"
)

// turnTimeout is how long a client may wait for its turn; it has 15 s for all of CONNECT.
const turnTimeout = 10 * time.Second

// turns is how many clients connect at once. When thousands come back, those who are there need the
// processor and NATS, too, and nobody is served sooner by a longer queue.
func turns() int { return 8 * runtime.GOMAXPROCS(0) }

// takeTurn waits until it is the caller's turn to connect. Whoever takes one ends it.
func (g *Gateway) takeTurn() bool {
	select {
	case g.connecting <- struct{}{}:
		return true
	default:
	}
	late := time.NewTimer(turnTimeout)
	defer late.Stop()
	select {
	case g.connecting <- struct{}{}:
		return true
	case <-late.C:
		return false
	}
}

func (g *Gateway) endTurn() { <-g.connecting }
