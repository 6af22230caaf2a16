package mongo

import (
	"context"
	"path/filepath"
	"testing"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/switchboard-chat/switchboard/internal/docstore/docstoretest"
	"github.com/switchboard-chat/switchboard/internal/docstore/mongotest"
	"github.com/switchboard-chat/switchboard/internal/docstore/sqlite"
)

func TestDifferential(t *testing.T) {
	uri := mongotest.URI(t)
	lite, err := sqlite.Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := lite.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	docstoretest.Differential(t, lite, openTest(t, options.Client().ApplyURI(uri)))
}
