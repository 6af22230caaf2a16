package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

// Headers of a dead letter.
const (
	deadError      = "Switchboard-Error"
	deadDeliveries = "Switchboard-Deliveries"
	deadSequence   = "Switchboard-Sequence"
	deadSubject    = "Switchboard-Subject"
)

const replayTimeout = 30 * time.Second

// A DeadLetter is a message that a consumer gave up.
type DeadLetter struct {
	ID           uint64 // names it to [Log.Replay]
	Consumer     string
	Conversation subject.Conversation
	From         subject.From
	Sequence     uint64 // of the event in the log
	Deliveries   int
	Error        string
}

type dead struct {
	c        subject.Conversation
	from     subject.From
	sequence uint64
	data     []byte
}

// bury stores a message among the dead letters, once.
func (l *Log) bury(ctx context.Context, consumer string, m jetstream.Msg, tries int, cause error) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	subj, err := subject.Dead(consumer, m.Subject())
	if err != nil {
		return err
	}
	md, err := m.Metadata()
	if err != nil {
		return err
	}
	seq := strconv.FormatUint(md.Sequence.Stream, 10)
	d := &nats.Msg{Subject: subj, Data: m.Data(), Header: nats.Header{
		deadError:      {oneLine(cause.Error())},
		deadDeliveries: {strconv.Itoa(tries)},
		deadSequence:   {seq},
		deadSubject:    {m.Subject()},
	}}
	_, err = l.js.PublishMsg(ctx, d, jetstream.WithMsgID(consumer+"/"+l.Generation()+"/"+seq))
	return err
}

func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\r' || r == '\n' {
			return ' '
		}
		return r
	}, s)
	return s[:min(len(s), 1000)]
}

// DeadLetters lists up to limit dead letters of a consumer ("" = of all) behind the one with the id
// after, oldest first.
func (l *Log) DeadLetters(ctx context.Context, consumer string, after uint64, limit int) ([]DeadLetter, error) {
	filter := subject.DeadLetters
	if consumer != "" {
		if err := subject.ValidateBot(consumer); err != nil {
			return nil, fmt.Errorf("consumer: %w", err)
		}
		filter = subject.DeadOf(consumer)
	}
	msgs, _, err := l.batch(ctx, DeadStreamName, filter, after, min(limit, MaxPage))
	if err != nil {
		return nil, err
	}
	out := make([]DeadLetter, 0, len(msgs))
	for _, m := range msgs {
		d, err := deadLetter(m.Header, m.Header.Get(jetstream.SubjectHeader))
		if err != nil {
			return nil, err
		}
		if d.ID, err = strconv.ParseUint(m.Header.Get(jetstream.SequenceHeader), 10, 64); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func deadLetter(h nats.Header, subj string) (DeadLetter, error) {
	_, rest, _ := strings.Cut(subj, ".")
	consumer, _, _ := strings.Cut(rest, ".")
	c, from, err := subject.Parse(h.Get(deadSubject))
	if err != nil {
		return DeadLetter{}, fmt.Errorf("dead letter on %s: %w", subj, err)
	}
	d := DeadLetter{Consumer: consumer, Conversation: c, From: from, Error: h.Get(deadError)}
	if d.Sequence, err = strconv.ParseUint(h.Get(deadSequence), 10, 64); err != nil {
		return DeadLetter{}, fmt.Errorf("dead letter on %s: %s: %w", subj, deadSequence, err)
	}
	d.Deliveries, err = strconv.Atoi(h.Get(deadDeliveries))
	return d, err
}

// Replay asks the consumer of a dead letter to try it again, and removes it when that succeeds. The
// error is the consumer's own, or that no consumer is running.
func (l *Log) Replay(ctx context.Context, id uint64) error {
	ctx, cancel := context.WithTimeout(ctx, replayTimeout)
	defer cancel()
	m, err := l.deadMsg(ctx, id)
	if err != nil {
		return err
	}
	d, err := deadLetter(m.Header, m.Subject)
	if err != nil {
		return err
	}
	res, err := l.nc.RequestWithContext(ctx, subject.Replay(d.Consumer), []byte(strconv.FormatUint(id, 10)))
	if err != nil {
		return fmt.Errorf("replay %d: consumer %s: %w", id, d.Consumer, err)
	}
	var failed string
	if err := json.Unmarshal(res.Data, &failed); err != nil {
		return fmt.Errorf("replay %d: %w", id, err)
	}
	if failed != "" {
		return fmt.Errorf("replay %d: %s", id, failed)
	}
	return nil
}

func (l *Log) deadMsg(ctx context.Context, id uint64) (*jetstream.RawStreamMsg, error) {
	s, err := l.js.Stream(ctx, DeadStreamName)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", DeadStreamName, err)
	}
	m, err := s.GetMsg(ctx, id)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, fmt.Errorf("there is no dead letter %d: %w", id, err)
	}
	return m, err
}

// serveReplays hands requested dead letters to try, whose settle removes them and answers.
func (l *Log) serveReplays(consumer string, try func(d dead, settle func(error))) (stop func(), err error) {
	sub, err := l.nc.QueueSubscribe(subject.Replay(consumer), consumer, func(req *nats.Msg) {
		answer := func(err error) {
			text := ""
			if err != nil {
				text = err.Error()
			}
			data, _ := json.Marshal(text) // a string always marshals
			if err := req.Respond(data); err != nil {
				slog.Warn("replay not answered", "consumer", consumer, "err", err)
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
		defer cancel()
		id, err := strconv.ParseUint(string(req.Data), 10, 64)
		if err != nil {
			answer(fmt.Errorf("dead letter id: %w", err))
			return
		}
		m, err := l.deadMsg(ctx, id)
		if err != nil {
			answer(err)
			return
		}
		dl, err := deadLetter(m.Header, m.Subject)
		if err != nil {
			answer(err)
			return
		}
		try(dead{c: dl.Conversation, from: dl.From, sequence: dl.Sequence, data: m.Data}, func(err error) {
			if err == nil {
				err = l.forget(id)
			}
			answer(err)
		})
	})
	if err != nil {
		return nil, fmt.Errorf("serve replays of %s: %w", consumer, err)
	}
	return func() { _ = sub.Unsubscribe() }, nil
}

func (l *Log) forget(id uint64) error {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	s, err := l.js.Stream(ctx, DeadStreamName)
	if err != nil {
		return err
	}
	return s.DeleteMsg(ctx, id)
}
