package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// maxNesting of what is decoded: parameters are, by recursion.
const maxNesting = 64

// strict refuses what encoding/json lets through in valid JSON: a name that is in its object twice, of which
// two readers may each take another, a field of ours that is written otherwise, and what is nested deeply.
func strict(data []byte) *Problem {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var open []map[string]struct{} // the names of the objects that we are in; nil for an array
	for due := false; ; {
		t, err := d.Token()
		if err != nil { // the end: it has been decoded before
			return nil //nolint:nilerr // as above
		}
		inObject := len(open) > 0 && open[len(open)-1] != nil
		if name, ok := t.(string); ok && inObject && due {
			names := open[len(open)-1]
			if _, twice := names[name]; twice {
				return bad("", fmt.Sprintf("%.40q is there twice", name))
			}
			if len(open) == 1 && !ours(name) {
				return bad("", fmt.Sprintf("unknown field %.40q", name))
			}
			names[name] = struct{}{}
			due = false
			continue
		}
		switch t {
		case json.Delim('{'):
			open = append(open, map[string]struct{}{})
		case json.Delim('['):
			open = append(open, nil)
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if len(open) > maxNesting {
			return &Problem{Code: TooLarge, Message: fmt.Sprintf("nested deeper than %d", maxNesting)}
		}
		due = true // where we are in an object now
	}
}

// ours reports whether a field is written as we write ours.
func ours(name string) bool {
	for _, r := range name {
		if (r < 'a' || r > 'z') && r != '_' {
			return false
		}
	}
	return true
}
