// Package driver is what the drivers of docstore have in common: the rules of the port, checked in
// one place so that every driver refuses the same calls with the same errors.
package driver

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// MaxDocs is the most documents of one InsertNew, values of one In and documents of one Find.
const MaxDocs = 1000

var (
	nameRE  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	fieldRE = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)
)

// Rules are a checked schema. They refuse what is against it and normalise the rest. Their errors
// are those of docstore and name the field; the driver adds what was tried on which collection.
type Rules struct {
	Schema docstore.Schema
	fields []field // those of Schema.Fields, in their order
	byName map[string]docstore.Kind
}

type field struct {
	docstore.Field
	path []string
}

// NewRules checks a schema.
func NewRules(s docstore.Schema) (*Rules, error) {
	r := &Rules{Schema: clone(s), byName: map[string]docstore.Kind{"_id": docstore.String}}
	if !nameRE.MatchString(s.Name) || strings.HasPrefix(s.Name, "sqlite_") {
		return nil, fmt.Errorf("collection %q: %w: the name must match %s", s.Name, docstore.ErrInvalid, nameRE)
	}
	for _, check := range []func() error{r.checkFields, r.checkIndexes, r.checkTTL, r.checkCluster} {
		if err := check(); err != nil {
			return nil, fmt.Errorf("collection %s: %w", s.Name, err)
		}
	}
	return r, nil
}

func clone(s docstore.Schema) docstore.Schema {
	s.Fields = slices.Clone(s.Fields)
	s.Cluster = slices.Clone(s.Cluster)
	s.Indexes = slices.Clone(s.Indexes)
	for i, ix := range s.Indexes {
		s.Indexes[i].Fields = slices.Clone(ix.Fields)
	}
	return s
}

func (r *Rules) checkFields() error {
	for _, f := range r.Schema.Fields {
		if !fieldRE.MatchString(f.Name) || f.Name == "_id" || strings.HasPrefix(f.Name, "_id.") {
			return fmt.Errorf("field %q: %w: it must match %s and not be _id", f.Name, docstore.ErrInvalid, fieldRE)
		}
		if f.Kind < docstore.String || f.Kind > docstore.Time {
			return fmt.Errorf("field %q: %w: unknown kind %d", f.Name, docstore.ErrInvalid, f.Kind)
		}
		path := strings.Split(f.Name, ".")
		for _, g := range r.fields {
			// A column of SQLite has no case, and a field cannot be both a value and a document.
			if strings.EqualFold(f.Name, g.Name) || within(path, g.path) || within(g.path, path) {
				return fmt.Errorf("field %q: %w: it collides with %q", f.Name, docstore.ErrInvalid, g.Name)
			}
		}
		r.fields = append(r.fields, field{f, path})
		r.byName[f.Name] = f.Kind
	}
	return nil
}

func (r *Rules) checkIndexes() error {
	for _, ix := range r.Schema.Indexes {
		keys, err := r.keys(ix.Fields)
		if err != nil {
			return fmt.Errorf("index %v: %w", ix.Fields, err)
		}
		if len(keys) == 0 || keys[0].Field == "_id" {
			return fmt.Errorf("index %v: %w: it must begin with a field besides _id", ix.Fields, docstore.ErrInvalid)
		}
	}
	return nil
}

func (r *Rules) checkTTL() error {
	if r.Schema.TTL == "" {
		return nil
	}
	k, err := r.kind(r.Schema.TTL)
	if err != nil {
		return fmt.Errorf("TTL: %w", err)
	}
	if k != docstore.Time {
		return fmt.Errorf("TTL: field %q: %w: it is a %s, want Time", r.Schema.TTL, docstore.ErrType, kindName(k))
	}
	return nil
}

func (r *Rules) checkCluster() error {
	for i, f := range r.Schema.Cluster {
		k, err := r.kind(f)
		if err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		if f == "_id" || slices.Contains(r.Schema.Cluster[:i], f) {
			return fmt.Errorf("cluster: field %q: %w: it is there already", f, docstore.ErrInvalid)
		}
		if k != docstore.String && k != docstore.Int {
			return fmt.Errorf("cluster: field %q: %w: it is a %s, want String or Int", f, docstore.ErrType, kindName(k))
		}
	}
	return nil
}

// kind is the declared kind of a field.
func (r *Rules) kind(name string) (docstore.Kind, error) {
	k, ok := r.byName[name]
	if !ok {
		return 0, fmt.Errorf("field %q: %w", name, docstore.ErrUndeclared)
	}
	return k, nil
}

func (r *Rules) clustered(name string) bool { return slices.Contains(r.Schema.Cluster, name) }

// A Key is a field to order by.
type Key struct {
	Field string
	Desc  bool
}

// keys parses fields like "-at" and requires that they are declared and differ.
func (r *Rules) keys(fields []string) ([]Key, error) {
	keys := make([]Key, 0, len(fields)+1)
	for _, f := range fields {
		name, desc := strings.CutPrefix(f, "-")
		if _, err := r.kind(name); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(keys, func(k Key) bool { return k.Field == name || k.Field == "_id" }) {
			return nil, fmt.Errorf("field %q: %w: it repeats a field or follows _id", name, docstore.ErrInvalid)
		}
		keys = append(keys, Key{name, desc})
	}
	return keys, nil
}

// tieBreak ends keys with _id, in the direction of the last one, so that one index serves an order
// and its reverse.
func tieBreak(keys []Key) []Key {
	if len(keys) == 0 {
		return []Key{{Field: "_id"}}
	}
	last := keys[len(keys)-1]
	if last.Field == "_id" {
		return keys
	}
	return append(keys, Key{"_id", last.Desc})
}

// An Index is an index to make. That of a unique one holds its fields alone; the others end with _id.
type Index struct {
	Name   string // derived from what it is, so that another index has another name
	Keys   []Key
	Unique bool
}

// Indexes are those of the schema, without those of TTL and Cluster.
func (r *Rules) Indexes() []Index {
	out := make([]Index, 0, len(r.Schema.Indexes))
	for _, ix := range r.Schema.Indexes {
		keys, _ := r.keys(ix.Fields) // checked by NewRules
		name := "ix:" + strings.Join(ix.Fields, ",")
		if ix.Unique {
			name = "unique:" + strings.Join(ix.Fields, ",")
		} else {
			keys = tieBreak(keys)
		}
		out = append(out, Index{name, keys, ix.Unique})
	}
	return out
}

// within reports whether path is base or below it.
func within(path, base []string) bool {
	return len(path) >= len(base) && slices.Equal(path[:len(base)], base)
}

func kindName(k docstore.Kind) string {
	names := [...]string{docstore.String: "String", docstore.Int: "Int", docstore.Float: "Float", docstore.Bool: "Bool", docstore.Time: "Time"}
	return names[k]
}
