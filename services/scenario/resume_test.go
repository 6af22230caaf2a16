package scenario_test

import (
	"fmt"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// TestSessionGone takes the session away in different ways: the conversation goes on by the log, and
// nothing that was answered is answered again.
func TestSessionGone(t *testing.T) {
	tests := map[string]func(*house, subject.Conversation) error{
		"expired": func(h *house, c subject.Conversation) error { return h.sessions().Purge(h.t.Context(), c.Key()) },
		"not readable": func(h *house, c subject.Conversation) error {
			_, err := h.sessions().Put(h.t.Context(), c.Key(), []byte("{"))
			return err
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			h, c := open(t, echo), conversation()
			for n := range 3 {
				h.says(c, fmt.Sprintf("m%d", n), fmt.Sprintf("text %d", n))
			}
			h.answers(c, 3)
			h.settled()
			if err := spoil(h, c); err != nil {
				t.Fatal(err)
			}
			h.says(c, "m3", "text 3")
			h.answers(c, 4)
			h.settled()
			wantEchoes(t, h, c, 4)
			h.onceEach()
		})
	}
}

// TestSessionGoneWithOperator takes the session away while an operator answers: the bot does not
// step in, and resumes when it owns the conversation again.
func TestSessionGoneWithOperator(t *testing.T) {
	h, c := open(t, story), conversation()
	h.says(c, "m1", "Hi")
	h.answers(c, 2)
	h.owns(c, "take", toOperator, "")
	h.settled()
	if err := h.sessions().Purge(t.Context(), c.Key()); err != nil {
		t.Fatal(err)
	}
	h.says(c, "m2", "For the operator")
	h.wantSaid(c, "Hello, Olena!", "What is it about?")
	back := h.owns(c, "close", toBot, "thanks")
	h.wantSaid(c, "Hello, Olena!", "What is it about?", "Was the  saved?")
	attempts := h.door.attempts()
	if last := attempts[len(attempts)-1]; last.GetEpoch() != back {
		t.Errorf("the last reply was fenced by epoch %d, want %d", last.GetEpoch(), back)
	}
}

// TestNewGeneration begins the log anew, as after a power cut: the session finds its place by ids.
func TestNewGeneration(t *testing.T) {
	h, c := open(t, echo), conversation()
	for n := range 3 {
		h.says(c, fmt.Sprintf("m%d", n), fmt.Sprintf("text %d", n))
	}
	h.answers(c, 3)
	h.settled()
	old := h.log.Generation()
	renewed, err := h.log.Renew(t.Context(), bus.Offset{Generation: old, Sequence: 1 << 40}) // as if that had been seen
	if err != nil || !renewed || h.log.Generation() == old {
		t.Fatalf("Renew() = %v, %v, generation %s", renewed, err, h.log.Generation())
	}
	h.says(c, "m3", "text 3")
	h.answers(c, 4)
	h.settled()
	wantEchoes(t, h, c, 4)
	h.onceEach()
}

// TestManyEvents handles more than one page of a conversation that nobody has answered yet.
func TestManyEvents(t *testing.T) {
	const n = 300
	h, c := newHouse(t), conversation()
	h.publish("1", echo)
	for i := range n {
		h.says(c, fmt.Sprintf("m%d", i), fmt.Sprintf("text %d", i))
	}
	h.run()
	h.answers(c, n)
	h.settled()
	wantEchoes(t, h, c, n)
}

// TestTrustedParameters go from the log into what is said and what an operator is shown.
func TestTrustedParameters(t *testing.T) {
	h, c := newHouse(t), conversation()
	h.publish("1", `{"format": 1, "nodes": [
		{"id": "s", "type": "start", "next": "a"},
		{"id": "a", "type": "message", "text": "{{trusted.plan|none}} {{plan}}", "next": "b"},
		{"id": "b", "type": "input", "text": "?", "next": "a"}]}`)
	h.run()
	signed := must[*structpb.Struct](t)(structpb.NewStruct(map[string]any{"plan": "gold"}))
	start := &chatv1.Message_Start{Start: &chatv1.Start{}}
	h.happens(c, subject.Visitor, "s", &chatv1.Message{Body: start, TrustedParams: signed})
	h.wantSaid(c, "gold gold", "?")
	h.says(c, "m", "and later")
	h.wantSaid(c, "gold gold", "?", "gold gold", "?")
}

// TestEndsAndParameters has events that are met with silence, and a jump that is not.
func TestEndsAndParameters(t *testing.T) {
	h, c := open(t, story), conversation()
	h.happens(c, subject.Visitor, "s", &chatv1.Message{Body: &chatv1.Message_Start{Start: &chatv1.Start{Language: "uk"}}})
	h.answers(c, 2)
	h.happens(c, subject.Visitor, "p", &chatv1.Message{Body: &chatv1.Message_ParamsChanged{ParamsChanged: &chatv1.ParamsChanged{}}})
	h.happens(c, subject.Visitor, "e", &chatv1.Message{Body: &chatv1.Message_End{End: &chatv1.End{}}})
	h.wantSaid(c, "Hello, Olena!", "What is it about?")
	h.happens(c, subject.Visitor, "a", &chatv1.Message{Body: &chatv1.Message_Alias{Alias: &chatv1.AliasJump{Alias: "thanks"}}})
	h.says(c, "m", "yes")
	h.wantSaid(c, "Hello, Olena!", "What is it about?", "Was the  saved?", "Bye.")
}
