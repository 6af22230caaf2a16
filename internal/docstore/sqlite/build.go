package sqlite

import (
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/driver"
)

// docColumn holds the document. A field cannot be called so.
const docColumn = `"#doc"`

// A builder writes a statement and collects its arguments.
type builder struct {
	strings.Builder
	args []any
}

func (b *builder) add(sql string, args ...any) {
	b.WriteString(sql)
	for _, a := range args {
		b.args = append(b.args, argument(a))
	}
}

// argument is a field's value as its column keeps it.
func argument(v any) any {
	if t, ok := v.(bson.DateTime); ok {
		return int64(t)
	}
	return v
}

func quote(name string) string { return `"` + name + `"` } // names are checked by driver.NewRules

func direction(k driver.Key) string {
	if k.Desc {
		return quote(k.Field) + " DESC"
	}
	return quote(k.Field)
}

var operators = map[docstore.Op]string{
	docstore.Eq: "=?", docstore.Ne: " IS NOT ?", // an absent field is different from every value
	docstore.Gt: ">?", docstore.Gte: ">=?", docstore.Lt: "<?", docstore.Lte: "<=?",
}

func (b *builder) where(conds []docstore.Cond) {
	b.add(" WHERE 1")
	for _, c := range conds {
		b.add(" AND " + quote(c.Field))
		if c.Op == docstore.In {
			b.in(c.Value.([]any))
			continue
		}
		b.add(operators[c.Op], c.Value)
	}
}

// in repeats the last value up to a power of two, so that lists of any length share few statements.
func (b *builder) in(values []any) {
	if len(values) == 0 {
		b.add(" IN ()")
		return
	}
	n := 1
	for n < len(values) {
		n *= 2
	}
	b.add(" IN (?"+strings.Repeat(",?", n-1)+")", values...)
	for range n - len(values) {
		b.add("", values[len(values)-1])
	}
}

func find(table string, q driver.Query) *builder {
	b := &builder{}
	b.add("SELECT " + docColumn + " FROM " + table)
	b.where(q.Where)
	for _, f := range q.Exists {
		b.add(" AND " + quote(f) + " IS NOT NULL")
	}
	if len(q.After) > 0 {
		b.after(q.Order, q.After)
	}
	for i, k := range q.Order {
		b.add([]string{" ORDER BY ", ","}[min(i, 1)] + direction(k))
	}
	b.add(limit, int64(q.Limit))
	return b
}

// limit has a plus so that SQLite takes its value for an expression. It plans by the value of a plain
// parameter, and so compiles a statement anew whenever one is bound.
const limit = " LIMIT +?"

// after continues behind the place with these values: first the range that an index can seek, then
// the exact condition, of which the plus signs keep the planner from splitting it over indexes.
func (b *builder) after(order []driver.Key, at []any) {
	b.add(" AND "+quote(order[0].Field)+compare(order[0])+"=?", at[0])
	b.add(" AND (")
	for i, k := range order {
		b.add("+"+quote(k.Field)+compare(k)+"?", at[i])
		if i < len(order)-1 {
			b.add(" OR (+"+quote(k.Field)+"=? AND (", at[i])
		}
	}
	b.add(strings.Repeat("))", len(order)-1) + ")")
}

func compare(k driver.Key) string {
	if k.Desc {
		return "<"
	}
	return ">"
}

func columnType(k docstore.Kind) string {
	switch k {
	case docstore.String:
		return "TEXT"
	case docstore.Int:
		return "INTEGER"
	case docstore.Float:
		return "REAL"
	case docstore.Bool:
		return "BOOLEAN"
	case docstore.Time:
		return "DATETIME"
	}
	panic(fmt.Sprintf("kind %d", k)) // driver.NewRules has checked it
}
