package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// maxStatements bounds the prepared statements of a connection.
const maxStatements = 256

// statements prepares each query once. Once there are very many, as when filters are built from
// what people choose, the rarer ones are prepared each time.
type statements struct {
	db    *sql.DB
	known sync.Map // the query: its *sql.Stmt
	mu    sync.Mutex
	count int
}

func (s *statements) query(ctx context.Context, query string, args []any, row func(*sql.Rows) error) error {
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return err
	}
	var rows *sql.Rows
	if stmt == nil {
		rows, err = s.db.QueryContext(ctx, query, args...)
	} else {
		rows, err = stmt.QueryContext(ctx, args...)
	}
	if err != nil {
		return err
	}
	return each(rows, row)
}

// prepare returns nil when there are too many.
func (s *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if v, ok := s.known.Load(query); ok {
		return v.(*sql.Stmt), nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.known.Load(query); ok {
		return v.(*sql.Stmt), nil
	}
	if s.count >= maxStatements {
		return nil, nil
	}
	stmt, err := s.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.known.Store(query, stmt)
	s.count++
	return stmt, nil
}

func (s *statements) close() error {
	var errs []error
	s.known.Range(func(_, v any) bool {
		errs = append(errs, v.(*sql.Stmt).Close())
		return true
	})
	return errors.Join(errs...)
}

// each calls row for each of rows and closes them.
func each(rows *sql.Rows, row func(*sql.Rows) error) error {
	defer func() { _ = rows.Close() }() // what went wrong is in rows.Err
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
