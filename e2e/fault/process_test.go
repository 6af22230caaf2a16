package fault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const (
	readyWithin = 60 * time.Second
	askAgain    = 20 * time.Millisecond
)

// process is a program of ours that can be killed and started again with the same settings.
type process struct {
	t     *testing.T
	name  string
	args  []string
	ready func() error // returns once it is
	mu    sync.Mutex
	cmd   *exec.Cmd
	log   *output
	kills int
}

// start runs a program that answers probes at addr, and waits until it is ready.
func start(t *testing.T, name, addr string, args ...string) *process {
	t.Helper()
	return startUntil(t, name, func() error { return ready(addr) }, args...)
}

// startUntil runs a program and waits until it is ready.
func startUntil(t *testing.T, name string, ready func() error, args ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, args: args, ready: ready, log: new(output)}
	p.launch()
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.stop(syscall.SIGTERM)
		if t.Failed() {
			t.Logf("%s:\n%s", name, tail(p.log.String()))
		}
	})
	p.awaitReady()
	return p
}

func (p *process) launch() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd = exec.Command(filepath.Join(bin, filepath.Base(p.name)), p.args...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it does not survive the test
	if err := p.cmd.Start(); err != nil {
		p.t.Errorf("start %s: %v", p.name, err)
	}
}

// kill ends the process as a crash does: it gets no chance to do anything. It returns once the
// process is gone.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kills++
	p.stop(syscall.SIGKILL)
}

// terminate asks the process to end and returns once it has, with an error unless it has done so in
// order and within the grace.
func (p *process) terminate(grace time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	var killed atomic.Bool
	defer time.AfterFunc(grace, func() { killed.Store(true); _ = p.cmd.Process.Kill() }).Stop()
	err := p.cmd.Wait()
	if killed.Load() {
		err = fmt.Errorf("still there after %v", grace)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

func (p *process) stop(sig syscall.Signal) {
	if p.cmd.Process == nil {
		return
	}
	_ = p.cmd.Process.Signal(sig) // gone already
	_ = p.cmd.Wait()              // how it ended is of no interest
}

func (p *process) awaitReady() {
	p.t.Helper()
	if err := p.ready(); err != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.t.Fatalf("%s: %v\n%s", p.name, err, tail(p.log.String()))
	}
}

// ready waits until /readyz says so.
func ready(addr string) error {
	return until(func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			return errors.New(res.Status)
		}
		return nil
	})
}

// until asks until there is no error.
func until(ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(askAgain):
		}
	}
}

// output is what a process writes, while it writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

func tail(s string) string { return s[max(0, len(s)-4000):] }

// lastPort is the newest that was given out. The ports are below those that the kernel gives to
// connections, so that nobody else takes one between now and its use, or while its process is away.
var lastPort atomic.Int64 //nolint:gochecknoglobals // ports are the machine's, not a test's

const firstPort, ports = 12_000, 18_000

// address is a free one on loopback, and the test's own.
func address(t *testing.T) string {
	t.Helper()
	for range ports {
		n := lastPort.Add(1) + int64(os.Getpid())*97 // another test binary begins elsewhere
		addr := net.JoinHostPort("127.0.0.1", strconv.FormatInt(firstPort+n%ports, 10))
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			continue
		}
		if err := ln.Close(); err != nil {
			t.Fatal(err)
		}
		return addr
	}
	t.Fatal("no port is free")
	return ""
}
