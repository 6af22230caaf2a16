package config

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

const (
	sessionLifetime = 30 * 24 * time.Hour // from the last refresh
	// refreshGrace is how long a used refresh token still gives the answer that it gave before: a
	// browser that lost the answer, or two tabs at once, stay signed in.
	refreshGrace = 10 * time.Second

	familyLength = 16
	secretLength = 32
)

var (
	// errNoSession reports a refresh token of a session that has ended or never was.
	errNoSession = errors.New("the session has ended")
	// errReused reports a refresh token that was used before: somebody has stolen it, or it was the
	// thief who used it. The session has been ended.
	errReused = errors.New("the refresh token was used before")
)

// sessions is the record of signed-in browsers: one document for the family of refresh tokens that
// follow from one sign-in, so that every step is atomic.
//
// A refresh token is the family's id and a secret of 32 bytes. The first secret is random; the next
// is an HMAC of the one before under a key that only the server has. So it can no more be guessed
// than a random one, and it can be given twice without being stored.
type sessions struct {
	docs docstore.Collection
	key  []byte
}

type sessionDoc struct {
	ID        string    `bson:"_id"` // family
	User      string    `bson:"user"`
	Hash      string    `bson:"hash"`               // of the newest secret
	Previous  string    `bson:"previous,omitempty"` // of the one before
	RotatedAt time.Time `bson:"rotated_at"`
	Expires   time.Time `bson:"expires"`
}

type refreshToken struct {
	family [familyLength]byte
	secret [secretLength]byte
}

func (t refreshToken) String() string {
	return base64.RawURLEncoding.EncodeToString(append(t.family[:], t.secret[:]...))
}

func (t refreshToken) id() string { return hex.EncodeToString(t.family[:]) }

func (t refreshToken) hash() string {
	sum := sha256.Sum256(t.secret[:])
	return hex.EncodeToString(sum[:])
}

func parseRefresh(s string) (refreshToken, bool) {
	var t refreshToken
	if len(s) != base64.RawURLEncoding.EncodedLen(familyLength+secretLength) {
		return t, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != familyLength+secretLength {
		return t, false
	}
	copy(t.family[:], b)
	copy(t.secret[:], b[familyLength:])
	return t, true
}

// next returns the token that follows t.
func (s *sessions) next(t refreshToken) refreshToken {
	mac := hmac.New(sha256.New, s.key)
	mac.Write(t.family[:])
	mac.Write(t.secret[:])
	n := refreshToken{family: t.family}
	mac.Sum(n.secret[:0])
	return n
}

// begin makes a session of the user and returns its first refresh token.
func (s *sessions) begin(ctx context.Context, user string) (string, error) {
	var t refreshToken
	_, _ = rand.Read(t.family[:]) // never fails
	_, _ = rand.Read(t.secret[:])
	now := time.Now()
	return t.String(), s.docs.Insert(ctx, sessionDoc{
		ID: t.id(), User: user, Hash: t.hash(), RotatedAt: now, Expires: now.Add(sessionLifetime),
	})
}

// refresh exchanges the token for the next one and says whose session it is. errNoSession,
// errReused (with the user) or the store's error.
func (s *sessions) refresh(ctx context.Context, old string) (token, user string, err error) {
	t, ok := parseRefresh(old)
	if !ok {
		return "", "", errNoSession
	}
	next, now := s.next(t), time.Now()
	live := docstore.Cond{Field: "expires", Op: docstore.Gt, Value: now}
	raw, err := s.docs.Update(ctx, []docstore.Cond{is("_id", t.id()), is("hash", t.hash()), live}, docstore.Update{
		Set: bson.D{
			{Key: "hash", Value: next.hash()},
			{Key: "previous", Value: t.hash()},
			{Key: "rotated_at", Value: now},
			{Key: "expires", Value: now.Add(sessionLifetime)},
		},
		ReturnNew: true,
	})
	if errors.Is(err, docstore.ErrNotFound) {
		return s.again(ctx, t, next)
	}
	if err != nil {
		return "", "", err
	}
	var doc sessionDoc
	if err := bson.Unmarshal(raw, &doc); err != nil {
		return "", "", err
	}
	return next.String(), doc.User, nil
}

// again answers a token that is not its session's newest.
func (s *sessions) again(ctx context.Context, t, next refreshToken) (token, user string, err error) {
	doc, err := docstore.Get[sessionDoc](ctx, s.docs, t.id())
	switch {
	case errors.Is(err, docstore.ErrNotFound):
		return "", "", errNoSession
	case err != nil:
		return "", "", err
	case time.Now().After(doc.Expires):
		return "", "", errNoSession
	case doc.Previous == t.hash() && doc.Hash == next.hash() && time.Since(doc.RotatedAt) <= refreshGrace:
		return next.String(), doc.User, nil
	}
	if _, err := s.docs.Delete(ctx, []docstore.Cond{is("_id", t.id())}); err != nil {
		return "", "", err
	}
	return "", doc.User, errReused
}

// end ends the session that the token belongs to, whichever of its tokens it is, and says whose it
// was. Nothing is said of one that is not there.
func (s *sessions) end(ctx context.Context, old string) (user string, err error) {
	t, ok := parseRefresh(old)
	if !ok {
		return "", nil
	}
	doc, err := docstore.Get[sessionDoc](ctx, s.docs, t.id())
	if errors.Is(err, docstore.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	_, err = s.docs.Delete(ctx, []docstore.Cond{is("_id", t.id())})
	return doc.User, err
}
