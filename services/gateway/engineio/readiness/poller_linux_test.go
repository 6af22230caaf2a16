package readiness_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio/readiness"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// told says how often its reader was called.
type told chan struct{}

func (r told) Readable() { r <- struct{}{} }

func (r told) wait(t *testing.T) {
	t.Helper()
	select {
	case <-r:
	case <-time.After(patience):
		t.Fatal("not told that there is something to read")
	}
}

// pair returns both ends of a connection.
func pair(t testing.TB) (server, client net.Conn) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err = new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server, client
}

func send(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

func watch(t *testing.T, p *readiness.Poller, c net.Conn, r readiness.Reader) *readiness.Watch {
	t.Helper()
	w, err := p.Watch(c, r)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func arm(t *testing.T, w *readiness.Watch) {
	t.Helper()
	if err := w.Arm(); err != nil {
		t.Fatal(err)
	}
}

// A reader is told once for each time that it asked, also of what was there before it did, and never
// unasked.
func TestToldOnceForEachArm(t *testing.T) {
	var p readiness.Poller
	server, client := pair(t)
	other, otherClient := pair(t)
	r, marker := make(told, 10), make(told, 10)
	w, m := watch(t, &p, server, r), watch(t, &p, other, marker)
	defer w.Forget()
	defer m.Forget()
	// everything that happened before the marker was told has been told by then
	settle := func() {
		t.Helper()
		arm(t, m)
		send(t, otherClient, "x")
		marker.wait(t)
		if _, err := io.ReadFull(other, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	send(t, client, "a")
	settle()
	if len(r) != 0 {
		t.Error("told before it asked")
	}
	arm(t, w)
	r.wait(t)
	send(t, client, "b")
	settle()
	if len(r) != 0 {
		t.Error("told again, though it had asked once")
	}
	arm(t, w) // nothing was read: "ab" is there
	r.wait(t)
	if _, err := io.ReadFull(server, make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	arm(t, w)
	settle()
	if len(r) != 0 {
		t.Error("told though there was nothing")
	}
	_ = client.Close()
	r.wait(t)
}

// The end of a connection is told to who asks, and only then.
func TestEnds(t *testing.T) {
	for name, end := range map[string]func(server, client *net.TCPConn){
		"the peer closes":         func(_, client *net.TCPConn) { _ = client.Close() },
		"the peer closes a half":  func(_, client *net.TCPConn) { _ = client.CloseWrite() },
		"the peer resets":         func(_, client *net.TCPConn) { _ = client.SetLinger(0); _ = client.Close() },
		"reading is shut down":    func(server, _ *net.TCPConn) { _ = server.CloseRead() },
		"everything is shut down": func(server, _ *net.TCPConn) { _ = server.CloseRead(); _ = server.CloseWrite() },
	} {
		for _, first := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				var p readiness.Poller
				server, client := pair(t)
				r := make(told, 10)
				w := watch(t, &p, server, r)
				defer w.Forget()
				if first {
					arm(t, w)
				}
				end(server.(*net.TCPConn), client.(*net.TCPConn))
				if !first {
					arm(t, w)
				}
				r.wait(t)
			})
		}
	}
}

// Those who stay are told while thousands go, and those are told one after the other.
func TestEndsWait(t *testing.T) {
	const many = 50
	var p readiness.Poller
	going, release := make(told), make(chan struct{})
	for range many {
		server, client := pair(t)
		w := watch(t, &p, server, slowly{going, release})
		defer w.Forget()
		arm(t, w)
		_ = client.Close()
	}
	going.wait(t)
	server, client := pair(t)
	r := make(told)
	w := watch(t, &p, server, r)
	defer w.Forget()
	arm(t, w)
	send(t, client, "x")
	r.wait(t)
	close(release)
	for range many - 1 {
		going.wait(t)
	}
}

// Who has said something before it went is read like those who stay: handling that may take long, and the
// end of others does not wait for it.
func TestLastWords(t *testing.T) {
	var p readiness.Poller
	going, release := make(told), make(chan struct{})
	for range 2 * runtime.GOMAXPROCS(0) {
		server, client := pair(t)
		w := watch(t, &p, server, slowly{going, release})
		defer w.Forget()
		send(t, client, "x")
		_ = client.Close()
		arm(t, w)
		going.wait(t)
	}
	server, client := pair(t)
	r := make(told, 1)
	w := watch(t, &p, server, r)
	defer w.Forget()
	arm(t, w)
	_ = client.Close()
	r.wait(t)
	close(release)
}

// slowly is a reader that takes its time.
type slowly struct {
	told
	release chan struct{}
}

func (s slowly) Readable() {
	s.told.Readable()
	<-s.release
}

func TestUnsupported(t *testing.T) {
	var p readiness.Poller
	c, _ := net.Pipe()
	defer func() { _ = c.Close() }()
	if _, err := p.Watch(c, make(told)); !errors.Is(err, readiness.ErrUnsupported) {
		t.Errorf("a pipe: %v, want ErrUnsupported", err)
	}
	closed, _ := pair(t)
	_ = closed.Close()
	if _, err := p.Watch(closed, make(told)); err == nil {
		t.Error("a closed connection is watched")
	}
}

// answerer sends back whatever comes, until the end.
type answerer struct {
	conn net.Conn
	w    *readiness.Watch
	done func()
	buf  []byte // guarded by nothing but that one goroutine at a time reads
}

func (a *answerer) Readable() {
	n, err := a.conn.Read(a.buf)
	if err == nil {
		_, err = a.conn.Write(a.buf[:n])
	}
	if err == nil {
		err = a.w.Arm()
	}
	if err != nil {
		a.w.Forget()
		_ = a.conn.Close()
		a.done()
	}
}

// Many connections come and go, and file descriptors with them; each is read by one goroutine at a time.
func TestMany(t *testing.T) {
	var p readiness.Poller
	var clients, servers sync.WaitGroup
	for range 20 {
		clients.Go(func() {
			for range 10 {
				server, client := pair(t)
				a := &answerer{conn: server, done: servers.Done, buf: make([]byte, 100)}
				var err error
				if a.w, err = p.Watch(server, a); err != nil {
					t.Error(err)
					return
				}
				servers.Add(1)
				if err := a.w.Arm(); err != nil {
					t.Error(err)
				}
				got := make([]byte, 100)
				for range 50 {
					said := got[:1+rand.N(len(got))]
					if _, err := client.Write(said); err != nil {
						t.Error(err)
					}
					if _, err := io.ReadFull(client, said); err != nil {
						t.Error(err)
					}
				}
				_ = client.Close()
			}
		})
	}
	clients.Wait()
	servers.Wait()
}
