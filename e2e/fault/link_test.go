package fault

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// direction is where bytes go on a link. Directions can be joined by |.
type direction int32

const (
	up   direction = 1 << iota // from a visitor to the gateway
	down                       // and back
)

// link is a network between visitors and a gateway. It carries bytes, and fails as networks do.
type link struct {
	addr, target string

	mu    sync.Mutex
	wires []*wire
	delay time.Duration // of everything, on new wires
	wg    sync.WaitGroup
}

// wire is one connection through a link.
type wire struct {
	visitor, gateway *net.TCPConn

	lost  atomic.Int32 // directions in which everything vanishes, even the end
	delay atomic.Int64
	ended chan struct{} // closed once both ends have been closed, each by its owner
}

func newLink(t *testing.T, target string) *link {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &link{addr: ln.Addr().String(), target: target}
	l.wg.Go(func() {
		for {
			c, err := ln.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil {
				t.Errorf("link: %v", err)
				return
			}
			l.wg.Go(func() { l.carry(c.(*net.TCPConn)) })
		}
	})
	t.Cleanup(func() {
		_ = ln.Close()
		l.cut()
		l.wg.Wait()
	})
	return l
}

// carry connects a visitor with the gateway until both have gone.
func (l *link) carry(visitor *net.TCPConn) {
	defer func() { _ = visitor.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := new(net.Dialer).DialContext(ctx, "tcp", l.target)
	if err != nil {
		return // to the visitor it is a connection that ends at once
	}
	w := &wire{visitor: visitor, gateway: c.(*net.TCPConn), ended: make(chan struct{})}
	defer func() { _ = w.gateway.Close() }()
	l.mu.Lock()
	l.wires = append(l.wires, w)
	w.delay.Store(int64(l.delay))
	l.mu.Unlock()
	var pumps sync.WaitGroup
	pumps.Go(func() { w.pump(up, w.gateway, w.visitor) })
	pumps.Go(func() { w.pump(down, w.visitor, w.gateway) })
	pumps.Wait()
	l.mu.Lock()
	l.wires = slices.DeleteFunc(l.wires, func(other *wire) bool { return other == w })
	l.mu.Unlock()
	close(w.ended)
}

// pump carries what comes from one end to the other, and then its end. Where it is lost, the other end
// learns of neither.
func (w *wire) pump(d direction, to, from *net.TCPConn) {
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		if wait := time.Duration(w.delay.Load()); wait > 0 {
			<-time.After(wait) // the fault itself
		}
		lost := direction(w.lost.Load())&d != 0
		switch {
		case lost && err != nil:
			return
		case lost:
			continue
		}
		if _, werr := to.Write(buf[:n]); werr != nil {
			_, _ = io.Copy(io.Discard, from) // to has gone; from is told by the other pump
			return
		}
		if err != nil {
			_ = to.CloseWrite()
			return
		}
	}
}

// all are the connections that there are.
func (l *link) all() []*wire {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.wires)
}

// drop makes everything vanish that is sent in the directions on the connections that there are.
func (l *link) drop(d direction) []*wire {
	wires := l.all()
	for _, w := range wires {
		w.drop(d)
	}
	return wires
}

// slow delays everything by so much.
func (l *link) slow(by time.Duration) {
	l.mu.Lock()
	l.delay = by
	l.mu.Unlock()
	for _, w := range l.all() {
		w.delay.Store(int64(by))
	}
}

// cut resets all connections.
func (l *link) cut() {
	for _, w := range l.all() {
		w.cut()
	}
}

func (w *wire) drop(d direction) { w.lost.Or(int32(d)) }

// cut resets both ends. What was on its way is lost.
func (w *wire) cut() {
	for _, c := range []*net.TCPConn{w.visitor, w.gateway} {
		_ = c.SetLinger(0) // closed already, where it fails
		_ = c.Close()
	}
}
