// Package opendoc opens a docstore by its URL.
package opendoc

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/mongo"
	"github.com/switchboard-chat/switchboard/internal/docstore/sqlite"
)

// Usage says what a URL looks like, for the description of a setting.
const Usage = "file:/dir/name.db (SQLite) or mongodb://host,host/database (MongoDB, also mongodb+srv:)"

// Open opens the store at the URL. Errors begin with the name of the setting, such as "-store", and
// never show a password.
func Open(ctx context.Context, setting, url string) (docstore.Store, error) {
	s, err := open(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return s, nil
}

func open(ctx context.Context, url string) (docstore.Store, error) {
	switch scheme, rest, found := strings.Cut(url, ":"); {
	case !found:
		return nil, errors.New("it must be a URL: " + Usage)
	case scheme == "file":
		path, err := path(rest)
		if err != nil {
			return nil, err
		}
		return sqlite.Open(path)
	case scheme == "mongodb" || scheme == "mongodb+srv":
		name, err := database(rest)
		if err != nil {
			return nil, err
		}
		return mongo.Open(ctx, url, name)
	default:
		return nil, fmt.Errorf("unknown scheme %q; it must be %s", scheme, Usage)
	}
}

// path is that of file:/dir/name.db, file:///dir/name.db or file:name.db.
func path(rest string) (string, error) {
	if local, ok := strings.CutPrefix(rest, "//"); ok {
		if !strings.HasPrefix(local, "/") {
			return "", errors.New("a file URL has no host: write file:/dir/name.db")
		}
		rest = local
	}
	if rest == "" || strings.HasSuffix(rest, "/") || strings.ContainsAny(rest, "?#%") {
		return "", errors.New("a file URL names a file and has no options or escapes: write file:/dir/name.db")
	}
	return rest, nil
}

// database is the path of the URL. A password in it has no slash that is not escaped.
func database(rest string) (string, error) {
	rest, _, _ = strings.Cut(rest, "?")
	_, name, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "/")
	if name == "" || strings.ContainsAny(name, `/\. "$%`) {
		return "", errors.New("a MongoDB URL must name the database: write mongodb://host/database")
	}
	return name, nil
}
