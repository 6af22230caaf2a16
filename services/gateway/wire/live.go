package wire

import (
	"time"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

// Typing is the payload of a typing event.
type Typing struct {
	Author string `json:"author"`
	Name   string `json:"name,omitempty"`
}

// NewTyping says that somebody of the kind writes.
func NewTyping(a chatv1.Author, name string) Typing { return Typing{Author: author(a), Name: name} }

// Thinking is the payload of a thinking event.
type Thinking struct {
	Text string `json:"text"`
	TTL  int64  `json:"ttl_ms"`
}

// NewThinking is a stage that may stay for ttl; no text ends it.
func NewThinking(text string, ttl time.Duration) Thinking {
	return Thinking{Text: text, TTL: ttl.Milliseconds()}
}

// Command is the payload of a command event.
type Command struct {
	Title    string `json:"title,omitempty"`
	Subtitle string `json:"subtitle,omitempty"`
}

// Partial is the payload of a partial event: the next piece of a message that is not stored yet.
type Partial struct {
	ID         string `json:"id"`
	At         uint32 `json:"at"`
	Text       string `json:"text"`
	ParseMode  string `json:"parse_mode,omitempty"`
	Author     string `json:"author"`
	AuthorName string `json:"author_name,omitempty"`
}

// NewPartial is p as a client sees it.
func NewPartial(p *gatewayv1.Partial) Partial {
	return Partial{
		ID: p.GetId(), At: p.GetAt(), Text: p.GetText(), ParseMode: parseMode(p.GetParseMode()),
		Author: author(p.GetAuthor()), AuthorName: p.GetAuthorName(),
	}
}
