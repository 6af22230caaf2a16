package driver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// Where checks conditions and normalises their values to string, int64, float64, bool and
// bson.DateTime, and that of In to []any of these.
func (r *Rules) Where(conds []docstore.Cond) ([]docstore.Cond, error) {
	out := slices.Clone(conds)
	for i, c := range out {
		k, err := r.kind(c.Field)
		if err != nil {
			return nil, err
		}
		switch {
		case c.Op == docstore.In:
			out[i].Value, err = values(k, c.Value)
		case c.Op >= docstore.Eq && c.Op < docstore.In:
			out[i].Value, err = value(k, c.Value)
		default:
			err = fmt.Errorf("%w: unknown operator %d", docstore.ErrInvalid, c.Op)
		}
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", c.Field, err)
		}
	}
	return out, nil
}

// A Query is a checked docstore.Query.
type Query struct {
	Where  []docstore.Cond
	Exists []string // fields that must be there as well
	Order  []Key    // a total order; empty when at most one document can match
	After  []any    // one value for each key of Order; nil at the beginning
	Limit  int
}

// Query checks a query.
func (r *Rules) Query(q docstore.Query) (Query, error) {
	if q.Limit < 1 || q.Limit > MaxDocs {
		return Query{}, fmt.Errorf("limit %d: %w: it must be from 1 to %d", q.Limit, docstore.ErrInvalid, MaxDocs)
	}
	where, err := r.Where(q.Where)
	if err != nil {
		return Query{}, err
	}
	keys, err := r.keys(q.Sort)
	if err != nil {
		return Query{}, fmt.Errorf("sort: %w", err)
	}
	out := Query{Where: where, Limit: q.Limit}
	for _, k := range keys {
		if k.Field != "_id" && !r.clustered(k.Field) && !implied(where, k.Field) {
			out.Exists = append(out.Exists, k.Field)
		}
	}
	out.Order = keys
	if !r.unique(where, keys) {
		out.Order = tieBreak(keys)
	}
	if q.After == nil {
		return out, nil
	}
	out.After, err = r.after(q, out.Order)
	return out, err
}

// implied reports whether a condition already leaves out the documents without the field.
func implied(where []docstore.Cond, name string) bool {
	return slices.ContainsFunc(where, func(c docstore.Cond) bool { return c.Field == name && c.Op != docstore.Ne })
}

// unique reports whether _id or a unique index makes the order total as it is.
func (r *Rules) unique(where []docstore.Cond, keys []Key) bool {
	fixed := func(f string) bool {
		name := strings.TrimPrefix(f, "-")
		return slices.ContainsFunc(keys, func(k Key) bool { return k.Field == name }) ||
			slices.ContainsFunc(where, func(c docstore.Cond) bool { return c.Field == name && c.Op == docstore.Eq })
	}
	return fixed("_id") || slices.ContainsFunc(r.Schema.Indexes, func(ix docstore.Index) bool {
		return ix.Unique && !slices.ContainsFunc(ix.Fields, func(f string) bool { return !fixed(f) })
	})
}

// after returns the values of the cursor for the keys of the order.
func (r *Rules) after(q docstore.Query, order []Key) ([]any, error) {
	sort := slices.DeleteFunc(slices.Clone(q.Sort), func(f string) bool { return strings.TrimPrefix(f, "-") == "_id" })
	if len(q.After.Values) != len(sort) {
		return nil, fmt.Errorf("cursor: %w: it has %d values for %d fields of Sort besides _id",
			docstore.ErrInvalid, len(q.After.Values), len(sort))
	}
	out := make([]any, len(order))
	for i, k := range order {
		var v any = q.After.ID
		if k.Field != "_id" {
			v = q.After.Values[i]
		}
		x, err := value(r.byName[k.Field], v)
		if err != nil {
			return nil, fmt.Errorf("cursor: field %q: %w", k.Field, err)
		}
		out[i] = x
	}
	return out, nil
}
