package widget

import (
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// tree returns the widget's colours: groups and their colours.
func tree() map[string][]string {
	return map[string][]string{
		"device":               {"bg", "border", "container", "dot"},
		"header":               {"bg", "dot", "text"},
		"inlineKeyboardButton": {"bg", "text"},
		"keyboardButton":       {"bg", "border", "text"},
		"launcher":             {"bg", "text"},
		"messageList":          {"bg", "text"},
		"poweredLink":          {"color"},
		"receivedMessage":      {"bg", "text"},
		"sentMessage":          {"bg", "text"},
		"userInput":            {"bg", "border", "text"},
	}
}

// colors checks a colour tree: known names only, and values that can be nothing but a colour or a
// gradient once they are in a style sheet.
func (v *checker) colors(s *structpb.Struct) {
	const root = "widget.colors"
	known := tree()
	for _, group := range slices.Sorted(maps.Keys(s.GetFields())) {
		field := root + "." + group
		names, ok := known[group]
		if !ok {
			v.Add(field, "unknown, did you mean %s?", nearest(group, slices.Sorted(maps.Keys(known))))
			continue
		}
		leaves := s.GetFields()[group].GetStructValue()
		if leaves == nil {
			v.Add(field, "expected an object with %s", strings.Join(names, ", "))
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(leaves.GetFields())) {
			if !slices.Contains(names, name) {
				v.Add(field+"."+name, "unknown, did you mean %s? %s has %s",
					nearest(name, names), group, strings.Join(names, ", "))
				continue
			}
			v.color(field+"."+name, leaves.GetFields()[name], name == "bg" || name == "container")
		}
	}
}

func (v *checker) color(field string, value *structpb.Value, background bool) {
	s, ok := value.GetKind().(*structpb.Value_StringValue)
	switch {
	case ok && (isColor(s.StringValue) || background && isGradient(s.StringValue)):
	case background:
		v.Add(field, "expected a CSS colour or gradient, such as #734FE1, transparent, rgb(115, 79, 225) "+
			"or linear-gradient(130deg, #734FE1, #D14EE0)")
	default:
		v.Add(field, "expected a CSS colour, such as #734FE1, transparent or rgb(115, 79, 225)")
	}
}

// nearest returns the candidate that takes the fewest edits to reach, in whatever case.
func nearest(s string, candidates []string) string {
	if len(s) > 64 { // nobody mistypes a name by that much
		s = s[:64]
	}
	return slices.MinFunc(candidates, func(a, b string) int {
		return edits(strings.ToLower(s), strings.ToLower(a)) - edits(strings.ToLower(s), strings.ToLower(b))
	})
}

// edits is the Levenshtein distance in bytes.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
