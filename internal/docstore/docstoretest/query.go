package docstoretest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

func operators(t *testing.T, s docstore.Store) {
	c := things(t, s)
	at := func(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }
	put(t, c,
		doc("1", "s", "a", "n", int32(-1), "f", -0.5, "b", false, "t", at(1), "in", fields("s", "a")),
		doc("2", "s", "b", "n", int64(2), "f", 0.0, "b", true, "t", at(2), "in", fields("s", "b")),
		doc("3", "s", "c", "n", 3, "f", 1e300, "b", true, "t", at(3), "in", fields("s", "c")),
	)
	type status string
	for name, tt := range map[string]struct {
		field  string
		middle any // the value of document 2
		ops    map[docstore.Op][]string
	}{
		"_id":        {"_id", "2", nil},
		"String":     {"s", "b", nil},
		"named type": {"s", status("b"), nil},
		"Int":        {"n", 2, nil},
		"int64":      {"n", int64(2), nil},
		"Float":      {"f", 0.0, nil},
		"Time":       {"t", at(2), nil},
		"nested":     {"in.s", "b", nil},
		"Bool":       {"b", true, map[docstore.Op][]string{docstore.Eq: {"2", "3"}, docstore.Ne: {"1"}, docstore.Gt: {}, docstore.Gte: {"2", "3"}, docstore.Lt: {"1"}, docstore.Lte: {"1", "2", "3"}}},
	} {
		if tt.ops == nil {
			tt.ops = map[docstore.Op][]string{
				docstore.Eq: {"2"}, docstore.Ne: {"1", "3"}, docstore.Gt: {"3"}, docstore.Gte: {"2", "3"}, docstore.Lt: {"1"}, docstore.Lte: {"1", "2"},
			}
		}
		for op, want := range tt.ops {
			if diff := cmp.Diff(want, find(t, c, docstore.Query{Where: where(tt.field, op, tt.middle)})); diff != "" {
				t.Errorf("%s, operator %d (-want +got):\n%s", name, op, diff)
			}
		}
	}
	both := append(where("n", docstore.Gt, -1), where("n", docstore.Lt, 3)...)
	if diff := cmp.Diff([]string{"2"}, find(t, c, docstore.Query{Where: both})); diff != "" {
		t.Errorf("two conditions on a field (-want +got):\n%s", diff)
	}
	neither := append(where("s", docstore.Ne, "a"), where("s", docstore.Ne, "c")...)
	if diff := cmp.Diff([]string{"2"}, find(t, c, docstore.Query{Where: neither})); diff != "" {
		t.Errorf("two Ne on a field (-want +got):\n%s", diff)
	}
}

func absentFields(t *testing.T, s docstore.Store) {
	c := things(t, s, docstore.Index{Fields: []string{"n"}})
	put(t, c, doc("no"), doc("yes", "n", 0, "s", "", "b", false, "in", fields("s", "x")), doc("empty", "in", fields("x", 1)))
	for field, v := range map[string]any{"n": 0, "s": "", "b": false, "in.s": "x"} {
		for op, want := range map[docstore.Op][]string{
			docstore.Eq: {"yes"}, docstore.Ne: {"empty", "no"}, docstore.Gte: {"yes"}, docstore.Lte: {"yes"}, docstore.Gt: {}, docstore.Lt: {},
		} {
			if diff := cmp.Diff(want, find(t, c, docstore.Query{Where: where(field, op, v)})); diff != "" {
				t.Errorf("%s, operator %d (-want +got):\n%s", field, op, diff)
			}
		}
	}
	for _, sort := range [][]string{{"n"}, {"-n"}, {"s", "-n"}} {
		if diff := cmp.Diff([]string{"yes"}, find(t, c, docstore.Query{Sort: sort})); diff != "" {
			t.Errorf("sorted by %v (-want +got):\n%s", sort, diff)
		}
	}
	if diff := cmp.Diff([]string{"empty", "no", "yes"}, find(t, c, docstore.Query{})); diff != "" {
		t.Errorf("not sorted (-want +got):\n%s", diff)
	}
}

