package password

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	h := New()
	hash, err := h.Hash(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("Hash() = %s, want OWASP's cost in front", hash)
	}
	// argon2id of "password" with a cost of its own, as the reference implementation writes it.
	const foreign = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	for name, tt := range map[string]struct {
		hash, password string
		want           bool
		err            error
	}{
		"right":            {hash, "correct horse", true, nil},
		"wrong":            {hash, "correct horsf", false, nil},
		"empty":            {hash, "", false, nil},
		"nobody":           {"", "correct horse", false, nil},
		"other cost":       {foreign, "password", true, nil},
		"other cost wrong": {foreign, "Password", false, nil},
		"not a hash":       {"secret", "secret", false, ErrHash},
		"bcrypt":           {"$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", "x", false, ErrHash},
		"cut":              {hash[:60], "correct horse", false, ErrHash},
		"too dear":         {strings.Replace(hash, "m=19456", "m=4194304", 1), "x", false, ErrHash},
		"no passes":        {strings.Replace(hash, "t=2", "t=0", 1), "x", false, ErrHash},
		"no threads":       {strings.Replace(hash, "p=1", "p=0", 1), "x", false, ErrHash},
		"other version":    {strings.Replace(hash, "v=19", "v=16", 1), "x", false, ErrHash},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := h.Verify(t.Context(), tt.hash, tt.password); got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("Verify() = %v, %v, want %v, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestSaltsDiffer(t *testing.T) {
	h := New()
	a, errA := h.Hash(t.Context(), "the same password")
	b, errB := h.Hash(t.Context(), "the same password")
	if errA != nil || errB != nil || a == b {
		t.Errorf("two hashes of one password: %v, %v, the same: %v", errA, errB, a == b)
	}
}

// TestUnknownUserCostsTheSame compares what is computed, not how long it took.
func TestUnknownUserCostsTheSame(t *testing.T) {
	h := New()
	hash, err := h.Hash(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	known, err := decode(hash)
	if err != nil {
		t.Fatal(err)
	}
	dummy, err := decode(h.dummy)
	if err != nil {
		t.Fatal(err)
	}
	if dummy.memory != known.memory || dummy.passes != known.passes || dummy.threads != known.threads ||
		len(dummy.salt) != len(known.salt) || len(dummy.key) != len(known.key) {
		t.Errorf("dummy costs %+v, want %+v", dummy, known)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	h := New()
	for range atOnce {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("Hash() = %v, want %v", err, context.Canceled)
	}
	if _, err := h.Verify(ctx, "", "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("Verify() = %v, want %v", err, context.Canceled)
	}
}
