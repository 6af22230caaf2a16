package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// held is a store whose writer stands still until release is called.
func held(t *testing.T) (s *store, release func()) {
	t.Helper()
	s = openTest(t, filepath.Join(t.TempDir(), "test.db")).(*store)
	inside, free := make(chan struct{}), make(chan struct{})
	release = sync.OnceFunc(func() { close(free) })
	t.Cleanup(release)
	go func() {
		_ = s.writer.do(context.Background(), 0, func(*tx) error { close(inside); <-free; return nil })
	}()
	<-inside
	return s, release
}

// TestNoWriteAheadLog opens a database that cannot have one.
func TestNoWriteAheadLog(t *testing.T) {
	w, err := newWriter(":memory:")
	if w != nil || err == nil || !strings.Contains(err.Error(), "journal mode memory") {
		t.Errorf("newWriter = %v, %v, want an error that names the journal mode", w, err)
	}
}

// TestGroupCommit lets writes pile up behind a slow one: they share one transaction, in which the
// failure of one does not touch the others.
func TestGroupCommit(t *testing.T) {
	s, release := held(t)
	const writes = 100
	var mu sync.Mutex
	var order []int
	answers := make([]chan error, writes)
	for i := range writes {
		answers[i] = make(chan error, 1)
		j := &write{t.Context().Err, 1, func(tx *tx) error {
			mu.Lock()
			order = append(order, i)
			mu.Unlock()
			if i == 0 {
				if err := tx.exec("CREATE TABLE x(i INTEGER PRIMARY KEY, changes INTEGER)"); err != nil {
					return err
				}
			}
			if i == 50 {
				return tx.exec("INSERT INTO x VALUES(0, 0)") // it is there
			}
			return tx.exec("INSERT INTO x VALUES(?, 0)", int64(i))
		}, answers[i]}
		s.writer.queue <- j
	}
	before := s.writer.commits.Load()
	release()
	for i, answer := range answers {
		if err := <-answer; (err != nil) != (i == 50) {
			t.Errorf("write %d = %v", i, err)
		}
	}
	if err := s.Ping(t.Context()); err != nil { // passes behind them
		t.Fatal(err)
	}
	// That of the one that held them, theirs, and that of Ping.
	if got := s.writer.commits.Load() - before; got > 3 {
		t.Errorf("%d transactions for %d writes, want one", got-2, writes)
	}
	for i, got := range order {
		if got != i {
			t.Fatalf("write %d ran as number %d, want them in order", got, i)
		}
	}
}

func TestQueueIsBounded(t *testing.T) {
	s, release := held(t)
	for range maxWaiting {
		s.writer.queue <- &write{t.Context().Err, 1, func(*tx) error { return nil }, make(chan error, 1)}
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- s.writer.do(ctx, 1, func(*tx) error { t.Error("it ran"); return nil }) }()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("write into a full queue = %v, want %v", err, context.Canceled)
	}
	release()
}

// TestCancelledInQueue leaves out a write whose caller has gone before its turn.
func TestCancelledInQueue(t *testing.T) {
	s, release := held(t)
	ctx, cancel := context.WithCancel(t.Context())
	ran := false
	answer := make(chan error, 1)
	s.writer.queue <- &write{ctx.Err, 1, func(*tx) error { ran = true; return nil }, answer}
	cancel()
	release()
	if err := <-answer; !errors.Is(err, context.Canceled) || ran {
		t.Errorf("write = %v, ran: %v, want %v and not run", err, ran, context.Canceled)
	}
}

// TestFatalError fails the whole group when the transaction is gone, and the next group works.
func TestFatalError(t *testing.T) {
	s, release := held(t)
	answers := []chan error{make(chan error, 1), make(chan error, 1), make(chan error, 1)}
	runs := []func(*tx) error{
		func(tx *tx) error { return tx.exec("CREATE TABLE y(i)") },
		func(tx *tx) error { return tx.exec("no such statement") },
		func(tx *tx) error { return tx.exec("INSERT INTO y VALUES(1)") },
	}
	for i, run := range runs {
		s.writer.queue <- &write{t.Context().Err, 1, run, answers[i]}
	}
	release()
	for i, answer := range answers {
		if err := <-answer; err == nil {
			t.Errorf("write %d of a group that failed = nil", i)
		}
	}
	c := collectionOf(t, s, docstore.Schema{Name: "y"}) // and its table is not there
	if err := c.Insert(t.Context(), bson.D{{Key: "_id", Value: "a"}}); err != nil {
		t.Error(err)
	}
}

// TestCloseFinishes closes while writes wait: each is either done or refused, as it says.
func TestCloseFinishes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	schema := docstore.Schema{Name: "things"}
	results := map[string]error{}
	reopen(t, path, func(s docstore.Store) {
		c := collectionOf(t, s, schema)
		var mu sync.Mutex
		var wait sync.WaitGroup
		defer wait.Wait()
		for i := range 64 {
			wait.Go(func() {
				id := fmt.Sprint(i)
				err := c.Insert(context.Background(), bson.D{{Key: "_id", Value: id}})
				mu.Lock()
				defer mu.Unlock()
				results[id] = err
			})
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	reopen(t, path, func(s docstore.Store) {
		c := collectionOf(t, s, schema)
		for id, err := range results {
			if n, _ := c.Count(t.Context(), cond("_id", docstore.Eq, id)); (n == 1) != (err == nil) {
				t.Errorf("Insert of %s = %v, and it is there: %v", id, err, n == 1)
			}
		}
	})
}

func TestCloseHonoursContext(t *testing.T) {
	s, release := held(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Close while a write is under way = %v, want %v", err, context.Canceled)
	}
	release()
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("Close again: %v", err)
	}
}

// TestManyStatements uses more shapes of queries than are kept prepared.
func TestManyStatements(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"))
	c := collectionOf(t, s, docstore.Schema{Name: "things"})
	if err := c.Insert(t.Context(), bson.D{{Key: "_id", Value: "a"}}); err != nil {
		t.Fatal(err)
	}
	var where []docstore.Cond
	for range maxStatements + 10 {
		where = append(where, cond("_id", docstore.Eq, "a")...)
		if n, err := c.Count(t.Context(), where); n != 1 || err != nil {
			t.Fatalf("Count with %d conditions = %d, %v", len(where), n, err)
		}
		if n, err := c.Delete(t.Context(), append(where, cond("_id", docstore.Ne, "a")...)); n != 0 || err != nil {
			t.Fatalf("Delete with %d conditions = %d, %v", len(where), n, err)
		}
	}
}
