package dir_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchboard-chat/switchboard/internal/blob"
	"github.com/switchboard-chat/switchboard/internal/blob/blobtest"
	"github.com/switchboard-chat/switchboard/internal/blob/dir"
)

func open(t *testing.T, root string) *dir.Store {
	t.Helper()
	s, err := dir.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDir(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, filepath.Join(t.TempDir(), "blobs")) })
}

// What is kept is its owner's alone, is named by no key, and a process that was killed leaves nothing.
func TestFiles(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	if err := s.Put(t.Context(), "secret-key", blob.Info{Size: 5}, strings.NewReader("hello")); err != nil {
		t.Fatal(err)
	}
	unfinished := filepath.Join(root, ".pending-123")
	if err := os.WriteFile(unfinished, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	underWay := filepath.Join(root, ".pending-456")
	if err := os.WriteFile(underWay, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(unfinished, old, old); err != nil {
		t.Fatal(err)
	}
	open(t, root)
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		info, err := d.Info()
		if err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		if strings.Contains(path, "secret-key") {
			t.Errorf("%s names the key", path)
		}
		return err
	})
	if err != nil || files != 2 {
		t.Errorf("%d files, %v; want the blob and what another process is writing", files, err)
	}
}

func TestDamagedFile(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	if err := s.Put(t.Context(), "k", blob.Info{Size: 5}, strings.NewReader("hello")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "??", "*"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	for _, content := range []string{"", "SWB1", "SWB1\xff\xff\xff\xff", "SWB1\x00\x00\x00\x02{}", "SWB1\x00\x00\x00\x02[]", "other"} {
		if err := os.WriteFile(files[0], []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stat(t.Context(), "k"); err == nil || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%q: %v, want an error", content, err)
		}
	}
}
