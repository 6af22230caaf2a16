package docstoretest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

type bsonE = bson.E

func trimSign(f string) string { return strings.TrimPrefix(f, "-") }

func schemaRefused(t *testing.T, s docstore.Store) {
	str := func(names ...string) (out []docstore.Field) {
		for _, n := range names {
			out = append(out, docstore.Field{Name: n, Kind: docstore.String})
		}
		return out
	}
	for name, tt := range map[string]struct {
		schema docstore.Schema
		want   error
	}{
		"no name":              {docstore.Schema{}, docstore.ErrInvalid},
		"name":                 {docstore.Schema{Name: "a b"}, docstore.ErrInvalid},
		"upper case":           {docstore.Schema{Name: "Things"}, docstore.ErrInvalid},
		"reserved name":        {docstore.Schema{Name: "sqlite_x"}, docstore.ErrInvalid},
		"long name":            {docstore.Schema{Name: strings.Repeat("a", 64)}, docstore.ErrInvalid},
		"no field name":        {docstore.Schema{Fields: str("")}, docstore.ErrInvalid},
		"field name":           {docstore.Schema{Fields: str("a b")}, docstore.ErrInvalid},
		"quote":                {docstore.Schema{Fields: str(`a"`)}, docstore.ErrInvalid},
		"position":             {docstore.Schema{Fields: str("a.0")}, docstore.ErrInvalid},
		"_id":                  {docstore.Schema{Fields: str("_id")}, docstore.ErrInvalid},
		"below _id":            {docstore.Schema{Fields: str("_id.x")}, docstore.ErrInvalid},
		"no kind":              {docstore.Schema{Fields: []docstore.Field{{Name: "a"}}}, docstore.ErrInvalid},
		"unknown kind":         {docstore.Schema{Fields: []docstore.Field{{Name: "a", Kind: 9}}}, docstore.ErrInvalid},
		"a field twice":        {docstore.Schema{Fields: str("a", "a")}, docstore.ErrInvalid},
		"but for case":         {docstore.Schema{Fields: str("a", "A")}, docstore.ErrInvalid},
		"above a field":        {docstore.Schema{Fields: str("a.b", "a")}, docstore.ErrInvalid},
		"below a field":        {docstore.Schema{Fields: str("a", "a.b")}, docstore.ErrInvalid},
		"empty index":          {docstore.Schema{Indexes: []docstore.Index{{}}}, docstore.ErrInvalid},
		"index on _id":         {docstore.Schema{Indexes: []docstore.Index{{Fields: []string{"-_id"}}}}, docstore.ErrInvalid},
		"undeclared index":     {docstore.Schema{Indexes: []docstore.Index{{Fields: []string{"a"}}}}, docstore.ErrUndeclared},
		"a field twice in one": {docstore.Schema{Fields: str("a"), Indexes: []docstore.Index{{Fields: []string{"a", "-a"}}}}, docstore.ErrInvalid},
		"undeclared TTL":       {docstore.Schema{TTL: "a"}, docstore.ErrUndeclared},
		"TTL of a String":      {docstore.Schema{Fields: str("a"), TTL: "a"}, docstore.ErrType},
		"undeclared cluster":   {docstore.Schema{Cluster: []string{"a"}}, docstore.ErrUndeclared},
		"cluster by _id":       {docstore.Schema{Cluster: []string{"_id"}}, docstore.ErrInvalid},
		"cluster twice":        {docstore.Schema{Fields: str("a"), Cluster: []string{"a", "a"}}, docstore.ErrInvalid},
		"cluster by a Float":   {docstore.Schema{Fields: []docstore.Field{{Name: "a", Kind: docstore.Float}}, Cluster: []string{"a"}}, docstore.ErrType},
	} {
		if tt.schema.Name == "" && name != "no name" {
			tt.schema.Name = "things"
		}
		_, err := s.Collection(t.Context(), tt.schema)
		refused(t, name, err, tt.want)
	}
}

func collectionTwice(t *testing.T, s docstore.Store) {
	schema := docstore.Schema{Name: "things", Fields: []docstore.Field{{Name: "n", Kind: docstore.Int}}}
	a, b := collection(t, s, schema), collection(t, s, schema)
	put(t, a, doc("x", "n", 1))
	if got := find(t, b, docstore.Query{Where: where("n", docstore.Eq, 1)}); len(got) != 1 {
		t.Errorf("through the second handle: %q, want one", got)
	}
	schema.Fields[0].Kind = docstore.String // what was passed before is not kept
	_, err := s.Collection(t.Context(), schema)
	refused(t, "Collection with another schema", err, docstore.ErrInvalid)
	schema.Name = "others"
	if n, err := collection(t, s, schema).Count(t.Context(), nil); n != 0 || err != nil {
		t.Errorf("Count of another collection = %d, %v, want 0", n, err)
	}
}

