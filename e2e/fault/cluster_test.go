package fault

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/bus"
)

// TestLeaderChange gives the log, and then the sessions, other leaders on three NATS servers, and kills
// the server that leads the log.
func TestLeaderChange(t *testing.T) {
	d := newDeployment(t, shape{cluster: true})
	c := &cluster{t: t, d: d}
	var err error
	if c.js, err = jetstream.New(d.nats); err != nil {
		t.Fatal(err)
	}
	asked := converse(t, d.doors, map[int64]func(){
		100: func() { c.stepDown(bus.StreamName) },
		200: func() { c.stepDown("KV_sessions") },
		350: func() { c.stepDown(bus.StreamName) },
		500: func() { c.crash(bus.StreamName) },
	})
	if c.changes != 4 {
		t.Errorf("the leaders changed %d times, want 4", c.changes)
	}
	verify(t, asked, d.record, d.log(t))
}

// cluster is what a test does with the NATS servers.
type cluster struct {
	t       *testing.T
	d       *deployment
	js      jetstream.JetStream
	mu      sync.Mutex // one fault at a time
	changes int
}

// leader waits until the stream has a leader that is not the one before, and returns its name.
func (c *cluster) leader(stream, before string) (name string) {
	err := until(func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Second) // a stream between leaders does not answer
		defer cancel()
		s, err := c.js.Stream(ctx, stream)
		if err != nil {
			return err
		}
		info := s.CachedInfo()
		if info.Cluster == nil || info.Cluster.Leader == "" || info.Cluster.Leader == before {
			return fmt.Errorf("stream %s has no new leader: %+v", stream, info.Cluster)
		}
		name = info.Cluster.Leader
		return nil
	})
	if err != nil {
		c.t.Error(err)
	}
	return name
}

// crash kills the server that leads the stream, and brings it back once another one leads.
func (c *cluster) crash(stream string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.leader(stream, "")
	if before == "" {
		return
	}
	c.d.brokers[before].kill()
	defer c.d.brokers[before].launch()
	if c.leader(stream, before) != "" {
		c.changes++
	}
}

// stepDown makes the stream's leader leave that to another.
func (c *cluster) stepDown(stream string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.leader(stream, "")
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	_, err := c.d.nats.RequestWithContext(ctx, "$JS.API.STREAM.LEADER.STEPDOWN."+stream, nil)
	if err != nil {
		c.t.Errorf("step down: %v", err)
		return
	}
	if c.leader(stream, before) != "" {
		c.changes++
	}
}
