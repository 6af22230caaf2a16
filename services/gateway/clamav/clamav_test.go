package clamav_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/services/gateway/clamav"
	"github.com/switchboard-chat/switchboard/services/gateway/clamav/clamavtest"
)

func TestScan(t *testing.T) {
	address := clamavtest.Start(t)
	big := bytes.Repeat([]byte("x"), 1<<20)
	for name, tt := range map[string]struct {
		content []byte
		want    string
	}{
		"clean":         {[]byte("hello"), ""},
		"empty":         {nil, ""},
		"big":           {big, ""},
		"infected":      {[]byte(clamavtest.Virus), clamavtest.Name},
		"infected late": {append(big, clamavtest.Virus...), clamavtest.Name},
	} {
		if got, err := clamav.Scan(t.Context(), address, bytes.NewReader(tt.content)); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, tt.want)
		}
	}
}

// What is no clear word is an error, and never lets a file through.
func TestUnclear(t *testing.T) {
	for _, answer := range []string{
		"", "\x00", "OK\x00", "stream: \x00", "stream: FOUND\x00", "stream:  FOUND", "INSTREAM size limit exceeded. ERROR\x00",
		"stream: OK", "stream: OK FOUND? ERROR\x00", strings.Repeat("x", 5000),
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer func() { _ = c.Close() }()
			r := bufio.NewReader(c)
			_, _ = r.ReadString(0)
			for {
				var n uint32
				if binary.Read(r, binary.BigEndian, &n) != nil || n == 0 {
					break
				}
				_, _ = io.CopyN(io.Discard, r, int64(n))
			}
			_, _ = io.WriteString(c, answer)
		}()
		if found, err := clamav.Scan(t.Context(), l.Addr().String(), strings.NewReader("x")); err == nil {
			t.Errorf("%q: found %q, want an error", answer, found)
		}
		_ = l.Close()
		<-done
		if _, err := clamav.Scan(t.Context(), l.Addr().String(), strings.NewReader("x")); err == nil {
			t.Error("no daemon, no error")
		}
	}
}

type failing struct{}

var errBroken = errors.New("broken")

func (failing) Read([]byte) (int, error) { return 0, errBroken }

func TestContentFailsOrContextEnds(t *testing.T) {
	address := clamavtest.Start(t)
	if _, err := clamav.Scan(t.Context(), address, failing{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v, want the content's own error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := clamav.Scan(ctx, address, strings.NewReader("x")); err == nil {
		t.Error("no error after the context has ended")
	}
}
