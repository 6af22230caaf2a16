package flow

import "time"

// Input is one event with what the engine may not find out for itself.
type Input struct {
	// Event is what happened. Nil is nothing.
	Event Event
	// Params are the page's parameters, of the types that encoding/json decodes into; values of other
	// types are left out. Nil means unchanged.
	Params map[string]any
	// Trusted are those that the site's server has signed, in the same way.
	Trusted map[string]any
	// Now is {{now}}.
	Now time.Time
	// Random is {{random}}. Give each event another number, and an event that is tried again the same.
	Random uint64
}

// Event is one of [Start], [Text], [Press], [Answer], [Jump], [ParamsChanged], [OwnerTaken], [OwnerBack] and [Leave].
type Event interface{ event() }

// Start opens the conversation. It is ignored while a scenario is under way.
type Start struct{}

// Text is what the visitor wrote.
type Text struct{ Text string }

// Press is a button that the visitor pressed, of whichever keyboard.
type Press struct {
	Text string // the label
	Body string // ActionBody; empty means that the label is the answer
}

// Answer is what the visitor put into a form. Form is Prechat, Offline or Rating for the forms of the bot's
// settings, and anything else for one of the conversation's. The values are the visitor's: an open form
// checks them, and those of the settings never change a variable that a set node gives a value.
type Answer struct {
	Form   string
	Values map[string]string
	Text   string // the same in words
}

// Jump asks for an entry point. Unless an operator answers, an unknown alias is not met with silence:
// the open question is asked again, and where there is none the scenario starts.
type Jump struct{ Alias string }

// ParamsChanged says that the page set parameters; they are in Input.Params.
type ParamsChanged struct{}

// OwnerTaken says that the queue or an operator owns the conversation from here on.
type OwnerTaken struct{}

// OwnerBack says that the bot owns the conversation again. It goes on at Alias; if that is empty or
// unknown, at the connect_operator node's closed_alias or next; and where an operator had stepped in
// on his own, by asking the open question again.
type OwnerBack struct{ Alias string }

// Leave is the visitor ending the conversation. Answers are forgotten.
type Leave struct{}

func (Start) event()         {}
func (Text) event()          {}
func (Press) event()         {}
func (Answer) event()        {}
func (Jump) event()          {}
func (ParamsChanged) event() {}
func (OwnerTaken) event()    {}
func (OwnerBack) event()     {}
func (Leave) event()         {}
