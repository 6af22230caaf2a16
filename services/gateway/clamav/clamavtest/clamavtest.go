// Package clamavtest is a server of ClamAV's INSTREAM protocol that knows one virus.
package clamavtest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
)

const (
	// Virus is what it finds.
	Virus = "this-is-a-virus-for-tests"
	// Name is what it calls it.
	Name = "Test.Virus-1"
)

const (
	maxStream = 64 << 20
	command   = "zINSTREAM\x00"
)

// Start serves until the test ends, and returns the address.
func Start(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = c.Close() }()
				_, _ = io.WriteString(c, answer(bufio.NewReader(c))) // the client may have gone
			})
		}
	})
	t.Cleanup(func() { _ = l.Close(); wg.Wait() })
	return l.Addr().String()
}

func answer(r *bufio.Reader) string {
	if said, err := r.ReadString(0); err != nil || said != command {
		return "UNKNOWN COMMAND\x00"
	}
	var stream bytes.Buffer
	for {
		var n uint32
		if err := binary.Read(r, binary.BigEndian, &n); err != nil {
			return ""
		}
		if n == 0 {
			break
		}
		if int64(stream.Len())+int64(n) > maxStream {
			return "INSTREAM size limit exceeded. ERROR\x00"
		}
		if _, err := io.CopyN(&stream, r, int64(n)); err != nil {
			return ""
		}
	}
	if bytes.Contains(stream.Bytes(), []byte(Virus)) {
		return "stream: " + Name + " FOUND\x00"
	}
	return "stream: OK\x00"
}
