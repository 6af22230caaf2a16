package docstoretest

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

func updateOperators(t *testing.T, s docstore.Store) {
	c := things(t, s, docstore.Index{Fields: []string{"n"}})
	inc := func(name string, by int64) docstore.Update { return docstore.Update{Inc: map[string]int64{name: by}} }
	push := func(pairs ...any) docstore.Update { return docstore.Update{Push: fields(pairs...)} }
	pull := func(pairs ...any) docstore.Update { return docstore.Update{Pull: fields(pairs...)} }
	unset := func(names ...string) docstore.Update { return docstore.Update{Unset: names} }
	set := func(pairs ...any) docstore.Update { return docstore.Update{Set: fields(pairs...)} }
	for name, tt := range map[string]struct {
		doc  []any
		u    docstore.Update
		want []any
	}{
		"set":                        {[]any{"n", 1, "x", 1}, set("n", 2, "s", "new"), []any{"n", 2, "x", 1, "s", "new"}},
		"set nested":                 {[]any{"in", fields("s", "a", "x", 1)}, set("in.s", "b"), []any{"in", fields("s", "b", "x", 1)}},
		"set makes documents":        {nil, set("in.s", "b", "p.q.r", 1), []any{"in", fields("s", "b"), "p", fields("q", fields("r", 1))}},
		"set a document":             {[]any{"in", fields("s", "a", "x", 1)}, set("in", fields("s", "b")), []any{"in", fields("s", "b")}},
		"set null":                   {[]any{"x", 1}, set("x", nil), []any{"x", nil}},
		"set array":                  {nil, set("x", bson.A{1, "a"}), []any{"x", bson.A{1, "a"}}},
		"set an empty document":      {nil, set("x", bson.D{}), []any{"x", bson.D{}}},
		"set what looks like a path": {nil, set("x", "a.b.c", "y", "$x"), []any{"x", "a.b.c", "y", "$x"}},
		"set a struct":               {nil, set("x", struct{ A string }{"b"}), []any{"x", fields("a", "b")}},
		"inc":                        {[]any{"n", 1}, inc("n", 2), []any{"n", 3}},
		"inc down":                   {[]any{"n", int64(math.MaxInt64)}, inc("n", -1), []any{"n", int64(math.MaxInt64 - 1)}},
		"inc past 32 bits":           {[]any{"n", int32(math.MaxInt32)}, inc("n", 1), []any{"n", int64(math.MaxInt32) + 1}},
		"inc absent":                 {nil, inc("n", 2), []any{"n", 2}},
		"inc undeclared, nested":     {[]any{"p", fields("q", 1.5)}, inc("p.q", 2), []any{"p", fields("q", 3.5)}},
		"unset":                      {[]any{"n", 1, "s", "a"}, unset("n"), []any{"s", "a"}},
		"unset nested":               {[]any{"in", fields("s", "a", "x", 1)}, unset("in.s"), []any{"in", fields("x", 1)}},
		"unset the last one":         {[]any{"in", fields("s", "a")}, unset("in.s"), []any{"in", bson.D{}}},
		"unset a document":           {[]any{"in", fields("s", "a")}, unset("in"), nil},
		"unset nothing":              {[]any{"s", "a"}, unset("x", "y.z", "s.t"), []any{"s", "a"}},
		"push":                       {[]any{"l", bson.A{1}}, push("l", 2), []any{"l", bson.A{1, 2}}},
		"push absent":                {nil, push("l", 2, "p.l", "x"), []any{"l", bson.A{2}, "p", fields("l", bson.A{"x"})}},
		"push an array":              {[]any{"l", bson.A{1}}, push("l", bson.A{2, 3}), []any{"l", bson.A{1, bson.A{2, 3}}}},
		"push what looks like one":   {nil, push("l", fields("each", bson.A{1})), []any{"l", bson.A{fields("each", bson.A{1})}}},
		"push null":                  {nil, push("l", nil), []any{"l", bson.A{nil}}},
		"pull":                       {[]any{"l", bson.A{"a", "b", "a"}}, pull("l", "a"), []any{"l", bson.A{"b"}}},
		"pull the last one":          {[]any{"l", bson.A{"a"}}, pull("l", "a"), []any{"l", bson.A{}}},
		"pull absent":                {[]any{"n", 1}, pull("l", "a", "p.l", "a"), []any{"n", 1}},
		"pull numbers":               {[]any{"l", bson.A{int32(1), int64(1), 1.0, "1", 2}}, pull("l", 1), []any{"l", bson.A{"1", 2}}},
		"pull a document":            {[]any{"l", bson.A{fields("a", 1, "b", 2), fields("b", 2, "a", 1), fields("a", 1)}}, pull("l", fields("a", 1)), []any{"l", bson.A{fields("a", 1, "b", 2), fields("b", 2, "a", 1)}}},
		"pull an array":              {[]any{"l", bson.A{1, bson.A{1}, bson.A{bson.A{1}}}}, pull("l", bson.A{1}), []any{"l", bson.A{1, bson.A{bson.A{1}}}}},
		"pull null":                  {[]any{"l", bson.A{nil, 1}}, pull("l", nil), []any{"l", bson.A{1}}},
		"all together": {
			[]any{"n", 1, "a", 1, "l", bson.A{1}, "m", bson.A{1}},
			docstore.Update{Set: fields("s", "x"), Inc: map[string]int64{"n": 1}, Unset: []string{"a"}, Push: fields("l", 2), Pull: fields("m", 1)},
			[]any{"n", 2, "l", bson.A{1, 2}, "m", bson.A{}, "s", "x"},
		},
	} {
		put(t, c, doc(name, tt.doc...), doc(name+" untouched", tt.doc...))
		want, before := plainOf(t, doc(name, tt.want...)), get(t, c, name)
		raw, err := c.Update(t.Context(), byID(name), tt.u)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(before, plain(t, raw)); diff != "" {
			t.Errorf("%s: returned (-want the one before, +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(want, get(t, c, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		tt.u.ReturnNew = true
		raw, err = c.Update(t.Context(), byID(name+" untouched"), tt.u)
		want["_id"] = name + " untouched"
		if diff := cmp.Diff(want, plain(t, raw)); diff != "" || err != nil {
			t.Errorf("%s: ReturnNew: %v (-want +got):\n%s", name, err, diff)
		}
	}
	if got := find(t, c, docstore.Query{Where: where("n", docstore.Eq, 3)}); len(got) != 2 {
		t.Errorf("by an incremented field: %q, want two", got)
	}
	if got := find(t, c, docstore.Query{Where: where("in.s", docstore.Eq, "b")}); len(got) != 6 {
		t.Errorf("by a field that was set: %q, want six", got)
	}
}

func plainOf(t *testing.T, d bson.D) map[string]any {
	t.Helper()
	raw, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return plain(t, raw)
}

func updatePicksFirst(t *testing.T, s docstore.Store) {
	c := things(t, s, docstore.Index{Fields: []string{"s", "-n"}})
	put(t, c, doc("c", "s", "x", "n", 3), doc("a", "s", "x", "n", 1), doc("b", "s", "x", "n", 2))
	for _, want := range []string{"a", "b", "c"} {
		raw, err := c.Update(t.Context(), where("s", docstore.Eq, "x"), docstore.Update{Set: fields("s", "y")})
		if err != nil || raw.Lookup("_id").StringValue() != want {
			t.Errorf("Update = %v, %v, want %s", raw, err, want)
		}
	}
	_, err := c.Update(t.Context(), where("s", docstore.Eq, "x"), docstore.Update{Set: fields("s", "y")})
	refused(t, "Update of none", err, docstore.ErrNotFound)
}

func updateRefused(t *testing.T, s docstore.Store) {
	c := collection(t, s, docstore.Schema{
		Fields: []docstore.Field{
			{Name: "s", Kind: docstore.String},
			{Name: "n", Kind: docstore.Int},
			{Name: "f", Kind: docstore.Float},
			{Name: "t", Kind: docstore.Time},
			{Name: "in.s", Kind: docstore.String},
			{Name: "conv", Kind: docstore.String},
		},
		Cluster: []string{"conv"},
	})
	put(t, c, doc("a", "conv", "x"))
	want := get(t, c, "a")
	set := func(pairs ...any) docstore.Update { return docstore.Update{Set: fields(pairs...)} }
	inc := func(name string) docstore.Update { return docstore.Update{Inc: map[string]int64{name: 1}} }
	for name, tt := range map[string]struct {
		u    docstore.Update
		want error
	}{
		"nothing":                 {docstore.Update{}, docstore.ErrInvalid},
		"_id":                     {set("_id", "b"), docstore.ErrInvalid},
		"below _id":               {set("_id.x", "b"), docstore.ErrInvalid},
		"unset _id":               {docstore.Update{Unset: []string{"_id"}}, docstore.ErrInvalid},
		"clustered":               {set("conv", "y"), docstore.ErrInvalid},
		"unset clustered":         {docstore.Update{Unset: []string{"conv"}}, docstore.ErrInvalid},
		"empty path":              {set("", 1), docstore.ErrInvalid},
		"empty name":              {set("a..b", 1), docstore.ErrInvalid},
		"dot at the end":          {docstore.Update{Unset: []string{"a."}}, docstore.ErrInvalid},
		"dollar":                  {set("a.$", 1), docstore.ErrInvalid},
		"position":                {set("l.0", 1), docstore.ErrInvalid},
		"NUL":                     {set("a\x00b", 1), docstore.ErrInvalid},
		"not UTF-8":               {set("a\xff", 1), docstore.ErrInvalid},
		"twice in one":            {set("x", 1, "x", 2), docstore.ErrInvalid},
		"twice in two":            {docstore.Update{Set: fields("x", 1), Inc: map[string]int64{"x": 1}}, docstore.ErrInvalid},
		"above another":           {docstore.Update{Set: fields("x", 1), Unset: []string{"x.y.z"}}, docstore.ErrInvalid},
		"SetOnInsert alone":       {docstore.Update{Set: fields("x", 1), SetOnInsert: fields("y", 1)}, docstore.ErrInvalid},
		"no BSON":                 {set("x", make(chan int)), docstore.ErrInvalid},
		"null":                    {set("s", nil), docstore.ErrType},
		"another kind":            {set("n", "1"), docstore.ErrType},
		"array":                   {set("s", bson.A{"x"}), docstore.ErrType},
		"below a field":           {set("s.x", 1), docstore.ErrType},
		"above a field":           {set("in", 1), docstore.ErrType},
		"null above a field":      {set("in", nil), docstore.ErrType},
		"document above a field":  {set("in", fields("s", 1)), docstore.ErrType},
		"inc a String":            {inc("s"), docstore.ErrType},
		"inc a Float":             {inc("f"), docstore.ErrType},
		"inc a Time":              {inc("t"), docstore.ErrType},
		"inc above a field":       {inc("in"), docstore.ErrType},
		"push to a String":        {docstore.Update{Push: fields("s", "x")}, docstore.ErrType},
		"push above a field":      {docstore.Update{Push: fields("in", "x")}, docstore.ErrType},
		"pull from an Int":        {docstore.Update{Pull: fields("n", 1)}, docstore.ErrType},
		"upsert without _id":      {docstore.Update{Set: fields("n", 1), SetOnInsert: fields("conv", "x"), Upsert: true}, docstore.ErrInvalid},
		"set on insert of a type": {docstore.Update{SetOnInsert: fields("n", "1"), Upsert: true}, docstore.ErrType},
	} {
		_, err := c.Update(t.Context(), where("conv", docstore.Eq, "x"), tt.u)
		refused(t, name, err, tt.want)
	}
	for name, u := range map[string]docstore.Update{
		"upsert without a clustered field": {Set: fields("n", 1), Upsert: true},
		"upsert of another kind":           {Set: fields("n", "1"), SetOnInsert: fields("conv", "x"), Upsert: true},
	} {
		if _, err := c.Update(t.Context(), byID("b"), u); err == nil {
			t.Errorf("%s = nil, want an error", name)
		}
	}
	twice := append(byID("b"), byID("c")...)
	one := append(byID("b"), where("s", docstore.In, []string{"x"})...)
	for name, filter := range map[string][]docstore.Cond{"two _id": twice, "In": one} {
		_, err := c.Update(t.Context(), filter, docstore.Update{Set: fields("n", 1), SetOnInsert: fields("conv", "x"), Upsert: true})
		refused(t, "upsert with "+name, err, docstore.ErrInvalid)
	}
	if diff := cmp.Diff(want, get(t, c, "a")); diff != "" {
		t.Errorf("changed all the same (-want +got):\n%s", diff)
	}
}

// updateDoesNotFit tries updates that the document does not allow.
func updateDoesNotFit(t *testing.T, s docstore.Store) {
	c := things(t, s)
	put(t, c, doc("a", "x", "text", "null", nil, "l", bson.A{1}, "n", int64(math.MaxInt64), "m", int64(math.MinInt64)))
	want := get(t, c, "a")
	for name, u := range map[string]docstore.Update{
		"inc a string":       {Inc: map[string]int64{"x": 1}},
		"inc a null":         {Inc: map[string]int64{"null": 1}},
		"inc an array":       {Inc: map[string]int64{"l": 1}},
		"inc too high":       {Inc: map[string]int64{"n": 1}},
		"inc too low":        {Inc: map[string]int64{"m": -1}},
		"push to a string":   {Push: fields("x", 1)},
		"push to a null":     {Push: fields("null", 1)},
		"pull from a string": {Pull: fields("x", 1)},
		"set below a string": {Set: fields("x.y", 1)},
		"set below a null":   {Set: fields("null.y", 1)},
		"set below an array": {Set: fields("l.y", 1)},
		"inc below a string": {Inc: map[string]int64{"x.y": 1}},
		"push below a null":  {Push: fields("null.y", 1)},
		"one of two":         {Set: fields("s", "new"), Push: fields("x", 1)},
	} {
		_, err := c.Update(t.Context(), byID("a"), u)
		refused(t, name, err, docstore.ErrType)
	}
	if diff := cmp.Diff(want, get(t, c, "a")); diff != "" {
		t.Errorf("changed all the same (-want +got):\n%s", diff)
	}
}

const racers = 16

// compareAndSet lets goroutines race for every version: each is won once.
func compareAndSet(t *testing.T, s docstore.Store) {
	c := things(t, s)
	put(t, c, doc("a", "n", 0))
	const rounds = 8
	for version := range rounds {
		errs := atOnce(racers, func(i int) error {
			_, err := c.Update(t.Context(), append(byID("a"), where("n", docstore.Eq, version)...),
				docstore.Update{Set: fields("n", version+1, "winner", i)})
			return err
		})
		won := -1
		for i, err := range errs {
			switch {
			case err == nil && won >= 0:
				t.Fatalf("version %d was won by %d and %d", version, won, i)
			case err == nil:
				won = i
			case !errors.Is(err, docstore.ErrNotFound):
				t.Fatal(err)
			}
		}
		if got := get(t, c, "a"); got["winner"] != int64(won) || got["n"] != int64(version+1) {
			t.Fatalf("document %v, want version %d by %d", got, version+1, won)
		}
	}
}

func counter(t *testing.T, s docstore.Store) {
	c := things(t, s)
	put(t, c, doc("a", "n", 0))
	const each = 10
	errs := atOnce(racers, func(i int) error {
		for range each {
			u := docstore.Update{Inc: map[string]int64{"n": 1}, Push: fields("by", i)}
			if _, err := c.Update(t.Context(), byID("a"), u); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	got := get(t, c, "a")
	if n := got["n"]; n != int64(racers*each) || len(got["by"].([]any)) != racers*each {
		t.Errorf("n = %v with %d entries, want %d", n, len(got["by"].([]any)), racers*each)
	}
}

func upsert(t *testing.T, s docstore.Store) {
	c := things(t, s)
	at := time.UnixMilli(1234).UTC()
	filter := append(byID("a"), where("in.s", docstore.Eq, "x")...)
	filter = append(filter, where("t", docstore.Eq, at)...)
	filter = append(filter, where("n", docstore.Ne, 99)...)
	u := docstore.Update{
		Upsert: true, Set: fields("s", "set"), SetOnInsert: fields("f", 0.5, "p.q", "new"),
		Inc: map[string]int64{"n": 2}, Push: fields("l", 1), Pull: fields("m", 1), Unset: []string{"z"},
	}
	raw, err := c.Update(t.Context(), filter, u)
	if raw != nil || err != nil {
		t.Fatalf("Update that inserts = %v, %v, want nil, nil", raw, err)
	}
	want := map[string]any{
		"_id": "a", "in": map[string]any{"s": "x"}, "t": at, "s": "set", "f": 0.5, "p": map[string]any{"q": "new"}, "n": int64(2), "l": []any{int64(1)},
	}
	if diff := cmp.Diff(want, get(t, c, "a")); diff != "" {
		t.Errorf("inserted (-want +got):\n%s", diff)
	}
	raw, err = c.Update(t.Context(), filter, u)
	if diff := cmp.Diff(want, plain(t, raw)); diff != "" || err != nil {
		t.Errorf("Update that changes: %v; returned (-want +got):\n%s", err, diff)
	}
	want["n"], want["l"] = int64(4), []any{int64(1), int64(1)}
	if diff := cmp.Diff(want, get(t, c, "a")); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if got := find(t, c, docstore.Query{Where: where("in.s", docstore.Eq, "x")}); len(got) != 1 {
		t.Errorf("by a field of the filter: %q, want one", got)
	}
	_, err = c.Update(t.Context(), append(byID("a"), where("n", docstore.Eq, 1)...), u)
	refused(t, "Upsert with the _id taken", err, docstore.ErrDuplicate)

	u.ReturnNew = true
	raw, err = c.Update(t.Context(), append(byID("b"), where("n", docstore.Eq, 5)...), u)
	want = map[string]any{"_id": "b", "s": "set", "f": 0.5, "p": map[string]any{"q": "new"}, "n": int64(7), "l": []any{int64(1)}}
	if diff := cmp.Diff(want, plain(t, raw)); diff != "" || err != nil {
		t.Errorf("ReturnNew: %v (-want +got):\n%s", err, diff)
	}
	raw, err = c.Update(t.Context(), byID("c"), docstore.Update{SetOnInsert: fields("n", 1), Upsert: true, ReturnNew: true})
	if diff := cmp.Diff(map[string]any{"_id": "c", "n": int64(1)}, plain(t, raw)); diff != "" || err != nil {
		t.Errorf("SetOnInsert alone: %v (-want +got):\n%s", err, diff)
	}
	raw, err = c.Update(t.Context(), byID("c"), docstore.Update{SetOnInsert: fields("n", 2), Upsert: true, ReturnNew: true})
	if diff := cmp.Diff(map[string]any{"_id": "c", "n": int64(1)}, plain(t, raw)); diff != "" || err != nil {
		t.Errorf("SetOnInsert again: %v (-want +got):\n%s", err, diff)
	}
}

// upsertAtOnce counts with upserts that race to insert.
func upsertAtOnce(t *testing.T, s docstore.Store) {
	c := things(t, s)
	const keys, each = 4, 5
	errs := atOnce(racers, func(i int) error {
		for k := range keys * each {
			filter := append(byID(name((i+k)%keys)), where("s", docstore.Eq, "x")...)
			if _, err := c.Update(t.Context(), filter, docstore.Update{Inc: map[string]int64{"n": 1}, Upsert: true}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for k := range keys {
		if got := get(t, c, name(k))["n"]; got != int64(racers*each) {
			t.Errorf("%s counted %v, want %d", name(k), got, racers*each)
		}
	}
}
