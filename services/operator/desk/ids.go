package desk

import (
	"fmt"
	"strings"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

// MaxID is the longest dialog id: what is derived from it must fit into the log's ids.
const MaxID = 200

// ValidID rejects what is not the id of a dialog of the conversation: its id, "/" and the trigger,
// in printable ASCII.
func ValidID(c subject.Conversation, id string) error {
	trigger, ok := strings.CutPrefix(id, c.ID+"/")
	if !ok || trigger == "" || len(id) > MaxID || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("%.80q: want %q and the trigger, at most %d printable ASCII characters in all", id, c.ID+"/", MaxID)
	}
	return nil
}

// The ids of owner events are derived from what they are about, so that a repeat is the same event. What
// follows an owner event is named by its place, not by its id: a dialog that follows the close of
// another one would have a longer id each time.

// OpenID is the id of the event that puts the dialog into the queue.
func OpenID(dialog string) string { return dialog + "/open" }

// TakeID is the id of the event by which the operator takes the dialog under the epoch.
func TakeID(d Dialog, operator string) string { return after(d, "take/"+operator) }

// CloseID is the id of the event that closes the dialog under the epoch.
func CloseID(d Dialog) string { return after(d, "close") }

// EndID is the id of the event that follows the visitor's end.
func EndID(d Dialog) string { return after(d, "end") }

// RenewID is the id of the event that says again who owns the dialog since the epoch.
func RenewID(d Dialog) string { return after(d, "renew") }

// SeenID is the id of the notice that a message of the conversation, with this id, has been read. It is the
// same whoever reads it.
func SeenID(d Dialog, message string) string {
	return d.Conversation().MessageID("seen/" + strings.TrimPrefix(message, d.Conversation().MessageID("")))
}

// after names what happens to the dialog under its epoch.
func after(d Dialog, what string) string {
	return d.Conversation().MessageID(fmt.Sprintf("%s/%s-%d", what, d.Generation, d.GetEpoch()))
}
