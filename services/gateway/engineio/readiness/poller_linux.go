package readiness

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

const (
	maxEvents = 256 // that are taken at once
	maxSpare  = 8   // goroutines that wait for the next reader: theirs have the stack that reading takes
)

// A Poller watches connections. Its zero value is ready; it works while anything is watched.
//
// It is an epoll(7) of our own, which is itself watched by the runtime's, so no thread waits for it.
type Poller struct {
	mu      sync.Mutex
	epoll   *os.File // nil while nothing is watched
	fd      int      // of epoll
	watches map[int]*Watch
	spare   chan Reader
}

func (p *Poller) watch(c net.Conn, r Reader) (*Watch, error) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil, ErrUnsupported
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	w := &Watch{p: p, reader: r}
	if err := raw.Control(func(fd uintptr) { w.fd = int(fd) }); err != nil {
		return nil, fmt.Errorf("watch a connection: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.epoll == nil {
		if err := p.open(); err != nil {
			return nil, err
		}
	}
	p.watches[w.fd] = w
	return w, nil
}

// open begins to work, under p.mu.
func (p *Poller) open() error {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	if err := unix.SetNonblock(fd, true); err != nil { // else the runtime does not watch it
		_ = unix.Close(fd)
		return fmt.Errorf("epoll: %w", err)
	}
	p.fd, p.epoll, p.watches, p.spare = fd, os.NewFile(uintptr(fd), "epoll"), map[int]*Watch{}, make(chan Reader)
	raw, err := p.epoll.SyscallConn()
	if err != nil {
		p.close()
		return fmt.Errorf("epoll: %w", err)
	}
	go p.run(raw.Read, p.fd, p.spare)
	return nil
}

// close ends the work, under p.mu.
func (p *Poller) close() {
	_ = p.epoll.Close() // it was open
	p.epoll, p.watches = nil, nil
}

// run hands every connection that is ready to a goroutine, until the epoll is closed.
func (p *Poller) run(wait func(func(uintptr) bool) error, epoll int, spare chan Reader) {
	defer close(spare)
	events := make([]unix.EpollEvent, maxEvents)
	spares := make(chan struct{}, maxSpare)
	var ends ending
	for {
		n := 0
		err := wait(func(uintptr) bool {
			var err error
			for n, err = unix.EpollWait(epoll, events, 0); errors.Is(err, unix.EINTR); {
				n, err = unix.EpollWait(epoll, events, 0)
			}
			return n != 0
		})
		if err != nil || n < 0 { // it was closed
			return
		}
		ready, ended := p.ready(events[:n])
		for _, r := range ready {
			select {
			case spare <- r:
			default:
				go read(r, spare, spares)
			}
		}
		ends.add(ended)
	}
}

// ready are the readers of connections with something to read, and of those that have only ended. Taking the lock
// orders what a reader did before it called Arm before what the next one does.
func (p *Poller) ready(events []unix.EpollEvent) (ready, ended []Reader) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range events {
		w := p.watches[int(e.Fd)]
		switch {
		case w == nil:
		case e.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 && !unread(w.fd):
			ended = append(ended, w.reader)
		default:
			ready = append(ready, w.reader)
		}
	}
	return ready, ended
}

// unread reports whether a connection has bytes to be read, as it may even at its end. What they ask for can
// take long.
func unread(fd int) bool {
	n, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
	return err == nil && n > 0
}

// ending are the readers of connections that have ended. There is no hurry: when thousands go at once, those
// who stay come first.
type ending struct {
	mu      sync.Mutex
	waiting []Reader // no more than there are connections
	workers int
}

func (e *ending) add(readers []Reader) {
	if len(readers) == 0 {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.waiting = append(e.waiting, readers...)
	for ; e.workers < min(runtime.GOMAXPROCS(0), len(e.waiting)); e.workers++ {
		go e.work()
	}
}

func (e *ending) work() {
	for r := e.next(); r != nil; r = e.next() {
		r.Readable()
	}
}

func (e *ending) next() Reader {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.waiting) == 0 {
		e.waiting = nil
		e.workers--
		return nil
	}
	r := e.waiting[0]
	e.waiting[0] = nil
	e.waiting = e.waiting[1:]
	return r
}

// read calls one reader, and then those that come while it waits for them.
func read(r Reader, next <-chan Reader, spares chan struct{}) {
	for ok := true; ok; {
		r.Readable()
		select {
		case spares <- struct{}{}:
			r = nil // it may have ended
			r, ok = <-next
			<-spares
		default:
			return
		}
	}
}

// Arm lets Readable be called once, as soon as there is something to read; at once, if there is already.
func (w *Watch) Arm() error {
	op := unix.EPOLL_CTL_MOD
	if !w.added { // not before: what is in an epoll is told of its end, whether it is armed or not
		op, w.added = unix.EPOLL_CTL_ADD, true
	}
	w.p.mu.Lock() // for what the reader has done until now; see ready
	epoll := w.p.fd
	w.p.mu.Unlock()
	e := unix.EpollEvent{Fd: int32(w.fd), Events: unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLONESHOT} //nolint:gosec // a file descriptor is small
	if err := unix.EpollCtl(epoll, op, w.fd, &e); err != nil {
		return fmt.Errorf("watch a connection: %w", err)
	}
	return nil
}

// Forget ends the watch.
func (w *Watch) Forget() {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	if w.added {
		_ = unix.EpollCtl(w.p.fd, unix.EPOLL_CTL_DEL, w.fd, nil) // it is there
	}
	delete(w.p.watches, w.fd)
	if len(w.p.watches) == 0 {
		w.p.close()
	}
}
