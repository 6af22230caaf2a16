package mongo

import (
	"context"
	"crypto/rand"
	"os"
	"testing"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/docstoretest"
	"github.com/switchboard-chat/switchboard/internal/docstore/mongotest"
)

func TestMain(m *testing.M) { os.Exit(mongotest.Run(m)) }

func TestConformance(t *testing.T) {
	uri := mongotest.URI(t)
	docstoretest.Run(t, func(t *testing.T) docstore.Store { return openTest(t, options.Client().ApplyURI(uri)) })
}

// openTest opens a database of the test's own and drops it when the test ends.
func openTest(tb testing.TB, opts *options.ClientOptions) docstore.Store {
	tb.Helper()
	s, err := open(tb.Context(), opts, "test_"+rand.Text())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		ctx := context.Background()
		again, err := open(ctx, opts, s.db.Name()) // the test may have closed s
		if err != nil {
			tb.Fatal(err)
		}
		if err := again.db.Drop(ctx); err != nil {
			tb.Error(err)
		}
		for _, s := range []*store{s, again} {
			if err := s.Close(ctx); err != nil {
				tb.Error(err)
			}
		}
	})
	return s
}
