package docstoretest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

const (
	// differentialOps is how many operations a differential test runs.
	differentialOps = 3000
	// ids is how many documents there can be: few, so that operations meet.
	ids = 30
	// differentialSeed is the environment variable that repeats a run.
	differentialSeed = "DOCSTORE_SEED"
)

// Differential runs the same random operations on two empty stores, which must answer alike. It logs
// the seed; DOCSTORE_SEED repeats a run.
func Differential(t *testing.T, a, b docstore.Store) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv(differentialSeed); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatalf("%s: %v", differentialSeed, err)
		}
	}
	t.Logf("%s=%d", differentialSeed, seed)
	g := generator{rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // a seed must repeat the run
	schema := docstore.Schema{
		Fields: []docstore.Field{
			{Name: "s", Kind: docstore.String},
			{Name: "n", Kind: docstore.Int},
			{Name: "f", Kind: docstore.Float},
			{Name: "b", Kind: docstore.Bool},
			{Name: "t", Kind: docstore.Time},
			{Name: "o.k", Kind: docstore.String},
			{Name: "u", Kind: docstore.Int},
		},
		Indexes: []docstore.Index{{Fields: []string{"s", "-n"}}, {Fields: []string{"o.k"}}, {Fields: []string{"s", "u"}, Unique: true}},
	}
	ca, cb := collection(t, a, schema), collection(t, b, schema)
	seen := map[string]int{}
	for i := range differentialOps {
		o := g.operation()
		x, y := o.run(t, ca), o.run(t, cb)
		seen[o.name+" "+x.Class]++
		if diff := cmp.Diff(x, y); diff != "" {
			t.Fatalf("operation %d with %s=%d: %s\n(-first store +second store):\n%s", i, differentialSeed, seed, o.text, diff)
		}
	}
	t.Logf("operations and their outcomes: %v", seen)
}

// An answer is what the stores must agree on.
type answer struct {
	Class string // ok, or the sentinel
	Docs  []map[string]any
	N     int64
}

type operation struct {
	name, text string
	do         func(t *testing.T, c docstore.Collection) ([]bson.Raw, int64, error)
}

func (o operation) run(t *testing.T, c docstore.Collection) answer {
	t.Helper()
	raws, n, err := o.do(t, c)
	a := answer{Class: "ok", N: n}
	for _, raw := range raws {
		a.Docs = append(a.Docs, plain(t, raw))
	}
	for _, sentinel := range []error{docstore.ErrNotFound, docstore.ErrDuplicate, docstore.ErrType, docstore.ErrUndeclared, docstore.ErrInvalid} {
		if errors.Is(err, sentinel) {
			a.Class = sentinel.Error()
			return a
		}
	}
	if err != nil {
		a.Class = err.Error()
	}
	return a
}

type generator struct{ *rand.Rand }

func (g generator) operation() operation {
	conds := g.conds()
	switch k := g.IntN(20); {
	case k < 4:
		d := g.doc()
		return operation{"insert", fmt.Sprint(d), func(t *testing.T, c docstore.Collection) ([]bson.Raw, int64, error) {
			return nil, 0, c.Insert(t.Context(), d)
		}}
	case k < 6:
		docs := make([]any, 1+g.IntN(5))
		for i := range docs {
			docs[i] = g.doc()
		}
		return operation{"insert new", fmt.Sprint(docs), func(t *testing.T, c docstore.Collection) ([]bson.Raw, int64, error) {
			n, err := c.InsertNew(t.Context(), docs)
			return nil, int64(n), err
		}}
	case k < 11:
		q := g.query(conds)
		return operation{"find", fmt.Sprintf("%+v", q), func(t *testing.T, c docstore.Collection) ([]bson.Raw, int64, error) {
			raws, err := c.Find(t.Context(), q)
			return raws, 0, err
		}}
	case k < 18:
		conds, u := g.update(conds)
		return operation{"update", fmt.Sprintf("%+v %+v", conds, u), func(t *testing.T, c docstore.Collection) ([]bson.Raw, int64, error) {
			raw, err := c.Update(t.Context(), conds, u)
			after, findErr := c.Find(t.Context(), docstore.Query{Limit: ids})
			return append(after, raw), 0, errors.Join(err, findErr)
		}}
	case k < 19:
		return operation{"count", fmt.Sprintf("%+v", conds), func(t *testing.T, c docstore.Collection) ([]bson.Raw, int64, error) {
			n, err := c.Count(t.Context(), conds)
			return nil, n, err
		}}
	default:
		conds = append(conds, where("_id", docstore.In, []string{g.id(), g.id(), g.id()})...)
		return operation{"delete", fmt.Sprintf("%+v", conds), func(t *testing.T, c docstore.Collection) ([]bson.Raw, int64, error) {
			n, err := c.Delete(t.Context(), conds)
			return nil, n, err
		}}
	}
}

func (g generator) id() string { return fmt.Sprintf("k%02d", g.IntN(ids)) }

func (g generator) pick(from ...any) any { return from[g.IntN(len(from))] }

