// Package sqlite keeps docstore's collections in one SQLite file, for the all-in-one. A collection
// is a table: a column for each declared field, and the document as BSON.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"sync"

	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/driver"
)

// readers is how many finds and counts run at a time; the others wait.
const readers = 4

var errClosed = errors.New("the store is closed")

// store has one connection that writes and a few that read; in WAL mode neither waits for the other.
type store struct {
	writer *writer
	reads  *sql.DB
	stmts  statements // of reads
	sweep  sweeper

	life   sync.RWMutex // held for reading by every find and count, so that closing waits for them
	closed bool

	closing  sync.Once
	finished chan struct{} // closed when closing has ended with closeErr
	closeErr error

	mu          sync.Mutex
	collections map[string]*collection
}

// Open opens the database in the file, which it makes, with its folders, if it is not there yet.
// One process at a time should have it open. An acknowledged write is on the disk.
func Open(path string) (docstore.Store, error) {
	s, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open SQLite database %s: %w", path, err)
	}
	return s, nil
}

func open(path string) (*store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// The file holds what visitors wrote: it is the service's alone, and SQLite gives the files
	// beside it the same mode.
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil { //nolint:gosec // the path is a setting
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the path is a setting
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	w, err := newWriter(dsn(path))
	if err != nil {
		return nil, err
	}
	reads, err := sql.Open("sqlite", dsn(path, "query_only(1)"))
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	reads.SetMaxOpenConns(readers)
	reads.SetMaxIdleConns(readers)
	s := &store{
		writer: w, reads: reads, stmts: statements{db: reads},
		finished: make(chan struct{}), collections: map[string]*collection{},
	}
	s.sweep.start()
	return s, nil
}

// dsn is the name of the database with what every connection needs: a write is synced to the disk
// before it is acknowledged, and a lock that another process holds is waited for.
func dsn(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)"}, pragmas...)}
	u := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	return u.String()
}

// Collection makes or migrates the table.
func (s *store) Collection(ctx context.Context, schema docstore.Schema) (docstore.Collection, error) {
	rules, err := driver.NewRules(schema)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.collections[schema.Name]; ok {
		if !reflect.DeepEqual(c.rules.Schema, rules.Schema) {
			return nil, fmt.Errorf("collection %s: %w: it is open with another schema", schema.Name, docstore.ErrInvalid)
		}
		return c, nil
	}
	err = s.writer.do(ctx, 1, func(tx *tx) error { return migrate(ctx, tx, rules) })
	if err != nil {
		return nil, fmt.Errorf("collection %s: %w", schema.Name, err)
	}
	c := newCollection(s, rules)
	s.collections[schema.Name] = c
	s.sweep.add(c)
	return c, nil
}

// Ping passes through the writer's queue, so that a stuck disk shows.
func (s *store) Ping(ctx context.Context) error {
	if err := s.writer.do(ctx, 0, func(*tx) error { return nil }); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	err := s.read(ctx, "SELECT 1", nil, func(*sql.Rows) error { return nil })
	if err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

// read runs a query on one of the reading connections.
func (s *store) read(ctx context.Context, query string, args []any, row func(*sql.Rows) error) error {
	s.life.RLock()
	defer s.life.RUnlock()
	if s.closed {
		return errClosed
	}
	return s.stmts.query(ctx, query, args, row)
}

// Close may be called again to wait longer.
func (s *store) Close(ctx context.Context) error {
	s.closing.Do(func() { go s.shutdown() })
	select {
	case <-s.finished:
		return s.closeErr
	case <-ctx.Done():
		return fmt.Errorf("close: %w", ctx.Err())
	}
}

func (s *store) shutdown() {
	defer close(s.finished)
	s.sweep.end()
	err := s.writer.close()
	s.life.Lock()
	defer s.life.Unlock()
	s.closed = true
	s.closeErr = errors.Join(err, s.stmts.close(), s.reads.Close())
}
