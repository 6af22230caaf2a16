// Package subject builds and parses the NATS subjects that the services speak on. Nothing else in
// the product does, so that an id can never widen or split a subject.
package subject

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// ErrInvalid reports an id that cannot be part of a subject, or a subject that is not one of ours.
var ErrInvalid = errors.New("invalid subject")

// From is the last token of a subject: on whose part the event happened.
type From string

// The parties of a conversation, and Live for events that are not stored.
const (
	Visitor  From = "visitor"
	Bot      From = "bot"
	Operator From = "operator"
	System   From = "system"
	Owner    From = "owner"
	Live     From = "live"
)

// Filters over all conversations.
const (
	Log         = "chat.>"            // everything that is stored
	FeedOfLog   = "feed.>"            // where the stored is shown again
	Visitors    = "chat.*.*.visitor"  // what visitors do
	Bots        = "chat.*.*.bot"      // what scenarios say
	Operators   = "chat.*.*.operator" // what operators say
	OwnerEvents = "chat.*.*.owner"    // who answers
	Leases      = "lease.*.*"         // what goes on for a while
	DeadLetters = "dead.>"            // what no retry could help
	maxBot      = 64                  // the longest bot id
	maxGateway  = 32                  // the longest id of a gateway
)

// A Conversation names one conversation of one bot.
type Conversation struct{ Bot, ID string }

// Validate rejects ids that would widen or split a subject: a bot id is 1 to 64 of a-z, A-Z, 0-9,
// "-" and "_"; a conversation id is a canonical lower-case UUID. [ErrInvalid] names the id.
func (c Conversation) Validate() error {
	if err := ValidateBot(c.Bot); err != nil {
		return err
	}
	if !IsUUID(c.ID) {
		return fmt.Errorf("%w: conversation %q: want a canonical lower-case UUID", ErrInvalid, c.ID)
	}
	return nil
}

// ValidateBot rejects what is not a bot id; see [Conversation.Validate].
func ValidateBot(id string) error {
	if id == "" || len(id) > maxBot || strings.ContainsFunc(id, func(r rune) bool { return !botRune(r) }) {
		return fmt.Errorf("%w: bot %q: want 1 to %d of a-z, A-Z, 0-9, \"-\" and \"_\"", ErrInvalid, id, maxBot)
	}
	return nil
}

func botRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
}

// IsUUID reports whether s is a UUID in its canonical lower-case form (RFC 9562).
func IsUUID(s string) bool {
	u, err := uuid.Parse(s)
	return err == nil && u.String() == s
}

// Of returns the subject on which from's events of the conversation are stored.
func (c Conversation) Of(from From) string {
	return "chat." + c.Bot + "." + c.ID + "." + string(from)
}

// All is the filter for everything that is stored of the conversation.
func (c Conversation) All() string { return "chat." + c.Bot + "." + c.ID + ".*" }

// Feed is the filter for everything of the conversation as it is shown: what was stored, and live events.
func (c Conversation) Feed() string { return "feed." + c.Bot + "." + c.ID + ".*" }

// Live is where events of the conversation that are not stored are shown.
func (c Conversation) Live() string { return "feed." + c.Bot + "." + c.ID + "." + string(Live) }

// Lease is where something that goes on in the conversation for a while is kept.
func (c Conversation) Lease() string { return "lease." + c.Bot + "." + c.ID }

// ParseLease recovers the conversation from what [Conversation.Lease] made.
func ParseLease(s string) (Conversation, error) {
	t := strings.Split(s, ".")
	if len(t) != 3 || t[0] != "lease" {
		return Conversation{}, fmt.Errorf("%w: %q: want lease.<bot>.<conversation>", ErrInvalid, s)
	}
	c := Conversation{Bot: t[1], ID: t[2]}
	return c, c.Validate()
}

// Key is the conversation's key in a bucket.
func (c Conversation) Key() string { return c.Bot + "." + c.ID }

// MessageID makes the id under which a message of the conversation is stored from its author's id.
// The stream de-duplicates over all conversations, so an id carries its own.
func (c Conversation) MessageID(local string) string { return c.ID + "/" + local }

// Parse recovers the conversation and the party from the subject of a stored event.
func Parse(s string) (Conversation, From, error) { return parse("chat", s) }

// ParseFeed recovers the conversation and the party from a subject of the feed.
func ParseFeed(s string) (Conversation, From, error) { return parse("feed", s) }

func parse(root, s string) (Conversation, From, error) {
	t := strings.Split(s, ".")
	if len(t) != 4 || t[0] != root {
		return Conversation{}, "", fmt.Errorf("%w: %q: want %s.<bot>.<conversation>.<from>", ErrInvalid, s, root)
	}
	c, from := Conversation{Bot: t[1], ID: t[2]}, From(t[3])
	switch from {
	case Visitor, Bot, Operator, System, Owner:
	case Live:
		if root == "feed" {
			break
		}
		fallthrough
	default:
		return Conversation{}, "", fmt.Errorf("%w: %q: unknown party %q", ErrInvalid, s, t[3])
	}
	return c, from, c.Validate()
}

// Dead is where a consumer's poison message goes; s is the subject it was stored on.
func Dead(consumer, s string) (string, error) {
	if _, _, err := Parse(s); err != nil {
		return "", err
	}
	if err := ValidateBot(consumer); err != nil {
		return "", fmt.Errorf("consumer: %w", err)
	}
	return "dead." + consumer + strings.TrimPrefix(s, "chat"), nil
}

// DeadOf is the filter for a consumer's poison messages.
func DeadOf(consumer string) string { return "dead." + consumer + ".>" }

// Replay is where a consumer is asked to try a poison message again.
func Replay(consumer string) string { return "replay." + consumer }

// Gateway is where a gateway tells others its address. [ErrInvalid] reports what is no gateway's id.
func Gateway(id string) (string, error) {
	if len(id) > maxGateway || ValidateBot(id) != nil { // of the same characters
		return "", fmt.Errorf("%w: gateway %.40q", ErrInvalid, id)
	}
	return "live.gateway." + id, nil
}

// Dialogs is where changed dialogs of a bot are announced; bot "*" is every bot.
func Dialogs(bot string) string { return "dialog." + bot }
