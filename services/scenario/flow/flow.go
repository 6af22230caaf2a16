// Package flow decides what a bot says: it reads a scenario and answers the events of a conversation,
// one after another, as a function of its arguments. It does no I/O and has no clock and no chance of
// its own: the same state and input always give the same result.
//
// The format of a scenario is described in docs/scenario-format.md.
package flow

import "slices"

// Limits of a scenario. Lengths are in characters, not bytes.
const (
	MaxFile    = 1 << 20 // bytes of a scenario
	MaxNodes   = 2000
	MaxText    = 4096 // a text as written; the values put into it together may be as long again
	MaxButtons = 64   // in one keyboard
	MaxSteps   = 100  // nodes that one event may lead through

	maxName        = 64   // of an id, alias, variable
	maxLabel       = 200  // of a button
	maxURL         = 2048 // of an address
	maxTopic       = 100
	maxConstants   = 500
	maxSets        = 64  // variables of one set node
	maxRules       = 64  // of one condition node
	maxConditions  = 64  // of one rule
	maxList        = 256 // values of in_list
	maxTries       = 100
	maxCards       = 10   // side by side
	maxCardTitle   = 200  // of a card, as shown
	maxCardText    = 1000 // the same
	maxCardButtons = 6    // of a card
)

// Flow is a checked scenario. It never changes and is safe for concurrent use. Make one with [Parse].
type Flow struct {
	nodes     map[string]node
	order     []string // ids as in the file
	start     string
	aliases   map[string]string // alias to the entry node's id
	constants map[string]string
	warnings  []string
	kept      map[string]bool // the variables that only the scenario itself gives values: those of set nodes
}

// Warnings says what in the scenario works but is probably not meant, such as nodes that nothing leads to.
func (f *Flow) Warnings() []string {
	return slices.Clone(f.warnings)
}

// node is one step of a flow.
type node interface {
	// links are the nodes that this one leads to, with the fields that name them.
	links() []link
	// waits reports whether the conversation rests at this node until the visitor or an operator acts.
	waits() bool
	// enter does the node's work and returns the node to go on with, or "" to stay or to end.
	enter(r *run) string
}

// question is a node that waits for the visitor.
type question interface {
	node
	// ask shows the question.
	ask(r *run)
	// answer takes what the visitor said and returns the node to go on with, or "" after asking again.
	answer(r *run, said said) string
}

// offer is a question that knows its own answers from whatever else is said.
type offer interface {
	question
	// choose takes what was said as one of the answers, if it is one, and returns the node to go on with.
	choose(r *run, said said) (next string, ok bool)
}

// link is a reference of a node to another.
type link struct {
	field  string
	target string
	alias  bool // target is the alias of an entry point, not an id
}
