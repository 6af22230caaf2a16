package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

const (
	perAddress = 8000 // connections from one loopback address, far fewer than it has ports
	dialing    = 64   // connections that are made at a time
	patience   = 60 * time.Second
)

// conn is a client's connection. One goroutine reads.
type conn struct {
	ws      *websocket.Conn
	writing sync.Mutex

	token, offset string // of the session, to come back to it
	recovered     bool   // it did
	acks          int
}

// clients opens connections to a server, from several addresses since each has few ports.
type clients struct {
	addr    string
	origin  string
	dialect dialect
	writes  sync.Pool
}

// open makes connection number i and its session.
func (c *clients) open(ctx context.Context, i int, into *conn) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+i/perAddress%250))} //nolint:gosec // below 252
	d := websocket.Dialer{
		NetDialContext: (&net.Dialer{LocalAddr: from}).DialContext,
		ReadBufferSize: 512, WriteBufferSize: 1024, WriteBufferPool: &c.writes,
	}
	ws, res, err := d.DialContext(ctx, "ws://"+c.addr+"/socket.io/?EIO=4&transport=websocket", http.Header{"Origin": {c.origin}})
	if err != nil {
		return fmt.Errorf("connection %d: %w", i, err)
	}
	_ = res.Body.Close()
	into.ws = ws
	if err := c.dialect.join(into); err != nil {
		_ = ws.Close()
		return fmt.Errorf("connection %d: %w", i, err)
	}
	return nil
}

// openAll makes n connections.
func (c *clients) openAll(ctx context.Context, n int) ([]*conn, error) {
	conns := make([]*conn, n)
	for i := range conns {
		conns[i] = new(conn)
	}
	return conns, c.reopen(ctx, conns, dialing)
}

// reopen makes the connections again, so many at a time.
func (c *clients) reopen(ctx context.Context, conns []*conn, atATime int) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atATime)
	for i, into := range conns {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return c.open(ctx, i, into)
		})
	}
	return g.Wait()
}

// drop ends a connection as a lost network does: without a goodbye, and without a port that waits.
func (c *conn) drop() {
	if c.ws == nil {
		return
	}
	if tcp, ok := c.ws.NetConn().(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // only keeps a port busy if it fails
	}
	_ = c.ws.Close()
}

func dropAll(conns []*conn) {
	for _, c := range conns {
		c.drop()
	}
}

func (c *conn) write(packet []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	c.ws.SetWriteDeadline(time.Now().Add(patience))
	return c.ws.WriteMessage(websocket.TextMessage, packet)
}

// read returns the next packet that is not a ping, which it answers.
func (c *conn) read() ([]byte, error) {
	c.ws.SetReadDeadline(time.Now().Add(patience))
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(data, []byte("2")) {
			return data, nil
		}
		if err := c.write([]byte("3")); err != nil {
			return nil, err
		}
	}
}

var errRefused = errors.New("refused")

// await reads until a packet begins with prefix and contains part. Others are for nobody, but a refusal is
// the end.
func (c *conn) await(prefix, part string) ([]byte, error) {
	for {
		data, err := c.read()
		switch {
		case err != nil:
			return nil, fmt.Errorf("waiting for %s…%s: %w", prefix, part, err)
		case bytes.HasPrefix(data, []byte("44")), bytes.HasPrefix(data, []byte(`42["problem"`)), bytes.HasPrefix(data, []byte("43")) && bytes.Contains(data, []byte(`"error"`)):
			return nil, fmt.Errorf("%w: %s", errRefused, data)
		case bytes.HasPrefix(data, []byte(prefix)) && bytes.Contains(data, []byte(part)):
			return data, nil
		}
	}
}

// listen reads until the connection ends, and tells of every event.
func (c *conn) listen(event func()) {
	for {
		data, err := c.read()
		if err != nil {
			return
		}
		if bytes.HasPrefix(data, []byte("42")) {
			event()
		}
	}
}
