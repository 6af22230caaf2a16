package socketio_test

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/switchboard-chat/switchboard/services/gateway/socketio"
)

// still accepts everybody and does nothing.
type still struct{}

func (still) Connecting(*socketio.Socket, json.RawMessage) (any, *socketio.Refusal) { return nil, nil }
func (still) Connected(*socketio.Socket)                                            {}
func (still) Event(*socketio.Socket, string, socketio.Args, func(socketio.Args))    {}
func (still) Disconnected(*socketio.Socket, string)                                 {}

// BenchmarkIdle tells what a connected socket that does nothing holds, with the peer's end of its
// connection, which is a bare one: heap and stack after a collection. The kernel's part is not in it.
func BenchmarkIdle(b *testing.B) {
	const sockets = 2000
	srv := httptest.NewServer(socketio.NewServer(socketio.Config{}, still{}))
	defer srv.Close()
	for b.Loop() {
		before := inUse()
		conns := make([]net.Conn, sockets)
		for i := range conns {
			conns[i] = idle(b, srv.Listener.Addr().String())
		}
		b.ReportMetric(float64(inUse()-before)/sockets, "B/socket")
		for _, c := range conns {
			_ = c.Close()
		}
	}
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC() // the second one empties the pools
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// idle connects by hand: a masked frame with a mask of zeros is its own text.
func idle(b *testing.B, addr string) net.Conn {
	c, err := new(net.Dialer).DialContext(b.Context(), "tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	say(b, c, "GET /?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
	await(b, c) // the open packet
	say(b, c, "\x81\x82\x00\x00\x00\x0040")
	await(b, c)
	return c
}

func say(b *testing.B, c net.Conn, s string) {
	if _, err := c.Write([]byte(s)); err != nil {
		b.Fatal(err)
	}
}

// await reads to the end of an object.
func await(b *testing.B, c net.Conn) {
	var buf [512]byte
	for n := 0; !bytes.Contains(buf[:n], []byte("}")); {
		m, err := c.Read(buf[n:])
		if err != nil {
			b.Fatalf("%v behind %q", err, buf[:n])
		}
		n += m
	}
}
