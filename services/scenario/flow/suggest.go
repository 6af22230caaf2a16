package flow

import (
	"fmt"
	"slices"
)

// suggest is "; did you mean …?" with the known name nearest to a mistyped one, or "".
func suggest(name string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance([]rune(name), []rune(k), least); d < least && d < len(k) {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance counts the insertions, deletions and replacements from a to b, or is limit if they are no
// fewer. It looks only at the band where fewer are possible, so that a long list stays cheap.
func distance(a, b []rune, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = min(j, limit)
	}
	for i, c := range a {
		from, to := max(0, i-limit), min(len(b), i+limit+1)
		diagonal := row[from]
		row[from] = limit
		if from == 0 {
			row[0] = min(i+1, limit)
		}
		for j := from; j < to; j++ {
			d := diagonal
			if c != b[j] {
				d = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], min(d, limit)
		}
		if slices.Min(row[from:to+1]) >= limit {
			return limit
		}
	}
	return row[len(b)]
}
