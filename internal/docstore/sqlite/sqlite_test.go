package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.uber.org/goleak"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/docstoretest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		writeUntilKilled(path)
	}
	goleak.VerifyTestMain(m)
}

func TestConformance(t *testing.T) {
	docstoretest.Run(t, func(t *testing.T) docstore.Store { return openTest(t, filepath.Join(t.TempDir(), "test.db")) })
}

func openTest(tb testing.TB, path string) docstore.Store {
	tb.Helper()
	s, err := Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return s
}

// TestDurability asks the connections themselves for what survives a loss of power.
func TestDurability(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db")).(*store)
	want := map[string]string{"synchronous": "2", "journal_mode": "wal", "busy_timeout": "5000"}
	for pragma, value := range want {
		err := s.writer.do(t.Context(), 0, func(tx *tx) error {
			return tx.query("PRAGMA "+pragma, nil, func(rows *sql.Rows) error {
				var got string
				err := rows.Scan(&got)
				if got != value {
					t.Errorf("%s of the writer = %s, want %s", pragma, got, value)
				}
				return err
			})
		})
		if err != nil {
			t.Error(err)
		}
	}
	if _, err := s.reads.ExecContext(t.Context(), "CREATE TABLE x(y)"); err == nil {
		t.Error("a reading connection can write")
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a dir?#%41", "b's \u0457.db")
	s := openTest(t, path)
	c := collectionOf(t, s, docstore.Schema{Name: "things"})
	if err := c.Insert(t.Context(), bson.D{{Key: "_id", Value: "a"}}); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("mode of %s = %o, want 600", info.Name(), got)
		}
	}
}

func TestOpenRefused(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte("this is not a database, though it is long enough to be taken for one"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"folder": dir, "no database": garbage, "below a file": filepath.Join(garbage, "x.db"),
	} {
		if s, err := Open(path); err == nil {
			t.Errorf("%s: Open = nil, want an error", name)
			_ = s.Close(t.Context())
		}
	}
}

// TestTwoProcesses stands for a file that two processes have open: writes wait for each other.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	schema := docstore.Schema{Name: "things", Fields: []docstore.Field{{Name: "n", Kind: docstore.Int}}}
	a, b := collectionOf(t, openTest(t, path), schema), collectionOf(t, openTest(t, path), schema)
	errs := make(chan error)
	const each = 50
	for _, c := range []docstore.Collection{a, b} {
		go func() {
			var err error
			for range each {
				_, e := c.Update(context.Background(), cond("_id", docstore.Eq, "a"), docstore.Update{Inc: map[string]int64{"n": 1}, Upsert: true})
				err = errors.Join(err, e)
			}
			errs <- err
		}()
	}
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Fatal(err)
	}
	if n, err := a.Count(t.Context(), cond("n", docstore.Eq, 2*each)); n != 1 || err != nil {
		t.Errorf("Count = %d, %v, want the document to have %d", n, err, 2*each)
	}
}