func (g generator) field() string {
	return g.pick("_id", "s", "n", "f", "b", "t", "o.k", "u").(string)
}

// value is one of the field's kind, and now and then of another.
func (g generator) value(field string) any {
	if g.IntN(60) == 0 {
		return g.pick(nil, 1, 1.5, "x", true, bson.A{}, bson.D{})
	}
	switch field {
	case "_id":
		return g.id()
	case "n", "u":
		return g.pick(0, 1, int32(2), int64(3), -1)
	case "f":
		return g.pick(-1.5, 0.0, 0.25, 1e18)
	case "b":
		return g.pick(true, false)
	case "t":
		return time.UnixMicro(int64(g.IntN(5)) * 500)
	}
	return g.pick("", "a", "b", "a\x00", "\u0457")
}

func (g generator) conds() []docstore.Cond {
	var out []docstore.Cond
	for range g.IntN(3) {
		f := g.field()
		c := docstore.Cond{Field: f, Op: docstore.Op(1 + g.IntN(7)), Value: g.value(f)}
		if c.Op == docstore.In {
			list := make([]any, g.IntN(4))
			for i := range list {
				list[i] = g.value(f)
			}
			c.Value = list
		}
		out = append(out, c)
	}
	return out
}

func (g generator) query(conds []docstore.Cond) docstore.Query {
	q := docstore.Query{Where: conds, Limit: 1 + g.IntN(20)}
	for _, i := range g.Perm(8)[:g.IntN(3)] {
		f := []string{"s", "n", "f", "b", "t", "o.k", "u", "_id"}[i]
		q.Sort = append(q.Sort, g.pick("", "-").(string)+f)
		if f == "_id" {
			break
		}
	}
	if g.IntN(3) == 0 {
		q.After = &docstore.Cursor{ID: g.id()}
		for _, f := range q.Sort {
			if f = trimSign(f); f != "_id" {
				q.After.Values = append(q.After.Values, g.value(f))
			}
		}
	}
	return q
}

func (g generator) doc() bson.D {
	d := doc(g.id())
	for _, f := range []string{"s", "n", "f", "b", "t", "u"} {
		if g.IntN(3) > 0 {
			d = append(d, fields(f, g.value(f))...)
		}
	}
	if g.IntN(2) == 0 {
		d = append(d, fields("o", fields("k", g.value("o.k"), "x", g.free()))...)
	}
	if g.IntN(2) == 0 {
		d = append(d, fields("l", g.free())...)
	}
	if g.IntN(2) == 0 {
		d = append(d, fields("x", g.single())...)
	}
	return d
}

// free is a value of an undeclared field.
func (g generator) free() any {
	if g.IntN(2) == 0 {
		return g.single()
	}
	list := bson.A{}
	for range g.IntN(4) {
		list = append(list, g.pick(1, int64(1), 1.5, "a", nil, fields("y", 1), bson.A{1}))
	}
	return list
}

// single is a value of x, below which there are paths. It is no array, since DocumentDB has errors of
// its own where a path leads into one, and no bool, to which DocumentDB can add.
func (g generator) single() any {
	if g.IntN(2) == 0 {
		return fields("y", g.pick(1, "a", fields("z", 1)), "z", bson.D{})
	}
	return g.pick(nil, 1, int64(2), 2.5, "a")
}

func (g generator) update(conds []docstore.Cond) ([]docstore.Cond, docstore.Update) {
	u := docstore.Update{ReturnNew: g.IntN(2) == 0, Upsert: g.IntN(3) == 0, Inc: map[string]int64{}}
	if u.Upsert || g.IntN(2) == 0 {
		conds = append(conds, byID(g.id())...)
	}
	for range 1 + g.IntN(3) {
		path := g.pick("s", "n", "f", "b", "t", "u", "o.k", "o", "o.x", "l", "x", "x.y", "x.y.z").(string)
		switch g.IntN(7) {
		case 0, 1:
			u.Set = append(u.Set, fields(path, g.any(path))...)
		case 2:
			u.Inc[g.pick("n", "n", "u", "x", "o.x", path).(string)] = int64(g.IntN(5) - 2)
		case 3:
			u.Unset = append(u.Unset, path)
		case 4:
			u.Push = append(u.Push, fields(g.pick("l", "l", "o.x", noPathBelow(path)), g.free())...)
		case 5:
			u.Pull = append(u.Pull, fields(g.pick("l", "l", "l", "s"), g.free())...)
		case 6:
			if u.Upsert {
				u.SetOnInsert = append(u.SetOnInsert, fields(path, g.any(path))...)
			}
		}
	}
	return conds, u
}

// noPathBelow keeps arrays away from where other paths lead further; see [generator.single].
func noPathBelow(path string) string {
	if path == "x" || path == "x.y" {
		return "l"
	}
	return path
}

// any is a value that a path may get.
func (g generator) any(path string) any {
	switch path {
	case "o":
		return fields("k", g.value("o.k"))
	case "o.x", "l":
		return g.free()
	case "x", "x.y", "x.y.z":
		return g.single()
	}
	return g.value(path)
}
