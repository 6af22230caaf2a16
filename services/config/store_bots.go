package config

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// errStale reports a change that was made on an older version.
var errStale = errors.New("the version is not the newest")

// bots is the record of bots.
type bots struct{ docs docstore.Collection }

// botDoc keeps the bot as protobuf, so that fields of a newer release survive an older one.
type botDoc struct {
	ID      string `bson:"_id"`
	Version int64  `bson:"version"`
	Bot     []byte `bson:"bot"`
}

func (d botDoc) bot() (*configv1.Bot, error) {
	b := new(configv1.Bot)
	if err := proto.Unmarshal(d.Bot, b); err != nil {
		return nil, fmt.Errorf("decode bot %s: %w", d.ID, err)
	}
	return b, nil
}

// stamped returns b's content as this version of it, and the document to keep.
func stamped(b *configv1.Bot, version int64) (*configv1.Bot, botDoc, error) {
	b = proto.CloneOf(b)
	b.Version, b.UpdatedAt = version, timestamppb.New(time.Now().Truncate(time.Millisecond))
	data, err := proto.Marshal(b)
	if err != nil {
		return nil, botDoc{}, fmt.Errorf("encode bot %s: %w", b.GetId(), err)
	}
	return b, botDoc{ID: b.GetId(), Version: version, Bot: data}, nil
}

// create keeps a new bot as version 1. [docstore.ErrDuplicate] if the id is taken.
func (s *bots) create(ctx context.Context, b *configv1.Bot) (*configv1.Bot, error) {
	b, doc, err := stamped(b, 1)
	if err != nil {
		return nil, err
	}
	return b, s.docs.Insert(ctx, doc)
}

// update keeps b as the version after b's. [docstore.ErrNotFound] if there is no such bot, errStale
// if b's version is not the newest.
func (s *bots) update(ctx context.Context, b *configv1.Bot) (*configv1.Bot, error) {
	was := b.GetVersion()
	b, doc, err := stamped(b, was+1)
	if err != nil {
		return nil, err
	}
	_, err = s.docs.Update(ctx, []docstore.Cond{is("_id", doc.ID), is("version", was)}, docstore.Update{
		Set: bson.D{{Key: "version", Value: doc.Version}, {Key: "bot", Value: doc.Bot}},
	})
	if errors.Is(err, docstore.ErrNotFound) {
		newest, err := s.get(ctx, doc.ID)
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%w: %d, the newest is %d", errStale, was, newest.GetVersion())
	}
	return b, err
}

func (s *bots) get(ctx context.Context, id string) (*configv1.Bot, error) {
	doc, err := docstore.Get[botDoc](ctx, s.docs, id)
	if err != nil {
		return nil, err
	}
	return doc.bot()
}

// list returns at most limit bots behind an id, in the order of their ids. Only limits it to those
// bots; none means all.
func (s *bots) list(ctx context.Context, only []string, after string, limit int) ([]*configv1.Bot, error) {
	q := docstore.Query{Sort: []string{"_id"}, Limit: limit}
	if len(only) > 0 {
		q.Where = append(q.Where, docstore.Cond{Field: "_id", Op: docstore.In, Value: only})
	}
	if after != "" {
		q.After = &docstore.Cursor{ID: after}
	}
	docs, err := docstore.All[botDoc](ctx, s.docs, q)
	if err != nil {
		return nil, err
	}
	found := make([]*configv1.Bot, len(docs))
	for i, d := range docs {
		if found[i], err = d.bot(); err != nil {
			return nil, err
		}
	}
	return found, nil
}
