// Package blob keeps files under keys of our own making. It is a narrow port with two drivers, dir and
// s3, which mean the same: blobtest holds them to it.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// What a caller can act on.
var (
	// ErrNotFound: nothing is kept under the key.
	ErrNotFound = errors.New("no such blob")
	// ErrSize: the content is not as long as its Info says, or the range is not inside it.
	ErrSize = errors.New("wrong size")
	// ErrKey: not a key.
	ErrKey = errors.New("not a key")
)

// Info is what is known of a blob beside its content.
type Info struct {
	ContentType string
	Size        int64
	// Meta are words of the owner, at most 1 KiB of them in all; names are of a-z and "-".
	Meta map[string]string
}

// Store keeps blobs. It may be used by several goroutines.
type Store interface {
	// Put keeps exactly info.Size bytes of content, at least one, under the key, in place of what was there: all of
	// it once Put has returned nil, and otherwise nothing of it. It reads no further.
	Put(ctx context.Context, key string, info Info, content io.Reader) error
	// Get returns length bytes of the content from offset on; a length of -1 means the rest. The
	// caller closes them.
	Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error)
	// Stat says what is kept under the key.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete forgets the blob; one that is not there is no error.
	Delete(ctx context.Context, key string) error
	// Ping reports why the store cannot be used.
	Ping(ctx context.Context) error
}

const (
	maxKey  = 200
	maxMeta = 1 << 10
)

var (
	keys  = regexp.MustCompile(`^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$`)
	names = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
)

// CheckKey is [ErrKey] if a key could mean something else to a driver: it is 1 to 200 of A-Z, a-z, 0-9,
// "-" and "_", in parts between slashes.
func CheckKey(key string) error {
	if len(key) > maxKey || !keys.MatchString(key) {
		return fmt.Errorf("%w: %.40q", ErrKey, key)
	}
	return nil
}

// CheckPut is what every driver checks before it keeps a blob.
func CheckPut(key string, info Info) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	if info.Size < 1 {
		return fmt.Errorf("%w: %d bytes, at least 1", ErrSize, info.Size)
	}
	total := 0
	for name, value := range info.Meta {
		if !names.MatchString(name) {
			return fmt.Errorf("meta: %.40q is not a name", name)
		}
		total += len(name) + len(value)
	}
	if total > maxMeta {
		return fmt.Errorf("meta: %d bytes, at most %d", total, maxMeta)
	}
	return nil
}

// CheckRange is the length that is meant, or [ErrSize] if the range is not inside size bytes.
func CheckRange(offset, length, size int64) (int64, error) {
	if length == -1 {
		length = size - offset
	}
	if offset < 0 || length < 0 || offset > size || length > size-offset {
		return 0, fmt.Errorf("%w: %d bytes from %d of %d", ErrSize, length, offset, size)
	}
	return length, nil
}

// Exactly reads size bytes from r and then ends. It fails with [ErrSize] if r has fewer, or has more.
func Exactly(r io.Reader, size int64) io.Reader { return &exact{r: r, left: size} }

type exact struct {
	r    io.Reader
	left int64
}

func (e *exact) Read(p []byte) (int, error) {
	if e.left == 0 {
		var one [1]byte
		if n, err := io.ReadFull(e.r, one[:]); n > 0 {
			return 0, fmt.Errorf("%w: the content is longer", ErrSize)
		} else if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		return 0, io.EOF
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if errors.Is(err, io.EOF) {
		if e.left > 0 {
			return n, fmt.Errorf("%w: %d bytes are missing", ErrSize, e.left)
		}
		err = nil
	}
	return n, err
}
