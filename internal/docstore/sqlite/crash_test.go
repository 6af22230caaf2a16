package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// crashFile is the environment variable that makes the test binary the process that is killed.
const crashFile = "DOCSTORE_CRASH_FILE"

var crashSchema = docstore.Schema{
	Name: "things", Fields: []docstore.Field{{Name: "conv", Kind: docstore.String}, {Name: "n", Kind: docstore.Int}},
	Cluster: []string{"conv"}, Indexes: []docstore.Index{{Fields: []string{"n"}}},
}

// writeUntilKilled writes what has been acknowledged to standard output, a line each.
func writeUntilKilled(path string) {
	fail := func(err error) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	ctx := context.Background()
	s, err := Open(path)
	if err != nil {
		fail(err)
	}
	c, err := s.Collection(ctx, crashSchema)
	if err != nil {
		fail(err)
	}
	run := fmt.Sprint(os.Getpid())
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%s-%d-%d", run, g, i)
				if err := c.Insert(ctx, bson.D{{Key: "_id", Value: id}, {Key: "conv", Value: id[len(id)-1:]}, {Key: "n", Value: 0}}); err != nil {
					fail(err)
				}
				if _, err := c.Update(ctx, cond("_id", docstore.Eq, id), docstore.Update{Set: bson.D{{Key: "n", Value: 1}}}); err != nil {
					fail(err)
				}
				if _, err := os.Stdout.WriteString(id + "\n"); err != nil {
					fail(err)
				}
			}
		}()
	}
	select {}
}

// TestKill kills a process that writes, again and again: what it had acknowledged is there, whole,
// and in every index.
func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	var acknowledged []string
	for range 5 {
		acknowledged = append(acknowledged, killOne(t, path, 20+rand.IntN(200))...)
	}
	t.Logf("%d writes acknowledged", len(acknowledged))
	s := openTest(t, path)
	c := collectionOf(t, s, crashSchema)
	for len(acknowledged) > 0 {
		batch := acknowledged[:min(1000, len(acknowledged))]
		acknowledged = acknowledged[len(batch):]
		where := append(cond("_id", docstore.In, batch), cond("n", docstore.Eq, 1)...)
		if n, err := c.Count(t.Context(), where); int(n) != len(batch) || err != nil {
			t.Errorf("%d of %d acknowledged writes are there (%v)", n, len(batch), err)
		}
	}
	var verdict string
	if err := s.(*store).reads.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&verdict); verdict != "ok" || err != nil {
		t.Errorf("integrity check: %s, %v", verdict, err)
	}
}

// killOne runs the process, kills it after so many lines and returns all lines that it wrote.
func killOne(t *testing.T, path string, after int) (lines []string) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), crashFile+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for r := bufio.NewReader(out); ; {
		line, err := r.ReadString('\n')
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line[:len(line)-1])
		if len(lines) == after {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(lines) < after {
		t.Fatalf("the process ended by itself after %d lines: %v", len(lines), err)
	}
	return lines
}
