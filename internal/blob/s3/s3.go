// Package s3 keeps blobs in a bucket of an S3-compatible store.
package s3

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/switchboard-chat/switchboard/internal/blob"
)

// Config says where the bucket is.
type Config struct {
	Bucket string
	Prefix string // of every object, with its slash at the end; may be empty
	// Endpoint is the origin of the store, which is then asked by path; empty means Amazon's.
	Endpoint string
	Region   string // empty means us-east-1
}

// Store is a bucket. Make one with [Open].
type Store struct {
	client *minio.Client
	cfg    Config
}

var _ blob.Store = (*Store)(nil)

const (
	amazon        = "https://s3.amazonaws.com"
	defaultRegion = "us-east-1"
)

// Open returns the bucket without asking for it: [Store.Ping] does. The credentials are those of the
// environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN), of the shared file, or of
// the machine's role.
func Open(cfg Config) (*Store, error) {
	lookup := minio.BucketLookupPath
	if cfg.Endpoint == "" {
		cfg.Endpoint, lookup = amazon, minio.BucketLookupAuto
	}
	if cfg.Region == "" {
		cfg.Region = defaultRegion
	}
	u, err := url.Parse(cfg.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.TrimSuffix(u.Path, "/") != "" || u.User != nil {
		return nil, fmt.Errorf("endpoint %q: want an origin, such as https://s3.example.com", cfg.Endpoint)
	}
	client, err := minio.New(u.Host, &minio.Options{
		Secure: u.Scheme == "https", Region: cfg.Region, BucketLookup: lookup,
		Creds: credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{},
		}),
	})
	if err != nil {
		return nil, err
	}
	return &Store{client, cfg}, nil
}

// Put implements [blob.Store].
func (s *Store) Put(ctx context.Context, key string, info blob.Info, content io.Reader) error {
	if err := blob.CheckPut(key, info); err != nil {
		return err
	}
	meta := make(map[string]string, len(info.Meta))
	for name, value := range info.Meta {
		meta[name] = url.QueryEscape(value) // headers are ASCII
	}
	// One request whatever the size, with no part held in memory: what is kept here is small.
	_, err := s.client.PutObject(ctx, s.cfg.Bucket, s.cfg.Prefix+key, blob.Exactly(content, info.Size), info.Size, minio.PutObjectOptions{
		ContentType: info.ContentType, UserMetadata: meta, DisableMultipart: true,
	})
	return s.failed("put", key, err)
}

// Get implements [blob.Store].
func (s *Store) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	info, err := s.Stat(ctx, key)
	if err != nil {
		return nil, err
	}
	if length, err = blob.CheckRange(offset, length, info.Size); err != nil {
		return nil, err
	}
	if length == 0 { // which no range says
		return http.NoBody, nil
	}
	var o minio.GetObjectOptions
	if err := o.SetRange(offset, offset+length-1); err != nil {
		return nil, err
	}
	object, _, _, err := minio.Core{Client: s.client}.GetObject(ctx, s.cfg.Bucket, s.cfg.Prefix+key, o)
	return object, s.failed("get", key, err)
}

// Stat implements [blob.Store].
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	if err := blob.CheckKey(key); err != nil {
		return blob.Info{}, err
	}
	o, err := s.client.StatObject(ctx, s.cfg.Bucket, s.cfg.Prefix+key, minio.StatObjectOptions{})
	if err != nil {
		return blob.Info{}, s.failed("stat", key, err)
	}
	info := blob.Info{ContentType: o.ContentType, Size: o.Size, Meta: make(map[string]string, len(o.UserMetadata))}
	for name, value := range o.UserMetadata {
		if info.Meta[strings.ToLower(name)], err = url.QueryUnescape(value); err != nil {
			return blob.Info{}, fmt.Errorf("blob %s is damaged: meta %s: %w", key, name, err)
		}
	}
	return info, nil
}

// Delete implements [blob.Store].
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := blob.CheckKey(key); err != nil {
		return err
	}
	return s.failed("delete", key, s.client.RemoveObject(ctx, s.cfg.Bucket, s.cfg.Prefix+key, minio.RemoveObjectOptions{}))
}

// Ping implements [blob.Store].
func (s *Store) Ping(ctx context.Context) error {
	switch ok, err := s.client.BucketExists(ctx, s.cfg.Bucket); {
	case err != nil:
		return fmt.Errorf("bucket %s: %w", s.cfg.Bucket, err)
	case !ok:
		return fmt.Errorf("there is no bucket %s", s.cfg.Bucket)
	}
	return nil
}

func (s *Store) failed(what, key string, err error) error {
	if err == nil {
		return nil
	}
	if r := minio.ToErrorResponse(err); r.Code == minio.NoSuchKey || r.StatusCode == http.StatusNotFound && r.Code != minio.NoSuchBucket {
		return fmt.Errorf("%w: %s", blob.ErrNotFound, key)
	}
	return fmt.Errorf("%s %s: %w", what, key, err)
}
