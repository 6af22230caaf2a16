package opendoc

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/mongotest"
)

func TestMain(m *testing.M) { os.Exit(mongotest.Run(m)) }

func TestOpenRefused(t *testing.T) {
	for name, tt := range map[string]struct{ url, want string }{
		"empty":        {"", "must be a URL"},
		"a path":       {"/var/lib/history.db", "file:/dir/name.db"},
		"scheme":       {"redis://user:secret@host/0", `unknown scheme "redis"`},
		"file host":    {"file://var/history.db", "no host"},
		"no file":      {"file:", "names a file"},
		"folder":       {"file:/var/", "names a file"},
		"file options": {"file:/var/history.db?mode=ro", "no options"},
		"no database":  {"mongodb://user:secret@a:1,b:2", "must name the database"},
		"empty one":    {"mongodb://user:secret@a:1,b:2/?replicaSet=x", "must name the database"},
		"bad one":      {"mongodb+srv://user:secret@host/a/b", "must name the database"},
		"bad option":   {"mongodb://user:secret@host/db?connectTimeoutMS=soon", "soon"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), "-store", tt.url)
			if err == nil || !strings.HasPrefix(err.Error(), "-store: ") || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("Open = %v, want an error of -store with %q and without the password", err, tt.want)
			}
		})
	}
}

func TestOpenFile(t *testing.T) {
	dir := t.TempDir()
	for name, url := range map[string]string{
		"path": "file:" + filepath.Join(dir, "a", "b.db"), "slashes": "file://" + filepath.Join(dir, "c d.db"),
	} {
		t.Run(name, func(t *testing.T) { use(t, url) })
	}
	for _, name := range []string{"a/b.db", "c d.db"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenMongo(t *testing.T) {
	uri := mongotest.URI(t)
	server, options, _ := strings.Cut(uri, "?")
	use(t, strings.TrimSuffix(server, "/")+"/test_"+rand.Text()+"?"+options)
}

// use writes and reads a document, and empties the collection again.
func use(t *testing.T, url string) {
	t.Helper()
	s, err := Open(t.Context(), "-store", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	c, err := s.Collection(t.Context(), docstore.Schema{Name: "things"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Insert(t.Context(), bson.D{{Key: "_id", Value: "a"}}); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Delete(t.Context(), nil); n != 1 || err != nil {
		t.Errorf("Delete = %d, %v, want 1", n, err)
	}
}
