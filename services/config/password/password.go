// Package password hashes and verifies passwords with argon2id, a bounded number at a time.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The lengths of a password in bytes.
const (
	Min = 10
	Max = 256
)

// The cost of a new hash: OWASP's first choice for argon2id. Older hashes carry their own.
const (
	memory  = 19 << 10 // KiB
	passes  = 2
	threads = 1

	saltLength = 16
	keyLength  = 32
	atOnce     = 2 // so that sign-ins use at most 38 MiB and leave processors to others

	maxMemory = 256 << 10
	maxPasses = 16
)

const format = "$argon2id$v=%d$m=%d,t=%d,p=%d$%s"

// ErrHash reports a stored hash that cannot be read.
var ErrHash = errors.New("password hash is not readable")

// Hasher hashes at most two passwords at a time; the others wait. Make it with [New].
type Hasher struct {
	slots chan struct{}
	dummy string
}

// New returns a Hasher.
func New() *Hasher {
	// Nobody's password has this key: it only has to cost what a real one costs.
	dummy := encode(memory, passes, threads, make([]byte, saltLength), make([]byte, keyLength))
	return &Hasher{slots: make(chan struct{}, atOnce), dummy: dummy}
}

// Hash returns the password's hash with its salt and cost, in the PHC string format. It fails only
// when ctx ends while it waits.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	_, _ = rand.Read(salt) // never fails
	key, err := h.key(ctx, password, salt, passes, memory, threads, keyLength)
	if err != nil {
		return "", err
	}
	return encode(memory, passes, threads, salt, key), nil
}

// Verify reports whether the hash is the password's. An empty hash stands for a user who does not
// exist: it is never right and takes as long as one that is. Errors are [ErrHash] and ctx's.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	c, err := decode(hash)
	if err != nil {
		return false, err
	}
	key, err := h.key(ctx, password, c.salt, c.passes, c.memory, c.threads, uint32(len(c.key))) //nolint:gosec // decode has bounded it
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, c.key) == 1 && known, nil
}

func (h *Hasher) key(ctx context.Context, password string, salt []byte, passes, memory uint32, threads uint8, length uint32) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, passes, memory, threads, length), nil
}

// cost is what a stored hash consists of.
type cost struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

func encode(memory, passes uint32, threads uint8, salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf(format, argon2.Version, memory, passes, threads, b64(salt)+"$"+b64(key))
}

func decode(hash string) (cost, error) {
	var c cost
	var version int
	var rest string
	if _, err := fmt.Sscanf(hash, format, &version, &c.memory, &c.passes, &c.threads, &rest); err != nil {
		return cost{}, fmt.Errorf("%w: %w", ErrHash, err)
	}
	salt, key, _ := strings.Cut(rest, "$")
	var err, keyErr error
	c.salt, err = base64.RawStdEncoding.Strict().DecodeString(salt)
	c.key, keyErr = base64.RawStdEncoding.Strict().DecodeString(key)
	switch {
	case err != nil || keyErr != nil || len(c.salt) < 8 || len(c.key) < 16 || len(c.key) > 64:
		return cost{}, fmt.Errorf("%w: salt or key", ErrHash)
	case version != argon2.Version:
		return cost{}, fmt.Errorf("%w: version %d, expected %d", ErrHash, version, argon2.Version)
	case c.memory < 8 || c.memory > maxMemory || c.passes < 1 || c.passes > maxPasses || c.threads < 1:
		return cost{}, fmt.Errorf("%w: cost m=%d,t=%d,p=%d is out of bounds", ErrHash, c.memory, c.passes, c.threads)
	}
	return c, nil
}
