package fault

import (
	"context"
	"fmt"
	"testing"

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
		500: func() {
			leader := d.brokers[c.leader(bus.StreamName, "")]
			leader.kill()
			leader.launch()
		},
	})
	if c.changes != 3 {
		t.Errorf("%d leaders stepped down, want 3", c.changes)
	}
	verify(t, asked, d.record, d.log(t))
}

// cluster is what a test does with the NATS servers.
type cluster struct {
	t       *testing.T
	d       *deployment
	js      jetstream.JetStream
	changes int
}

// leader waits until the stream has a leader that is not the one before, and returns its name.
func (c *cluster) leader(stream, before string) (name string) {
	err := until(func(ctx context.Context) error {
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

// stepDown makes the stream's leader leave that to another.
func (c *cluster) stepDown(stream string) {
	before := c.leader(stream, "")
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	res, err := c.d.nats.RequestWithContext(ctx, "$JS.API.STREAM.LEADER.STEPDOWN."+stream, nil)
	if err != nil {
		c.t.Errorf("step down: %v", err)
		return
	}
	if after := c.leader(stream, before); after != "" {
		c.t.Logf("stream %s: %s led, and now %s: %s", stream, before, after, res.Data)
		c.changes++
	}
}