func clustered(t *testing.T, s docstore.Store) {
	c := collection(t, s, docstore.Schema{
		Fields: []docstore.Field{
			{Name: "conv", Kind: docstore.String}, {Name: "seq", Kind: docstore.Int}, {Name: "s", Kind: docstore.String},
		},
		Cluster: []string{"conv", "seq"},
		Indexes: []docstore.Index{{Fields: []string{"s"}}},
	})
	for conv := range 3 {
		for seq := range 20 {
			put(t, c, doc(fmt.Sprintf("%d-%d", 9-conv, seq), "conv", fmt.Sprint(conv), "seq", seq/2, "s", "x"))
		}
	}
	refused(t, "Insert of the same _id elsewhere", c.Insert(t.Context(), doc("9-0", "conv", "1", "seq", 99)), docstore.ErrDuplicate)
	refused(t, "Insert without a field", c.Insert(t.Context(), doc("x", "conv", "1")), docstore.ErrInvalid)
	n, err := c.InsertNew(t.Context(), []any{doc("9-0", "conv", "1", "seq", 99), doc("new", "conv", "3", "seq", 1)})
	if n != 1 || err != nil {
		t.Errorf("InsertNew = %d, %v, want 1", n, err)
	}
	newest := docstore.Query{Where: where("conv", docstore.Eq, "1"), Sort: []string{"-seq"}, Limit: 3}
	if diff := cmp.Diff([]string{"8-19", "8-18", "8-17"}, find(t, c, newest)); diff != "" {
		t.Errorf("newest (-want +got):\n%s", diff)
	}
	newest.After = &docstore.Cursor{Values: []any{8}, ID: "8-17"}
	if diff := cmp.Diff([]string{"8-16", "8-15", "8-14"}, find(t, c, newest)); diff != "" {
		t.Errorf("next newest (-want +got):\n%s", diff)
	}
	since := docstore.Query{Where: append(where("conv", docstore.Eq, "1"), where("seq", docstore.Gt, 8)...), Sort: []string{"seq"}}
	if diff := cmp.Diff([]string{"8-18", "8-19"}, find(t, c, since)); diff != "" {
		t.Errorf("since (-want +got):\n%s", diff)
	}
	raw, err := c.Update(t.Context(), byID("8-3"), docstore.Update{Set: fields("s", "y"), ReturnNew: true})
	if err != nil || raw.Lookup("s").StringValue() != "y" || raw.Lookup("seq").AsInt64() != 1 {
		t.Errorf("Update = %v, %v", raw, err)
	}
	raw, err = c.Update(t.Context(), append(byID("up"), where("conv", docstore.Eq, "4")...),
		docstore.Update{Set: fields("s", "z"), SetOnInsert: fields("seq", 1), Upsert: true, ReturnNew: true})
	if err != nil || raw.Lookup("seq").AsInt64() != 1 {
		t.Errorf("upsert = %v, %v", raw, err)
	}
	if n, err := c.Delete(t.Context(), where("conv", docstore.Eq, "0")); n != 20 || err != nil {
		t.Errorf("Delete = %d, %v, want 20", n, err)
	}
}

func uniqueIndexes(t *testing.T, s docstore.Store) {
	c := things(t, s, docstore.Index{Fields: []string{"in.s"}, Unique: true}, docstore.Index{Fields: []string{"s", "-n"}, Unique: true})
	put(t, c,
		doc("a", "s", "x", "n", 1), doc("b", "s", "x", "n", 2), doc("c", "s", "y", "n", 1),
		doc("d", "s", "x"), doc("e", "s", "x"), doc("f", "n", 1), doc("g", "n", 1), doc("h"), // exempt
		doc("i", "in", fields("s", "k")),
	)
	refused(t, "Insert of a taken key", c.Insert(t.Context(), doc("z", "s", "x", "n", 2)), docstore.ErrDuplicate)
	refused(t, "Insert of a taken nested key", c.Insert(t.Context(), doc("z", "in", fields("s", "k"))), docstore.ErrDuplicate)
	for name, u := range map[string]docstore.Update{
		"Set":    {Set: fields("s", "x")},
		"Inc":    {Set: fields("s", "x"), Inc: map[string]int64{"n": 1}},
		"nested": {Set: fields("in.s", "k")},
	} {
		_, err := c.Update(t.Context(), byID("c"), u)
		refused(t, name+" to a taken key", err, docstore.ErrDuplicate)
	}
	_, err := c.Update(t.Context(), byID("d"), docstore.Update{Set: fields("n", 1)})
	refused(t, "Update of a document that was exempt", err, docstore.ErrDuplicate)
	_, err = c.Update(t.Context(), byID("z"), docstore.Update{Set: fields("s", "x", "n", 1), Upsert: true})
	refused(t, "Upsert of a taken key", err, docstore.ErrDuplicate)
	if diff := cmp.Diff(map[string]any{"_id": "c", "s": "y", "n": int64(1)}, get(t, c, "c")); diff != "" {
		t.Errorf("changed all the same (-want +got):\n%s", diff)
	}
	// A key is free again when its document leaves it or goes.
	if _, err := c.Update(t.Context(), byID("a"), docstore.Update{Unset: []string{"n"}}); err != nil {
		t.Error(err)
	}
	if _, err := c.Update(t.Context(), byID("d"), docstore.Update{Set: fields("n", 1)}); err != nil {
		t.Error(err)
	}
	if _, err := c.Delete(t.Context(), byID("b")); err != nil {
		t.Error(err)
	}
	put(t, c, doc("z", "s", "x", "n", 2))
	// One of those who want the same key at once gets it.
	errs := atOnce(racers, func(i int) error { return c.Insert(t.Context(), doc("race "+name(i), "s", "race", "n", 1)) })
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		refused(t, "Insert in a race", err, docstore.ErrDuplicate)
	}
	if won != 1 {
		t.Errorf("%d inserts won the race, want 1", won)
	}
}

func expiry(t *testing.T, s docstore.Store) {
	c := collection(t, s, docstore.Schema{Fields: []docstore.Field{{Name: "until", Kind: docstore.Time}}, TTL: "until"})
	put(t, c,
		doc("past", "until", time.Now().Add(-time.Hour)), doc("soon", "until", time.Now().Add(time.Second)),
		doc("later", "until", time.Now().Add(time.Hour)), doc("never"), doc("extended", "until", time.Now().Add(-time.Hour).Add(time.Hour*2)),
	)
	eventually(t, 90*time.Second, "expired documents are gone", func() bool { return len(find(t, c, docstore.Query{})) <= 3 })
	if diff := cmp.Diff([]string{"extended", "later", "never"}, find(t, c, docstore.Query{})); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}
