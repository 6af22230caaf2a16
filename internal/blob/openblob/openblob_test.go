package openblob_test

import (
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/blob/openblob"
)

func TestOpen(t *testing.T) {
	for url, ok := range map[string]bool{
		"file:" + t.TempDir() + "/a":   true,
		"file://" + t.TempDir() + "/b": true,
		"file:relative":                false,
		"file://host/dir":              false,
		"file:/dir?x=1":                false,
		"/dir":                         false,
		"":                             false,
		"ftp://host":                   false,
		"s3://bucket":                  true,
		"s3://bucket/prefix/more?region=eu-central-1": true,
		"s3://bucket?endpoint=http://127.0.0.1:9000":  true,
		"s3://":                               false,
		"s3://bucket/../other":                false,
		"s3://bucket?endpoint=127.0.0.1:9000": false,
		"s3://bucket?endpoint=https://a.example/path":         false,
		"s3://bucket?acl=public":                              false,
		"s3://key:topsecret@bucket?endpoint=http://a.example": false,
	} {
		_, err := openblob.Open("-blobs", url)
		if (err == nil) != ok {
			t.Errorf("Open(%q) = %v, want ok %v", url, err, ok)
		}
		if err != nil && (!strings.HasPrefix(err.Error(), "-blobs: ") || strings.Contains(err.Error(), "topsecret")) {
			t.Errorf("Open(%q): %v", url, err)
		}
	}
}
