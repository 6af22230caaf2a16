package desk

import (
	"fmt"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// A Caller is who wants to do something with a dialog of a bot that is theirs to see.
type Caller struct {
	ID         string
	Oversees   bool // a supervisor or an administrator: sees and closes what others have taken
	Integrator bool // a machine that reads every dialog and speaks beside its owner
}

// A Refusal says why the caller may not, for people. It is not an error of the program.
type Refusal struct{ Reason string }

func (r *Refusal) Error() string { return r.Reason }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// Take reports whether the caller takes the dialog by a change of owner, has it already, or may not.
func Take(d Dialog, c Caller) (already bool, err error) {
	switch d.GetState() {
	case operatorv1.DialogState_DIALOG_STATE_WAITING:
		return false, nil
	case operatorv1.DialogState_DIALOG_STATE_ACTIVE:
		if d.GetOperatorId() == c.ID {
			return true, nil
		}
		return false, TakenBy(d)
	}
	return false, notLive(d)
}

// Send reports whether the caller may speak in the dialog, and whether beside its owner.
func Send(d Dialog, c Caller) (unfenced bool, err error) {
	switch {
	case !d.Live():
		return false, notLive(d)
	case c.Integrator:
		return true, nil
	}
	return false, owns(d, c)
}

// Delete reports whether the caller may take a message back, one of its own or, if it looks after others, one
// of an operator's; and whether beside the dialog's owner.
func Delete(d Dialog, c Caller) (unfenced bool, err error) {
	if d.Live() && c.Oversees {
		return true, nil
	}
	return Send(d, c)
}

// Owns reports whether the dialog is with the caller now.
func Owns(d Dialog, c Caller) bool {
	return d.GetState() == operatorv1.DialogState_DIALOG_STATE_ACTIVE && d.GetOperatorId() == c.ID
}

// Type reports whether the caller may show the visitor that it is writing.
func Type(d Dialog, c Caller) error {
	if !d.Live() {
		return notLive(d)
	}
	return owns(d, c)
}

// Close reports whether the caller closes the dialog by a change of owner, finds it closed, or may not.
func Close(d Dialog, c Caller) (already bool, err error) {
	switch {
	case !d.Open():
		return true, nil
	case !d.Live():
		return false, notLive(d)
	case c.Oversees, c.Integrator:
		return false, nil
	}
	return false, owns(d, c)
}

// Shows reports whether a dialog belongs to what the caller watches: what waits and the caller's
// own, and for those who look after others everything that is with people.
func Shows(d *operatorv1.Dialog, c Caller) bool {
	switch d.GetState() {
	case operatorv1.DialogState_DIALOG_STATE_WAITING:
		return true
	case operatorv1.DialogState_DIALOG_STATE_ACTIVE:
		return c.Oversees || c.Integrator || d.GetOperatorId() == c.ID
	}
	return false
}

// Reads reports whether the caller may look at the dialog: at what it is shown, and at what it has
// worked with before.
func Reads(d *operatorv1.Dialog, c Caller) bool {
	return Shows(d, c) || c.Oversees || c.Integrator || d.GetOperatorId() == c.ID
}

// TakenBy is the refusal that names who was faster.
func TakenBy(d Dialog) error {
	name := d.GetOperatorName()
	if name == "" {
		name = d.GetOperatorId()
	}
	return refuse("the dialog has been taken by %s", name)
}

func owns(d Dialog, c Caller) error {
	switch {
	case d.GetState() == operatorv1.DialogState_DIALOG_STATE_WAITING:
		return refuse("the dialog is in the queue: take it first")
	case d.GetOperatorId() != c.ID:
		return TakenBy(d)
	}
	return nil
}

func notLive(d Dialog) error {
	if d.Open() {
		return refuse("the dialog is not in the queue yet: try again in a moment")
	}
	return refuse("the dialog is closed")
}
