package fault

import (
	"context"
	"fmt"
	"regexp"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

const (
	conversations = 200
	questions     = 4
	within        = 4 * time.Minute
)

// TestServices kills replicas of scenario between plan and Deliver and between Deliver and its
// answer, and a gateway, with two replicas of each at work.
func TestServices(t *testing.T) {
	d := newDeployment(t, shape{})
	for i, p := range d.proxies {
		crash := func() bool {
			d.scenarios[i].kill()
			d.scenarios[i].launch()
			return false
		}
		p.before = func(n int64) bool { return n != 40 && n != 300 || crash() }
		p.after = func(n int64) bool { return n != 120 && n != 500 || crash() }
	}
	asked := converse(t, d.doors, map[int64]func(){
		250: func() { d.gateways[0].kill(); d.gateways[0].launch() },
		600: func() { d.gateways[1].kill(); d.gateways[1].launch() },
	})
	for i, s := range d.scenarios {
		if s.kills < 2 {
			t.Errorf("scenario %d was killed %d times; want at least one kill before and one after Deliver", i, s.kills)
		}
	}
	verify(t, asked, d.record, d.log(t))
}

// TestLongOutage kills both replicas between Deliver and its answer and leaves them away for longer
// than the log's duplicate window: the stream does not know the replies' ids any more.
func TestLongOutage(t *testing.T) {
	d := newDeployment(t, shape{})
	var away sync.WaitGroup
	for i, p := range d.proxies {
		p.after = func(n int64) bool {
			if n != 150 {
				return true
			}
			d.scenarios[i].kill()
			away.Go(func() {
				<-time.After(2 * duplicateWindow) // the outage itself: nothing happens by which it could end
				d.scenarios[i].launch()
			})
			return false
		}
	}
	asked := converse(t, d.doors, nil)
	away.Wait()
	for i, s := range d.scenarios {
		if s.kills != 1 {
			t.Errorf("scenario %d was killed %d times, want once", i, s.kills)
		}
	}
	verify(t, asked, d.record, d.log(t))
}

// TestBroker kills NATS: the gateways refuse politely, visitors try again, and everything that was
// acknowledged is there when it comes back.
func TestBroker(t *testing.T) {
	d := newDeployment(t, shape{})
	crash := func() { d.broker.kill(); d.broker.launch() }
	asked := converse(t, d.doors, map[int64]func(){200: crash, 600: crash})
	if d.broker.kills != 2 {
		t.Errorf("killed %d times, want twice", d.broker.kills)
	}
	verify(t, asked, d.record, d.log(t))
}

// TestAllInOne kills the one process, with its embedded NATS and stores, again and again.
func TestAllInOne(t *testing.T) {
	addr := address(t)
	p := start(t, "switchboard", addr, append(unlimited(),
		"-addr", addr, "-data-dir", t.TempDir(), "-admin-email", email, "-duplicate-window", duplicateWindow.String())...)
	m := regexp.MustCompile(`Password +(\S+)`).FindStringSubmatch(p.log.String())
	if m == nil {
		t.Fatalf("no password in:\n%s", p.log)
	}
	cc := dial(t, addr)
	d := &deployment{history: historyv1.NewHistoryServiceClient(cc), admin: setUp(t, cc, cc, m[1])}
	crash := func() { p.kill(); p.launch() }
	asked := converse(t, []string{addr}, map[int64]func(){150: crash, 400: crash, 700: crash})
	if p.kills != 3 {
		t.Errorf("killed %d times, want 3", p.kills)
	}
	p.awaitReady()
	verify(t, asked, d.record)
}

// converse has all conversations at once and returns the visitors. faults are what happens once so
// many questions have been answered.
func converse(t *testing.T, gateways []string, faults map[int64]func()) []*visitor {
	t.Helper()
	var answered atomic.Int64
	var happening sync.WaitGroup
	visitors := crowd(gateways, conversations, func() {
		if f := faults[answered.Add(1)]; f != nil {
			happening.Go(f)
		}
	})
	err := talk(t, visitors, func(asked int) bool { return asked < questions }, nil)
	happening.Wait()
	if err != nil {
		t.Fatal(err)
	}
	return visitors
}

// crowd returns visitors who call answered after every answer.
func crowd(gateways []string, n int, answered func()) []*visitor {
	visitors := make([]*visitor, n)
	for i := range visitors {
		v := newVisitor(gateways)
		v.connections = i // they begin at all the gateways
		v.answered = answered
		visitors[i] = v
	}
	return visitors
}

// talk lets all visitors talk at once; see [visitor.talk].
func talk(t *testing.T, visitors []*visitor, more func(asked int) bool, think func() time.Duration) error {
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	g, ctx := errgroup.WithContext(ctx)
	for _, v := range visitors {
		g.Go(func() error {
			if err := v.talk(ctx, more, think); err != nil {
				return fmt.Errorf("conversation %s: %w", v.conversation, err)
			}
			return nil
		})
	}
	return g.Wait()
}
