package desk_test

import (
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/services/operator/desk"
)

func TestValidID(t *testing.T) {
	c := conversation
	tests := map[string]struct {
		id    string
		valid bool
	}{
		"a visitor's message":     {c.MessageID("0198c7de-6a1b-7c3d-9e4f-000000000000"), true},
		"an owner event":          {c.MessageID("call/close/7"), true},
		"as long as can be":       {c.MessageID(strings.Repeat("x", desk.MaxID-len(c.ID)-1)), true},
		"too long":                {c.MessageID(strings.Repeat("x", desk.MaxID-len(c.ID))), false},
		"empty":                   {"", false},
		"no trigger":              {c.MessageID(""), false},
		"only the conversation":   {c.ID, false},
		"of another conversation": {"x" + c.MessageID("call"), false},
		"a blank":                 {c.MessageID("a b"), false},
		"a line break":            {c.MessageID("a\r\nb"), false},
		"other letters":           {c.MessageID("виклик"), false},
	}
	for name, tt := range tests {
		if err := desk.ValidID(c, tt.id); (err == nil) != tt.valid {
			t.Errorf("%s: ValidID(%q) = %v, want valid %v", name, tt.id, err, tt.valid)
		}
	}
}

// TestIDs are those of the conversation, the same for the same thing, and others for another.
func TestIDs(t *testing.T) {
	waits, taken := in(waiting), in(active)
	ids := map[string]string{
		"open":               desk.OpenID(waits.GetId()),
		"take by anna":       desk.TakeID(waits, "anna"),
		"take by borys":      desk.TakeID(waits, "borys"),
		"take later":         desk.TakeID(taken, "anna"),
		"close":              desk.CloseID(waits),
		"close later":        desk.CloseID(taken),
		"the visitor's end":  desk.EndID(taken),
		"renewed":            desk.RenewID(waits),
		"renewed once again": desk.RenewID(taken),
	}
	seen := map[string]string{}
	for what, id := range ids {
		if !strings.HasPrefix(id, conversation.ID+"/") || len(id) > 300 {
			t.Errorf("%s: %q, want an id of the conversation that the log takes", what, id)
		}
		if other, taken := seen[id]; taken {
			t.Errorf("%s and %s have the same id %q", what, other, id)
		}
		seen[id] = what
	}
	if desk.TakeID(waits, "anna") != ids["take by anna"] {
		t.Error("the same thing has two ids")
	}
	restored := desk.Restart(taken, "00000000h")
	restored.Epoch = taken.GetEpoch()
	if desk.CloseID(restored) == ids["close later"] {
		t.Error("a close in a new generation of the log has the id of one in the old")
	}
}
