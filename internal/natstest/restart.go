package natstest

import (
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// A Server is a JetStream server on loopback that can be stopped and started again, with what it
// has stored and at the same address.
type Server struct {
	StoreDir string // may be changed by others while the server is stopped

	tb   testing.TB
	port int // random until the first start
	s    *server.Server
}

// StartServer starts a server of the test's own.
func StartServer(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{StoreDir: tb.TempDir(), tb: tb, port: server.RANDOM_PORT}
	tb.Cleanup(func() {
		if s.s != nil {
			s.Stop()
		}
	})
	s.Start()
	return s
}

// Start starts the server after a [Server.Stop].
func (s *Server) Start() {
	s.tb.Helper()
	ns, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: s.port, JetStream: true, StoreDir: s.StoreDir, NoLog: true, NoSigs: true,
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	ns.Start()
	s.s = ns
	if !ns.ReadyForConnections(startTimeout) {
		s.tb.Fatalf("NATS did not start in %v", startTimeout)
	}
	s.port = ns.Addr().(*net.TCPAddr).Port
}

// Stop stops the server. Its connections try to come back.
func (s *Server) Stop() {
	s.tb.Helper()
	s.s.Shutdown()
	s.s.WaitForShutdown()
	s.s = nil
}

// Connect returns a connection that comes back whenever the server does.
func (s *Server) Connect() *nats.Conn {
	s.tb.Helper()
	nc, err := nats.Connect(s.s.ClientURL(), nats.MaxReconnects(-1), nats.ReconnectWait(20*time.Millisecond))
	if err != nil {
		s.tb.Fatal(err)
	}
	s.tb.Cleanup(nc.Close)
	return nc
}
