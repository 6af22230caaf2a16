package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// others are connections that a storm is not to disturb. They are in a process of their own: in the one that
// makes the storm they would wait for that, and not for the server.
type others struct {
	cmd *exec.Cmd
	ask io.WriteCloser
	say *json.Decoder
}

const (
	otherConns = 50
	othersRate = 100 // questions a second, of all of them
)

// standBy starts the others of a server.
func standBy(ctx context.Context, s *server) (*others, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-others", s.name+"@"+s.addr) //nolint:gosec // this program
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // it does not outlive the measurement
	ask, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	say, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	o := &others{cmd: cmd, ask: ask, say: json.NewDecoder(say)}
	if _, err := o.p99(); err != nil { // they are connected once they say anything
		o.stop()
		return nil, err
	}
	return o, nil
}

// p99 is that of the questions since it was asked for last, in microseconds.
func (o *others) p99() (us float64, err error) {
	if _, err := io.WriteString(o.ask, "\n"); err != nil {
		return 0, fmt.Errorf("others: %w", err)
	}
	if err := o.say.Decode(&us); err != nil {
		return 0, fmt.Errorf("others: %w", err)
	}
	return us, nil
}

func (o *others) stop() {
	_ = o.ask.Close() // which ends it
	_ = o.cmd.Wait()  // it has said what was wrong
}

// beOthers is the program of that process: for every line of in it says its p99, until in ends. who is
// "<server>@<host:port>".
func beOthers(ctx context.Context, who string, in io.Reader, out io.Writer) error {
	name, addr, _ := strings.Cut(who, "@")
	s := &server{name: name, process: &process{addr: addr}}
	switch name {
	case ours:
		s.dialect = visitors{bot: botID, shown: asStored}
	case node:
		s.dialect = echoes{recovery: true}
	default:
		return fmt.Errorf("-others: there is no server %q", name)
	}
	conns, err := s.clients().openAll(ctx, otherConns)
	defer dropAll(conns)
	if err != nil {
		return err
	}
	var times latencies
	asking, stop := context.WithCancel(ctx)
	defer stop()
	g, asking := errgroup.WithContext(asking)
	g.Go(func() error { return paced(asking, s, conns, othersRate, &times) })
	lines := bufio.NewScanner(in)
	for asking.Err() == nil && lines.Scan() {
		_, p99 := times.take()
		if err := json.NewEncoder(out).Encode(p99); err != nil {
			return err
		}
	}
	stop()
	return errors.Join(lines.Err(), g.Wait())
}
