// Package readiness tells when connections have something to read, so that one that is idle needs no
// goroutine that waits for it: 4 KiB of stack for each of thousands of visitors who read a page.
package readiness

import (
	"errors"
	"net"
)

// ErrUnsupported reports a connection that nobody can be told of: this is no Linux, or the connection is
// not one of the operating system's, such as one in memory or with TLS. Let a goroutine read it.
var ErrUnsupported = errors.New("readiness of this connection cannot be told")

// A Reader is told when its connection has something to read, or has ended.
type Reader interface {
	// Readable is called once for every [Watch.Arm], in a goroutine of its own.
	Readable()
}

// A Watch is a connection that is watched. One goroutine at a time may use it, and whoever has called Arm
// is no longer that one.
type Watch struct {
	p      *Poller
	fd     int
	added  bool // to the epoll
	reader Reader
}

// Watch begins to watch the connection, for which Arm is to be called. It must be forgotten before the
// connection is closed.
func (p *Poller) Watch(c net.Conn, r Reader) (*Watch, error) { return p.watch(c, r) }
