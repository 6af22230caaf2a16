// Package mongo keeps docstore's collections in a MongoDB database, for clusters.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/driver"
)

const (
	// timeout bounds a call whose context has no deadline, unless the URI has timeoutMS.
	timeout = 10 * time.Second
	// indexTimeout bounds the building of a collection's indexes.
	indexTimeout = 5 * time.Minute
)

type store struct {
	client *mongo.Client
	db     *mongo.Database

	mu          sync.Mutex
	collections map[string]*collection
}

// Open connects to the MongoDB deployment at uri, which must be a replica set or a sharded cluster
// for writes to survive the loss of a server.
//
// Whatever the URI says, a write is acknowledged when a majority has it in its journal, and reads
// are from the primary and see nothing that could be rolled back.
func Open(ctx context.Context, uri, database string) (docstore.Store, error) {
	s, err := open(ctx, options.Client().ApplyURI(uri), database)
	if err != nil {
		return nil, fmt.Errorf("open MongoDB database %s: %w", database, err)
	}
	return s, nil
}

func open(ctx context.Context, opts *options.ClientOptions, database string) (*store, error) {
	if opts.Timeout == nil {
		opts.SetTimeout(timeout)
	}
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, err
	}
	journal := true
	s := &store{client: client, collections: map[string]*collection{}, db: client.Database(database, options.Database().
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journal}).
		SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary()))}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, client.Disconnect(ctx))
	}
	return s, nil
}

// Collection makes the indexes; MongoDB makes the collection itself.
func (s *store) Collection(ctx context.Context, schema docstore.Schema) (docstore.Collection, error) {
	rules, err := driver.NewRules(schema)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.collections[schema.Name]; ok {
		if !reflect.DeepEqual(c.rules.Schema, rules.Schema) {
			return nil, fmt.Errorf("collection %s: %w: it is open with another schema", schema.Name, docstore.ErrInvalid)
		}
		return c, nil
	}
	c := &collection{rules: rules, name: schema.Name, docs: s.db.Collection(schema.Name)}
	ctx, cancel := context.WithTimeout(ctx, indexTimeout)
	defer cancel()
	if err := c.index(ctx); err != nil {
		return nil, fmt.Errorf("collection %s: %w", schema.Name, translate(err))
	}
	s.collections[schema.Name] = c
	return c, nil
}

// Ping asks the primary.
func (s *store) Ping(ctx context.Context) error {
	if err := s.client.Ping(ctx, readpref.Primary()); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

// Close may be called again.
func (s *store) Close(ctx context.Context) error {
	if err := s.client.Disconnect(ctx); err != nil && !errors.Is(err, mongo.ErrClientDisconnected) {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}
