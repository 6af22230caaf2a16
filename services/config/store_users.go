package config

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// users is the record of people.
type users struct{ docs docstore.Collection }

type userDoc struct {
	ID        string    `bson:"_id"`
	Email     string    `bson:"email"` // lower case, unique
	Name      string    `bson:"name"`
	Role      int32     `bson:"role"`
	Bots      []string  `bson:"bots,omitempty"`
	Password  string    `bson:"password"` // hash
	CreatedAt time.Time `bson:"created_at"`
}

func (d userDoc) user() *configv1.User {
	return &configv1.User{Id: d.ID, Email: d.Email, Name: d.Name, Role: configv1.Role(d.Role), Bots: d.Bots}
}

// create keeps a new user under a new id. [docstore.ErrDuplicate] if the e-mail is taken.
func (s *users) create(ctx context.Context, u *configv1.User, hash string) (*configv1.User, error) {
	doc := userDoc{
		ID: uuid.Must(uuid.NewV7()).String(), Email: u.GetEmail(), Name: u.GetName(), Role: int32(u.GetRole()),
		Bots: u.GetBots(), Password: hash, CreatedAt: time.Now(),
	}
	return doc.user(), s.docs.Insert(ctx, doc)
}

func (s *users) get(ctx context.Context, id string) (*configv1.User, error) {
	doc, err := docstore.Get[userDoc](ctx, s.docs, id)
	if err != nil {
		return nil, err
	}
	return doc.user(), nil
}

// byEmail returns the user and the hash of the password. [docstore.ErrNotFound] if there is none.
func (s *users) byEmail(ctx context.Context, email string) (*configv1.User, string, error) {
	docs, err := docstore.All[userDoc](ctx, s.docs, docstore.Query{Where: []docstore.Cond{is("email", email)}, Limit: 1})
	if err != nil {
		return nil, "", err
	}
	if len(docs) == 0 {
		return nil, "", docstore.ErrNotFound
	}
	return docs[0].user(), docs[0].Password, nil
}

// list returns at most limit users behind an e-mail and id, in that order.
func (s *users) list(ctx context.Context, afterEmail, afterID string, limit int) ([]*configv1.User, error) {
	q := docstore.Query{Sort: []string{"email"}, Limit: limit}
	if afterID != "" {
		q.After = &docstore.Cursor{Values: []any{afterEmail}, ID: afterID}
	}
	docs, err := docstore.All[userDoc](ctx, s.docs, q)
	if err != nil {
		return nil, err
	}
	found := make([]*configv1.User, len(docs))
	for i, d := range docs {
		found[i] = d.user()
	}
	return found, nil
}

func (s *users) none(ctx context.Context) (bool, error) {
	n, err := s.docs.Count(ctx, nil)
	return n == 0, err
}
