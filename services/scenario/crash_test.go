package scenario_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/scenario"
)

// TestKilledBeforeDelivery stops the service after it has decided and before anything is said; the
// next one says what was decided, with the number that was drawn then.
func TestKilledBeforeDelivery(t *testing.T) {
	h, c := open(t, echo), conversation()
	h.door.hook(func(*gatewayv1.DeliverRequest) error { return errAway }, nil)
	h.says(c, "m0", "text 0")
	eventually.Succeeds(t, "the reply is tried", func() error {
		if len(h.door.attempts()) == 0 {
			return errNotYet
		}
		return nil
	})
	h.stop()
	if got := h.replies(c); len(got) != 0 {
		t.Fatalf("the bot said %q, want nothing yet", texts(got))
	}
	h.door.hook(nil, nil)
	h.again().run()
	h.answers(c, 1)
	h.settled()
	wantEchoes(t, h, c, 1)
	h.onceEach()
	if n := len(h.door.attempts()); n < 2 {
		t.Errorf("%d attempts, want one of each process", n)
	}
}

// TestKilledBeforeAcknowledgement stops the service after the reply was stored and before it knows:
// the next one finds the reply in the log and does not send it, whatever the stream remembers.
func TestKilledBeforeAcknowledgement(t *testing.T) {
	h, c := open(t, echo), conversation()
	h.door.hook(nil, func(*gatewayv1.DeliverRequest) error { return errAway })
	h.says(c, "m0", "text 0")
	h.answers(c, 1)
	h.stop()
	h.door.hook(nil, nil)
	n := len(h.door.attempts())
	h.again().run()
	h.settled()
	h.says(c, "m1", "text 1")
	h.answers(c, 2)
	h.settled()
	wantEchoes(t, h, c, 2)
	h.onceEach()
	if got := len(h.door.attempts()); got != n+1 {
		t.Errorf("%d attempts, want %d and one for the new text", got, n)
	}
}

// TestRedelivery kills the consumer, so that everything is delivered again from the beginning, to a
// service that knows it all: nothing is tried again.
func TestRedelivery(t *testing.T) {
	h, c := open(t, echo), conversation()
	for n := range 10 {
		h.says(c, fmt.Sprintf("m%d", n), fmt.Sprintf("text %d", n))
	}
	h.answers(c, 10)
	h.settled()
	h.stop()
	if err := h.js.DeleteConsumer(t.Context(), bus.StreamName, "scenario"); err != nil {
		t.Fatal(err)
	}
	before := len(h.door.attempts())
	h.again().run()
	h.settled()
	wantEchoes(t, h, c, 10)
	if got := len(h.door.attempts()); got != before {
		t.Errorf("%d attempts behind the redelivery, want the %d before", got, before)
	}
}

// TestSameEventTwice has a log that holds one event twice, as when a client repeats it after the
// duplicate window: it is decided once.
func TestSameEventTwice(t *testing.T) {
	h, c := open(t, story), conversation()
	h.says(c, "m1", "Hi")
	h.answers(c, 2)
	again := must[[]byte](t)(proto.Marshal(&chatv1.Message{
		Id: c.MessageID("m1"), Bot: c.Bot, Conversation: c.ID, Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: "Hi"}},
	}))
	if _, err := h.js.Publish(t.Context(), c.Of(subject.Visitor), again); err != nil { // without the id that the stream looks at
		t.Fatal(err)
	}
	h.wantSaid(c, "Hello, Olena!", "What is it about?")
	if n := len(h.intake.requests()); n != 0 {
		t.Errorf("an operator was called: the repeat was taken for an answer")
	}
	h.says(c, "m2", "kettle")
	h.wantSaid(c, "Hello, Olena!", "What is it about?", "I fetch somebody for the kettle.")
}

// TestTwoReplicas lets two processes share the conversations while the gateway loses answers and
// refuses at times: every text is answered once, in order, and no id is ever sent with two texts.
func TestTwoReplicas(t *testing.T) {
	t.Run("one node", func(t *testing.T) {
		h := newHouse(t)
		twoReplicas(h, h.again())
	})
	t.Run("three nodes", func(t *testing.T) {
		if testing.Short() {
			t.Skip("a cluster takes seconds to start")
		}
		c := natstest.StartCluster(t)
		h := newHouseAt(t, c.Connect(0), len(c.Servers))
		twoReplicas(h, h.at(c.Connect(1)))
	})
}

func twoReplicas(h, other *house) {
	const visitors, each = 10, 12
	h.publish("1", echo)
	h.run()
	other.run()
	var mu sync.Mutex
	calls := 0
	fail := func(every, rest int) func(*gatewayv1.DeliverRequest) error {
		return func(*gatewayv1.DeliverRequest) error {
			mu.Lock()
			defer mu.Unlock()
			if calls++; calls%every == rest {
				return errAway
			}
			return nil
		}
	}
	h.door.hook(fail(23, 5), fail(29, 7))
	var all []subject.Conversation
	for range visitors {
		all = append(all, conversation())
	}
	for n := range each {
		for _, c := range all {
			h.says(c, fmt.Sprintf("m%d", n), fmt.Sprintf("text %d", n))
		}
	}
	h.settled()
	for _, c := range all {
		wantEchoes(h.t, h, c, each)
	}
	h.onceEach()
}

// TestLostRace changes the session under the service while it delivers: it starts over from what is
// kept, and finds in the log what it has said.
func TestLostRace(t *testing.T) {
	h, c := open(t, echo), conversation()
	kv, raced := h.sessions(), false
	h.door.hook(nil, func(*gatewayv1.DeliverRequest) error {
		if raced {
			return nil
		}
		raced = true
		e, err := kv.Get(t.Context(), c.Key())
		if err == nil {
			_, err = kv.Put(t.Context(), c.Key(), e.Value())
		}
		return err
	})
	h.says(c, "m0", "text 0")
	h.settled()
	wantEchoes(t, h, c, 1)
	if n := len(h.door.attempts()); !raced || n != 1 {
		t.Errorf("%d attempts, raced %v, want 1 through a race", n, raced)
	}
	var kept struct{ Outbox *struct{} }
	e := must[jetstream.KeyValueEntry](t)(kv.Get(t.Context(), c.Key()))
	if err := json.Unmarshal(e.Value(), &kept); err != nil || kept.Outbox != nil {
		t.Errorf("the session is %s, %v, want nothing pending", e.Value(), err)
	}
}

// TestBeyondTheWindow has a log that forgets ids at once as far as the service knows: it looks
// before every reply, and repeats none.
func TestBeyondTheWindow(t *testing.T) {
	h, c := open(t, story, func(d *scenario.Deps) { d.Duplicates = 2 * time.Nanosecond }), conversation()
	first := true
	h.door.hook(nil, func(*gatewayv1.DeliverRequest) error {
		if first {
			first = false
			return errAway
		}
		return nil
	})
	h.says(c, "m1", "Hi")
	h.wantSaid(c, "Hello, Olena!", "What is it about?")
	if n := len(h.door.attempts()); n != 2 {
		t.Errorf("%d attempts, want each reply tried once", n)
	}
}
