// Package dir keeps blobs in a directory, a file each. No key is ever part of a file's name: files are
// named by the key's hash.
package dir

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/switchboard-chat/switchboard/internal/blob"
)

const (
	dirMode = 0o700
	// magic begins a file; then come the header's length and the header, and then the content. So what
	// is said of a blob can never be that of another one.
	magic     = "SWB1"
	maxHeader = 16 << 10
	pending   = ".pending-"
)

// Store is a directory. Make one with [Open].
type Store struct{ root string }

var _ blob.Store = (*Store)(nil)

// unfinished is how old a file is that nobody goes on writing.
const unfinished = 24 * time.Hour

// Open makes the directory if it is not there and removes what an earlier process did not finish.
// Several processes may share a directory.
func Open(root string) (*Store, error) {
	if err := os.MkdirAll(root, dirMode); err != nil {
		return nil, err
	}
	left, err := filepath.Glob(filepath.Join(root, pending+"*"))
	if err != nil {
		return nil, err
	}
	for _, name := range left {
		info, err := os.Stat(name)
		if err == nil && time.Since(info.ModTime()) > unfinished {
			err = os.Remove(name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // another process has been faster
			return nil, err
		}
	}
	return &Store{root: root}, nil
}

// header is what a file says of its blob.
type header struct {
	Key         string            `json:"key"`
	ContentType string            `json:"content_type"`
	Size        int64             `json:"size"`
	Meta        map[string]string `json:"meta,omitempty"`
}

// path is the file of a key. There are 256 folders, so that none grows without end.
func (s *Store) path(key string) (folder, file string) {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:])
	folder = filepath.Join(s.root, name[:2])
	return folder, filepath.Join(folder, name[2:])
}

// Put implements [blob.Store]. The content is on disk when it returns.
func (s *Store) Put(ctx context.Context, key string, info blob.Info, content io.Reader) (err error) {
	if err := blob.CheckPut(key, info); err != nil {
		return err
	}
	head, err := json.Marshal(header{key, info.ContentType, info.Size, info.Meta})
	if err != nil {
		return err
	}
	if len(head) > maxHeader {
		return fmt.Errorf("blob %s: its header is too long", key)
	}
	folder, file := s.path(key)
	if err := os.Mkdir(folder, dirMode); err == nil {
		err = syncDir(s.root)
		if err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := os.CreateTemp(s.root, pending+"*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close() // closed already, or of no interest
			_ = os.Remove(f.Name())
		}
	}()
	start := binary.BigEndian.AppendUint32([]byte(magic), uint32(len(head))) //nolint:gosec // at most maxHeader
	if _, err := f.Write(append(start, head...)); err != nil {
		return err
	}
	if _, err := io.Copy(f, blob.Exactly(reader{ctx, content}, info.Size)); err != nil {
		return fmt.Errorf("put %s: %w", key, err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), file); err != nil {
		return err
	}
	return syncDir(folder)
}

// Get implements [blob.Store].
func (s *Store) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	f, h, start, err := s.open(ctx, key)
	if err != nil {
		return nil, err
	}
	length, err = blob.CheckRange(offset, length, h.Size)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{reader{ctx, io.NewSectionReader(f, start+offset, length)}, f}, nil
}

// Stat implements [blob.Store].
func (s *Store) Stat(ctx context.Context, key string) (blob.Info, error) {
	f, h, _, err := s.open(ctx, key)
	if err != nil {
		return blob.Info{}, err
	}
	return blob.Info{ContentType: h.ContentType, Size: h.Size, Meta: h.Meta}, f.Close()
}

// Delete implements [blob.Store].
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := errors.Join(ctx.Err(), blob.CheckKey(key)); err != nil {
		return err
	}
	folder, file := s.path(key)
	if err := os.Remove(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	return syncDir(folder)
}

// Ping implements [blob.Store].
func (s *Store) Ping(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := os.Stat(s.root)
	return err
}

// open opens the file of a key and reads its header; the content begins at start.
func (s *Store) open(ctx context.Context, key string) (f *os.File, h header, start int64, err error) {
	if err := errors.Join(ctx.Err(), blob.CheckKey(key)); err != nil {
		return nil, h, 0, err
	}
	_, file := s.path(key)
	f, err = os.Open(file) //nolint:gosec // named by a hash
	if errors.Is(err, fs.ErrNotExist) {
		return nil, h, 0, fmt.Errorf("%w: %s", blob.ErrNotFound, key)
	}
	if err != nil {
		return nil, h, 0, err
	}
	h, start, err = readHeader(f)
	if err == nil && h.Key != key {
		err = errors.New("it is of another key")
	}
	if err != nil {
		return nil, h, 0, errors.Join(fmt.Errorf("blob %s is damaged: %w", key, err), f.Close())
	}
	return f, h, start, nil
}

func readHeader(f *os.File) (h header, start int64, err error) {
	var fixed [len(magic) + 4]byte
	if _, err := io.ReadFull(f, fixed[:]); err != nil {
		return h, 0, err
	}
	n := binary.BigEndian.Uint32(fixed[len(magic):])
	if string(fixed[:len(magic)]) != magic || n > maxHeader {
		return h, 0, errors.New("not a blob")
	}
	head := make([]byte, n)
	if _, err := io.ReadFull(f, head); err != nil {
		return h, 0, err
	}
	return h, int64(len(fixed)) + int64(n), json.Unmarshal(head, &h)
}

// syncDir makes a changed name last.
func syncDir(name string) error {
	d, err := os.Open(name) //nolint:gosec // the store's own
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// reader ends with its context.
type reader struct {
	ctx context.Context //nolint:containedctx // it lives as long as one call
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
