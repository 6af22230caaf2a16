package mongo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/mongotest"
)

func fieldsOf(names ...string) (out []docstore.Field) {
	for _, n := range names {
		out = append(out, docstore.Field{Name: n, Kind: docstore.String})
	}
	return out
}

// TestIndexes opens a collection with one schema after another: ours follow, those of others stay.
func TestIndexes(t *testing.T) {
	opts := options.Client().ApplyURI(mongotest.URI(t))
	s := openTest(t, opts).(*store)
	schema := docstore.Schema{
		Name: "things", Fields: append(fieldsOf("a", "b"), docstore.Field{Name: "t", Kind: docstore.Time}), TTL: "t",
		Cluster: []string{"a", "b"}, Indexes: []docstore.Index{{Fields: []string{"a", "b"}, Unique: true}, {Fields: []string{"-b"}}},
	}
	names := func() []string {
		t.Helper()
		specs, err := s.db.Collection("things").Indexes().ListSpecifications(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, spec := range specs {
			out = append(out, spec.Name+" "+spec.KeysDocument.String())
		}
		slices.Sort(out)
		return out
	}
	if _, err := s.Collection(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	theirs := mongo.IndexModel{Keys: bson.D{{Key: "theirs", Value: 1}}, Options: options.Index().SetName("theirs")}
	if _, err := s.db.Collection("things").Indexes().CreateOne(t.Context(), theirs); err != nil {
		t.Fatal(err)
	}
	one := func(v string) string { return `{"$numberInt":"` + v + `"}` }
	want := []string{
		`_id_ {"_id": ` + one("1") + `}`,
		`switchboard ix:-b {"b": ` + one("-1") + `,"_id": ` + one("-1") + `}`,
		`switchboard ix:a,b {"a": ` + one("1") + `,"b": ` + one("1") + `,"_id": ` + one("1") + `}`,
		`switchboard ttl:t {"t": ` + one("1") + `}`,
		`switchboard unique:a,b {"a": ` + one("1") + `,"b": ` + one("1") + `}`,
		`theirs {"theirs": ` + one("1") + `}`,
	}
	normal := cmp.Transformer("normal", func(s string) string { return strings.ReplaceAll(s, " ", "") })
	if diff := cmp.Diff(want, names(), normal); diff != "" {
		t.Errorf("indexes (-want +got):\n%s", diff)
	}

	again, err := open(t.Context(), opts, s.db.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close(context.Background()) }()
	schema.TTL, schema.Cluster, schema.Indexes = "", nil, []docstore.Index{{Fields: []string{"b"}}}
	if _, err := again.Collection(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	want = []string{want[0], `switchboard ix:b {"b": ` + one("1") + `,"_id": ` + one("1") + `}`, want[5]}
	if diff := cmp.Diff(want, names(), normal); diff != "" {
		t.Errorf("indexes of the next schema (-want +got):\n%s", diff)
	}
}

// TestDuplicateHidesValues keeps what visitors wrote out of the logs.
func TestDuplicateHidesValues(t *testing.T) {
	s := openTest(t, options.Client().ApplyURI(mongotest.URI(t)))
	c, err := s.Collection(t.Context(), docstore.Schema{Name: "things", Fields: fieldsOf("a"), Indexes: []docstore.Index{{Fields: []string{"a"}, Unique: true}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{nil, docstore.ErrDuplicate} {
		err := c.Insert(t.Context(), bson.D{{Key: "_id", Value: string(rune('a' + i))}, {Key: "a", Value: "secret"}})
		if !errors.Is(err, want) || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("Insert = %v, want %v without the value", err, want)
		}
	}
}

func TestOpenRefused(t *testing.T) {
	for name, uri := range map[string]string{
		"no URI":    "http://127.0.0.1",
		"no server": "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if _, err := Open(ctx, uri, "test"); err == nil || !strings.Contains(err.Error(), "test") {
				t.Errorf("Open = %v, want an error that names the database", err)
			}
		})
	}
}
