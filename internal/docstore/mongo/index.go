package mongo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/switchboard-chat/switchboard/internal/docstore/driver"
)

// ours begins the names of our indexes. Those that somebody else has made stay.
const ours = "switchboard "

// index makes the indexes of the schema and drops those of an earlier one.
func (c *collection) index(ctx context.Context) error {
	want := c.indexes()
	have, err := c.docs.Indexes().ListSpecifications(ctx)
	if err != nil {
		return fmt.Errorf("list indexes: %w", err)
	}
	for _, ix := range have {
		if _, ok := want[ix.Name]; ok {
			delete(want, ix.Name) // an index of this name is the same, see driver.Index
		} else if strings.HasPrefix(ix.Name, ours) {
			if err := c.docs.Indexes().DropOne(ctx, ix.Name); err != nil {
				return fmt.Errorf("drop index %q: %w", ix.Name, err)
			}
		}
	}
	for name, model := range want {
		if _, err := c.docs.Indexes().CreateOne(ctx, model); err != nil {
			return fmt.Errorf("create index %q: %w", name, err)
		}
	}
	return nil
}

func (c *collection) indexes() map[string]mongo.IndexModel {
	schema := c.rules.Schema
	want := map[string]mongo.IndexModel{}
	for _, ix := range c.rules.Indexes() {
		opts := options.Index().SetName(ours + ix.Name)
		if ix.Unique { // documents that lack a field are exempt
			var all bson.D
			for _, k := range ix.Keys {
				all = append(all, bson.E{Key: k.Field, Value: bson.D{{Key: "$exists", Value: true}}})
			}
			opts.SetUnique(true).SetPartialFilterExpression(all)
		}
		want[ours+ix.Name] = mongo.IndexModel{Keys: order(ix.Keys), Options: opts}
	}
	if len(schema.Cluster) > 0 {
		var keys []driver.Key
		for _, f := range append(slices.Clone(schema.Cluster), "_id") {
			keys = append(keys, driver.Key{Field: f})
		}
		name := ours + "ix:" + strings.Join(schema.Cluster, ",") // as if it were among Schema.Indexes
		want[name] = mongo.IndexModel{Keys: order(keys), Options: options.Index().SetName(name)}
	}
	if schema.TTL != "" {
		name := ours + "ttl:" + schema.TTL
		want[name] = mongo.IndexModel{
			Keys:    order([]driver.Key{{Field: schema.TTL}}),
			Options: options.Index().SetName(name).SetExpireAfterSeconds(0),
		}
	}
	return want
}
