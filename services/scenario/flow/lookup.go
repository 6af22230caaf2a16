package flow

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// lookup finds a value: built-in names first, then answers and variables, parameters and constants. What is
// missing is nil.
func (r *run) lookup(path []string, name string) any {
	switch name {
	case nameNow:
		return r.now.Format(time.RFC3339)
	case nameRandom:
		return strconv.FormatUint(r.random, 10)
	case nameLastInput:
		return r.s.LastInput
	}
	if path[0] == nameTrusted { // and nothing else, whatever a page calls its own
		return parameter(r.s.Trusted, path[1:], strings.TrimPrefix(name, nameTrusted+"."))
	}
	if v, ok := r.s.Vars[name]; ok {
		return v
	}
	for _, params := range []map[string]any{r.s.Trusted, r.s.Params} {
		if v := parameter(params, path, name); v != nil {
			return v
		}
	}
	if v, ok := r.flow.constants[name]; ok {
		return v
	}
	return nil
}

// parameter finds one, also one that has a dot in its name.
func parameter(params map[string]any, path []string, name string) any {
	if v, ok := params[name]; ok {
		return v
	}
	return dig(params, path)
}

// dig follows a path into nested parameters; a step into a list is its index from 0.
func dig(v any, path []string) any {
	for _, step := range path {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// textOf is how a value is shown: a list as its elements with commas, an object as nothing.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return formatNumber(v)
	case []any:
		texts := make([]string, 0, len(v))
		for _, e := range v {
			if s := textOf(e); s != "" {
				texts = append(texts, s)
			}
		}
		return strings.Join(texts, ", ")
	}
	return ""
}

// formatNumber writes whole and ordinary numbers without an exponent.
func formatNumber(v float64) string {
	if math.Abs(v) >= 1e21 || (v != 0 && math.Abs(v) < 1e-6) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
