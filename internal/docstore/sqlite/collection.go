package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	sqlitedriver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/driver"
)

type collection struct {
	store  *store
	rules  *driver.Rules
	name   string
	table  string // quoted
	insert string
}

func newCollection(s *store, rules *driver.Rules) *collection {
	c := &collection{store: s, rules: rules, name: rules.Schema.Name, table: quote(rules.Schema.Name)}
	columns := `"_id"`
	for _, f := range rules.Schema.Fields {
		columns += "," + quote(f.Name)
	}
	c.insert = "INSERT INTO " + c.table + "(" + columns + "," + docColumn + ") VALUES(?" +
		strings.Repeat(",?", len(rules.Schema.Fields)+1) + ")"
	return c
}

// row is the arguments of c.insert.
func row(d driver.Document) []any {
	out := make([]any, 0, len(d.Values)+2)
	out = append(out, d.ID)
	for _, v := range d.Values {
		out = append(out, argument(v))
	}
	return append(out, []byte(d.Raw))
}

func (c *collection) fail(op string, err error) error {
	return fmt.Errorf("%s %s: %w", op, c.name, err)
}

// duplicate turns a violated key into docstore.ErrDuplicate; SQLite's text names the columns.
func duplicate(err error) error {
	var e *sqlitedriver.Error
	if errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return fmt.Errorf("%w: %w", docstore.ErrDuplicate, err)
	}
	return err
}

func (c *collection) Insert(ctx context.Context, doc any) error {
	d, err := c.rules.Document(doc)
	if err != nil {
		return c.fail("insert into", err)
	}
	err = c.store.writer.do(ctx, 1, func(tx *tx) error { return duplicate(tx.exec(c.insert, row(d)...)) })
	if err != nil {
		return c.fail("insert into", err)
	}
	return nil
}

func (c *collection) InsertNew(ctx context.Context, docs []any) (int, error) {
	ds, err := c.rules.Documents(docs)
	if err != nil {
		return 0, c.fail("insert into", err)
	}
	if len(ds) == 0 {
		return 0, nil
	}
	var added int
	var taken error
	err = c.store.writer.do(ctx, len(ds), func(tx *tx) (err error) {
		added, taken, err = c.insertNew(tx, ds)
		return err
	})
	if err != nil {
		return 0, c.fail("insert into", err)
	}
	if taken != nil {
		return added, c.fail("insert into", taken)
	}
	return added, nil
}

// insertNew also returns the first error of a unique key that another document has. The other
// documents go in.
func (c *collection) insertNew(tx *tx, ds []driver.Document) (added int, taken, err error) {
	for _, d := range ds {
		n, err := tx.change(c.insert+` ON CONFLICT("_id") DO NOTHING`, row(d)...)
		if err = duplicate(err); errors.Is(err, docstore.ErrDuplicate) {
			// SQLite may look at the unique key first.
			known, errKnown := c.known(tx, d.ID)
			if errKnown != nil {
				return added, taken, errKnown
			}
			if !known && taken == nil {
				taken = fmt.Errorf("_id %q: %w", d.ID, err)
			}
			continue
		}
		if err != nil {
			return added, taken, err
		}
		added += int(n)
	}
	return added, taken, nil
}

func (c *collection) known(tx *tx, id string) (known bool, err error) {
	err = tx.query("SELECT 1 FROM "+c.table+` WHERE "_id"=?`, []any{id}, func(*sql.Rows) error {
		known = true
		return nil
	})
	return known, err
}

func (c *collection) Find(ctx context.Context, q docstore.Query) ([]bson.Raw, error) {
	checked, err := c.rules.Query(q)
	if err != nil {
		return nil, c.fail("find in", err)
	}
	b := find(c.table, checked)
	out, err := documents(func(row func(*sql.Rows) error) error { return c.store.read(ctx, b.String(), b.args, row) })
	if err != nil {
		return nil, c.fail("find in", err)
	}
	return out, nil
}

func documents(query func(func(*sql.Rows) error) error) (out []bson.Raw, err error) {
	err = query(func(rows *sql.Rows) error {
		var doc []byte
		err := rows.Scan(&doc)
		out = append(out, doc)
		return err
	})
	return out, err
}

func (c *collection) Update(ctx context.Context, where []docstore.Cond, u docstore.Update) (bson.Raw, error) {
	checked, err := c.rules.Update(where, u)
	if err != nil {
		return nil, c.fail("update", err)
	}
	var out bson.Raw
	err = c.store.writer.do(ctx, 1, func(tx *tx) (err error) {
		out, err = c.update(tx, checked)
		return duplicate(err)
	})
	if err != nil {
		return nil, c.fail("update", err)
	}
	return out, nil
}

func (c *collection) update(tx *tx, u driver.Update) (bson.Raw, error) {
	b := find(c.table, driver.Query{Where: u.Where, Order: []driver.Key{{Field: "_id"}}, Limit: 1})
	found, err := documents(func(row func(*sql.Rows) error) error { return tx.query(b.String(), b.args, row) })
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0 && u.Insert == nil:
		return nil, docstore.ErrNotFound
	case len(found) == 0:
		if err := tx.exec(c.insert, row(*u.Insert)...); err != nil || !u.ReturnNew {
			return nil, err
		}
		return u.Insert.Raw, nil
	}
	old, err := c.rules.Check(found[0])
	if err != nil {
		return nil, err
	}
	changed, err := c.rules.Apply(old.Raw, u)
	if err != nil {
		return nil, err
	}
	if err := c.replace(tx, old, changed); err != nil {
		return nil, err
	}
	if u.ReturnNew {
		return changed.Raw, nil
	}
	return old.Raw, nil
}

// replace writes the document and those columns that differ, so that only their indexes change.
func (c *collection) replace(tx *tx, old, changed driver.Document) error {
	b := &builder{}
	b.add("UPDATE "+c.table+" SET "+docColumn+"=?", []byte(changed.Raw))
	for i, f := range c.rules.Schema.Fields {
		if old.Values[i] != changed.Values[i] {
			b.add(","+quote(f.Name)+"=?", changed.Values[i])
		}
	}
	b.add(` WHERE "_id"=?`, old.ID)
	return tx.exec(b.String(), b.args...)
}

func (c *collection) Delete(ctx context.Context, where []docstore.Cond) (int64, error) {
	conds, err := c.rules.Where(where)
	if err != nil {
		return 0, c.fail("delete from", err)
	}
	b := &builder{}
	b.add("DELETE FROM " + c.table)
	b.where(conds)
	var n int64
	err = c.store.writer.do(ctx, 1, func(tx *tx) (err error) {
		n, err = tx.change(b.String(), b.args...)
		return err
	})
	if err != nil {
		return 0, c.fail("delete from", err)
	}
	return n, nil
}

func (c *collection) Count(ctx context.Context, where []docstore.Cond) (int64, error) {
	conds, err := c.rules.Where(where)
	if err != nil {
		return 0, c.fail("count in", err)
	}
	n, err := c.count(ctx, conds, -1)
	if err != nil {
		return 0, c.fail("count in", err)
	}
	return n, nil
}

// count counts up to atMost; -1 is no limit.
func (c *collection) count(ctx context.Context, conds []docstore.Cond, atMost int64) (n int64, err error) {
	b := &builder{}
	b.add("SELECT count(*) FROM (SELECT 1 FROM " + c.table)
	b.where(conds)
	b.add(limit+")", atMost)
	err = c.store.read(ctx, b.String(), b.args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}
