package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

func cond(field string, op docstore.Op, v any) []docstore.Cond {
	return []docstore.Cond{{Field: field, Op: op, Value: v}}
}

func collectionOf(tb testing.TB, s docstore.Store, schema docstore.Schema) docstore.Collection {
	tb.Helper()
	c, err := s.Collection(tb.Context(), schema)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func idsOf(tb testing.TB, c docstore.Collection, q docstore.Query) []string {
	tb.Helper()
	q.Limit = 1000
	raws, err := c.Find(tb.Context(), q)
	if err != nil {
		tb.Fatal(err)
	}
	ids := make([]string, len(raws))
	for i, raw := range raws {
		ids[i] = raw.Lookup("_id").StringValue()
	}
	return ids
}

// reopen runs f on one opening of the file after another.
func reopen(t *testing.T, path string, f func(s docstore.Store)) {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	f(s)
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestMigrate(t *testing.T) {
	for name, cluster := range map[string][]string{"by _id": nil, "clustered": {"conv"}} {
		t.Run(name, func(t *testing.T) { migrates(t, cluster) })
	}
}

func migrates(t *testing.T, cluster []string) {
	path := filepath.Join(t.TempDir(), "test.db")
	conv := docstore.Field{Name: "conv", Kind: docstore.String}
	n, nested := docstore.Field{Name: "n", Kind: docstore.Int}, docstore.Field{Name: "in.s", Kind: docstore.String}
	old := docstore.Schema{Name: "things", Fields: []docstore.Field{conv}, Cluster: cluster}
	const count = backfillBatch + 1
	reopen(t, path, func(s docstore.Store) {
		var docs []any
		for i := range count {
			d := bson.D{{Key: "_id", Value: fmt.Sprintf("%04d", i)}, {Key: "conv", Value: fmt.Sprint(i % 7)}}
			if i%2 == 0 {
				d = append(d, bson.E{Key: "n", Value: i}, bson.E{Key: "in", Value: bson.D{{Key: "s", Value: "x"}}})
			}
			docs = append(docs, d)
		}
		if added, err := collectionOf(t, s, old).InsertNew(t.Context(), docs); added != count || err != nil {
			t.Fatal(added, err)
		}
	})

	with := old
	with.Fields = []docstore.Field{n, conv, nested}
	with.Indexes = []docstore.Index{{Fields: []string{"n"}, Unique: true}, {Fields: []string{"in.s", "-n"}}}
	reopen(t, path, func(s docstore.Store) {
		c := collectionOf(t, s, with)
		if got := idsOf(t, c, docstore.Query{Where: cond("n", docstore.Gte, count-3)}); !slices.Equal(got, []string{"0498", "0500"}) {
			t.Errorf("by a new field: %q", got)
		}
		if got := idsOf(t, c, docstore.Query{Where: cond("in.s", docstore.Eq, "x")}); len(got) != count/2+1 {
			t.Errorf("by a new nested field: %d, want %d", len(got), count/2+1)
		}
		err := c.Insert(t.Context(), bson.D{{Key: "_id", Value: "z"}, {Key: "conv", Value: "c"}, {Key: "n", Value: 2}})
		if !errors.Is(err, docstore.ErrDuplicate) {
			t.Errorf("Insert = %v, want %v by the new index", err, docstore.ErrDuplicate)
		}
	})

	// A field that goes and comes back is read anew, and so is one that changes its kind.
	reopen(t, path, func(s docstore.Store) {
		c := collectionOf(t, s, old)
		_, err := c.Update(t.Context(), cond("_id", docstore.Eq, "0000"), docstore.Update{Set: bson.D{{Key: "n", Value: 7000}}})
		if err != nil {
			t.Error(err)
		}
		_, err = c.Find(t.Context(), docstore.Query{Where: cond("n", docstore.Eq, 2), Limit: 1})
		if !errors.Is(err, docstore.ErrUndeclared) {
			t.Errorf("Find by a field that is gone = %v, want %v", err, docstore.ErrUndeclared)
		}
	})
	reopen(t, path, func(s docstore.Store) {
		c := collectionOf(t, s, with)
		if got := idsOf(t, c, docstore.Query{Where: cond("n", docstore.Eq, 7000)}); !slices.Equal(got, []string{"0000"}) {
			t.Errorf("by a field that came back: %q", got)
		}
		if got := indexNames(t, s.(*store), "things"); !slices.Contains(got, "things ix:in.s,-n") {
			t.Errorf("indexes %q", got)
		}
	})

	// What cannot be done leaves the collection as it is and says why.
	for name, tt := range map[string]struct {
		change func(*docstore.Schema)
		want   error
		text   string
	}{
		"another kind": {func(s *docstore.Schema) { s.Fields[0].Kind = docstore.String }, docstore.ErrType, `document "0000"`},
		"new unique index": {func(s *docstore.Schema) {
			s.Indexes = append(s.Indexes, docstore.Index{Fields: []string{"conv"}, Unique: true})
		}, docstore.ErrDuplicate, "conv"},
		"another layout": {func(s *docstore.Schema) { s.Cluster = append(s.Cluster, "n") }, docstore.ErrInvalid, "laid out"},
	} {
		broken := with
		broken.Fields, broken.Indexes = slices.Clone(with.Fields), slices.Clone(with.Indexes)
		broken.Cluster = slices.Clone(with.Cluster)
		tt.change(&broken)
		reopen(t, path, func(s docstore.Store) {
			_, err := s.Collection(t.Context(), broken)
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("%s: Collection = %v, want %v with %q", name, err, tt.want, tt.text)
			}
			c := collectionOf(t, s, with)
			if got := idsOf(t, c, docstore.Query{Where: cond("n", docstore.Eq, 2)}); !slices.Equal(got, []string{"0002"}) {
				t.Errorf("%s: afterwards, by the old field: %q", name, got)
			}
		})
	}
}

func indexNames(t *testing.T, s *store, table string) (names []string) {
	t.Helper()
	err := s.read(t.Context(), "SELECT name FROM sqlite_schema WHERE type='index' AND tbl_name=?", []any{table}, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestPlans holds the promise that common queries are one range scan, without a sort.
func TestPlans(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"))
	c := collectionOf(t, s, docstore.Schema{
		Name: "messages",
		Fields: []docstore.Field{
			{Name: "conv", Kind: docstore.String}, {Name: "seq", Kind: docstore.Int}, {Name: "bot", Kind: docstore.String}, {Name: "at", Kind: docstore.Time},
		},
		Cluster: []string{"conv", "seq"}, Indexes: []docstore.Index{{Fields: []string{"bot", "-at"}}, {Fields: []string{"bot", "seq"}, Unique: true}}, TTL: "at",
	}).(*collection)
	for name, tt := range map[string]struct {
		q    docstore.Query
		want string
	}{
		"newest":    {docstore.Query{Where: cond("conv", docstore.Eq, "x"), Sort: []string{"-seq"}}, "SEARCH messages USING PRIMARY KEY (conv=?)"},
		"next page": {docstore.Query{Where: cond("conv", docstore.Eq, "x"), Sort: []string{"-seq"}, After: &docstore.Cursor{Values: []any{1}, ID: "a"}}, "SEARCH messages USING PRIMARY KEY (conv=? AND seq<?)"},
		"oldest":    {docstore.Query{Where: cond("conv", docstore.Eq, "x"), Sort: []string{"seq"}}, "SEARCH messages USING PRIMARY KEY (conv=?)"},
		"by id":     {docstore.Query{Where: cond("_id", docstore.Eq, "x")}, "SEARCH messages USING INDEX messages unique:_id (_id=?)"},
		"index":     {docstore.Query{Where: cond("bot", docstore.Eq, "x"), Sort: []string{"-at"}}, "SEARCH messages USING INDEX messages ix:bot,-at (bot=? AND at>?)"},
		"reversed":  {docstore.Query{Where: cond("bot", docstore.Eq, "x"), Sort: []string{"at"}}, "SEARCH messages USING INDEX messages ix:bot,-at (bot=? AND at>?)"},
		"unique":    {docstore.Query{Where: cond("bot", docstore.Eq, "x"), Sort: []string{"-seq"}}, "SEARCH messages USING INDEX messages unique:bot,seq (bot=?)"},
	} {
		tt.q.Limit = 50
		checked, err := c.rules.Query(tt.q)
		if err != nil {
			t.Fatal(err)
		}
		b := find(c.table, checked)
		var plan []string
		err = c.store.read(t.Context(), "EXPLAIN QUERY PLAN "+b.String(), b.args, func(rows *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			plan = append(plan, step)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{tt.want}, plan); diff != "" {
			t.Errorf("%s: plan of %s (-want +got):\n%s", name, b, diff)
		}
	}
}
