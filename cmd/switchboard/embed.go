package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

const (
	natsStart   = 30 * time.Second
	natsPayload = 1 << 20
	natsStore   = 16 << 30
)

// embedNATS starts a NATS server that opens no port. What it has acknowledged is on the disk within
// sync, or at once if that is 0.
func embedNATS(dir string, sync time.Duration) (*server.Server, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "switchboard", DontListen: true, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: dir, JetStreamMaxStore: natsStore, MaxPayload: natsPayload,
		SyncInterval: sync, SyncAlways: sync == 0,
	})
	if err != nil {
		return nil, fmt.Errorf("embedded NATS: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(natsStart) {
		s.Shutdown()
		return nil, fmt.Errorf("embedded NATS: not ready within %v", natsStart)
	}
	return s, nil
}

// connect joins the embedded server as a service.
func connect(s *server.Server, name string) (*nats.Conn, error) {
	nc, err := nats.Connect("", nats.InProcessServer(s), nats.Name(name), nats.MaxReconnects(-1))
	if err != nil {
		return nil, fmt.Errorf("connect %s to the embedded NATS: %w", name, err)
	}
	return nc, nil
}

const secretBytes = 48

// secret reads the installation's master secret, which the first start makes.
func secret(dataDir string) ([]byte, error) {
	path := filepath.Join(dataDir, "secret")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		data = []byte(random(secretBytes) + "\n")
		err = os.WriteFile(path, data, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("master secret: %w", err)
	}
	return []byte(strings.TrimSpace(string(data))), nil
}

// random is a string of n unguessable bytes.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}
