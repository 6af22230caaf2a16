package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock keeps the data directory for this process: two that share one would spoil the log. The kernel
// gives it back when the process ends, however it ends.
func lock(dataDir string) (unlock func() error, err error) {
	f, err := os.OpenFile(filepath.Join(dataDir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("-data-dir: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = errors.New("another switchboard uses it")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("-data-dir %s: %w", dataDir, err), f.Close())
	}
	return f.Close, nil
}
