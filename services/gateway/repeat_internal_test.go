package gateway

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// A message is looked for unless its id says that the log still knows it, whatever the client says and
// wherever a clock has jumped to.
func TestMayRepeat(t *testing.T) {
	id := uuid.Must(uuid.NewV7())
	made := time.Unix(id.Time().UnixTime())
	const window = 10 * time.Minute
	for name, tt := range map[string]struct {
		frame wire.Frame
		now   time.Time
		want  bool
	}{
		"new":                         {wire.Frame{ID: id.String(), Attempt: 1}, made.Add(time.Second), false},
		"does not say":                {wire.Frame{ID: id.String()}, made.Add(time.Second), false},
		"lies about being earlier":    {wire.Frame{ID: id.String(), Attempt: -7}, made.Add(time.Second), false},
		"says so":                     {wire.Frame{ID: id.String(), Attempt: 2}, made.Add(time.Second), true},
		"lies after the window":       {wire.Frame{ID: id.String(), Attempt: 1}, made.Add(window), true},
		"the clock went forward":      {wire.Frame{ID: id.String()}, made.Add(24 * time.Hour), true},
		"the clock went back":         {wire.Frame{ID: id.String()}, made.Add(-time.Hour), true},
		"the clocks differ a little":  {wire.Frame{ID: id.String()}, made.Add(-time.Minute), false},
		"the id does not tell a time": {wire.Frame{ID: uuid.NewString()}, made, true},
		"a start":                     {wire.Frame{ID: id.String(), Type: "start"}, made, true},
	} {
		if got := mayRepeat(tt.frame, tt.now, window); got != tt.want {
			t.Errorf("%s: mayRepeat = %t, want %t", name, got, tt.want)
		}
	}
}
