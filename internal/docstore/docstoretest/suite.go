// Package docstoretest proves that a driver keeps the contract of docstore.
package docstoretest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// Run runs every test against stores that open makes, one for each test, empty and of its own. Open
// closes them when its test ends.
func Run(t *testing.T, open func(t *testing.T) docstore.Store) {
	for name, test := range map[string]func(*testing.T, docstore.Store){
		"schema refused":               schemaRefused,
		"collection twice":             collectionTwice,
		"ping and close":               pingAndClose,
		"ended context":                endedContext,
		"insert":                       insert,
		"insert refused":               insertRefused,
		"insert new":                   insertNew,
		"insert new at once":           insertNewAtOnce,
		"values come back":             valuesComeBack,
		"get and all":                  getAndAll,
		"operators":                    operators,
		"absent fields":                absentFields,
		"in":                           in,
		"strings are compared by byte": stringOrder,
		"times have milliseconds":      times,
		"find refused":                 findRefused,
		"order":                        order,
		"paging":                       paging,
		"clustered":                    clustered,
		"update operators":             updateOperators,
		"update picks the first":       updatePicksFirst,
		"update refused":               updateRefused,
		"update does not fit":          updateDoesNotFit,
		"compare and set":              compareAndSet,
		"counter":                      counter,
		"upsert":                       upsert,
		"upsert at once":               upsertAtOnce,
		"unique indexes":               uniqueIndexes,
		"failures stay alone":          failuresStayAlone,
		"delete":                       deletes,
		"count":                        count,
		"expiry":                       expiry,
		"large documents":              largeDocuments,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of the time is spent waiting for a disk or a server
			test(t, open(t))
		})
	}
}

func collection(t *testing.T, s docstore.Store, schema docstore.Schema) docstore.Collection {
	t.Helper()
	if schema.Name == "" {
		schema.Name = "things"
	}
	c, err := s.Collection(t.Context(), schema)
	if err != nil {
		t.Fatalf("Collection: %v", err)
	}
	return c
}

// things is a collection with a field of every kind.
func things(t *testing.T, s docstore.Store, indexes ...docstore.Index) docstore.Collection {
	t.Helper()
	return collection(t, s, docstore.Schema{
		Fields: []docstore.Field{
			{Name: "s", Kind: docstore.String},
			{Name: "n", Kind: docstore.Int},
			{Name: "f", Kind: docstore.Float},
			{Name: "b", Kind: docstore.Bool},
			{Name: "t", Kind: docstore.Time},
			{Name: "in.s", Kind: docstore.String},
		},
		Indexes: indexes,
	})
}

// doc builds a document from names and values.
func doc(id string, pairs ...any) bson.D {
	return append(bson.D{{Key: "_id", Value: id}}, fields(pairs...)...)
}

func fields(pairs ...any) bson.D {
	var d bson.D
	for p := range slices.Chunk(pairs, 2) {
		d = append(d, bson.E{Key: p[0].(string), Value: p[1]})
	}
	return d
}

func where(field string, op docstore.Op, v any) []docstore.Cond {
	return []docstore.Cond{{Field: field, Op: op, Value: v}}
}

func byID(id string) []docstore.Cond { return where("_id", docstore.Eq, id) }

func put(t *testing.T, c docstore.Collection, docs ...bson.D) {
	t.Helper()
	for _, d := range docs {
		if err := c.Insert(t.Context(), d); err != nil {
			t.Fatalf("Insert(%v): %v", d, err)
		}
	}
}

// get returns the document in a form that cmp can compare; nil if there is none.
func get(t *testing.T, c docstore.Collection, id string) map[string]any {
	t.Helper()
	found, err := c.Find(t.Context(), docstore.Query{Where: byID(id), Limit: 1})
	if err != nil {
		t.Fatalf("Find(%q): %v", id, err)
	}
	if len(found) == 0 {
		return nil
	}
	return plain(t, found[0])
}

// find returns the ids.
func find(t *testing.T, c docstore.Collection, q docstore.Query) []string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 1000
	}
	found, err := c.Find(t.Context(), q)
	if err != nil {
		t.Fatalf("Find(%+v): %v", q, err)
	}
	ids := make([]string, len(found))
	for i, raw := range found {
		ids[i] = raw.Lookup("_id").StringValue()
	}
	return ids
}

// plain decodes a document: maps, since the order of keys means nothing, and int64 for every
// integer, since their width means nothing either.
func plain(t *testing.T, raw bson.Raw) map[string]any {
	t.Helper()
	if raw == nil {
		return nil
	}
	var d bson.D
	if err := bson.Unmarshal(raw, &d); err != nil {
		t.Fatalf("Unmarshal(%v): %v", raw, err)
	}
	return simple(d).(map[string]any)
}

func simple(v any) any {
	switch x := v.(type) {
	case bson.D:
		m := make(map[string]any, len(x))
		for _, e := range x {
			m[e.Key] = simple(e.Value)
		}
		return m
	case bson.A:
		a := make([]any, len(x))
		for i, v := range x {
			a[i] = simple(v)
		}
		return a
	case int32:
		return int64(x)
	case bson.DateTime:
		return x.Time().UTC()
	}
	return v
}

// refused fails the test unless err is want.
func refused(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s = %v, want %v", what, err, want)
	}
}

// eventually polls, since no store tells when a document has expired.
func eventually(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("after %v: not yet: %s", within, what)
		}
	}
}

// atOnce calls f from n goroutines and returns their errors.
func atOnce(n int, f func(i int) error) []error {
	type result struct {
		i   int
		err error
	}
	results := make(chan result, n)
	start := make(chan struct{})
	for i := range n {
		go func() { <-start; results <- result{i, f(i)} }()
	}
	close(start)
	errs := make([]error, n)
	for range n {
		r := <-results
		errs[r.i] = r.err
	}
	return errs
}

// name makes ids that sort like their numbers.
func name(i int) string { return fmt.Sprintf("%04d", i) }
