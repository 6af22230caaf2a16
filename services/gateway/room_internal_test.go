package gateway

import (
	"errors"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

// A room that could not be followed, because a new generation came meanwhile, leaves alone the one that has
// taken its place.
func TestRoomFailsBehindAnother(t *testing.T) {
	g, c := &Gateway{rooms: map[subject.Conversation]*room{}}, subject.Conversation{Bot: "1", ID: "c"}
	first, _ := g.room(c)
	first.Reset()
	second, _ := g.room(c)
	first.begin(0, errors.New("NATS does not answer"))
	if r, _ := g.room(c); r != second {
		t.Error("the second room is not known any more")
	}
}