func in(t *testing.T, s docstore.Store) {
	c := things(t, s)
	at := time.UnixMilli(1)
	for i := range 6 {
		put(t, c, doc(name(i), "s", string(rune('a'+i)), "n", i, "f", float64(i), "t", at.Add(time.Duration(i)*time.Second)))
	}
	put(t, c, doc("absent"))
	type status string
	many := make([]int, 1000)
	for i := range many {
		many[i] = i + 3
	}
	for name, tt := range map[string]struct {
		field string
		list  any
		want  []string
	}{
		"strings":     {"s", []string{"f", "b", "zz", "b"}, []string{"0001", "0005"}},
		"named":       {"s", []status{"c"}, []string{"0002"}},
		"any":         {"s", []any{"a", status("b")}, []string{"0000", "0001"}},
		"ints":        {"n", []int{0, 2, 4, 99, -1}, []string{"0000", "0002", "0004"}},
		"a thousand":  {"n", many, []string{"0003", "0004", "0005"}},
		"floats":      {"f", []float64{3}, []string{"0003"}},
		"times":       {"t", []time.Time{at}, []string{"0000"}},
		"ids":         {"_id", []string{"absent", "0004"}, []string{"0004", "absent"}},
		"none":        {"s", []string{}, []string{}},
		"a nil slice": {"s", []string(nil), []string{}},
	} {
		if diff := cmp.Diff(tt.want, find(t, c, docstore.Query{Where: where(tt.field, docstore.In, tt.list)})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func stringOrder(t *testing.T, s docstore.Store) {
	c := things(t, s)
	values := []string{"", "\x00", "\x00a", "A", "B", "a", "a\x00", "a\x00b", "aa", "b", "\u00e9", "\u0457", "\U0001f600"}
	for i, v := range values {
		put(t, c, doc(name(len(values)-i), "s", v))
	}
	want := make([]string, len(values))
	for i := range values {
		want[i] = name(len(values) - i)
	}
	if diff := cmp.Diff(want, find(t, c, docstore.Query{Sort: []string{"s"}})); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	for i, v := range values {
		if got := find(t, c, docstore.Query{Where: where("s", docstore.Eq, v)}); len(got) != 1 || got[0] != want[i] {
			t.Errorf("equal to %q: %q, want %s", v, got, want[i])
		}
		if got := find(t, c, docstore.Query{Where: where("s", docstore.Lt, v)}); len(got) != i {
			t.Errorf("less than %q: %q, want %d", v, got, i)
		}
	}
}

func times(t *testing.T, s docstore.Store) {
	c := things(t, s)
	at := time.Date(2026, 5, 6, 7, 8, 9, 123_999_999, time.FixedZone("", 3*3600))
	before := time.Date(1969, 12, 31, 23, 59, 59, 999_500_000, time.UTC)
	put(t, c, doc("a", "t", at), doc("b", "t", before), doc("zero", "t", time.Time{}))
	if got, want := get(t, c, "a")["t"], at.Truncate(time.Millisecond).UTC(); got != want {
		t.Errorf("t = %v, want %v", got, want)
	}
	for name, tt := range map[string]struct {
		where []docstore.Cond
		want  []string
	}{
		"the same":             {where("t", docstore.Eq, at), []string{"a"}},
		"the same millisecond": {where("t", docstore.Eq, at.Add(-999*time.Microsecond)), []string{"a"}},
		"another millisecond":  {where("t", docstore.Eq, at.Add(time.Millisecond)), []string{}},
		"another zone":         {where("t", docstore.Eq, at.UTC()), []string{"a"}},
		"before 1970":          {where("t", docstore.Eq, before), []string{"b"}},
		"the zero time":        {where("t", docstore.Lt, before), []string{"zero"}},
	} {
		if diff := cmp.Diff(tt.want, find(t, c, docstore.Query{Where: tt.where})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func findRefused(t *testing.T, s docstore.Store) {
	c := things(t, s)
	ok := func(q docstore.Query) docstore.Query { q.Limit = 10; return q }
	cursor := func(values ...any) *docstore.Cursor { return &docstore.Cursor{Values: values, ID: "a"} }
	for name, tt := range map[string]struct {
		q    docstore.Query
		want error
	}{
		"no limit":            {docstore.Query{}, docstore.ErrInvalid},
		"negative limit":      {docstore.Query{Limit: -1}, docstore.ErrInvalid},
		"limit too high":      {docstore.Query{Limit: 1001}, docstore.ErrInvalid},
		"undeclared":          {ok(docstore.Query{Where: where("x", docstore.Eq, 1)}), docstore.ErrUndeclared},
		"above a field":       {ok(docstore.Query{Where: where("in", docstore.Eq, 1)}), docstore.ErrUndeclared},
		"an operator's name":  {ok(docstore.Query{Where: where("$or", docstore.Eq, 1)}), docstore.ErrUndeclared},
		"no operator":         {ok(docstore.Query{Where: where("n", 0, 1)}), docstore.ErrInvalid},
		"unknown operator":    {ok(docstore.Query{Where: where("n", 99, 1)}), docstore.ErrInvalid},
		"string for an Int":   {ok(docstore.Query{Where: where("n", docstore.Eq, "1")}), docstore.ErrType},
		"float for an Int":    {ok(docstore.Query{Where: where("n", docstore.Gt, 1.0)}), docstore.ErrType},
		"int for a Float":     {ok(docstore.Query{Where: where("f", docstore.Gt, 1)}), docstore.ErrType},
		"int for an _id":      {ok(docstore.Query{Where: where("_id", docstore.Eq, 1)}), docstore.ErrType},
		"string for a Time":   {ok(docstore.Query{Where: where("t", docstore.Lt, "2026")}), docstore.ErrType},
		"nil":                 {ok(docstore.Query{Where: where("s", docstore.Eq, nil)}), docstore.ErrType},
		"nil, Ne":             {ok(docstore.Query{Where: where("s", docstore.Ne, nil)}), docstore.ErrType},
		"a document":          {ok(docstore.Query{Where: where("s", docstore.Eq, fields("$ne", ""))}), docstore.ErrType},
		"In without a slice":  {ok(docstore.Query{Where: where("s", docstore.In, "a")}), docstore.ErrType},
		"In of another kind":  {ok(docstore.Query{Where: where("s", docstore.In, []int{1})}), docstore.ErrType},
		"In with a nil":       {ok(docstore.Query{Where: where("s", docstore.In, []any{"a", nil})}), docstore.ErrType},
		"In too long":         {ok(docstore.Query{Where: where("s", docstore.In, make([]string, 1001))}), docstore.ErrInvalid},
		"sort undeclared":     {ok(docstore.Query{Sort: []string{"x"}}), docstore.ErrUndeclared},
		"sort by nothing":     {ok(docstore.Query{Sort: []string{""}}), docstore.ErrUndeclared},
		"sort twice":          {ok(docstore.Query{Sort: []string{"n", "-n"}}), docstore.ErrInvalid},
		"sort behind _id":     {ok(docstore.Query{Sort: []string{"_id", "n"}}), docstore.ErrInvalid},
		"cursor too short":    {ok(docstore.Query{Sort: []string{"n"}, After: cursor()}), docstore.ErrInvalid},
		"cursor too long":     {ok(docstore.Query{Sort: []string{"_id"}, After: cursor("a")}), docstore.ErrInvalid},
		"cursor of a type":    {ok(docstore.Query{Sort: []string{"n"}, After: cursor("a")}), docstore.ErrType},
		"cursor with nothing": {ok(docstore.Query{Sort: []string{"s"}, After: cursor(nil)}), docstore.ErrType},
	} {
		_, err := c.Find(t.Context(), tt.q)
		refused(t, name, err, tt.want)
		if len(tt.q.Where) > 0 {
			_, err = c.Count(t.Context(), tt.q.Where)
			refused(t, name+", Count", err, tt.want)
			_, err = c.Delete(t.Context(), tt.q.Where)
			refused(t, name+", Delete", err, tt.want)
			_, err = c.Update(t.Context(), tt.q.Where, docstore.Update{Set: fields("n", 1)})
			refused(t, name+", Update", err, tt.want)
		}
	}
}

func order(t *testing.T, s docstore.Store) {
	c := things(t, s, docstore.Index{Fields: []string{"s", "-n"}}, docstore.Index{Fields: []string{"f"}, Unique: true})
	put(t, c,
		doc("c", "s", "x", "n", 1, "f", 0.3), doc("a", "s", "x", "n", 1, "f", 0.1),
		doc("b", "s", "x", "n", 2, "f", 0.2), doc("d", "s", "w", "n", 1, "f", 0.4),
	)
	for name, tt := range map[string]struct {
		sort, want []string
	}{
		"none":               {nil, []string{"a", "b", "c", "d"}},
		"_id":                {[]string{"_id"}, []string{"a", "b", "c", "d"}},
		"-_id":               {[]string{"-_id"}, []string{"d", "c", "b", "a"}},
		"ties":               {[]string{"n"}, []string{"a", "c", "d", "b"}},
		"ties, descending":   {[]string{"-n"}, []string{"b", "d", "c", "a"}},
		"ties, as asked for": {[]string{"-n", "_id"}, []string{"b", "a", "c", "d"}},
		"two fields":         {[]string{"s", "-n"}, []string{"d", "b", "c", "a"}},
		"the other way":      {[]string{"-s", "n"}, []string{"a", "c", "b", "d"}},
		"a unique field":     {[]string{"-f"}, []string{"d", "c", "b", "a"}},
	} {
		if diff := cmp.Diff(tt.want, find(t, c, docstore.Query{Sort: tt.sort})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(tt.want[:2], find(t, c, docstore.Query{Sort: tt.sort, Limit: 2})); diff != "" {
			t.Errorf("%s, two (-want +got):\n%s", name, diff)
		}
	}
}

// paging walks through every order in pages of every size and wants what one find gives.
func paging(t *testing.T, s docstore.Store) {
	c := things(t, s, docstore.Index{Fields: []string{"s", "-n"}})
	for i := range 24 {
		d := doc(name(i*7%24), "s", string(rune('a'+i%3)), "n", i%4, "b", i%2 == 0, "t", time.UnixMilli(int64(i%5)))
		if i%6 == 0 {
			d = slices.DeleteFunc(d, func(e bsonE) bool { return e.Key == "n" })
		}
		put(t, c, d)
	}
	value := map[string]func(m map[string]any) any{}
	for _, f := range []string{"s", "n", "b", "t"} {
		value[f] = func(m map[string]any) any { return m[f] }
	}
	for _, sort := range [][]string{
		nil, {"_id"}, {"-_id"}, {"s"}, {"-s"}, {"n"}, {"-n", "_id"}, {"n", "-_id"}, {"s", "n"}, {"s", "-n"}, {"-b", "t", "-n"}, {"t", "s", "n", "b"},
	} {
		for _, conds := range [][]docstore.Cond{nil, where("s", docstore.Eq, "b"), where("n", docstore.Ne, 1)} {
			all := find(t, c, docstore.Query{Where: conds, Sort: sort})
			for size := 1; size <= 7; size += 2 {
				var got []string
				for q := (docstore.Query{Where: conds, Sort: sort, Limit: size}); len(got) <= len(all); {
					page := find(t, c, q)
					if len(page) == 0 {
						break
					}
					got = append(got, page...)
					last := get(t, c, page[len(page)-1])
					q.After = &docstore.Cursor{ID: last["_id"].(string)}
					for _, f := range sort {
						if get := value[trimSign(f)]; get != nil {
							q.After.Values = append(q.After.Values, get(last))
						}
					}
				}
				if diff := cmp.Diff(all, got); diff != "" {
					t.Fatalf("sort %v where %v by %d (-want +got):\n%s", sort, conds, size, diff)
				}
			}
		}
	}
	gone := docstore.Query{Sort: []string{"n"}, Limit: 1, After: &docstore.Cursor{Values: []any{1}, ID: "no such document"}}
	if got := find(t, c, gone); len(got) != 1 {
		t.Errorf("behind a document that is gone: %q, want the next", got)
	}
}

func count(t *testing.T, s docstore.Store) {
	c := things(t, s)
	for i := range 5 {
		put(t, c, doc(name(i), "n", i))
	}
	for name, tt := range map[string]struct {
		where []docstore.Cond
		want  int64
	}{
		"all": {nil, 5}, "some": {where("n", docstore.Gt, 1), 3}, "none": {where("n", docstore.Gt, 9), 0},
	} {
		if n, err := c.Count(t.Context(), tt.where); n != tt.want || err != nil {
			t.Errorf("%s: Count = %d, %v, want %d", name, n, err, tt.want)
		}
	}
}

func deletes(t *testing.T, s docstore.Store) {
	c := things(t, s, docstore.Index{Fields: []string{"n"}})
	for i := range 6 {
		put(t, c, doc(name(i), "n", i))
	}
	for _, tt := range []struct {
		name  string
		where []docstore.Cond
		want  int64
		left  []string
	}{
		{"none", where("n", docstore.Gt, 9), 0, []string{"0000", "0001", "0002", "0003", "0004", "0005"}},
		{"one", byID("0003"), 1, []string{"0000", "0001", "0002", "0004", "0005"}},
		{"the same again", byID("0003"), 0, []string{"0000", "0001", "0002", "0004", "0005"}},
		{"some", where("n", docstore.In, []int{0, 5}), 2, []string{"0001", "0002", "0004"}},
		{"all", nil, 3, []string{}},
	} {
		if n, err := c.Delete(t.Context(), tt.where); n != tt.want || err != nil {
			t.Errorf("%s: Delete = %d, %v, want %d", tt.name, n, err, tt.want)
		}
		if diff := cmp.Diff(tt.left, find(t, c, docstore.Query{})); diff != "" {
			t.Errorf("%s: left (-want +got):\n%s", tt.name, diff)
		}
	}
	put(t, c, doc("0003")) // an _id is free again
}
