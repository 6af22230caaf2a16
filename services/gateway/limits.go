package gateway

import (
	"fmt"
	"strings"
	"time"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// limits are how often things may happen at this gateway.
type limits struct {
	messages, connects, conversations, bots, uploads, botUploads *limit.Keyed

	previews, addressPreviews                *limit.Keyed
	transcripts, addressMails, recipientMail *limit.Keyed

	assets *limit.Keyed
}

func newLimits(c Config) limits {
	return limits{
		messages: limit.New(c.Messages), connects: limit.New(c.Connects),
		conversations: limit.New(c.Conversations), bots: limit.New(c.BotMessages),
		uploads: limit.New(c.Uploads), botUploads: limit.New(c.BotUploads),
		previews:        limit.New(c.Previews),
		addressPreviews: limit.New(limit.Rate{PerSecond: 10 * c.Previews.PerSecond, Burst: 10 * c.Previews.Burst}),
		assets:          limit.New(limit.Rate{PerSecond: 10, Burst: 200}), // a version has some sixty, and most are remembered
		transcripts:     limit.New(perDay(3)), addressMails: limit.New(perDay(60)), recipientMail: limit.New(perDay(5)),
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

// perDay is so many at once, and so many a day.
func perDay(n int) limit.Rate { return limit.Rate{PerSecond: float64(n) / (24 * 60 * 60), Burst: n} }

// preview takes one link of what a visitor may have looked at.
func (l *limits) preview(c subject.Conversation, ip string) *wire.Problem {
	now := time.Now()
	if wait := l.previews.Take(c.Key(), now); wait > 0 {
		return limited("too many links", wait)
	}
	if wait := l.addressPreviews.Take(who(ip), now); wait > 0 {
		return limited("too many links for this address", wait)
	}
	return nil
}

// transcript takes one mail of what is sent of a conversation, for an address, and to a recipient, who may have asked
// for none.
func (l *limits) transcript(c subject.Conversation, ip, to string) *wire.Problem {
	now := time.Now()
	if wait := l.transcripts.Take(c.Key(), now); wait > 0 {
		return limited("this conversation has been sent often enough", wait)
	}
	if wait := l.addressMails.Take(who(ip), now); wait > 0 {
		return limited("too many mails for this address", wait)
	}
	if wait := l.recipientMail.Take(strings.ToLower(to), now); wait > 0 {
		return limited("too many mails to this recipient", wait)
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

// asset takes one lookup of what neither this version has nor anybody has asked for lately.
func (l *limits) asset(ip string) *wire.Problem {
	if wait := l.assets.Take(who(ip), time.Now()); wait > 0 {
		return limited("too many assets that are not there", wait)
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
