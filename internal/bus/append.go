package bus

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

var (
	// ErrUnavailable reports that the outcome is unknown: repeat the same id.
	ErrUnavailable = errors.New("the log is not available")
	// ErrFull reports that the log has reached its size; nothing was stored.
	ErrFull = errors.New("the log is full")
	// ErrTooLarge reports a message beyond the log's limit; nothing was stored.
	ErrTooLarge = errors.New("message too large")
)

// FencedError reports that the conversation has another owner epoch than the caller believed in,
// and that nothing was stored.
type FencedError struct {
	Owner *chatv1.Owner // who owns the conversation instead
	Epoch uint64        // since when; 0 = the owner never changed
}

func (e *FencedError) Error() string {
	return fmt.Sprintf("the conversation is owned by %s since epoch %d", e.Owner.GetKind(), e.Epoch)
}

// Stored says where an appended message is.
type Stored struct {
	Sequence  uint64
	Duplicate bool // it had been stored before
}

// A Fence lets an append through only under an owner epoch.
type Fence struct {
	Epoch uint64 // the sequence of the last owner event; 0 = none
	After uint64 // the id, if stored already, is behind this sequence
}

// Error codes of nats-server 2.15: of these only wrongLast can mean that the owner has changed. In
// a cluster the others mean that an earlier message of the same id or subject is still in flight.
const (
	codeWrongLast       = 10071 // wrong last sequence: <actual>
	codeWrongLastFlight = 10164 // wrong last sequence
	codeLastNotReady    = 10163 // expected last sequence per subject temporarily unavailable
	codeDuplicateFlight = 10158 // duplicate message id is in process
	codeStoreFailed     = 10077 // among others: maximum bytes exceeded
	codeTooLarge        = 10054
	codeNoResources     = 10023
)

const (
	inFlightFor  = 3 * time.Second // how long to repeat what is in flight
	inFlightStep = 5 * time.Millisecond
	inFlightMax  = 100 * time.Millisecond
)

// Append stores m, under its id and with the trace of ctx, as an event of the conversation. The
// same id stores once per duplicate window, and the second time returns the first one's place.
//
// With a fence it stores m only while the owner epoch is fence.Epoch, which the broker itself
// checks; otherwise it returns a [*FencedError], unless m had been stored already.
// Errors are [ErrUnavailable], [ErrFull], [ErrTooLarge] or a FencedError.
func (l *Log) Append(ctx context.Context, c subject.Conversation, from subject.From, m *chatv1.Message, fence *Fence) (Stored, error) {
	msg, err := encode(ctx, c, from, m)
	if err != nil {
		return Stored{}, err
	}
	if fence == nil {
		return l.publish(ctx, msg)
	}
	msg.Header.Set(jetstream.ExpectedLastSubjSeqSubjHeader, c.Of(subject.Owner))
	msg.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(fence.Epoch, 10))
	s, err := l.publish(ctx, msg)
	actual, wrong := wrongLast(err)
	if wrong && actual == 0 && fence.Epoch != 0 { // the owner event has aged away: the bot's, for others renew theirs
		msg.Header.Set(jetstream.ExpectedLastSubjSeqHeader, "0")
		s, err = l.publish(ctx, msg)
		_, wrong = wrongLast(err)
	}
	if !wrong {
		return s, err
	}
	return l.refused(ctx, c, m.GetId(), fence)
}

func encode(ctx context.Context, c subject.Conversation, from subject.From, m *chatv1.Message) (*nats.Msg, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	data, err := proto.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("marshal %s: %w", m.GetId(), err)
	}
	if len(data) > maxPayload-1024 { // headers count too
		return nil, fmt.Errorf("%s: %w: %d bytes", m.GetId(), ErrTooLarge, len(data))
	}
	msg := &nats.Msg{Subject: c.Of(from), Data: data, Header: nats.Header{}}
	otel.GetTextMapPropagator().Inject(ctx, propagation.HeaderCarrier(msg.Header))
	msg.Header.Set(jetstream.MsgIDHeader, m.GetId())
	return msg, nil
}

// refused finds out what a wrong last sequence means. The broker checks the sequence before it
// looks for duplicates, so a message that is already stored is refused like a late one.
func (l *Log) refused(ctx context.Context, c subject.Conversation, id string, fence *Fence) (Stored, error) {
	seq, err := l.Find(ctx, c, fence.After, id)
	if err != nil {
		return Stored{}, fmt.Errorf("look for %s: %w: %w", id, ErrUnavailable, err)
	}
	if seq != 0 {
		return Stored{Sequence: seq, Duplicate: true}, nil
	}
	change, epoch, err := l.Owner(ctx, c)
	if err != nil {
		return Stored{}, fmt.Errorf("owner of %s: %w: %w", c.ID, ErrUnavailable, err)
	}
	return Stored{}, &FencedError{Owner: change.GetOwner(), Epoch: epoch}
}

// publish stores msg, repeating it while the broker says that it is in flight.
func (l *Log) publish(ctx context.Context, msg *nats.Msg) (Stored, error) {
	ctx, cancel := context.WithTimeout(ctx, inFlightFor)
	defer cancel()
	for wait := inFlightStep; ; wait = min(2*wait, inFlightMax) {
		ack, err := l.js.PublishMsg(ctx, msg)
		if err == nil {
			return Stored{Sequence: ack.Sequence, Duplicate: ack.Duplicate}, nil
		}
		if !inFlight(err) {
			return Stored{}, publishError(msg, err)
		}
		select {
		case <-ctx.Done():
			return Stored{}, publishError(msg, err)
		case <-time.After(wait/2 + rand.N(wait)): //nolint:gosec // jitter needs no secrecy
		}
	}
}

func inFlight(err error) bool {
	switch apiCode(err) {
	case codeWrongLastFlight, codeLastNotReady, codeDuplicateFlight:
		return true
	}
	return false
}

func publishError(msg *nats.Msg, err error) error {
	id := msg.Header.Get(jetstream.MsgIDHeader)
	switch code := apiCode(err); {
	case code == codeWrongLast:
		return err
	case code == codeTooLarge, errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("publish %s: %w: %w", id, ErrTooLarge, err)
	case code == codeStoreFailed, code == codeNoResources:
		return fmt.Errorf("publish %s: %w: %w", id, ErrFull, err)
	}
	return fmt.Errorf("publish %s: %w: %w", id, ErrUnavailable, err)
}

func apiCode(err error) int {
	var e *jetstream.APIError
	if errors.As(err, &e) {
		return int(e.ErrorCode)
	}
	return 0
}

// wrongLast reports whether err says that the last sequence is another, and which one.
func wrongLast(err error) (actual uint64, wrong bool) {
	var e *jetstream.APIError
	if !errors.As(err, &e) || int(e.ErrorCode) != codeWrongLast {
		return 0, false
	}
	_, s, _ := strings.Cut(e.Description, ": ")
	actual, perr := strconv.ParseUint(s, 10, 64)
	if perr != nil {
		return 1, true // not known to be 0
	}
	return actual, true
}
