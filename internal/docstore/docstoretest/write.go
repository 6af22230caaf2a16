package docstoretest

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

func pingAndClose(t *testing.T, s docstore.Store) {
	c := things(t, s)
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
	for range 2 {
		if err := s.Close(t.Context()); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("Ping after Close = nil, want an error")
	}
	if err := c.Insert(t.Context(), doc("a")); err == nil {
		t.Error("Insert after Close = nil, want an error")
	}
	if _, err := c.Count(t.Context(), nil); err == nil {
		t.Error("Count after Close = nil, want an error")
	}
}

func endedContext(t *testing.T, s docstore.Store) {
	c := things(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	refused(t, "Insert", c.Insert(ctx, doc("a")), context.Canceled)
	_, err := c.Find(ctx, docstore.Query{Limit: 1})
	refused(t, "Find", err, context.Canceled)
	_, err = c.Update(ctx, byID("a"), docstore.Update{Set: fields("n", 1)})
	refused(t, "Update", err, context.Canceled)
	refused(t, "Ping", s.Ping(ctx), context.Canceled)
	if got := get(t, c, "a"); got != nil {
		t.Errorf("inserted all the same: %v", got)
	}
}

func insert(t *testing.T, s docstore.Store) {
	c := things(t, s)
	type thing struct {
		ID    string         `bson:"_id"`
		N     int            `bson:"n,omitempty"`
		Extra map[string]any `bson:"extra,omitempty"`
	}
	if err := c.Insert(t.Context(), thing{ID: "a", N: 7, Extra: map[string]any{"x": "y"}}); err != nil {
		t.Fatal(err)
	}
	// The _id may come last, and nothing is added or lost.
	put(t, c, bson.D{{Key: "n", Value: 8}, {Key: "_id", Value: "b"}})
	refused(t, "Insert of the same _id", c.Insert(t.Context(), thing{ID: "a", N: 9}), docstore.ErrDuplicate)
	for id, want := range map[string]map[string]any{
		"a": {"_id": "a", "n": int64(7), "extra": map[string]any{"x": "y"}},
		"b": {"_id": "b", "n": int64(8)},
	} {
		if diff := cmp.Diff(want, get(t, c, id)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", id, diff)
		}
	}
}

func insertRefused(t *testing.T, s docstore.Store) {
	c := things(t, s)
	for name, tt := range map[string]struct {
		doc  any
		want error
	}{
		"nil":                    {nil, docstore.ErrInvalid},
		"no document":            {"text", docstore.ErrInvalid},
		"broken BSON":            {bson.Raw{9, 0, 0, 0, 2, 'a', 0, 1, 0}, docstore.ErrInvalid},
		"broken BSON inside":     {bson.Raw("\x17\x00\x00\x00\x02_id\x00\x02\x00\x00\x00a\x00\x03d\x00\x04\x00\x00\x00\x00"), docstore.ErrInvalid},
		"nested too deep":        {doc("a", "x", nest(100)), docstore.ErrInvalid},
		"no _id":                 {fields("n", 1), docstore.ErrInvalid},
		"empty _id":              {doc(""), docstore.ErrInvalid},
		"numeric _id":            {fields("_id", 1), docstore.ErrType},
		"two _id":                {append(doc("a"), doc("b")...), docstore.ErrInvalid},
		"_id not UTF-8":          {doc("\xff"), docstore.ErrType},
		"dollar":                 {doc("a", "$set", 1), docstore.ErrInvalid},
		"too large":              {doc("a", "x", strings.Repeat("x", 16<<20)), docstore.ErrInvalid},
		"null":                   {doc("a", "n", nil), docstore.ErrType},
		"nil pointer":            {doc("a", "s", (*string)(nil)), docstore.ErrType},
		"number in a String":     {doc("a", "s", 1), docstore.ErrType},
		"string in an Int":       {doc("a", "n", "1"), docstore.ErrType},
		"double in an Int":       {doc("a", "n", 1.0), docstore.ErrType},
		"integer in a Float":     {doc("a", "f", 1), docstore.ErrType},
		"NaN":                    {doc("a", "f", math.NaN()), docstore.ErrType},
		"number in a Bool":       {doc("a", "b", 1), docstore.ErrType},
		"string in a Time":       {doc("a", "t", "2026-01-02T15:04:05Z"), docstore.ErrType},
		"array":                  {doc("a", "s", bson.A{"x"}), docstore.ErrType},
		"not UTF-8":              {doc("a", "s", "\xff"), docstore.ErrType},
		"nested":                 {doc("a", "in", fields("s", 1)), docstore.ErrType},
		"array above a field":    {doc("a", "in", bson.A{fields("s", "x")}), docstore.ErrType},
		"null above a field":     {doc("a", "in", nil), docstore.ErrType},
		"a string above a field": {doc("a", "in", "x"), docstore.ErrType},
	} {
		refused(t, name, c.Insert(t.Context(), tt.doc), tt.want)
		_, err := c.InsertNew(t.Context(), []any{doc("before"), tt.doc})
		refused(t, name+", InsertNew", err, tt.want)
	}
	if n, err := c.Count(t.Context(), nil); n != 0 || err != nil {
		t.Errorf("Count = %d, %v, want 0: nothing goes in beside a document that is refused", n, err)
	}
}

// nest returns documents and arrays in each other.
func nest(levels int) any {
	var v any = 1
	for i := range levels {
		if v = any(bson.A{v}); i%2 == 0 {
			v = fields("x", v.(bson.A)[0])
		}
	}
	return v
}

func insertNew(t *testing.T, s docstore.Store) {
	c := things(t, s, docstore.Index{Fields: []string{"s"}, Unique: true})
	for _, tt := range []struct {
		name string
		docs []any
		want int
		err  error
	}{
		{"none", nil, 0, nil},
		{"new ones", []any{doc("a", "s", "1"), doc("b", "s", "2")}, 2, nil},
		{"the same again", []any{doc("a", "s", "1"), doc("b", "s", "9")}, 0, nil},
		{"some", []any{doc("b"), doc("c", "s", "3"), doc("a"), doc("d")}, 2, nil},
		{"twice in one call", []any{doc("e", "n", 1), doc("e", "n", 2)}, 1, nil},
		{"a unique key taken", []any{doc("f", "s", "1"), doc("g")}, 1, docstore.ErrDuplicate},
		{"a unique key taken, then the same _id", []any{doc("i", "s", "1"), doc("i", "s", "8")}, 1, docstore.ErrDuplicate},
		{"an _id and a unique key taken", []any{doc("b", "s", "1"), doc("h")}, 1, nil},
		{"too many", make([]any, 1001), 0, docstore.ErrInvalid},
	} {
		n, err := c.InsertNew(t.Context(), tt.docs)
		if n != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: InsertNew = %d, %v, want %d, %v", tt.name, n, err, tt.want, tt.err)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e", "g", "h", "i"}, find(t, c, docstore.Query{})); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
	if got := get(t, c, "b")["s"]; got != "2" {
		t.Errorf("b.s = %v, want 2: a document that is there stays as it is", got)
	}
	if got := get(t, c, "e")["n"]; got != int64(1) {
		t.Errorf("e.n = %v, want 1: the first of a call goes in", got)
	}
}

