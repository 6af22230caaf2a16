package sqlite

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// benchSchema is that of messages.
var benchSchema = docstore.Schema{
	Name: "messages",
	Fields: []docstore.Field{
		{Name: "conv", Kind: docstore.String}, {Name: "seq", Kind: docstore.Int}, {Name: "version", Kind: docstore.Int},
	},
	Cluster: []string{"conv", "seq"},
}

// benchDoc is the i-th message, whose _id sorts by time like a UUIDv7.
func benchDoc(i, conversation int) bson.D {
	return bson.D{
		{Key: "_id", Value: fmt.Sprintf("0199%012x-7000-8000", i)},
		{Key: "conv", Value: fmt.Sprintf("conversation-%06d", conversation)},
		{Key: "seq", Value: i},
		{Key: "author", Value: "visitor"},
		{Key: "text", Value: strings.Repeat("text ", 40)},
		{Key: "version", Value: 0},
	}
}

func BenchmarkInsert(b *testing.B) {
	c := collectionOf(b, openTest(b, filepath.Join(b.TempDir(), "test.db")), benchSchema)
	i := 0
	for b.Loop() {
		if err := c.Insert(b.Context(), benchDoc(i, i%1000)); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkInsert32 shows the group commit: an insert costs a part of a sync.
func BenchmarkInsert32(b *testing.B) {
	c := collectionOf(b, openTest(b, filepath.Join(b.TempDir(), "test.db")), benchSchema)
	var next atomic.Int64
	b.SetParallelism(max(1, 32/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := int(next.Add(1))
			if err := c.Insert(b.Context(), benchDoc(i, i%1000)); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkCompareAndSet is a session's turn: one document of a kilobyte.
func BenchmarkCompareAndSet(b *testing.B) {
	c := collectionOf(b, openTest(b, filepath.Join(b.TempDir(), "test.db")), docstore.Schema{
		Name: "sessions", Fields: []docstore.Field{{Name: "version", Kind: docstore.Int}},
	})
	if err := c.Insert(b.Context(), bson.D{{Key: "_id", Value: "a"}, {Key: "version", Value: 0}, {Key: "state", Value: strings.Repeat("x", 1000)}}); err != nil {
		b.Fatal(err)
	}
	version := 0
	for b.Loop() {
		where := append(cond("_id", docstore.Eq, "a"), cond("version", docstore.Eq, version)...)
		version++
		if _, err := c.Update(b.Context(), where, docstore.Update{Set: bson.D{{Key: "version", Value: version}}}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNewest50 reads the newest messages of a conversation of a hundred among a million.
func BenchmarkNewest50(b *testing.B) {
	if testing.Short() {
		b.Skip("a million messages take half a minute to write")
	}
	c := collectionOf(b, openTest(b, filepath.Join(b.TempDir(), "test.db")), benchSchema)
	const conversations, each = 10_000, 100
	for i := 0; i < conversations*each; i += 1000 { // one conversation after another, which is quickest
		docs := make([]any, 1000)
		for k := range docs {
			docs[k] = benchDoc(i+k, (i+k)/each)
		}
		if n, err := c.InsertNew(b.Context(), docs); n != len(docs) || err != nil {
			b.Fatal(n, err)
		}
	}
	i := 0
	for b.Loop() {
		q := docstore.Query{Where: cond("conv", docstore.Eq, fmt.Sprintf("conversation-%06d", i*7919%conversations)), Sort: []string{"-seq"}, Limit: 50}
		found, err := c.Find(b.Context(), q)
		if err != nil || len(found) != 50 {
			b.Fatal(len(found), err)
		}
		i++
	}
}

// BenchmarkFindFew looks for the few newest documents of one of a thousand owners, as is done for
// every event of a conversation.
func BenchmarkFindFew(b *testing.B) {
	c := collectionOf(b, openTest(b, filepath.Join(b.TempDir(), "test.db")), benchSchema)
	docs := make([]any, 1000)
	for i := range docs {
		docs[i] = benchDoc(i, i)
	}
	if n, err := c.InsertNew(b.Context(), docs); n != len(docs) || err != nil {
		b.Fatal(n, err)
	}
	i := 0
	for b.Loop() {
		q := docstore.Query{Where: cond("conv", docstore.Eq, fmt.Sprintf("conversation-%06d", i%1000)), Sort: []string{"-seq"}, Limit: 4}
		found, err := c.Find(b.Context(), q)
		if err != nil || len(found) != 1 {
			b.Fatal(len(found), err)
		}
		i++
	}
}
