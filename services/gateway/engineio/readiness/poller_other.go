//go:build !linux

package readiness

import "net"

// A Poller watches nothing here.
type Poller struct{}

func (p *Poller) watch(net.Conn, Reader) (*Watch, error) { return nil, ErrUnsupported }

// Arm is never called, as there is no watch.
func (w *Watch) Arm() error { return ErrUnsupported }

// Forget is never called, as there is no watch.
func (w *Watch) Forget() {}