func insertNewAtOnce(t *testing.T, s docstore.Store) {
	c := things(t, s)
	const callers, each = 8, 50
	var added atomic.Int64
	errs := atOnce(callers, func(i int) error {
		var docs []any // any two callers share half of their documents
		for k := range each {
			docs = append(docs, doc(name(i*each/2+k), "n", k))
		}
		n, err := c.InsertNew(t.Context(), docs)
		added.Add(int64(n))
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	const want = (callers + 1) * each / 2
	if n, err := c.Count(t.Context(), nil); n != want || err != nil || added.Load() != want {
		t.Errorf("Count = %d, %v; %d reported as added; want %d", n, err, added.Load(), want)
	}
}

func valuesComeBack(t *testing.T, s docstore.Store) {
	c := things(t, s)
	at := time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC)
	want := map[string]any{
		"_id": "a\x00b \u00e9\U0001f600 ", "s": "nul \x00, quote ' \" \\, \u0457\u202e\U0001f468\u200d\U0001f469 % _",
		"n": int64(math.MinInt64), "f": math.Inf(-1), "b": false, "t": at,
		"in":   map[string]any{"s": "", "and.dots": "a.b.c"},
		"tags": []any{"x", int64(1), nil, []any{}, map[string]any{}},
		"x":    nil, "bytes": bson.Binary{Data: []byte{0, 1, 255}}, "big": int64(math.MaxInt64), "neg": math.Copysign(0, -1),
	}
	d := doc(want["_id"].(string))
	for k, v := range want {
		if k != "_id" {
			d = append(d, bson.E{Key: k, Value: v})
		}
	}
	put(t, c, d, doc("other", "s", "nul "))
	if diff := cmp.Diff(want, get(t, c, want["_id"].(string))); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	for _, f := range []string{"s", "n", "f", "b", "t"} {
		if got := find(t, c, docstore.Query{Where: where(f, docstore.Eq, want[f])}); len(got) != 1 || got[0] != want["_id"] {
			t.Errorf("by %s: %q, want the document alone", f, got)
		}
	}
	if got := find(t, c, docstore.Query{Where: where("in.s", docstore.Eq, "")}); len(got) != 1 {
		t.Errorf("by an empty string: %q, want one", got)
	}
}

func getAndAll(t *testing.T, s docstore.Store) {
	c := things(t, s)
	type thing struct {
		ID string `bson:"_id"`
		N  int64  `bson:"n"`
	}
	put(t, c, doc("a", "n", 1), doc("b", "n", 2))
	got, err := docstore.Get[thing](t.Context(), c, "b")
	if diff := cmp.Diff(thing{"b", 2}, got); diff != "" || err != nil {
		t.Errorf("Get: %v (-want +got):\n%s", err, diff)
	}
	_, err = docstore.Get[thing](t.Context(), c, "c")
	refused(t, "Get of nothing", err, docstore.ErrNotFound)
	all, err := docstore.All[thing](t.Context(), c, docstore.Query{Sort: []string{"-n"}, Limit: 10})
	if diff := cmp.Diff([]thing{{"b", 2}, {"a", 1}}, all); diff != "" || err != nil {
		t.Errorf("All: %v (-want +got):\n%s", err, diff)
	}
}

func failuresStayAlone(t *testing.T, s docstore.Store) {
	c := things(t, s)
	put(t, c, doc("taken", "n", 1, "list", "no array"))
	errs := atOnce(48, func(i int) error {
		switch i % 3 {
		case 0:
			return c.Insert(t.Context(), doc("taken"))
		case 1:
			_, err := c.Update(t.Context(), byID("taken"), docstore.Update{Push: fields("list", 1), Inc: map[string]int64{"n": 1}})
			return err
		}
		return c.Insert(t.Context(), doc(name(i)))
	})
	for i, err := range errs {
		want := []error{docstore.ErrDuplicate, docstore.ErrType, nil}[i%3]
		if !errors.Is(err, want) {
			t.Errorf("write %d = %v, want %v", i, err, want)
		}
	}
	if n, err := c.Count(t.Context(), nil); n != 17 || err != nil {
		t.Errorf("Count = %d, %v, want 17", n, err)
	}
	if got := get(t, c, "taken")["n"]; got != int64(1) {
		t.Errorf("n = %v, want 1: a failed update changes nothing", got)
	}
}

func largeDocuments(t *testing.T, s docstore.Store) {
	c := things(t, s)
	long := strings.Repeat("\u0457\x00 ", 500_000)
	put(t, c, doc("a", "x", long), doc("b", "s", long[:100_000]))
	if got := get(t, c, "a")["x"]; got != long {
		t.Error("a long string did not come back as it was")
	}
	if got := find(t, c, docstore.Query{Where: where("s", docstore.Eq, long[:100_000])}); len(got) != 1 {
		t.Errorf("by a long string: %q, want one", got)
	}
	refused(t, "a document that grows too large", growTooLarge(t, c), docstore.ErrInvalid)
	if got := get(t, c, "a"); got["more"] != nil {
		t.Error("the update that was refused changed the document")
	}
}

func growTooLarge(t *testing.T, c docstore.Collection) error {
	_, err := c.Update(t.Context(), byID("a"), docstore.Update{Set: fields("more", strings.Repeat("x", 15<<20))})
	return err
}
