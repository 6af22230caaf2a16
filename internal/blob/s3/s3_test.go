package s3_test

import (
	"net/http/httptest"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/switchboard-chat/switchboard/internal/blob"
	"github.com/switchboard-chat/switchboard/internal/blob/blobtest"
	"github.com/switchboard-chat/switchboard/internal/blob/openblob"
)

// bucket starts a store with one bucket and returns its address.
func bucket(t *testing.T) string {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	backend := s3mem.New()
	if err := backend.CreateBucket("files"); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestS3(t *testing.T) {
	for name, path := range map[string]string{"bucket": "files", "prefix": "files/chat/uploads"} {
		t.Run(name, func(t *testing.T) {
			blobtest.Run(t, func(t *testing.T) blob.Store {
				s, err := openblob.Open("-blobs", "s3://"+path+"?endpoint="+bucket(t))
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}

func TestNoBucket(t *testing.T) {
	s, err := openblob.Open("-blobs", "s3://other?region=eu-central-1&endpoint="+bucket(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("Ping: no error without the bucket")
	}
}
