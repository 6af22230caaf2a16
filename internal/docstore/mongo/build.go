package mongo

import (
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/driver"
)

var operators = map[docstore.Op]string{
	docstore.Eq: "$eq", docstore.Ne: "$ne", docstore.Gt: "$gt", docstore.Gte: "$gte",
	docstore.Lt: "$lt", docstore.Lte: "$lte", docstore.In: "$in",
}

func cond(field, op string, v any) bson.D {
	return bson.D{{Key: field, Value: bson.D{{Key: op, Value: v}}}}
}

func all(conds bson.A) bson.D {
	if len(conds) == 0 {
		return bson.D{} // $and takes no empty list
	}
	return bson.D{{Key: "$and", Value: conds}}
}

func filter(where []docstore.Cond) bson.A {
	out := make(bson.A, 0, len(where)+2)
	for _, c := range where {
		out = append(out, cond(c.Field, operators[c.Op], c.Value))
	}
	return out
}

func find(q driver.Query) bson.D {
	conds := filter(q.Where)
	for _, f := range q.Exists {
		conds = append(conds, cond(f, "$exists", true))
	}
	if len(q.After) > 0 {
		// The range on the first key is what an index can seek.
		conds = append(conds, cond(q.Order[0].Field, compare(q.Order[0])+"e", q.After[0]), after(q.Order, q.After))
	}
	return all(conds)
}

// after matches what comes behind the values in the order.
func after(keys []driver.Key, at []any) bson.D {
	beyond := cond(keys[0].Field, compare(keys[0]), at[0])
	if len(keys) == 1 {
		return beyond
	}
	tied := bson.A{cond(keys[0].Field, "$eq", at[0]), after(keys[1:], at[1:])}
	return bson.D{{Key: "$or", Value: bson.A{beyond, all(tied)}}}
}

func compare(k driver.Key) string {
	if k.Desc {
		return "$lt"
	}
	return "$gt"
}

func order(keys []driver.Key) bson.D {
	out := make(bson.D, len(keys))
	for i, k := range keys {
		out[i] = bson.E{Key: k.Field, Value: 1}
		if k.Desc {
			out[i].Value = -1
		}
	}
	return out
}

// update takes the long forms of $push and $pull, in which no value can be read as an operator.
func update(changes []driver.Change) bson.D {
	var out bson.D
	for _, c := range changes { // those of one operator stand together
		var op string
		var v any = c.Value
		switch c.Op {
		case driver.Set:
			op = "$set"
		case driver.SetOnInsert:
			op = "$setOnInsert"
		case driver.Inc:
			op = "$inc"
		case driver.Unset:
			op = "$unset"
		case driver.Push:
			op, v = "$push", bson.D{{Key: "$each", Value: bson.A{c.Value}}}
		case driver.Pull:
			op, v = "$pullAll", bson.A{c.Value}
		}
		e := bson.E{Key: strings.Join(c.Path, "."), Value: v}
		if n := len(out); n > 0 && out[n-1].Key == op {
			out[n-1].Value = append(out[n-1].Value.(bson.D), e)
			continue
		}
		out = append(out, bson.E{Key: op, Value: bson.D{e}})
	}
	return out
}
