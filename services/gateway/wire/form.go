package wire

import chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"

// Form is a form of the bot's settings, written as in a message.
type Form struct {
	Text      string  `json:"text,omitempty"`
	ParseMode string  `json:"parse_mode,omitempty"`
	Fields    []field `json:"fields"`
	Submit    string  `json:"submit,omitempty"`
}

// NewForm is f as a client sees it; nil stays nil.
func NewForm(f *chatv1.Form) *Form {
	if f == nil {
		return nil
	}
	var w message
	w.form(f)
	return &Form{Text: w.Text, ParseMode: w.ParseMode, Fields: w.Fields, Submit: w.Submit}
}
