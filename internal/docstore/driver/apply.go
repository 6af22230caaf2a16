package driver

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// apply changes a document as MongoDB would. Only the levels that a path goes through are decoded;
// every other value is copied as it is.
func apply(raw bson.Raw, changes []Change, insert bool) (bson.Raw, error) {
	doc, err := open(raw)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if c.Op == SetOnInsert && !insert {
			continue
		}
		if doc, err = c.in(doc, c.Path); err != nil {
			return nil, fmt.Errorf("field %q: %w", strings.Join(c.Path, "."), err)
		}
	}
	return bson.Marshal(doc)
}

// open decodes one level: the values are of type bson.RawValue.
func open(raw bson.Raw) (bson.D, error) {
	elements, err := raw.Elements()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", docstore.ErrInvalid, err)
	}
	doc := make(bson.D, len(elements), len(elements)+4)
	for i, e := range elements {
		doc[i] = bson.E{Key: e.Key(), Value: e.Value()}
	}
	return doc, nil
}

// in applies c at path in doc, of which the values are bson.RawValue, or bson.D where a change has
// gone through before.
func (c Change) in(doc bson.D, path []string) (bson.D, error) {
	i := slices.IndexFunc(doc, func(e bson.E) bool { return e.Key == path[0] })
	if len(path) == 1 {
		return c.at(doc, i, path[0])
	}
	removes := c.Op == Unset || c.Op == Pull
	if i < 0 {
		if removes {
			return doc, nil
		}
		nested, err := c.in(nil, path[1:])
		return append(doc, bson.E{Key: path[0], Value: nested}), err
	}
	nested, ok := doc[i].Value.(bson.D)
	if !ok {
		v := doc[i].Value.(bson.RawValue)
		raw, ok := v.DocumentOK()
		if !ok {
			if removes {
				return doc, nil
			}
			return nil, fmt.Errorf("%w: %s is a BSON %s, want a document", docstore.ErrType, path[0], v.Type)
		}
		var err error
		if nested, err = open(raw); err != nil {
			return nil, err
		}
	}
	nested, err := c.in(nested, path[1:])
	doc[i].Value = nested
	return doc, err
}

// at applies c to the i-th element of doc, whose key is key; -1 is none.
func (c Change) at(doc bson.D, i int, key string) (bson.D, error) {
	if c.Op == Unset {
		return slices.DeleteFunc(doc, func(e bson.E) bool { return e.Key == key }), nil
	}
	var old *bson.RawValue
	if i >= 0 {
		v, ok := doc[i].Value.(bson.RawValue)
		if !ok { // only the fields of an upsert's filter can have been changed before
			var err error
			if v, err = encode(doc[i].Value); err != nil {
				return nil, err
			}
		}
		old = &v
	}
	v, err := c.value(old)
	switch {
	case err != nil || v.Type == 0:
		return doc, err
	case i < 0:
		return append(doc, bson.E{Key: key, Value: v}), nil
	}
	doc[i].Value = v
	return doc, nil
}

// value is what c makes of old; nil is an absent one. The zero value leaves it as it is.
func (c Change) value(old *bson.RawValue) (bson.RawValue, error) {
	switch {
	case c.Op == Set || c.Op == SetOnInsert || c.Op == Inc && old == nil:
		return c.Value, nil
	case c.Op == Inc:
		return sum(*old, c.Value.Int64())
	case c.Op == Pull && old == nil:
		return bson.RawValue{}, nil
	}
	var items []bson.RawValue
	if old != nil {
		array, ok := old.ArrayOK()
		if !ok {
			return bson.RawValue{}, fmt.Errorf("%w: it holds a BSON %s, want an array", docstore.ErrType, old.Type)
		}
		var err error
		if items, err = array.Values(); err != nil {
			return bson.RawValue{}, err
		}
	}
	if c.Op == Push {
		items = append(items, c.Value)
	} else {
		items = slices.DeleteFunc(items, func(v bson.RawValue) bool { return equal(v, c.Value) })
	}
	if items == nil {
		items = []bson.RawValue{}
	}
	return encode(items)
}

func sum(old bson.RawValue, n int64) (bson.RawValue, error) {
	var out any
	switch old.Type {
	case bson.TypeInt32, bson.TypeInt64:
		x := old.AsInt64()
		if n > 0 && x > math.MaxInt64-n || n < 0 && x < math.MinInt64-n {
			return bson.RawValue{}, fmt.Errorf("%w: %d and %d have no 64-bit sum", docstore.ErrType, x, n)
		}
		out = x + n
	case bson.TypeDouble:
		out = old.Double() + float64(n)
	default:
		return bson.RawValue{}, fmt.Errorf("%w: it holds a BSON %s, want a number", docstore.ErrType, old.Type)
	}
	return encode(out)
}
