// Package fault kills processes while conversations are under way, and shows that nothing that was
// acknowledged is lost, repeated, reordered or told in two ways.
package fault

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// bin holds the programs of this tree.
var bin string

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	if bin, err = os.MkdirTemp("", "switchboard-fault"); err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(bin) }()
	root, err := filepath.Abs("../..")
	if err != nil {
		return 1, err
	}
	build := exec.Command("go", "build", "-o", bin+"/", "./cmd/switchboard", "./services/...", "./e2e/nats")
	build.Dir, build.Stdout, build.Stderr = root, os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		return 1, fmt.Errorf("build: %w", err)
	}
	return m.Run(), nil
}
