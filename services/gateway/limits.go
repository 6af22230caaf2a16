package gateway

import (
	"fmt"
	"time"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// limits are how often things may happen at this gateway.
type limits struct {
	messages, connects, conversations, bots, uploads, botUploads *limit.Keyed
}

func newLimits(c Config) limits {
	return limits{
		messages: limit.New(c.Messages), connects: limit.New(c.Connects),
		conversations: limit.New(c.Conversations), bots: limit.New(c.BotMessages),
		uploads: limit.New(c.Uploads), botUploads: limit.New(c.BotUploads),
	}
}

// act takes one of what the visitor of a conversation may do.
func (l *limits) act(c subject.Conversation) *wire.Problem {
	now := time.Now()
	if wait := l.messages.Take(c.Key(), now); wait > 0 {
		return limited("too many messages", wait)
	}
	if wait := l.bots.Take(c.Bot, now); wait > 0 {
		return limited("the chat is very busy", wait)
	}
	return nil
}

// upload takes one file of what the visitor of a conversation may upload.
func (l *limits) upload(c subject.Conversation) *wire.Problem {
	now := time.Now()
	if wait := l.uploads.Take(c.Key(), now); wait > 0 {
		return limited("too many files", wait)
	}
	if wait := l.botUploads.Take(c.Bot, now); wait > 0 {
		return limited("the chat is very busy", wait)
	}
	return nil
}

// connect takes one connection of the address, or one token.
func (l *limits) connect(ip string) *wire.Problem {
	if wait := l.connects.Take(who(ip), time.Now()); wait > 0 {
		return limited("too many connections from this address", wait)
	}
	return nil
}

// begin takes one new conversation of the address.
func (l *limits) begin(ip string) *wire.Problem {
	if wait := l.conversations.Take(who(ip), time.Now()); wait > 0 {
		return limited("too many new conversations from this address", wait)
	}
	return nil
}

// limited says when to try again: that much later, rounded up.
func limited(what string, wait time.Duration) *wire.Problem {
	wait = max(wait, time.Millisecond)
	return &wire.Problem{
		Code: wire.RateLimited, Message: fmt.Sprintf("%s: try again in %v", what, wait.Round(time.Millisecond)),
		RetryAfter: wait.Milliseconds(),
	}
}
