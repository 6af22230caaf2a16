package bus

import (
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

func TestRun(t *testing.T) {
	l, err := Open(t.Context(), natstest.Connect(t), Config{})
	if err != nil {
		t.Fatal(err)
	}
	type arrival struct {
		conversation string
		number       uint64 // of the delivery
		sequence     uint64 // of the event
		again        bool
		want         uint64 // behind it nothing happened; 0 = not known
	}
	const a, b = "a", "b"
	for name, arrivals := range map[string][]arrival{
		"nothing is known at first":        {{a, 1, 10, false, 0}},
		"what came before was here":        {{a, 7, 10, false, 0}, {a, 8, 12, false, 10}, {a, 9, 15, false, 12}},
		"or was before all that was here":  {{a, 7, 10, false, 0}, {b, 8, 12, false, 10}, {b, 9, 13, false, 12}, {a, 10, 14, false, 10}},
		"a delivery went elsewhere":        {{a, 7, 10, false, 0}, {a, 9, 12, false, 0}, {a, 10, 13, false, 12}, {b, 11, 14, false, 12}},
		"one that comes again":             {{a, 7, 10, false, 0}, {a, 8, 10, true, 0}, {a, 9, 12, false, 10}},
		"one that comes again at first":    {{a, 7, 10, true, 0}, {a, 8, 12, false, 0}, {a, 9, 13, false, 12}},
		"one that comes again after a gap": {{a, 7, 10, false, 0}, {a, 9, 10, true, 0}, {a, 10, 20, false, 0}, {a, 11, 21, false, 20}},
		"the consumer has gone back":       {{a, 7, 10, false, 0}, {a, 8, 10, false, 0}, {a, 9, 12, false, 10}},
		"and counts anew":                  {{a, 7, 10, false, 0}, {a, 1, 12, false, 0}, {a, 2, 13, false, 12}},
	} {
		t.Run(name, func(t *testing.T) {
			r := l.newRun()
			for i, x := range arrivals {
				md := &jetstream.MsgMetadata{NumDelivered: 1}
				md.Sequence.Consumer, md.Sequence.Stream = x.number, x.sequence
				if x.again {
					md.NumDelivered = 2
				}
				after, known := r.take(subject.Conversation{Bot: "1", ID: x.conversation}, md)
				if known != (x.want != 0) || known && after != x.want {
					t.Errorf("arrival %d: take() = %d, %v, want %d", i, after, known, x.want)
				}
			}
		})
	}
	t.Run("another generation", func(t *testing.T) {
		r := l.newRun()
		c, md := subject.Conversation{Bot: "1", ID: a}, &jetstream.MsgMetadata{NumDelivered: 1}
		for range 2 {
			md.Sequence.Consumer++
			md.Sequence.Stream++
			r.take(c, md)
		}
		if _, err := l.Renew(t.Context(), l.At(1)); err != nil {
			t.Fatal(err)
		}
		md.Sequence.Consumer++
		md.Sequence.Stream++
		if _, known := r.take(c, md); known {
			t.Error("what came before is taken to be known")
		}
	})
}

// BenchmarkRun is what it costs each delivery.
func BenchmarkRun(b *testing.B) {
	l, err := Open(b.Context(), natstest.Connect(b), Config{})
	if err != nil {
		b.Fatal(err)
	}
	r := l.newRun()
	c := subject.Conversation{Bot: "1", ID: "0199a0f1-7e1c-7c3e-8a41-52cfb8a5f9d1"}
	md := &jetstream.MsgMetadata{NumDelivered: 1}
	for b.Loop() {
		md.Sequence.Consumer++
		md.Sequence.Stream++
		r.take(c, md)
	}
}
