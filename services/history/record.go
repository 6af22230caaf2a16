package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
)

const storeTimeout = 10 * time.Second

// A record is one event. A conversation's records lie together, in the order of the log.
type record struct {
	ID           string    `bson:"_id"` // the message's: the first record of an id stays
	Conversation string    `bson:"conversation"`
	Position     string    `bson:"pos"`
	Time         time.Time `bson:"time"`
	Message      []byte    `bson:"message"` // chat.v1.Message with its offset
}

func messageSchema() docstore.Schema {
	return docstore.Schema{
		Name: "messages",
		Fields: []docstore.Field{
			{Name: "conversation", Kind: docstore.String},
			{Name: "pos", Kind: docstore.String},
			{Name: "time", Kind: docstore.Time},
		},
		Cluster: []string{"conversation", "pos"},
	}
}

// position sorts as offsets do.
func position(o bus.Offset) string { return fmt.Sprintf("%s-%016x", o.Generation, o.Sequence) }

// record keeps those of the events that are not kept yet. [bus.ErrUnavailable]: the store or the log
// did not answer.
func (s *Service) record(ctx context.Context, events []bus.Event) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	// The checkpoint goes first: a crash between the two may leave a place marked as seen and not
	// recorded, which is delivered again, but never one recorded and not marked as seen.
	if err := s.checkpoints.advance(ctx, events); err != nil {
		return fmt.Errorf("%w: checkpoint: %w", bus.ErrUnavailable, err)
	}
	docs := make([]any, len(events))
	for i, e := range events {
		r, err := s.recordOf(e)
		if err != nil {
			return err
		}
		docs[i] = r
	}
	_, err := s.messages.InsertNew(ctx, docs)
	switch {
	case err == nil:
		return nil
	case !refused(err):
		return fmt.Errorf("%w: record %d events: %w", bus.ErrUnavailable, len(docs), err)
	case len(docs) == 1:
		return fmt.Errorf("%w: record event %d: %w", bus.ErrPoison, events[0].Sequence, err)
	}
	return s.recordEach(ctx, events)
}

// recordEach keeps what can be kept of a batch that the store refuses, and fails for the rest.
func (s *Service) recordEach(ctx context.Context, events []bus.Event) error {
	var errs error
	for i := range events {
		err := s.record(ctx, events[i:i+1])
		if errors.Is(err, bus.ErrUnavailable) {
			return err
		}
		if err != nil {
			errs = errors.Join(errs, errors.New(err.Error())) // poison itself, but not its batch
		}
	}
	return errs
}

// refused reports whether the store will never take what it was given.
func refused(err error) bool {
	return errors.Is(err, docstore.ErrInvalid) || errors.Is(err, docstore.ErrType) || errors.Is(err, docstore.ErrDuplicate)
}

func (s *Service) recordOf(e bus.Event) (record, error) {
	at := s.log.At(e.Sequence) // advance may have begun a new generation since e was decoded
	m := proto.CloneOf(e.Message)
	m.Offset = at.String()
	data, err := proto.Marshal(m)
	if err != nil {
		return record{}, fmt.Errorf("%w: event %d: %w", bus.ErrPoison, e.Sequence, err)
	}
	r := record{ID: m.GetId(), Conversation: e.Conversation.Key(), Position: position(at), Time: time.Now(), Message: data}
	if r.ID == "" { // not of our gateway, and recorded all the same
		r.ID = e.Conversation.MessageID(r.Position)
	}
	if m.GetTime().IsValid() {
		r.Time = m.GetTime().AsTime()
	}
	return r, nil
}
