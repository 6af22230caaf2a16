package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

const (
	sessionBucket  = "sessions"
	sessionVersion = 1
)

// Who owns a conversation, as a session keeps it.
const (
	ownerBot   = "bot"
	ownerOther = "other" // the queue or an operator
)

// session is what the service knows of one conversation. It is a value: whoever changes it gets a
// new one, and only [sessions.save] makes that the truth.
type session struct {
	Version    int    `json:"version"`    // of this form
	Generation string `json:"generation"` // of the log that the sequences are of
	Handled    uint64 `json:"handled"`    // the last event that has been decided

	// Epoch is the sequence of the last owner event handled: that of the last one before whatever
	// comes next, never one that was read later.
	Epoch uint64 `json:"epoch,omitempty"`
	Owner string `json:"owner,omitempty"`

	State    flow.State `json:"state"`
	Visitor  string     `json:"visitor,omitempty"`  // the visitor's id
	User     string     `json:"user,omitempty"`     // the site's user, by the newest event
	Verified bool       `json:"verified,omitempty"` // the site's server vouches for User
	Language string     `json:"language,omitempty"` // of the widget, at the start

	// Known are the last handled events by their ids without the conversation. They are where the
	// session goes on when sequences have lost their meaning.
	Known recent `json:"known,omitempty"`
	// Outbox is what has been decided and is not known to be done.
	Outbox *outbox `json:"outbox,omitempty"`
}

// outbox is what one event led to.
type outbox struct {
	Trigger  string   `json:"trigger"`  // the event's id without the conversation
	Sequence uint64   `json:"sequence"` // its place; 0 = it is not in the log any more
	Epoch    uint64   `json:"epoch"`    // under which it was decided
	Actions  []action `json:"actions"`
}

// action is one thing to do, complete but for what the outbox says of all. One of the two is set.
type action struct {
	Message []byte `json:"message,omitempty"` // chat.v1.Message to deliver
	Dialog  []byte `json:"dialog,omitempty"`  // operator.v1.OpenDialogRequest
}

// knows reports whether the event with this local id has been handled, as far back as that is known.
func (s session) knows(local string) bool { return s.Known.has(local) }

// remember returns the session with the event among those handled.
func (s session) remember(local string) session {
	s.Known = s.Known.with(local)
	return s
}

// sessions is the bucket of sessions, and those of it that this process has saved last.
type sessions struct {
	kv   jetstream.KeyValue
	kept *kept
}

// openSessions returns the bucket, making it or bringing it to these settings.
func openSessions(ctx context.Context, js jetstream.JetStream, replicas int, age time.Duration) (*sessions, error) {
	kv, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: sessionBucket, Description: "where the scenarios' conversations stand",
		History: 1, TTL: age, Storage: jetstream.FileStorage, Replicas: replicas,
	})
	if err != nil {
		return nil, fmt.Errorf("open the sessions bucket: %w", err)
	}
	return &sessions{kv: kv, kept: newKept()}, nil
}

// errRaced reports that the session has changed since it was loaded: start again from the new one.
var errRaced = errors.New("the session has changed meanwhile")

// load returns the conversation's session and its revision. Without a session, or with one that is
// not readable, the session is empty; without one the revision is 0. In a cluster a replica answers,
// so it may be a former one; save notices.
func (s *sessions) load(ctx context.Context, c subject.Conversation) (session, uint64, error) {
	e, err := s.kv.Get(ctx, c.Key())
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return session{}, 0, nil
	}
	if err != nil {
		return session{}, 0, fmt.Errorf("load session %s: %w: %w", c.Key(), bus.ErrUnavailable, err)
	}
	var got session
	if err := json.Unmarshal(e.Value(), &got); err != nil {
		logUnreadable(ctx, c, err)
		return session{}, e.Revision(), nil
	}
	if got.Version > sessionVersion { // in the middle of a deployment: leave it to the new program
		return session{}, 0, fmt.Errorf("load session %s: %w: it has form %d, this program knows %d",
			c.Key(), bus.ErrUnavailable, got.Version, sessionVersion)
	}
	return got, e.Revision(), nil
}

// settled returns the conversation's session as this process has saved it, if nothing of it was pending
// then. Another replica may have saved a newer one; save notices.
func (s *sessions) settled(c subject.Conversation) (session, uint64, bool) { return s.kept.get(c) }

// save makes next the session if it still has the revision (0 = there is none) and returns the new
// one. errRaced means that it has another; after bus.ErrUnavailable either may be the truth.
func (s *sessions) save(ctx context.Context, c subject.Conversation, next session, revision uint64) (uint64, error) {
	s.kept.drop(c)
	next.Version = sessionVersion
	var value bytes.Buffer
	enc := json.NewEncoder(&value)
	enc.SetEscapeHTML(false) // it would be six times as long
	if err := enc.Encode(next); err != nil {
		return 0, fmt.Errorf("encode session %s: %w", c.Key(), err)
	}
	var err error
	if revision == 0 {
		revision, err = s.kv.Create(ctx, c.Key(), value.Bytes())
	} else {
		revision, err = s.kv.Update(ctx, c.Key(), value.Bytes(), revision)
	}
	switch {
	case errors.Is(err, jetstream.ErrKeyExists), errors.Is(err, jetstream.ErrKeyRevisionMismatch):
		return 0, errRaced
	case err != nil:
		return 0, fmt.Errorf("save session %s: %w: %w", c.Key(), bus.ErrUnavailable, err)
	}
	if next.Outbox == nil {
		s.kept.put(keptSession{c: c, session: next, revision: revision, size: value.Len()})
	}
	return revision, nil
}
