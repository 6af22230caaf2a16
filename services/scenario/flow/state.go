package flow

// State is where one conversation stands. The zero State has not started. It is plain data: encoded as
// JSON and decoded again it gives the same results. Next never changes the maps of a State it was given.
type State struct {
	// Version is the scenario's version, for the driver: Next hands it on as it is.
	Version int64 `json:"version,omitempty"`
	// Started says that the bot has begun; the visitor's leaving ends that.
	Started bool `json:"started,omitempty"`
	// Node is where the conversation waits. A started conversation without one has run out of
	// scenario: the next thing the visitor says starts it again.
	Node string `json:"node,omitempty"`
	// Tries counts the answers that were refused at Node.
	Tries int `json:"tries,omitempty"`
	// WithOperator says that a queue or an operator owns the conversation, so the bot is silent.
	WithOperator bool `json:"with_operator,omitempty"`
	// Vars are the answers and variables, at most 64 KiB together. They outlive a restart of the
	// scenario, but not the visitor's leaving.
	Vars map[string]string `json:"vars,omitempty"`
	// Params are the page's parameters as they were last seen, at most 16 KiB. They are kept because
	// an operator's close brings none.
	Params map[string]any `json:"params,omitempty"`
	// Trusted are the parameters that the site's server has signed, as they were last seen, within the same
	// bound.
	Trusted map[string]any `json:"trusted,omitempty"`
	// LastInput is the last thing that the visitor said to the bot.
	LastInput string `json:"last_input,omitempty"`
}
