package fault

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// grace is what an orchestrator leaves a gateway; see deploy/k8s.
const grace = 40 * time.Second

// TestRollingRestart restarts the gateways one after the other, as a deploy does, while everybody goes
// on talking: visitors are sent elsewhere, and neither lose anything nor are shown an error.
func TestRollingRestart(t *testing.T) {
	d := newDeployment(t, shape{})
	const rounds = 2
	restarted := make(chan struct{})
	roll := func() {
		defer close(restarted)
		for range rounds {
			for _, g := range d.gateways {
				begin := time.Now()
				if err := g.terminate(grace); err != nil {
					t.Error(err)
				}
				t.Logf("gone after %v", time.Since(begin))
				g.launch()
				if err := g.ready(); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}
	var answered atomic.Int64
	visitors := crowd(d.doors, conversations, func() {
		if answered.Add(1) == conversations { // everybody is there
			go roll()
		}
	})
	err := talk(t, visitors, func(asked int) bool {
		select {
		case <-restarted:
			return asked == 0
		default:
			return true
		}
	}, pause)
	if err != nil {
		t.Fatal(err)
	}
	<-restarted
	sent := 0
	for _, v := range visitors {
		sent += v.ends[websocket.CloseServiceRestart]
		for _, p := range v.problems {
			t.Errorf("conversation %s: was shown %s", v.conversation, p)
		}
		for code, n := range v.ends {
			if code != websocket.CloseServiceRestart {
				t.Errorf("conversation %s: %d connections ended with code %d", v.conversation, n, code)
			}
		}
	}
	if sent < conversations {
		t.Errorf("%d connections were sent elsewhere, want every visitor's", sent)
	}
	verify(t, visitors, d.record, d.log(t))
}

// TestRestartWithDeadLinks restarts a gateway none of whose visitors can hear it any more: it does not wait
// for them beyond its grace, and they find the other one by themselves.
func TestRestartWithDeadLinks(t *testing.T) {
	d := newDeployment(t, shape{links: true, gateway: quick()})
	asked := converse(t, d.doors, map[int64]func(){100: func() {
		if len(d.links[0].drop(up|down)) == 0 {
			t.Error("nobody was connected")
		}
		if err := d.gateways[0].terminate(grace); err != nil {
			t.Error(err)
		}
		d.gateways[0].launch()
	}})
	verify(t, asked, d.record, d.log(t))
}
