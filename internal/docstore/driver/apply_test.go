package driver

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

func marshal(tb testing.TB, v any) bson.Raw {
	tb.Helper()
	raw, err := bson.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

func valueOf(tb testing.TB, v any) bson.RawValue {
	tb.Helper()
	raw, err := encode(v)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}

// TestApplyKeepsTheRest changes one value among others of every type, beside it and above it.
func TestApplyKeepsTheRest(t *testing.T) {
	rest := bson.D{
		{Key: "double", Value: 1.5},
		{Key: "string", Value: "x\x00"},
		{Key: "array", Value: bson.A{int32(1), int64(1), nil}},
		{Key: "binary", Value: bson.Binary{Subtype: 4, Data: []byte{1}}},
		{Key: "undefined", Value: bson.Undefined{}},
		{Key: "id", Value: bson.NewObjectID()},
		{Key: "bool", Value: true},
		{Key: "time", Value: time.UnixMilli(1)},
		{Key: "null", Value: nil},
		{Key: "regex", Value: bson.Regex{Pattern: "a", Options: "i"}},
		{Key: "code", Value: bson.JavaScript("x")},
		{Key: "symbol", Value: bson.Symbol("x")},
		{Key: "int32", Value: int32(1)},
		{Key: "timestamp", Value: bson.Timestamp{T: 1, I: 2}},
		{Key: "int64", Value: int64(1)},
		{Key: "decimal", Value: bson.NewDecimal128(1, 2)},
		{Key: "min", Value: bson.MinKey{}},
		{Key: "max", Value: bson.MaxKey{}},
		{Key: "a.b", Value: "a key with a dot"},
		{Key: "", Value: "an empty key"},
	}
	doc := func(n int64) bson.D {
		return append(bson.D{{Key: "in", Value: append(bson.D{{Key: "n", Value: n}}, rest...)}}, rest...)
	}
	got, err := apply(marshal(t, doc(1)), []Change{{Inc, []string{"in", "n"}, valueOf(t, int64(2))}}, false)
	if err != nil {
		t.Fatal(err)
	}
	if want := marshal(t, doc(3)); !bytes.Equal(got, want) {
		t.Errorf("apply changed more than it should (-want +got):\n%s", cmp.Diff(want.String(), got.String()))
	}
}

func TestEqual(t *testing.T) {
	const big = int64(1)<<53 + 1 // no double is equal to it
	for name, tt := range map[string]struct {
		a, b any
		want bool
	}{
		"widths":             {int32(1), int64(1), true},
		"integer and double": {int64(-3), -3.0, true},
		"fraction":           {int64(1), 1.5, false},
		"beyond 53 bits":     {big, float64(big), false},
		"beyond 63 bits":     {int64(math.MaxInt64), float64(math.MaxInt64), false},
		"the lowest":         {int64(math.MinInt64), float64(math.MinInt64), true},
		"infinite":           {int64(math.MaxInt64), math.Inf(1), false},
		"NaN":                {math.NaN(), math.Float64frombits(0x7ff8000000000002), true},
		"NaN and number":     {math.NaN(), int32(0), false},
		"zeros":              {0.0, math.Copysign(0, -1), true},
		"number and string":  {int32(1), "1", false},
		"nulls":              {nil, nil, true},
		"null and zero":      {nil, int32(0), false},
		"documents":          {bson.D{{Key: "a", Value: int32(1)}}, bson.D{{Key: "a", Value: 1.0}}, true},
		"order of keys":      {bson.D{{Key: "a", Value: 1}, {Key: "b", Value: 1}}, bson.D{{Key: "b", Value: 1}, {Key: "a", Value: 1}}, false},
		"more keys":          {bson.D{}, bson.D{{Key: "a", Value: nil}}, false},
		"arrays":             {bson.A{bson.A{int32(1)}}, bson.A{bson.A{int64(1)}}, true},
		"array and document": {bson.A{"x"}, bson.D{{Key: "0", Value: "x"}}, false},
	} {
		a, b := valueOf(t, tt.a), valueOf(t, tt.b)
		if got := equal(a, b); got != tt.want || equal(b, a) != tt.want {
			t.Errorf("%s: equal(%v, %v) = %v, want %v both ways", name, a, b, got, tt.want)
		}
	}
}

func testRules(tb testing.TB) *Rules {
	tb.Helper()
	r, err := NewRules(docstore.Schema{
		Name: "things",
		Fields: []docstore.Field{
			{Name: "s", Kind: docstore.String}, {Name: "n", Kind: docstore.Int}, {Name: "in.t", Kind: docstore.Time}, {Name: "in.deep.b", Kind: docstore.Bool},
		},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// FuzzUpdate applies any one change to any document. What is accepted leaves a document that keeps
// the schema, has the value at the path and nothing else changed.
func FuzzUpdate(f *testing.F) {
	doc := bson.D{
		{Key: "_id", Value: "a"},
		{Key: "s", Value: "x"},
		{Key: "n", Value: 1},
		{Key: "l", Value: bson.A{1, "a"}},
		{Key: "in", Value: bson.D{{Key: "deep", Value: bson.D{{Key: "b", Value: true}}}, {Key: "x", Value: nil}}},
	}
	for _, path := range []string{"s", "n", "l", "in", "in.t", "in.deep.b", "in.deep", "in.x.y", "new.a.b", "l.0", "$", "a..b", "_id", ".", "\xff", "s.t"} {
		for op := Set; op <= Pull; op++ {
			f.Add([]byte(marshal(f, doc)), path, int(op), []byte(marshal(f, bson.D{{Key: "v", Value: 1}})))
			f.Add([]byte(marshal(f, doc)), path, int(op), []byte(marshal(f, bson.D{{Key: "v", Value: bson.D{{Key: "t", Value: "x"}}}})))
		}
	}
	r := testRules(f)
	f.Fuzz(func(t *testing.T, doc []byte, path string, op int, value []byte) {
		old, err := r.Check(doc)
		if err != nil || bson.Raw(value).Validate() != nil || hasTwins(old.Raw) {
			return
		}
		v, err := bson.Raw(value).IndexErr(0)
		if err != nil {
			return
		}
		u, err := r.Update(nil, update(Operator(op), path, v.Value()))
		if err != nil {
			return
		}
		before := bytes.Clone(old.Raw)
		changed, err := r.Apply(old.Raw, u)
		if !bytes.Equal(before, old.Raw) {
			t.Fatal("Apply changed its argument")
		}
		if err != nil {
			if !errors.Is(err, docstore.ErrType) && !errors.Is(err, docstore.ErrInvalid) {
				t.Fatalf("Apply = %v, want %v or %v", err, docstore.ErrType, docstore.ErrInvalid)
			}
			return
		}
		check(t, old, changed, Operator(op), strings.Split(path, "."), v.Value())
	})
}

// check holds what a change must and must not have done.
func check(t *testing.T, old, changed Document, op Operator, path []string, v bson.RawValue) {
	t.Helper()
	if changed.ID != old.ID {
		t.Errorf("_id became %q", changed.ID)
	}
	got, err := changed.Raw.LookupErr(path...)
	switch op {
	case Set:
		if err != nil || !got.Equal(v) {
			t.Errorf("the path holds %v, %v, want %v", got, err, v)
		}
	case Unset:
		if err == nil {
			t.Errorf("the path still holds %v", got)
		}
	case Push:
		if items, ok := got.ArrayOK(); !ok {
			t.Errorf("the path holds %v, want an array", got)
		} else if values, err := items.Values(); err != nil || !equal(values[len(values)-1], v) {
			t.Errorf("the array ends with %v, want %v", values, v)
		}
	case Pull:
		if items, ok := got.ArrayOK(); err == nil && ok {
			values, err := items.Values()
			if err != nil || slices.ContainsFunc(values, func(x bson.RawValue) bool { return equal(x, v) }) {
				t.Errorf("the array is %v, %v, want none of %v", values, err, v)
			}
		}
	}
	elements, err := old.Raw.Elements()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range elements {
		if e.Key() != path[0] && !changed.Raw.Lookup(e.Key()).Equal(e.Value()) {
			t.Errorf("%q became %v, want %v", e.Key(), changed.Raw.Lookup(e.Key()), e.Value())
		}
	}
}

// hasTwins reports whether a key is in a document twice. What an update of it means is open.
func hasTwins(raw bson.Raw) bool {
	elements, err := raw.Elements()
	if err != nil {
		return true
	}
	seen := map[string]bool{}
	for _, e := range elements {
		if seen[e.Key()] {
			return true
		}
		seen[e.Key()] = true
		switch v := e.Value(); v.Type {
		case bson.TypeEmbeddedDocument:
			if hasTwins(v.Document()) {
				return true
			}
		case bson.TypeArray:
			if hasTwins(bson.Raw(v.Array())) {
				return true
			}
		}
	}
	return false
}

func update(op Operator, path string, v any) docstore.Update {
	d := bson.D{{Key: path, Value: v}}
	switch op {
	case Set:
		return docstore.Update{Set: d}
	case Inc:
		return docstore.Update{Inc: map[string]int64{path: math.MaxInt64}}
	case Unset:
		return docstore.Update{Unset: []string{path}}
	case Push:
		return docstore.Update{Push: d}
	case Pull:
		return docstore.Update{Pull: d}
	default:
		return docstore.Update{}
	}
}
