package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	readyWithin = 60 * time.Second
	stopWithin  = 30 * time.Second
	askAgain    = 20 * time.Millisecond

	profileSeconds = 3
)

// process is a server under load.
type process struct {
	cmd    *exec.Cmd
	addr   string // host:port of its sockets
	probe  string // host:port where it collects garbage
	output *output
	ended  chan struct{}
}

// start runs a program that serves at addr and waits until it is ready.
func start(ctx context.Context, cmd *exec.Cmd, addr, probe string) (*process, error) {
	p := &process{cmd: cmd, addr: addr, probe: probe, output: new(output), ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.output, p.output
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it does not outlive the measurement
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // how it ended is in its output
		close(p.ended)
	}()
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		err := request(ctx, http.MethodGet, "http://"+addr+"/readyz")
		if err == nil {
			return p, nil
		}
		select {
		case <-p.ended:
			return nil, fmt.Errorf("%s ended: %s", cmd.Path, p.output)
		case <-ctx.Done():
			p.stop()
			return nil, fmt.Errorf("%s is not ready: %w\n%s", cmd.Path, err, p.output)
		case <-time.After(askAgain):
		}
	}
}

func request(ctx context.Context, method, url string) error {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusMultipleChoices {
		return errors.New(res.Status)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// says waits until the process has written what matches, and returns the group in it.
func (p *process) says(ctx context.Context, what *regexp.Regexp) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		if m := what.FindStringSubmatch(p.output.String()); m != nil {
			return m[1], nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for %s: %w", what, ctx.Err())
		case <-time.After(askAgain):
		}
	}
}

// stop ends the process, at last by force.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // gone already
	select {
	case <-p.ended:
	case <-time.After(stopWithin):
		_ = p.cmd.Process.Kill() // gone already
		<-p.ended
	}
}

// collect makes the process collect its garbage and give memory back.
func (p *process) collect(ctx context.Context) error {
	return request(ctx, http.MethodPost, "http://"+p.probe+"/gc")
}

// save writes a profile of a Go process into a file.
func (p *process) save(ctx context.Context, profile, file string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.probe+"/debug/pprof/"+profile, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK { // not a Go process
		return nil
	}
	f, err := os.Create(file) //nolint:gosec // where whoever runs the tool wants it
	if err != nil {
		return err
	}
	_, err = io.Copy(f, res.Body)
	return errors.Join(err, f.Close())
}

// rss is the process's resident memory, in bytes.
func (p *process) rss() (int64, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(kb), " kB"), 10, 64)
			return n << 10, err
		}
	}
	return 0, errors.New("no VmRSS in /proc")
}

const tick = 10 * time.Millisecond // of the kernel's accounts, on every architecture that Go knows

// cpu is the processor time that the process has used.
func (p *process) cpu() (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := bytes.Cut(data, []byte(") ")) // behind the name, which may contain anything
	fields := strings.Fields(string(rest))
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("/proc/…/stat is %q", data)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	system, serr := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, errors.Join(err, serr)
}

// freeAddress is one on the loopback that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

const keepOutput = 64 << 10

// output is the end of what a process writes, while it writes.
type output struct {
	mu  sync.Mutex
	buf []byte
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf = append(o.buf, b...)
	o.buf = o.buf[max(0, len(o.buf)-keepOutput):]
	return len(b), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.buf)
}
