package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

const (
	// MaxPage is how many events one read returns at most.
	MaxPage = 256

	readTimeout = 5 * time.Second
	lagStep     = 10 * time.Millisecond
	lagMax      = 200 * time.Millisecond
)

// ErrDecode reports an event whose payload is not a message. It comes from outside or from another
// version; no retry helps.
var ErrDecode = errors.New("payload is not a switchboard.chat.v1.Message")

// An Event is a stored message with its place.
type Event struct {
	Conversation subject.Conversation
	From         subject.From
	Sequence     uint64
	Message      *chatv1.Message // with its offset; nil if Err is set
	Err          error           // [ErrDecode]
}

// Read returns up to limit events of the conversation behind after, in order, and whether there are
// more. In a cluster a replica answers, which may not have the newest events yet; see [Log.ReadTo].
func (l *Log) Read(ctx context.Context, c subject.Conversation, after uint64, limit int) ([]Event, bool, error) {
	if err := c.Validate(); err != nil {
		return nil, false, err
	}
	msgs, more, err := l.batch(ctx, StreamName, c.All(), after, min(limit, MaxPage))
	if err != nil {
		return nil, false, err
	}
	events := make([]Event, 0, len(msgs))
	for _, m := range msgs {
		e, err := l.event(m.Header.Get(jetstream.SubjectHeader), m)
		if err != nil {
			return nil, false, err
		}
		events = append(events, e)
	}
	return events, more, nil
}

// ReadTo calls each with every event of the conversation behind after, in order, until upTo, which is
// the sequence of one of them. It waits for a replica that lags, and for no longer than ctx allows or 5 s.
func (l *Log) ReadTo(ctx context.Context, c subject.Conversation, after, upTo uint64, each func(Event) error) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	read := l.readNext // most often one event is new
	for wait := lagStep; after < upTo; {
		events, more, err := read(ctx, c, after, MaxPage)
		if err != nil {
			return err
		}
		read = l.Read
		for _, e := range events {
			if e.Sequence > upTo {
				return nil
			}
			if err := each(e); err != nil {
				return err
			}
			after, wait = e.Sequence, lagStep
		}
		if more || after >= upTo {
			continue
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("read %s: reached %d of %d: %w", c.ID, after, upTo, ctx.Err())
		case <-time.After(wait):
			wait = min(2*wait, lagMax)
		}
	}
	return nil
}

// readNext is [Log.Read] of one event, whatever the limit.
func (l *Log) readNext(ctx context.Context, c subject.Conversation, after uint64, _ int) ([]Event, bool, error) {
	if err := c.Validate(); err != nil {
		return nil, false, err
	}
	m, err := l.first(ctx, StreamName, c.All(), after+1)
	if err != nil || m == nil {
		return nil, false, err
	}
	e, err := l.event(m.Header.Get(jetstream.SubjectHeader), m)
	return []Event{e}, true, err // maybe more
}

// Find returns the sequence of the message with the id behind after, or 0 if there is none.
func (l *Log) Find(ctx context.Context, c subject.Conversation, after uint64, id string) (uint64, error) {
	last, err := l.Last(ctx, c)
	if err != nil {
		return 0, err
	}
	var found uint64
	stop := errors.New("found")
	err = l.ReadTo(ctx, c, after, last, func(e Event) error {
		if e.Message.GetId() != id {
			return nil
		}
		found = e.Sequence
		return stop
	})
	if errors.Is(err, stop) {
		err = nil
	}
	return found, err
}

// Last returns the sequence of the conversation's newest event, 0 if there is none. It knows of everything
// that has been acknowledged.
func (l *Log) Last(ctx context.Context, c subject.Conversation) (uint64, error) {
	m, err := l.last(ctx, c.All())
	return m.Sequence, err
}

// Owner returns the conversation's newest owner event and its sequence, the epoch; without one the
// epoch is 0 and the owner is the bot. It knows of everything that has been acknowledged.
func (l *Log) Owner(ctx context.Context, c subject.Conversation) (*chatv1.OwnerChange, uint64, error) {
	m, err := l.last(ctx, c.Of(subject.Owner))
	if err != nil {
		return nil, 0, err
	}
	if m.Sequence == 0 {
		return &chatv1.OwnerChange{Owner: &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_BOT}}, 0, nil
	}
	msg := new(chatv1.Message)
	if err := proto.Unmarshal(m.Data, msg); err != nil {
		return nil, 0, fmt.Errorf("owner event %d: %w: %w", m.Sequence, ErrDecode, err)
	}
	return msg.GetOwnerChange(), m.Sequence, nil
}

