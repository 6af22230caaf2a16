package bus

import (
	"slices"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

// A Wake says that a conversation has something new up to a sequence.
type Wake struct {
	Conversation subject.Conversation
	UpTo         uint64

	log     *Log
	after   uint64     // behind it, what has arrived is everything
	arrived []delivery // none if that is not known
}

// Since returns the events behind handled and up to UpTo that match the consumer's filters, in order,
// where the deliveries are known to be all of them. If they are not, the log has to be read. They are
// known while one process consumes: it notices when a delivery is missing.
func (w Wake) Since(handled uint64) (events []Event, known bool) {
	if len(w.arrived) == 0 || handled < w.after {
		return nil, false
	}
	for _, d := range w.arrived {
		if d.seq > handled {
			events = append(events, w.log.decode(d.c, d.from, d.seq, d.data))
		}
	}
	return events, true
}

// Did reports whether the party did something behind after and up to UpTo, where that is known as with
// [Wake.Since]; the party must be of the consumer's filters.
func (w Wake) Did(from subject.From, after uint64) (did, known bool) {
	if len(w.arrived) == 0 || after < w.after {
		return false, false
	}
	return slices.ContainsFunc(w.arrived, func(d delivery) bool { return d.seq > after && d.from == from }), true
}

// wakeBy is the wake-up for what has arrived in a conversation, oldest first.
func (l *Log) wakeBy(batch []delivery) Wake {
	w := Wake{Conversation: batch[0].c, log: l, after: batch[0].after, arrived: batch}
	for i, d := range batch {
		if !d.known || i > 0 && d.after > batch[i-1].seq {
			w.arrived = nil
		}
		w.UpTo = max(w.UpTo, d.seq)
	}
	return w
}
