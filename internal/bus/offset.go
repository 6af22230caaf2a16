package bus

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An Offset is a place in the log. Clients hold it as an opaque string. Sequences are comparable
// only within a generation; a log that may have lost its end gets a new one.
type Offset struct {
	Generation string // sorts by age
	Sequence   uint64
}

// String is the form that clients hold: "<generation>-<sequence>".
func (o Offset) String() string { return o.Generation + "-" + strconv.FormatUint(o.Sequence, 10) }

// ParseOffset reads what [Offset.String] wrote.
func ParseOffset(s string) (Offset, error) {
	gen, seq, ok := strings.Cut(s, "-")
	n, err := strconv.ParseUint(seq, 10, 64)
	if !ok || err != nil || !validGeneration(gen) || strconv.FormatUint(n, 10) != seq {
		return Offset{}, fmt.Errorf("offset %.40q: want \"<generation>-<sequence>\"", s)
	}
	return Offset{Generation: gen, Sequence: n}, nil
}

// Compare orders offsets by generation, then by sequence.
func (o Offset) Compare(p Offset) int {
	if c := strings.Compare(o.Generation, p.Generation); c != 0 {
		return c
	}
	switch {
	case o.Sequence < p.Sequence:
		return -1
	case o.Sequence > p.Sequence:
		return 1
	}
	return 0
}

// generationLen keeps generations sortable as strings until the year 5188.
const generationLen = 9

// newGeneration names a generation that begins at t and sorts after all earlier ones.
func newGeneration(t time.Time) string {
	s := strconv.FormatInt(t.UnixMilli(), 36)
	return strings.Repeat("0", max(0, generationLen-len(s))) + s
}

// generationTime is when a generation began; the zero time if that cannot be said.
func generationTime(generation string) time.Time {
	ms, err := strconv.ParseInt(generation, 36, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func validGeneration(s string) bool {
	if len(s) != generationLen {
		return false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return true
}