// FirstSequence is the oldest sequence that the log still has.
func (l *Log) FirstSequence(ctx context.Context) (uint64, error) {
	s, err := l.js.Stream(ctx, StreamName)
	if err != nil {
		return 0, fmt.Errorf("stream %s: %w", StreamName, err)
	}
	return s.CachedInfo().State.FirstSeq, nil
}

func (l *Log) event(subj string, m *nats.Msg) (Event, error) {
	c, from, err := subject.Parse(subj)
	if err != nil {
		return Event{}, err
	}
	seq, err := strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64)
	if err != nil {
		return Event{}, fmt.Errorf("%s of %s: %w", jetstream.SequenceHeader, subj, err)
	}
	return l.decode(c, from, seq, m.Data), nil
}

func (l *Log) decode(c subject.Conversation, from subject.From, seq uint64, data []byte) Event {
	e := Event{Conversation: c, From: from, Sequence: seq, Message: new(chatv1.Message)}
	if err := proto.Unmarshal(data, e.Message); err != nil {
		e.Message, e.Err = nil, fmt.Errorf("event %d: %w: %w", seq, ErrDecode, err)
		return e
	}
	e.Message.Offset = l.At(seq).String()
	return e
}

// batch returns up to limit messages behind after, and whether there are more.
func (l *Log) batch(ctx context.Context, stream, filter string, after uint64, limit int) (msgs []*nats.Msg, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	inbox, in, done, err := l.answers.inbox(l.nc, limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("read %s: %w", filter, err)
	}
	defer done()
	if err := l.ask(stream, inbox, getRequest{Seq: after + 1, NextFor: filter, Batch: limit}); err != nil {
		return nil, false, fmt.Errorf("read %s: %w", filter, err)
	}
	for {
		var m *nats.Msg
		select {
		case m = <-in:
		case <-l.answers.closed:
			return nil, false, fmt.Errorf("read %s: %w", filter, nats.ErrConnectionClosed)
		case <-ctx.Done():
			return nil, false, fmt.Errorf("read %s: %w", filter, ctx.Err())
		}
		switch status := m.Header.Get("Status"); status {
		case "":
			msgs = append(msgs, m)
		case "204":
			return msgs, m.Header.Get("Nats-Num-Pending") != "0", nil
		case "404":
			return msgs, false, nil
		default:
			return nil, false, fmt.Errorf("read %s: %s %s", filter, status, m.Header.Get("Description"))
		}
	}
}

type storedMsg struct {
	Sequence uint64 `json:"seq"`
	Data     []byte `json:"data"`
}

const codeNoMessage = 10037

// last asks for the newest message of a subject; its Sequence is 0 if there is none. It asks the leader, or,
// where no replica may lag, whoever has the stream, which costs less: no accounts lie between.
func (l *Log) last(ctx context.Context, filter string) (storedMsg, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	req, err := json.Marshal(map[string]any{"last_by_subj": filter})
	if err != nil {
		return storedMsg{}, err
	}
	read, api := ofLeader, "$JS.API.STREAM.MSG.GET."
	if l.one.Load() {
		read, api = direct, "$JS.API.DIRECT.GET."
	}
	m, err := l.nc.RequestWithContext(ctx, api+StreamName, req)
	if err != nil {
		return storedMsg{}, fmt.Errorf("last of %s: %w", filter, err)
	}
	s, err := read(m)
	if err != nil {
		return storedMsg{}, fmt.Errorf("last of %s: %w", filter, err)
	}
	return s, nil
}

// ofLeader reads the leader's answer.
func ofLeader(m *nats.Msg) (storedMsg, error) {
	var res struct {
		Message storedMsg           `json:"message"`
		Error   *jetstream.APIError `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &res); err != nil {
		return storedMsg{}, err
	}
	if res.Error != nil && res.Error.ErrorCode != codeNoMessage {
		return storedMsg{}, res.Error
	}
	return res.Message, nil
}

// direct reads the answer to a direct get (ADR-31 of NATS).
func direct(m *nats.Msg) (storedMsg, error) {
	switch status := m.Header.Get("Status"); status {
	case "":
	case "404":
		return storedMsg{}, nil
	default:
		return storedMsg{}, fmt.Errorf("%s %s", status, m.Header.Get("Description"))
	}
	seq, err := strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64)
	if err != nil {
		return storedMsg{}, fmt.Errorf("%s: %w", jetstream.SequenceHeader, err)
	}
	return storedMsg{seq, m.Data}, nil
}
