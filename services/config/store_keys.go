package config

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// secretPrefix lets scanners of source code recognise a key that leaked.
const secretPrefix = "sbk_"

// apiKeys is the record of API keys. A key never changes.
type apiKeys struct{ docs docstore.Collection }

type keyDoc struct {
	ID        string    `bson:"_id"`
	Hash      string    `bson:"hash"` // of the secret, which is kept nowhere
	Name      string    `bson:"name"`
	Role      int32     `bson:"role"`
	Bots      []string  `bson:"bots,omitempty"`
	CreatedAt time.Time `bson:"created_at"`
}

func (d keyDoc) key() *configv1.ApiKey {
	return &configv1.ApiKey{
		Id: d.ID, Name: d.Name, Role: configv1.Role(d.Role), Bots: d.Bots, CreatedAt: timestamppb.New(d.CreatedAt),
	}
}

// create keeps a new key with a new id and returns its secret.
func (s *apiKeys) create(ctx context.Context, name string, role configv1.Role, bots []string) (keyDoc, string, error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	secret := secretPrefix + base64.RawURLEncoding.EncodeToString(random)
	doc := keyDoc{
		ID: uuid.Must(uuid.NewV7()).String(), Hash: authz.HashKey(secret), Name: name, Role: int32(role), Bots: bots,
		CreatedAt: time.Now().Truncate(time.Millisecond),
	}
	return doc, secret, s.docs.Insert(ctx, doc)
}

func (s *apiKeys) get(ctx context.Context, id string) (keyDoc, error) {
	return docstore.Get[keyDoc](ctx, s.docs, id)
}

func (s *apiKeys) delete(ctx context.Context, id string) error {
	_, err := s.docs.Delete(ctx, []docstore.Cond{is("_id", id)})
	return err
}

// list returns at most limit keys behind an id, in the order of their ids.
func (s *apiKeys) list(ctx context.Context, after string, limit int) ([]keyDoc, error) {
	q := docstore.Query{Sort: []string{"_id"}, Limit: limit}
	if after != "" {
		q.After = &docstore.Cursor{ID: after}
	}
	return docstore.All[keyDoc](ctx, s.docs, q)
}
