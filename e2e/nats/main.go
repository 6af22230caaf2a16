// Command nats is a NATS server of its own, as a cluster has one beside the services: the server's
// module alone, with JetStream, on the loopback. It says its URL and serves until it is told to stop.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/run"
)

const (
	ready    = 30 * time.Second
	maxStore = 16 << 30 // the log reserves its 8 GiB
)

func main() { run.Main(start) }

func start(ctx context.Context, args []string, getenv func(string) string) error {
	var routes string
	o := server.Options{
		Host: "127.0.0.1", NoSigs: true, NoLog: true, JetStream: true, JetStreamMaxStore: maxStore,
		Cluster: server.ClusterOpts{Host: "127.0.0.1"},
	}
	if err := conf.Parse("nats", args, getenv, func(fs *flag.FlagSet) {
		fs.StringVar(&o.StoreDir, "store-dir", "", "`directory` for JetStream")
		fs.IntVar(&o.Port, "port", server.RANDOM_PORT, "`port` on the loopback; -1 = a free one")
		fs.StringVar(&o.ServerName, "name", "", "`name` in a cluster")
		fs.IntVar(&o.Cluster.Port, "cluster-port", 0, "`port` on the loopback for the cluster; 0 = there is none")
		fs.StringVar(&routes, "routes", "", "`URLs` of all servers of the cluster, separated by commas")
	}); err != nil {
		return err
	}
	if routes != "" {
		o.Cluster.Name = "e2e"
		o.Routes = server.RoutesFromStr(routes)
	}
	s, err := server.NewServer(&o)
	if err != nil {
		return err
	}
	s.Start()
	defer func() { s.Shutdown(); s.WaitForShutdown() }()
	if !s.ReadyForConnections(ready) {
		return errors.New("not ready")
	}
	if _, err := fmt.Fprintln(os.Stdout, "NATS_URL="+s.ClientURL()); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}
