package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/driver"
)

// upsertAttempts bounds how often an upsert is tried that finds its _id taken.
const upsertAttempts = 3

const duplicateKey = 11000

type collection struct {
	rules *driver.Rules
	name  string
	docs  *mongo.Collection
}

func (c *collection) fail(op string, err error) error {
	return fmt.Errorf("%s %s: %w", op, c.name, err)
}

func (c *collection) Insert(ctx context.Context, doc any) error {
	d, err := c.rules.Document(doc)
	if err != nil {
		return c.fail("insert into", err)
	}
	if _, err := c.docs.InsertOne(ctx, d.Raw); err != nil {
		return c.fail("insert into", translate(err))
	}
	return nil
}

func (c *collection) InsertNew(ctx context.Context, docs []any) (int, error) {
	ds, err := c.rules.Documents(docs)
	if err != nil {
		return 0, c.fail("insert into", err)
	}
	if len(ds) == 0 {
		return 0, nil
	}
	raws := make([]any, len(ds))
	for i, d := range ds {
		raws[i] = d.Raw
	}
	_, err = c.docs.InsertMany(ctx, raws, options.InsertMany().SetOrdered(false))
	if err == nil {
		return len(ds), nil
	}
	refused, ok := duplicates(err)
	if !ok {
		return 0, c.fail("insert into", translate(err))
	}
	added := len(ds) - len(refused)
	if err := c.known(ctx, ds, refused); err != nil {
		return added, c.fail("insert into", err)
	}
	return added, nil
}

// duplicates returns the positions of the documents that a key has kept out. It reports false if
// anything else went wrong.
func duplicates(err error) (at []int, ok bool) {
	var e mongo.BulkWriteException
	if !errors.As(err, &e) || e.WriteConcernError != nil {
		return nil, false
	}
	for _, w := range e.WriteErrors {
		if w.Code != duplicateKey {
			return nil, false
		}
		at = append(at, w.Index)
	}
	return at, len(at) > 0
}

// known returns nil if the _id of each of these documents is there: it was that key, and no other,
// that kept them out. Servers differ in how they name the key.
func (c *collection) known(ctx context.Context, ds []driver.Document, at []int) error {
	if id, ok := addedAfter(ds, at); ok {
		return fmt.Errorf("_id %q: %w", id, docstore.ErrDuplicate)
	}
	ids := map[string]bool{}
	var in bson.A
	for _, i := range at {
		if id := ds[i].ID; !ids[id] {
			ids[id] = true
			in = append(in, id)
		}
	}
	opts := options.Find().SetProjection(bson.D{{Key: "_id", Value: 1}})
	cursor, err := c.docs.Find(ctx, cond("_id", "$in", in), opts)
	if err != nil {
		return err
	}
	var found []struct {
		ID string `bson:"_id"`
	}
	if err := cursor.All(ctx, &found); err != nil {
		return err
	}
	for _, f := range found {
		delete(ids, f.ID)
	}
	for id := range ids {
		return fmt.Errorf("_id %q: %w: a unique key is taken", id, docstore.ErrDuplicate)
	}
	return nil
}

// addedAfter finds a document that was kept out and whose _id went in with a later one of the batch:
// it was not its _id that kept it out.
func addedAfter(ds []driver.Document, refused []int) (id string, ok bool) {
	last := map[string]int{} // the last position at which an _id went in
	for i, d := range ds {
		if !slices.Contains(refused, i) {
			last[d.ID] = i
		}
	}
	for _, i := range refused {
		if last[ds[i].ID] > i {
			return ds[i].ID, true
		}
	}
	return "", false
}

func (c *collection) Find(ctx context.Context, q docstore.Query) ([]bson.Raw, error) {
	checked, err := c.rules.Query(q)
	if err != nil {
		return nil, c.fail("find in", err)
	}
	opts := options.Find().SetLimit(int64(checked.Limit))
	if len(checked.Order) > 0 { // an empty sort is an error to the server
		opts.SetSort(order(checked.Order))
	}
	cursor, err := c.docs.Find(ctx, find(checked), opts)
	if err != nil {
		return nil, c.fail("find in", err)
	}
	var out []bson.Raw
	if err := cursor.All(ctx, &out); err != nil {
		return nil, c.fail("find in", err)
	}
	return out, nil
}

func (c *collection) Update(ctx context.Context, where []docstore.Cond, u docstore.Update) (bson.Raw, error) {
	checked, err := c.rules.Update(where, u)
	if err != nil {
		return nil, c.fail("update", err)
	}
	var out bson.Raw
	for range upsertAttempts {
		out, err = c.update(ctx, checked)
		// Another upsert may have been quicker. What it has inserted may match.
		if checked.Insert == nil || !errors.Is(err, docstore.ErrDuplicate) {
			break
		}
	}
	if err != nil {
		return nil, c.fail("update", err)
	}
	return out, nil
}

func (c *collection) update(ctx context.Context, u driver.Update) (bson.Raw, error) {
	opts := options.FindOneAndUpdate().SetUpsert(u.Insert != nil).SetSort(bson.D{{Key: "_id", Value: 1}})
	if u.ReturnNew {
		opts.SetReturnDocument(options.After)
	}
	raw, err := c.docs.FindOneAndUpdate(ctx, all(filter(u.Where)), update(u.Changes), opts).Raw()
	switch {
	case !errors.Is(err, mongo.ErrNoDocuments):
		return raw, translateUpdate(err)
	case u.Insert != nil: // it was inserted, and there is none before
		return nil, nil
	default:
		return nil, docstore.ErrNotFound
	}
}

func (c *collection) Delete(ctx context.Context, where []docstore.Cond) (int64, error) {
	conds, err := c.rules.Where(where)
	if err != nil {
		return 0, c.fail("delete from", err)
	}
	r, err := c.docs.DeleteMany(ctx, all(filter(conds)))
	if err != nil {
		return 0, c.fail("delete from", err)
	}
	return r.DeletedCount, nil
}

func (c *collection) Count(ctx context.Context, where []docstore.Cond) (int64, error) {
	conds, err := c.rules.Where(where)
	if err != nil {
		return 0, c.fail("count in", err)
	}
	n, err := c.docs.CountDocuments(ctx, all(filter(conds)))
	if err != nil {
		return 0, c.fail("count in", err)
	}
	return n, nil
}
