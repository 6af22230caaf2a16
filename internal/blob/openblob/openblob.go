// Package openblob opens a blob store by its URL.
package openblob

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/switchboard-chat/switchboard/internal/blob"
	"github.com/switchboard-chat/switchboard/internal/blob/dir"
	"github.com/switchboard-chat/switchboard/internal/blob/s3"
)

// Usage says what a URL looks like, for the description of a setting.
const Usage = "file:/dir, or s3://bucket/prefix?endpoint=https://s3.example.com&region=us-east-1 with the usual AWS_ variables"

// Open opens the store at the URL. Errors begin with the name of the setting, such as "-blobs".
func Open(setting, address string) (blob.Store, error) {
	s, err := open(address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return s, nil
}

func open(address string) (blob.Store, error) {
	switch scheme, rest, found := strings.Cut(address, ":"); {
	case found && scheme == "file":
		rest = strings.TrimPrefix(rest, "//")
		if !strings.HasPrefix(rest, "/") || strings.ContainsAny(rest, "?#%") {
			return nil, errors.New("a file URL has a full path and no host, options or escapes: write file:/dir")
		}
		return dir.Open(rest)
	case found && scheme == "s3":
		cfg, err := bucket(address)
		if err != nil {
			return nil, err
		}
		return s3.Open(cfg)
	default:
		return nil, fmt.Errorf("want %s", Usage)
	}
}

func bucket(address string) (s3.Config, error) {
	u, err := url.Parse(address)
	if err != nil {
		return s3.Config{}, errors.New("not a URL: want " + Usage)
	}
	if u.User != nil {
		return s3.Config{}, errors.New("credentials do not belong into the URL: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	cfg := s3.Config{Bucket: u.Host}
	if cfg.Bucket == "" {
		return cfg, errors.New("no bucket: want " + Usage)
	}
	if p := strings.Trim(u.Path, "/"); p != "" {
		if err := blob.CheckKey(p); err != nil {
			return cfg, fmt.Errorf("prefix: %w", err)
		}
		cfg.Prefix = p + "/"
	}
	for name, values := range u.Query() {
		switch name {
		case "endpoint":
			cfg.Endpoint = values[0]
		case "region":
			cfg.Region = values[0]
		default:
			return cfg, fmt.Errorf("unknown option %q: want endpoint or region", name)
		}
	}
	return cfg, nil
}
