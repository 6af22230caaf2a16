package driver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// MaxSize is the size in bytes of the largest document, which is MongoDB's.
const MaxSize = 16 << 20

// maxLevels is how deep documents and arrays can be nested, which is MongoDB's limit too.
const maxLevels = 100

// A Document keeps the rules.
type Document struct {
	ID     string
	Raw    bson.Raw // _id comes first
	Values []any    // of Schema.Fields, in their order; nil where the document has none
}

// Document encodes and checks a document that is to be inserted.
func (r *Rules) Document(doc any) (Document, error) {
	raw, err := bson.Marshal(doc)
	if err != nil {
		return Document{}, fmt.Errorf("%w: %w", docstore.ErrInvalid, err)
	}
	return r.Check(raw)
}

// Documents encodes and checks documents; the error says which one is at fault.
func (r *Rules) Documents(docs []any) ([]Document, error) {
	if len(docs) > MaxDocs {
		return nil, fmt.Errorf("%w: at most %d documents, not %d", docstore.ErrInvalid, MaxDocs, len(docs))
	}
	out := make([]Document, len(docs))
	for i, doc := range docs {
		d, err := r.Document(doc)
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", i, err)
		}
		out[i] = d
	}
	return out, nil
}

// Check checks an encoded document.
func (r *Rules) Check(raw bson.Raw) (Document, error) {
	if err := validate(raw, 1); err != nil {
		return Document{}, fmt.Errorf("%w: %w", docstore.ErrInvalid, err)
	}
	if len(raw) > MaxSize {
		return Document{}, fmt.Errorf("%w: the document has %d bytes, at most %d fit", docstore.ErrInvalid, len(raw), MaxSize)
	}
	raw, err := idFirst(raw)
	if err != nil {
		return Document{}, err
	}
	id, err := rawValue(docstore.String, raw.Index(0).Value())
	if err != nil {
		return Document{}, fmt.Errorf("field \"_id\": %w", err)
	}
	if id == "" {
		return Document{}, fmt.Errorf("field \"_id\": %w: it is empty", docstore.ErrInvalid)
	}
	d := Document{ID: id.(string), Raw: raw, Values: make([]any, len(r.fields))}
	for i, f := range r.fields {
		if d.Values[i], err = r.read(raw, f); err != nil {
			return Document{}, err
		}
	}
	return d, nil
}

// validate looks at every level, while bson.Raw.Validate looks at the first.
func validate(raw bson.Raw, level int) error {
	if level > maxLevels {
		return fmt.Errorf("documents are nested more than %d deep", maxLevels)
	}
	if err := raw.Validate(); err != nil {
		return err
	}
	if n := binary.LittleEndian.Uint32(raw); int64(n) != int64(len(raw)) {
		return fmt.Errorf("a document of %d bytes has %d", n, len(raw))
	}
	elements, err := raw.Elements()
	if err != nil {
		return err
	}
	for _, e := range elements {
		if err := validateValue(e.Value(), level); err != nil {
			return fmt.Errorf("%.100s: %w", e.Key(), err)
		}
	}
	return nil
}

// validateValue checks a value that is in a document of the level.
func validateValue(v bson.RawValue, level int) error {
	if err := v.Validate(); err != nil {
		return err
	}
	switch v.Type {
	case bson.TypeEmbeddedDocument, bson.TypeArray: // an array is a document with numbers for keys
		return validate(bson.Raw(v.Value), level+1)
	case bson.TypeString:
		if _, ok := v.StringValueOK(); !ok {
			return errors.New("malformed string")
		}
	}
	return nil
}

// idFirst puts _id in front, where MongoDB keeps it.
func idFirst(raw bson.Raw) (bson.Raw, error) {
	elements, err := raw.Elements()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", docstore.ErrInvalid, err)
	}
	at := -1
	for i, e := range elements {
		switch key := e.Key(); {
		case key == "_id" && at >= 0:
			return nil, fmt.Errorf("field \"_id\": %w: it is there twice", docstore.ErrInvalid)
		case key == "_id":
			at = i
		case strings.HasPrefix(key, "$"):
			return nil, fmt.Errorf("field %q: %w: a field cannot begin with a dollar", key, docstore.ErrInvalid)
		}
	}
	switch at {
	case -1:
		return nil, fmt.Errorf("field \"_id\": %w: it is missing", docstore.ErrInvalid)
	case 0:
		return raw, nil
	}
	out := append(make(bson.Raw, 4, len(raw)), elements[at]...)
	for i, e := range elements {
		if i != at {
			out = append(out, e...)
		}
	}
	binary.LittleEndian.PutUint32(out, uint32(len(raw))) //nolint:gosec // as long as the document that came in
	return append(out, 0), nil
}

// read returns the value of a declared field, nil where the document has none. What stands on the
// way to a nested field must be a document: an array there would match by any of its elements in
// MongoDB and by none in SQLite.
func (r *Rules) read(raw bson.Raw, f field) (any, error) {
	for i, key := range f.path {
		v, err := raw.LookupErr(key)
		if err != nil { // absent
			break
		}
		if i == len(f.path)-1 {
			x, err := rawValue(f.Kind, v)
			if err != nil {
				return nil, fmt.Errorf("field %q: %w", f.Name, err)
			}
			return x, nil
		}
		nested, ok := v.DocumentOK()
		if !ok {
			return nil, fmt.Errorf("field %q: %w: %s is a BSON %s, want a document",
				f.Name, docstore.ErrType, strings.Join(f.path[:i+1], "."), v.Type)
		}
		raw = nested
	}
	if r.clustered(f.Name) {
		return nil, fmt.Errorf("field %q: %w: it is missing, but documents are laid out by it", f.Name, docstore.ErrInvalid)
	}
	return nil, nil
}
