// Package docstore is the storage port: collections of BSON documents with declared, typed fields,
// kept by MongoDB in a cluster or by SQLite in the all-in-one. Both drivers mean the same by every
// call, which one conformance suite proves. The port is narrow on purpose: there are no
// multi-document transactions, no text search, no change streams. Design for single-document
// atomicity; announce changes on NATS.
package docstore

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
)

var (
	// ErrNotFound reports that no document matches.
	ErrNotFound = errors.New("document not found")
	// ErrDuplicate reports a second document with the same _id or the same unique key.
	ErrDuplicate = errors.New("duplicate key")
	// ErrUndeclared reports a filter, sort or index on a field that the schema does not name.
	ErrUndeclared = errors.New("field is not declared")
	// ErrType reports a value whose type is not the declared one.
	// It also reports an update that a value in the document does not allow, such as Push to a string.
	ErrType = errors.New("value is not of the declared type")
	// ErrInvalid reports a call that breaks a rule of this package whatever the store holds, such as
	// a limit out of range or a document above 16 MiB.
	ErrInvalid = errors.New("invalid call")
)

// Kind is the type of a declared field.
type Kind int

// The kinds of fields that can be filtered, sorted and indexed.
const (
	String Kind = iota + 1
	Int         // a 64-bit integer
	Float
	Bool
	Time // to the millisecond, as BSON keeps it
)

// A Field is a declared field: its dotted path and its kind. A document may lack it, and then it is
// absent; it is never null, and what is above it is a document. Values are of the kind exactly: an
// int is no Float. A String is valid UTF-8 and ordered by its bytes; a Float is not NaN.
type Field struct {
	Name string
	Kind Kind
}

// An Index speeds up filters and sorts on its fields in their order; "-at" is descending.
type Index struct {
	Fields []string
	Unique bool // documents that lack any of the fields are exempt
}

// A Schema declares a collection. Undeclared fields are stored but cannot be filtered or sorted by.
type Schema struct {
	Name    string
	Fields  []Field // besides _id, which is always a String
	Indexes []Index
	// TTL names a Time field; a document goes, within a minute, once it is in the past.
	TTL string
	// Cluster names String and Int fields that every document has; documents are laid out in this
	// order, so that a range of them is read together. They never change.
	Cluster []string
}

// An Op compares a declared field with a value.
type Op int

// The comparisons. An absent field matches only Ne.
const (
	Eq Op = iota + 1
	Ne
	Gt
	Gte
	Lt
	Lte
	In // the value is a slice of the field's kind, of at most 1000
)

// A Cond is one condition of a filter; conditions are joined by AND.
type Cond struct {
	Field string
	Op    Op
	Value any
}

// A Query selects documents.
type Query struct {
	Where []Cond
	// Sort names fields; "-at" is descending. Documents that lack one of them are left out. Ties are
	// broken by _id, in the direction of the last field, so that one index serves both directions;
	// _id can also be named as the last field.
	Sort  []string
	Limit int // required: 1 to 1000
	// After continues behind the document with these values of Sort's fields and this _id, in the
	// order of Sort, whether it is still there or not; nil starts at the beginning.
	After *Cursor
}

// A Cursor is a place in a sorted list.
type Cursor struct {
	Values []any // one for each field of Sort besides _id
	ID     string
}

// An Update changes one document, in at least one path. Paths are dotted, go through documents but
// not into arrays, and no two of them overlap. [ErrType] if a declared field would change its kind.
type Update struct {
	Set         bson.D // any path but _id and those of Schema.Cluster
	SetOnInsert bson.D // only when Upsert inserts; with Upsert alone
	Inc         map[string]int64
	Unset       []string
	Push        bson.D // appends one value to each array; an absent array is made
	Pull        bson.D // removes all equal values from each array; numbers are equal by value
	Upsert      bool   // the filter must have _id Eq and no In; its Eq conditions become fields
	ReturnNew   bool   // return the document as changed rather than as it was
}

// A Store is an open database.
type Store interface {
	// Collection makes the collection and its indexes, or gives those of an earlier schema the fields
	// and indexes of this one. A collection has one schema while the store is open.
	Collection(ctx context.Context, s Schema) (Collection, error)
	// Ping reports whether the store can answer.
	Ping(ctx context.Context) error
	// Close finishes what is under way and closes the store; later calls fail.
	Close(ctx context.Context) error
}

// A Collection holds documents. Acknowledged writes survive a crash of the process and of the power.
// When a write fails for another reason than those above, such as the end of its context, it is open
// whether it was done.
//
// The order of a document's keys and the width of its integers are not kept, times are kept to the
// millisecond, and a key at its top does not begin with a dollar. What is not declared and is set to an
// equal number of another type, such as 1.0 for 1, may keep its type: some MongoDB-compatible servers
// find nothing to change.
type Collection interface {
	// Insert adds a document, whose _id is a non-empty string. [ErrDuplicate] if there is one.
	Insert(ctx context.Context, doc any) error
	// InsertNew adds those of at most 1000 documents whose _id is not there yet and says how many were
	// added. It is atomic for each document, not for all: [ErrDuplicate] if a unique key was taken by
	// another _id, and then the other documents are added.
	InsertNew(ctx context.Context, docs []any) (int, error)
	// Find returns at most q.Limit documents.
	Find(ctx context.Context, q Query) ([]bson.Raw, error)
	// Update changes the first document by _id that matches, atomically. Compare-and-set is a
	// condition on a version. [ErrNotFound] if none matches and Upsert is off; [ErrDuplicate] if
	// Upsert finds the _id taken by a document that does not match.
	// With Upsert and not ReturnNew an insertion returns nil.
	Update(ctx context.Context, where []Cond, u Update) (bson.Raw, error)
	// Delete removes every document that matches and says how many. No conditions match all.
	Delete(ctx context.Context, where []Cond) (int64, error)
	// Count says how many documents match.
	Count(ctx context.Context, where []Cond) (int64, error)
}

// Get returns the document with the id. [ErrNotFound] if there is none.
func Get[T any](ctx context.Context, c Collection, id string) (T, error) {
	var t T
	found, err := c.Find(ctx, Query{Where: []Cond{{"_id", Eq, id}}, Limit: 1})
	if err != nil {
		return t, err
	}
	if len(found) == 0 {
		return t, ErrNotFound
	}
	return t, bson.Unmarshal(found[0], &t)
}

// All returns what q finds, decoded.
func All[T any](ctx context.Context, c Collection, q Query) ([]T, error) {
	found, err := c.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]T, len(found))
	for i, raw := range found {
		if err := bson.Unmarshal(raw, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
