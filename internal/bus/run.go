package bus

import (
	"hash/maphash"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

// runSlots is half a megabyte. Where conversations share a slot, the log is read a little more often.
const runSlots = 1 << 16

// A run is what has been delivered to this process without a gap: the consumer numbers its deliveries,
// so as long as no number is missing, nothing of it went to another replica or got lost, and whoever is
// told of an event knows what came before it. It belongs to the one goroutine that takes deliveries.
type run struct {
	log  *Log
	seed maphash.Seed

	next       uint64 // the number of the next delivery; 0 = there is no run
	begun      uint64 // the event that the run has begun with
	newest     uint64 // the newest event
	reconnects uint64 // of the connection, and the generation of the log, when it began:
	generation string // NATS may come back with less than it had, and give out numbers again

	slots []uint64 // the newest event of the conversations in each slot
}

func (l *Log) newRun() *run {
	return &run{log: l, seed: maphash.MakeSeed(), slots: make([]uint64, runSlots)}
}

// take notes a delivery. With known, nothing that the consumer is for has happened in the conversation
// behind the event after and before this one.
func (r *run) take(c subject.Conversation, md *jetstream.MsgMetadata) (after uint64, known bool) {
	seq, first := md.Sequence.Stream, md.NumDelivered == 1
	goesOn := r.next != 0 && md.Sequence.Consumer == r.next && r.undisturbed() && (!first || seq > r.newest)
	switch {
	case !goesOn && first:
		r.begin(seq)
	case !goesOn: // how far the consumer has come is not known
		r.next = 0
		return 0, false
	}
	r.next = md.Sequence.Consumer + 1
	if !first {
		return 0, false
	}
	slot := &r.slots[maphash.Comparable(r.seed, c)%runSlots]
	after, known = max(*slot, r.begun), goesOn
	r.newest, *slot = seq, seq
	return after, known
}

func (r *run) begin(seq uint64) {
	if gen := r.log.Generation(); gen != r.generation {
		clear(r.slots)
		r.generation = gen
	}
	r.reconnects, r.begun = r.log.nc.Stats().Reconnects, seq
}

func (r *run) undisturbed() bool {
	return r.log.nc.Stats().Reconnects == r.reconnects && r.log.Generation() == r.generation
}
