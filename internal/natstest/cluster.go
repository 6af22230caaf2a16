package natstest

import (
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Cluster is three JetStream servers in this process, routed over loopback.
type Cluster struct {
	Servers []*server.Server
	tb      testing.TB
}

// StartCluster starts three servers and waits until they have a leader.
func StartCluster(tb testing.TB) *Cluster {
	tb.Helper()
	const n = 3
	routes := make([]*url.URL, n)
	ports := freePorts(tb, 2*n) // one for clients and one for routes each
	for i := range n {
		routes[i] = &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", ports[i])}
	}
	c := &Cluster{tb: tb}
	for i := range n {
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: ports[n+i],
			Cluster:   server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: ports[i]},
			Routes:    routes,
			JetStream: true, StoreDir: tb.TempDir(), NoLog: true, NoSigs: true,
		})
		if err != nil {
			tb.Fatal(err)
		}
		c.Servers = append(c.Servers, s)
		s.Start()
		tb.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	}
	c.waitReady()
	return c
}

func (c *Cluster) waitReady() {
	c.tb.Helper()
	deadline := time.Now().Add(3 * startTimeout)
	for time.Now().Before(deadline) {
		for _, s := range c.Servers {
			if s.ReadyForConnections(time.Second) && s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == len(c.Servers) {
				return
			}
		}
		<-time.After(20 * time.Millisecond)
	}
	c.tb.Fatal("the NATS cluster found no leader")
}

// Connect returns a connection to the i-th server.
func (c *Cluster) Connect(i int) *nats.Conn {
	c.tb.Helper()
	nc, err := nats.Connect(c.Servers[i].ClientURL(), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		c.tb.Fatal(err)
	}
	c.tb.Cleanup(nc.Close)
	return nc
}

// freePorts returns n different ports that were free a moment ago.
func freePorts(tb testing.TB, n int) []int {
	tb.Helper()
	ports := make([]int, n)
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			tb.Fatal(err)
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}
