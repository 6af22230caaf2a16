package scenario_test

import (
	"fmt"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

// TestSessionOfAnotherReplica changes the stored session behind the back of the service, which holds the
// one that it has saved itself: it starts over from what is stored.
func TestSessionOfAnotherReplica(t *testing.T) {
	h, c := open(t, echo), conversation()
	kv := h.sessions()
	for n := range 4 {
		h.says(c, fmt.Sprintf("m%d", n), fmt.Sprintf("text %d", n))
		h.answers(c, n+1)
		h.settled()
		if n%2 == 0 {
			continue
		}
		e := must[jetstream.KeyValueEntry](t)(kv.Get(t.Context(), c.Key()))
		if _, err := kv.Put(t.Context(), c.Key(), e.Value()); err != nil {
			t.Fatal(err)
		}
	}
	wantEchoes(t, h, c, 4)
	h.onceEach()
	if n := len(h.door.attempts()); n != 4 {
		t.Errorf("%d attempts, want one for each text", n)
	}
}

// BenchmarkTurn is a visitor's text until its answer is stored, without the gateway.
func BenchmarkTurn(b *testing.B) {
	h, c := open(b, echo), conversation()
	said := make(chan struct{}, 1)
	h.door.hook(nil, func(*gatewayv1.DeliverRequest) error { said <- struct{}{}; return nil })
	for b.Loop() {
		h.says(c, newID(), "text")
		<-said
	}
}
