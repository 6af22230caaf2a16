//go:build !unix

package engineio

import (
	"errors"
	"net"
	"syscall"
)

// rawConn is what try writes to: nothing here.
func rawConn(net.Conn) syscall.RawConn { return nil }

func try(syscall.RawConn, []byte) (int, error) { return 0, errors.ErrUnsupported }
