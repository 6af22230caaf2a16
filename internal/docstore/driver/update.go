package driver

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/docstore"
)

// maxDepth is how many names a path may have; MongoDB nests a hundred documents.
const maxDepth = 50

// An Update is a checked docstore.Update.
type Update struct {
	Where     []docstore.Cond
	Changes   []Change
	ReturnNew bool
	Insert    *Document // what an upsert inserts when nothing matches; nil is no upsert
}

// A Change applies one operator to one path.
type Change struct {
	Op    Operator
	Path  []string
	Value bson.RawValue // an int64 for Inc, null for Unset
}

// An Operator of an update.
type Operator int

// The operators, in the order in which changes stand in an Update. No two changes of one update
// touch the same path, so the order has no effect on the values.
const (
	Set Operator = iota + 1
	SetOnInsert
	Inc
	Unset
	Push
	Pull
)

// Update checks an update and its filter.
func (r *Rules) Update(where []docstore.Cond, u docstore.Update) (Update, error) {
	conds, err := r.Where(where)
	if err != nil {
		return Update{}, err
	}
	out := Update{Where: conds, ReturnNew: u.ReturnNew}
	if out.Changes, err = r.changes(u); err != nil {
		return Update{}, err
	}
	if len(out.Changes) == 0 {
		return Update{}, fmt.Errorf("%w: the update changes nothing", docstore.ErrInvalid)
	}
	if !u.Upsert {
		if len(u.SetOnInsert) > 0 {
			return Update{}, fmt.Errorf("%w: SetOnInsert without Upsert", docstore.ErrInvalid)
		}
		return out, nil
	}
	if out.Insert, err = r.insertion(conds, out.Changes); err != nil {
		return Update{}, fmt.Errorf("upsert: %w", err)
	}
	return out, nil
}

func (r *Rules) changes(u docstore.Update) ([]Change, error) {
	var out []Change
	add := func(op Operator, name string, v any) error {
		path, err := parsePath(name)
		if err != nil {
			return err
		}
		c := Change{Op: op, Path: path}
		if c.Value, err = encode(v); err != nil {
			return fmt.Errorf("field %q: %w: %w", name, docstore.ErrInvalid, err)
		}
		if err := validateValue(c.Value, len(path)); err != nil {
			return fmt.Errorf("field %q: %w: %w", name, docstore.ErrInvalid, err)
		}
		if err := r.checkChange(c, name); err != nil {
			return err
		}
		out = append(out, c)
		return nil
	}
	for _, part := range []struct {
		op     Operator
		fields bson.D
	}{{Set, u.Set}, {SetOnInsert, u.SetOnInsert}, {Push, u.Push}, {Pull, u.Pull}} {
		for _, e := range part.fields {
			if err := add(part.op, e.Key, e.Value); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(u.Inc)) {
		if err := add(Inc, name, u.Inc[name]); err != nil {
			return nil, err
		}
	}
	for _, name := range u.Unset {
		if err := add(Unset, name, nil); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b Change) int { return int(a.Op - b.Op) })
	return out, apart(out)
}

// parsePath refuses what MongoDB gives a meaning of its own: positions in arrays ("tags.0", "$[]").
func parsePath(name string) ([]string, error) {
	path := strings.Split(name, ".")
	if len(path) > maxDepth {
		return nil, fmt.Errorf("path %.40q…: %w: more than %d names", name, docstore.ErrInvalid, maxDepth)
	}
	for _, key := range path {
		if key == "" || key[0] == '$' || strings.Trim(key, "0123456789") == "" ||
			strings.ContainsRune(key, 0) || !utf8.ValidString(key) {
			return nil, fmt.Errorf("path %q: %w: a name in it is empty, a number, begins with a dollar or is no text",
				name, docstore.ErrInvalid)
		}
	}
	return path, nil
}

// apart refuses two changes of which one would touch what the other changes.
func apart(changes []Change) error {
	paths := make([][]string, len(changes))
	for i, c := range changes {
		paths[i] = c.Path
	}
	slices.SortFunc(paths, slices.Compare) // a path comes right before those below it
	for i := 1; i < len(paths); i++ {
		if within(paths[i], paths[i-1]) {
			return fmt.Errorf("field %q: %w: it is changed twice", strings.Join(paths[i], "."), docstore.ErrInvalid)
		}
	}
	return nil
}

// checkChange keeps declared fields of their kind, whatever the document holds.
func (r *Rules) checkChange(c Change, name string) error {
	if c.Path[0] == "_id" {
		return fmt.Errorf("field %q: %w: _id never changes", name, docstore.ErrInvalid)
	}
	for _, f := range r.fields {
		above, below := within(f.path, c.Path), within(c.Path, f.path)
		if !above && !below {
			continue
		}
		if r.clustered(f.Name) && c.Op != SetOnInsert {
			return fmt.Errorf("field %q: %w: documents are laid out by %s, which never changes", name, docstore.ErrInvalid, f.Name)
		}
		var err error
		switch {
		case c.Op == Unset:
		case above && below:
			err = fits(c, f.Kind)
		case above && (c.Op == Set || c.Op == SetOnInsert):
			err = r.readBelow(c, f)
		default:
			err = fmt.Errorf("%w: it would change the kind of %s, which is a %s", docstore.ErrType, f.Name, kindName(f.Kind))
		}
		if err != nil {
			return fmt.Errorf("field %q: %w", name, err)
		}
	}
	return nil
}

// fits checks a change of a declared field.
func fits(c Change, k docstore.Kind) error {
	switch c.Op {
	case Set, SetOnInsert:
		_, err := rawValue(k, c.Value)
		return err
	case Inc:
		if k != docstore.Int {
			return fmt.Errorf("%w: only an Int can be incremented, not a %s", docstore.ErrType, kindName(k))
		}
		return nil
	default:
		return fmt.Errorf("%w: it is a %s, not an array", docstore.ErrType, kindName(k))
	}
}

// readBelow checks a document that is set above the declared field f.
func (r *Rules) readBelow(c Change, f field) error {
	doc, ok := c.Value.DocumentOK()
	if !ok {
		return fmt.Errorf("%w: it is a BSON %s, want a document as %s is declared", docstore.ErrType, c.Value.Type, f.Name)
	}
	f.path = f.path[len(c.Path):]
	_, err := r.read(doc, f)
	return err
}

// insertion is the document that an upsert inserts. It depends on the call alone.
func (r *Rules) insertion(where []docstore.Cond, changes []Change) (*Document, error) {
	var base []Change
	id := false
	for _, c := range where {
		if c.Op == docstore.In { // servers take one of a single value for Eq, or not
			return nil, fmt.Errorf("field %q: %w: the filter cannot have In", c.Field, docstore.ErrInvalid)
		}
		if c.Op != docstore.Eq {
			continue
		}
		v, err := encode(c.Value)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w: %w", c.Field, docstore.ErrInvalid, err)
		}
		base = append(base, Change{Set, strings.Split(c.Field, "."), v})
		id = id || c.Field == "_id"
	}
	if !id {
		return nil, fmt.Errorf("%w: the filter must have _id Eq", docstore.ErrInvalid)
	}
	if err := apart(base); err != nil {
		return nil, err
	}
	raw, err := apply(bson.Raw{5, 0, 0, 0, 0}, append(base, changes...), true)
	if err != nil {
		return nil, err
	}
	d, err := r.Check(raw)
	return &d, err
}

// Apply returns the document as u changes it.
func (r *Rules) Apply(raw bson.Raw, u Update) (Document, error) {
	changed, err := apply(raw, u.Changes, false)
	if err != nil {
		return Document{}, err
	}
	return r.Check(changed)
}
