package flow

import (
	"maps"
	"math"
	"slices"
	"strings"
)

const (
	maxParams      = 16 << 10 // bytes of the page's parameters that are kept
	maxParamsDepth = 8
)

// keepParams copies what a page sent, so that the state is bounded, can be written as JSON and shares
// nothing with the caller. What is too deep, too much (in the order of names) or of a type that JSON
// does not decode into is left out.
func keepParams(params map[string]any) map[string]any {
	k := keeper{left: maxParams}
	kept, _ := k.keep(params, maxParamsDepth).(map[string]any)
	return kept
}

// keeper counts the bytes that may still be kept.
type keeper struct{ left int }

// keep returns the copy or, for what is left out, nil.
func (k *keeper) keep(v any, depth int) any {
	const small = 8 // what a value without text is counted as
	if k.left -= small; k.left < 0 || depth == 0 {
		return nil
	}
	switch v := v.(type) {
	case string:
		v = strings.ToValidUTF8(v, "\uFFFD")
		if k.left -= len(v); k.left < 0 {
			return nil
		}
		return v
	case bool:
		return v
	case float64:
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return nil
		}
		return v
	case []any:
		list := make([]any, 0, min(len(v), k.left/small+1))
		for _, e := range v {
			if k.left < 0 {
				break
			}
			list = append(list, k.keep(e, depth-1)) // also nil: the others keep their index
		}
		return list
	case map[string]any:
		return k.object(v, depth)
	}
	return nil
}

func (k *keeper) object(m map[string]any, depth int) map[string]any {
	kept := make(map[string]any, min(len(m), k.left))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if k.left -= len(name); k.left < 0 {
			break
		}
		if v := k.keep(m[name], depth-1); v != nil {
			kept[strings.ToValidUTF8(name, "\uFFFD")] = v
		}
	}
	return kept
}
