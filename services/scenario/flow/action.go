package flow

// Action is one of [Say], [Image], [Keyboard], [Cards], [Form], [Connect], [End] and [Fault]. Its content is rendered: it
// holds no placeholders.
type Action interface {
	// At is the id of the node that acts.
	At() string
}

// ParseMode says how a text is to be read.
type ParseMode string

// The parse modes.
const (
	Plain    ParseMode = ""
	HTML     ParseMode = "HTML"
	Markdown ParseMode = "Markdown"
)

// Say is an utterance; its text is never blank.
type Say struct {
	Node string
	Text string
	Mode ParseMode
}

// Image is a picture.
type Image struct {
	Node string
	URL  string // http or https
	Alt  string
}

// Keyboard is a text with at least one button.
type Keyboard struct {
	Node    string
	Text    string
	Mode    ParseMode
	Inline  bool // directly under the text, instead of beside the composer
	Buttons []Button
}

// Button is one choice of a keyboard.
type Button struct {
	Text       string
	ActionType ActionType
	ActionBody string // Reply: the answer, if not the label; OpenURL: an http or https address
	Columns    int    // width in sixths of the keyboard, 1 to 6
	BgColor    string // CSS hex colour or empty
	TextColor  string // CSS hex colour or empty
}

// ActionType says what pressing a button does.
type ActionType string

// The action types.
const (
	Reply   ActionType = "reply"
	OpenURL ActionType = "open-url"
	None    ActionType = "none"
)

// Cards are shown side by side.
type Cards struct {
	Node  string
	Cards []Card
}

// Card is a picture with words and buttons; at least one of URL, Title and Text is there.
type Card struct {
	Title   string
	Text    string
	URL     string // of its picture, http or https; empty: there is none
	Alt     string
	Buttons []Button
}

// Form asks for values.
type Form struct {
	Node   string
	Text   string // at most [MaxText] characters
	Mode   ParseMode
	Fields []Field
	Submit string
}

// Field asks for one value. Its fields are those of chat.v1.FormField, with the words of package form for
// kinds and styles.
type Field struct {
	Name        string
	Label       string
	Kind        string
	Required    bool
	Placeholder string
	Choices     []string
	Min, Max    string
	Scale       int
	Style       string
}

// Connect asks for an operator. The bot is silent from here on until [OwnerBack].
type Connect struct {
	Node        string // empty: no node asks, but what the visitor did
	Topic       string
	ClosedAlias string // where to go on when the operator has closed; may be empty
}

// End says that the scenario has run out: nothing is asked. The conversation stays open, and what the
// visitor says next starts the scenario again.
type End struct{ Node string }

// Fault is the only action of an event that led through more than [MaxSteps] nodes. Parse refuses such
// scenarios, so it is a defect of this package; the next thing the visitor says starts again.
type Fault struct{ Node string }

// At is the id of the node that acts.
func (a Say) At() string { return a.Node }

// At is the id of the node that acts.
func (a Image) At() string { return a.Node }

// At is the id of the node that acts.
func (a Keyboard) At() string { return a.Node }

// At is the id of the node that acts.
func (a Cards) At() string { return a.Node }

// At is the id of the node that acts.
func (a Form) At() string { return a.Node }

// At is the id of the node that acts.
func (a Connect) At() string { return a.Node }

// At is the id of the node that acts.
func (a End) At() string { return a.Node }

// At is the id of the node that acts.
func (a Fault) At() string { return a.Node }
