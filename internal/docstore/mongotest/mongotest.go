// Package mongotest finds or starts a MongoDB server for tests.
package mongotest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// fixture is an optional server beside the repository; see the README in its folder.
const fixture = "../shared/mongo"

var (
	mu      sync.Mutex
	running *server
	failed  error
)

// URI returns the URI of a server: $MONGO_URI, or that of a server that it starts once for the test
// binary if the fixture is there. If there is neither, it skips the test with a message that begins
// "SKIPPED: no MongoDB". The package's TestMain must call [Run].
func URI(tb testing.TB) string {
	tb.Helper()
	if uri := os.Getenv("MONGO_URI"); uri != "" {
		return uri
	}
	dir, err := find()
	if err != nil {
		tb.Skipf("SKIPPED: no MongoDB: MONGO_URI is not set and %v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	if running == nil && failed == nil {
		tb.Log("starting MongoDB; the first time it is compiled, which takes two minutes")
		running, failed = start(dir)
	}
	if failed != nil {
		tb.Fatalf("start MongoDB: %v", failed)
	}
	return running.uri
}

// Run runs the tests, stops the server that [URI] has started, and returns the exit code:
//
//	func TestMain(m *testing.M) { os.Exit(mongotest.Run(m)) }
func Run(m interface{ Run() int }) int {
	code := m.Run()
	mu.Lock()
	defer mu.Unlock()
	if running == nil {
		return code
	}
	if err := running.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop MongoDB:", err)
		return max(code, 1)
	}
	return code
}

// find returns the folder of the fixture.
func find() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.work")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("the root of the repository was not found")
		}
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(dir, fixture)
	if _, err := os.Stat(filepath.Join(dir, "start.sh")); err != nil {
		return "", fmt.Errorf("there is no %s", fixture)
	}
	if os.Getuid() != 0 {
		return "", fmt.Errorf("%s needs root", fixture)
	}
	return dir, nil
}

type server struct {
	uri    string
	shell  *exec.Cmd
	hold   io.Closer
	stderr *bytes.Buffer
}

// supervise starts the server, holds it until its input ends, and stops it. Its input also ends when
// the test binary is killed, so the server never outlives it.
const supervise = `"$1/start.sh" "$2" "$3" && read -r _; exec "$1/stop.sh" "$2"`

func start(dir string) (*server, error) {
	state, err := os.MkdirTemp("", "mongotest")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &server{stderr: &bytes.Buffer{}}
	s.shell = exec.Command("sh", "-c", supervise, "sh", dir, state, strconv.Itoa(port)) //nolint:noctx,gosec // stop ends it; the script is ours
	s.shell.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}                           // an interrupt is for the tests alone
	s.shell.Stderr = s.stderr
	if s.hold, err = s.shell.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := s.shell.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.shell.Start(); err != nil {
		return nil, err
	}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if uri, ok := strings.CutPrefix(lines.Text(), "MONGO_URI="); ok {
			s.uri = uri
			return s, nil
		}
	}
	return nil, fmt.Errorf("%w\n%s", errors.Join(errors.New("it did not say its URI"), s.shell.Wait()), s.stderr)
}

func (s *server) stop() error {
	if err := s.hold.Close(); err != nil {
		return err
	}
	if err := s.shell.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", err, s.stderr)
	}
	return nil
}

// freePort returns a port that is free, with the one a thousand above it, which the fixture takes
// for itself.
func freePort() (int, error) {
	for range 20 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		port := l.Addr().(*net.TCPAddr).Port
		other, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+1000))
		if err := l.Close(); err != nil {
			return 0, err
		}
		if err == nil {
			return port, other.Close()
		}
	}
	return 0, errors.New("no two free ports")
}
