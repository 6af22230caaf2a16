//go:build unix

package engineio

import (
	"errors"
	"net"
	"sync"
	"syscall"
)

// rawConn is what try writes to, or nil if it cannot.
func rawConn(c net.Conn) syscall.RawConn {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// attempt is one write(2); they are kept because a function for each would be garbage.
type attempt struct {
	p   []byte
	n   int
	err error
	do  func(fd uintptr) bool
}

var attempts = sync.Pool{New: func() any {
	a := new(attempt)
	a.do = a.write
	return a
}}

func (a *attempt) write(fd uintptr) bool {
	for {
		a.n, a.err = syscall.Write(int(fd), a.p)
		if !errors.Is(a.err, syscall.EINTR) {
			return true // also when it would have to wait
		}
	}
}

// try writes as much of p as the system takes at once.
func try(c syscall.RawConn, p []byte) (int, error) {
	a := attempts.Get().(*attempt)
	a.p = p
	err := c.Write(a.do)
	n := max(a.n, 0)
	if err == nil && !errors.Is(a.err, syscall.EAGAIN) {
		err = a.err
	}
	a.p, a.n, a.err = nil, 0, nil
	attempts.Put(a)
	return n, err
}
