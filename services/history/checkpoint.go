package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

// A checkpoint is the newest event that history has seen in a generation of the log.
type checkpoint struct {
	Generation   string `bson:"_id"`
	Sequence     uint64 `bson:"sequence"`
	Bot          string `bson:"bot"`
	Conversation string `bson:"conversation"`
	Message      string `bson:"message"`
}

func checkpointSchema() docstore.Schema {
	return docstore.Schema{Name: "checkpoints", Fields: []docstore.Field{{Name: "sequence", Kind: docstore.Int}}}
}

// checkpoints notice when the log has lost its end, as it may at a power cut. A log without its end
// gives out the same sequences again, to other events.
type checkpoints struct {
	log  *bus.Log
	docs docstore.Collection

	mu   sync.Mutex
	seen checkpoint // the newest that this process knows of
}

// check begins a new generation of the log if it is not the log that the newest checkpoint is of.
func (c *checkpoints) check(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.compare(ctx)
}

// advance marks the events as seen, after it has made sure that they are of the log that was seen
// before. Events that come again cost it a look.
func (c *checkpoints) advance(ctx context.Context, events []bus.Event) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	oldest, newest := events[0], events[0]
	for _, e := range events[1:] {
		if e.Sequence < oldest.Sequence {
			oldest = e
		}
		if e.Sequence > newest.Sequence {
			newest = e
		}
	}
	if c.seen.Generation == c.log.Generation() && oldest.Sequence <= c.seen.Sequence {
		if err := c.compare(ctx); err != nil {
			return err
		}
	}
	next := checkpoint{
		Generation: c.log.Generation(), Sequence: newest.Sequence,
		Bot: newest.Conversation.Bot, Conversation: newest.Conversation.ID, Message: newest.Message.GetId(),
	}
	if c.seen.Generation == next.Generation && c.seen.Sequence >= next.Sequence {
		return nil
	}
	ahead, err := c.save(ctx, next)
	if err != nil {
		return err
	}
	if ahead { // another replica is, or the log has lost what that replica saw
		return c.compare(ctx)
	}
	c.seen = next
	return nil
}

// save stores the checkpoint unless the store has a later one of the generation.
func (c *checkpoints) save(ctx context.Context, next checkpoint) (ahead bool, err error) {
	where := []docstore.Cond{
		{Field: "_id", Op: docstore.Eq, Value: next.Generation},
		{Field: "sequence", Op: docstore.Lt, Value: next.Sequence},
	}
	_, err = c.docs.Update(ctx, where, docstore.Update{Upsert: true, Set: bson.D{
		{Key: "sequence", Value: next.Sequence},
		{Key: "bot", Value: next.Bot},
		{Key: "conversation", Value: next.Conversation},
		{Key: "message", Value: next.Message},
	}})
	if errors.Is(err, docstore.ErrDuplicate) {
		return true, nil
	}
	return false, err
}

// compare looks whether the newest event that anybody has seen is still where it was.
func (c *checkpoints) compare(ctx context.Context) error {
	found, err := docstore.All[checkpoint](ctx, c.docs, docstore.Query{Sort: []string{"-_id"}, Limit: 1})
	if err != nil || len(found) == 0 {
		return err
	}
	c.seen = found[0]
	if err := c.log.Refresh(ctx); err != nil {
		return err
	}
	if c.seen.Generation != c.log.Generation() {
		return nil // nothing has been seen of this log
	}
	seen := bus.Offset{Generation: c.seen.Generation, Sequence: c.seen.Sequence}
	renewed, err := c.log.Renew(ctx, seen)
	if err != nil || renewed {
		return err
	}
	same, err := c.holds(ctx, c.seen)
	if err != nil || same {
		return err
	}
	// The log has lost its end and has grown past it since: as far as it was seen, it is not there.
	seen.Sequence = math.MaxUint64
	_, err = c.log.Renew(ctx, seen)
	return err
}

// holds reports whether the log has the event where it was seen, or can no longer tell.
func (c *checkpoints) holds(ctx context.Context, seen checkpoint) (bool, error) {
	first, err := c.log.FirstSequence(ctx)
	if err != nil {
		return false, err
	}
	if seen.Sequence < first {
		return true, nil // aged away
	}
	conv := subject.Conversation{Bot: seen.Bot, ID: seen.Conversation}
	at, err := c.log.Find(ctx, conv, seen.Sequence-1, seen.Message)
	if err != nil {
		return false, fmt.Errorf("look for the newest event seen: %w", err)
	}
	return at == seen.Sequence, nil
}
