package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	maxWaiting = 256  // writes in the queue; further callers wait to enter it
	maxGroup   = 1000 // documents in one transaction, unless a single write has more
)

// writer is the only one to write. It commits what came in while the transaction before was being
// synced in one transaction, so that concurrent writes share a sync.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	tx    tx
	queue chan *write

	commits atomic.Int64 // transactions so far

	stopping chan struct{} // no write enters the queue any more
	stopped  chan struct{} // the queue is empty and will stay so
}

// A write is one call. A statement of SQLite fails as a whole and alone, and a write has one that
// changes anything, so it needs no savepoint to leave its group as it was.
type write struct {
	cancelled func() error // of the caller's context
	size      int
	run       func(*tx) error
	done      chan error // with room for the answer, since the caller may have gone
}

// tx is the open transaction, with the prepared statements of its connection.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newWriter(dsn string) (*writer, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	var mode string
	err = conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
	if err == nil && mode != "wal" {
		err = fmt.Errorf("the file system does not allow a write-ahead log (journal mode %s)", mode)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close(), db.Close())
	}
	w := &writer{
		db: db, conn: conn, tx: tx{conn, map[string]*sql.Stmt{}}, queue: make(chan *write, maxWaiting),
		stopping: make(chan struct{}), stopped: make(chan struct{}),
	}
	go w.loop()
	return w, nil
}

// do runs a write and returns when it is on the disk. If ctx ends first, the write is left out if
// its turn has not come yet, and otherwise it is open whether it was done.
func (w *writer) do(ctx context.Context, size int, run func(*tx) error) error {
	j := &write{ctx.Err, size, run, make(chan error, 1)}
	select {
	case <-w.stopping:
		return errClosed
	default:
	}
	select {
	case w.queue <- j:
	case <-w.stopping:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-w.stopped:
		select {
		case err := <-j.done:
			return err
		default: // it came in when the queue had been emptied
			return errClosed
		}
	}
}

func (w *writer) loop() {
	defer close(w.stopped)
	for {
		select {
		case j := <-w.queue:
			w.commit(w.group(j))
		case <-w.stopping:
			for {
				select {
				case j := <-w.queue:
					w.commit(w.group(j))
				default:
					return
				}
			}
		}
	}
}

// group adds what waits to the first.
func (w *writer) group(first *write) []*write {
	group := []*write{first}
	for size := first.size; size < maxGroup && len(group) < maxWaiting; {
		select {
		case j := <-w.queue:
			group = append(group, j)
			size += j.size
		default:
			return group
		}
	}
	return group
}

// commit runs a group in one transaction and answers each.
func (w *writer) commit(group []*write) {
	w.commits.Add(1)
	answers := make([]error, len(group))
	err := w.tx.exec("BEGIN IMMEDIATE")
	for i := 0; i < len(group) && err == nil; i++ {
		if answers[i] = group[i].cancelled(); answers[i] == nil {
			answers[i] = group[i].run(&w.tx)
		}
		if fatal(answers[i]) {
			err = answers[i]
		}
	}
	if err == nil {
		err = w.tx.exec("COMMIT")
	}
	if err != nil {
		_ = w.tx.exec("ROLLBACK") // SQLite may have done so
	}
	for i, j := range group {
		if err != nil && answers[i] == nil {
			answers[i] = fmt.Errorf("the transaction failed: %w", err)
		}
		j.done <- answers[i]
	}
}

// fatal reports an error of the database rather than of one write: after a full disk SQLite may
// have rolled back the whole transaction.
func fatal(err error) bool {
	var e *sqlitedriver.Error
	return errors.As(err, &e) && e.Code()&0xff != sqlite3.SQLITE_CONSTRAINT
}

func (w *writer) close() error {
	close(w.stopping)
	<-w.stopped
	return errors.Join(w.tx.close(), w.conn.Close(), w.db.Close())
}

// prepare returns the statement. The writes of a collection have few shapes; a filter may have any.
func (t *tx) prepare(query string) (*sql.Stmt, error) {
	if s, ok := t.stmts[query]; ok {
		return s, nil
	}
	if len(t.stmts) >= maxStatements {
		if err := t.close(); err != nil {
			return nil, err
		}
	}
	s, err := t.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	t.stmts[query] = s
	return s, nil
}

// exec runs a statement. No context: one that ends within a statement would roll back the group.
func (t *tx) exec(query string, args ...any) error {
	_, err := t.change(query, args...)
	return err
}

// change is exec for those who want to know how many rows have changed.
func (t *tx) change(query string, args ...any) (int64, error) {
	s, err := t.prepare(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *tx) query(query string, args []any, row func(*sql.Rows) error) error {
	s, err := t.prepare(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), args...)
	if err != nil {
		return err
	}
	return each(rows, row)
}

// close closes the statements.
func (t *tx) close() error {
	var errs []error
	for _, s := range t.stmts {
		errs = append(errs, s.Close())
	}
	clear(t.stmts)
	return errors.Join(errs...)
}
