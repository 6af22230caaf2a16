package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/driver"
)

// backfillBatch is how many documents are read at a time for a new column.
const backfillBatch = 500

// migrate makes the table and its indexes, or gives those of an earlier schema the columns and the
// indexes of this one, all or nothing.
func migrate(ctx context.Context, tx *tx, rules *driver.Rules) error {
	if err := tx.exec("SAVEPOINT migrate"); err != nil {
		return err
	}
	m := &migration{ctx.Err, tx, rules, rules.Schema.Name, quote(rules.Schema.Name)}
	if err := m.run(); err != nil {
		if undo := tx.exec("ROLLBACK TO migrate"); undo != nil {
			return undo
		}
		_ = tx.exec("RELEASE migrate") // it is empty
		return err
	}
	return tx.exec("RELEASE migrate")
}

type migration struct {
	cancelled func() error // of the caller's context
	tx        *tx
	rules     *driver.Rules
	name      string
	table     string // quoted
}

func (m *migration) run() error {
	columns, key, err := m.columns()
	if err != nil {
		return err
	}
	if len(columns) == 0 {
		if err := m.create(); err != nil {
			return err
		}
		return m.makeIndexes()
	}
	if want := append(slices.Clone(m.rules.Schema.Cluster), "_id"); !slices.Equal(key, want) {
		return fmt.Errorf("%w: it is laid out by %v and cannot become laid out by %v", docstore.ErrInvalid, key, want)
	}
	if err := m.alter(columns); err != nil {
		return err
	}
	return m.makeIndexes()
}

// columns returns the type of each column, and the primary key; none if there is no table.
func (m *migration) columns() (types map[string]string, key []string, err error) {
	types = map[string]string{}
	err = m.tx.query("SELECT name, type, pk FROM pragma_table_info(?) ORDER BY pk", []any{m.name}, func(rows *sql.Rows) error {
		var name, kind string
		var pk int
		if err := rows.Scan(&name, &kind, &pk); err != nil {
			return err
		}
		types[name] = kind
		if pk > 0 {
			key = append(key, name)
		}
		return nil
	})
	return types, key, err
}

func (m *migration) create() error {
	b := &strings.Builder{}
	b.WriteString("CREATE TABLE " + m.table + `("_id" TEXT NOT NULL`)
	for _, f := range m.rules.Schema.Fields {
		b.WriteString("," + quote(f.Name) + " " + columnType(f.Kind))
		if slices.Contains(m.rules.Schema.Cluster, f.Name) {
			b.WriteString(" NOT NULL")
		}
	}
	b.WriteString("," + docColumn + " BLOB NOT NULL, PRIMARY KEY(")
	for _, f := range m.rules.Schema.Cluster {
		b.WriteString(quote(f) + ",")
	}
	b.WriteString(`"_id"))`)
	if len(m.rules.Schema.Cluster) > 0 {
		b.WriteString(" WITHOUT ROWID") // the documents are in the tree of the primary key
	}
	return m.tx.exec(b.String())
}

// alter drops the columns that the schema does not name any more, so that one that comes back is
// never stale, and adds and fills the new ones.
func (m *migration) alter(columns map[string]string) error {
	want := map[string]string{"_id": "TEXT", strings.Trim(docColumn, `"`): "BLOB"}
	for _, f := range m.rules.Schema.Fields {
		want[f.Name] = columnType(f.Kind)
	}
	stale := slices.DeleteFunc(slices.Collect(maps.Keys(columns)), func(name string) bool { return want[name] == columns[name] })
	if err := m.dropIndexes(len(stale) > 0); err != nil {
		return err
	}
	for _, name := range stale {
		if err := m.tx.exec("ALTER TABLE " + m.table + " DROP COLUMN " + quote(name)); err != nil {
			return err
		}
	}
	var added []int
	for i, f := range m.rules.Schema.Fields {
		if columns[f.Name] == want[f.Name] {
			continue
		}
		if err := m.tx.exec("ALTER TABLE " + m.table + " ADD COLUMN " + quote(f.Name) + " " + want[f.Name]); err != nil {
			return err
		}
		added = append(added, i)
	}
	if len(added) == 0 {
		return nil
	}
	return m.backfill(added)
}

// backfill fills the columns of the fields with these positions from the documents.
func (m *migration) backfill(fields []int) error {
	for last := ""; ; {
		if err := m.cancelled(); err != nil {
			return err
		}
		q := driver.Query{
			Where: []docstore.Cond{{Field: "_id", Op: docstore.Gt, Value: last}},
			Order: []driver.Key{{Field: "_id"}}, Limit: backfillBatch,
		}
		b := find(m.table, q)
		docs, err := documents(func(row func(*sql.Rows) error) error { return m.tx.query(b.String(), b.args, row) })
		if err != nil || len(docs) == 0 {
			return err
		}
		for _, raw := range docs {
			if last, err = m.fill(raw, fields); err != nil {
				return err
			}
		}
	}
}

func (m *migration) fill(raw bson.Raw, fields []int) (id string, err error) {
	d, err := m.rules.Check(raw)
	if err != nil {
		return "", fmt.Errorf("document %q: %w", raw.Lookup("_id").StringValue(), err)
	}
	b := &builder{}
	b.add("UPDATE " + m.table + " SET ")
	for i, f := range fields {
		b.add([]string{"", ","}[min(i, 1)]+quote(m.rules.Schema.Fields[f].Name)+"=?", d.Values[f])
	}
	b.add(` WHERE "_id"=?`, d.ID)
	return d.ID, m.tx.exec(b.String(), b.args...)
}

// indexes returns the statement of each index that the schema wants, by its name.
func (m *migration) indexes() map[string]string {
	want := map[string]string{}
	add := func(what, name string, keys []driver.Key) {
		name = m.name + " " + name
		sql := "CREATE " + what + " " + quote(name) + " ON " + m.table + "("
		for i, k := range keys {
			sql += []string{"", ","}[min(i, 1)] + direction(k)
		}
		want[name] = sql + ")"
	}
	for _, ix := range m.rules.Indexes() {
		what := "INDEX"
		if ix.Unique { // documents that lack a field are exempt, since no NULL equals another
			what = "UNIQUE INDEX"
		}
		add(what, ix.Name, ix.Keys)
	}
	if m.rules.Schema.TTL != "" {
		add("INDEX", "ttl:"+m.rules.Schema.TTL, []driver.Key{{Field: m.rules.Schema.TTL}})
	}
	if len(m.rules.Schema.Cluster) > 0 {
		add("UNIQUE INDEX", "unique:_id", []driver.Key{{Field: "_id"}})
	}
	return want
}

// dropIndexes drops those that the schema does not want any more, or all: a column can go only when
// no index has it.
func (m *migration) dropIndexes(all bool) error {
	want := m.indexes()
	var drop []string
	err := m.tx.query("SELECT name FROM sqlite_schema WHERE type='index' AND tbl_name=? AND sql IS NOT NULL", []any{m.name},
		func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			if _, ok := want[name]; !ok || all {
				drop = append(drop, name)
			}
			return err
		})
	if err != nil {
		return err
	}
	for _, name := range drop {
		if err := m.tx.exec("DROP INDEX " + quote(name)); err != nil {
			return err
		}
	}
	return nil
}

func (m *migration) makeIndexes() error {
	for name, sql := range m.indexes() {
		if err := m.tx.exec(strings.Replace(sql, "INDEX "+quote(name), "INDEX IF NOT EXISTS "+quote(name), 1)); err != nil {
			return duplicate(err)
		}
	}
	return nil
}
