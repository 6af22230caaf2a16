package main

import (
	"strings"
	"testing"
)

func TestDataDirIsForOneProcess(t *testing.T) {
	dir := t.TempDir()
	unlock, err := lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock(dir); err == nil || !strings.Contains(err.Error(), "another switchboard uses it") {
		t.Errorf("a second lock: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	unlock, err = lock(dir)
	if err != nil {
		t.Fatalf("after the first one ended: %v", err)
	}
	if err := unlock(); err != nil {
		t.Error(err)
	}
}

// A first start that is killed before it has shown the password must not lock everybody out.
func TestFirstPasswordSurvivesUntilItIsShown(t *testing.T) {
	a := &app{options: options{dataDir: t.TempDir()}}
	first, begun, err := a.firstPassword()
	if err != nil || begun || len(first) < passwordBytes {
		t.Fatalf("firstPassword = %q, %v, %v, want a new one", first, begun, err)
	}
	again, begun, err := a.firstPassword()
	if err != nil || !begun || again != first {
		t.Errorf("after a crash: %q, %v, %v, want %q again", again, begun, err, first)
	}
	if err := a.started(); err != nil {
		t.Fatal(err)
	}
	if next, begun, err := a.firstPassword(); err != nil || begun || next == first {
		t.Errorf("after it was shown: %q, %v, %v, want another", next, begun, err)
	}
}
