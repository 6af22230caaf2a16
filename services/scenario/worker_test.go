package scenario_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

func TestConversation(t *testing.T) {
	h, c := open(t, story), conversation()
	first := h.says(c, "m1", "Hi")
	got := h.answers(c, 2)
	for n, m := range got {
		if want := c.MessageID(fmt.Sprintf("m1/%d", n)); m.GetId() != want {
			t.Errorf("reply %d has the id %s, want %s", n, m.GetId(), want)
		}
	}
	if got[0].GetAuthorId() != "hello" || got[1].GetAuthorId() != "ask" {
		t.Errorf("replies by nodes %s and %s, want hello and ask", got[0].GetAuthorId(), got[1].GetAuthorId())
	}
	for _, a := range h.door.attempts() {
		if a.GetEpoch() != 0 || a.GetAfter() != first || a.GetUnfenced() {
			t.Errorf("delivered %v, want it fenced by epoch 0 behind %d", a, first)
		}
	}
	h.says(c, "m2", "kettle")
	h.answers(c, 3)
	h.settled()
	open := h.intake.requests()
	if len(open) != 1 {
		t.Fatalf("an operator was called %d times, want once", len(open))
	}
	if o := open[0]; o.GetId() != c.MessageID("m2") || o.GetTopic() != "tea" || o.GetClosedAlias() != "later" || o.GetEpoch() != 0 ||
		o.GetVisitor().GetId() != "v1" || o.GetVisitor().GetName() != "Olena" ||
		o.GetVisitor().GetParams().GetFields()["about"].GetStringValue() != "kettle" {
		t.Errorf("the operator is told %v, want everything that is known", o)
	}

	h.says(c, "m3", "Hello?") // for the operator
	h.owns(c, "take", toOperator, "")
	h.says(c, "m4", "The spout is cold.")
	back := h.owns(c, "close", toBot, "thanks")
	h.says(c, "m5", "yes")
	h.wantSaid(c, "Hello, Olena!", "What is it about?", "I fetch somebody for the kettle.", "Was the kettle saved?", "Bye.")
	attempts := h.door.attempts()
	if last := attempts[len(attempts)-1]; last.GetEpoch() != back {
		t.Errorf("the last reply was fenced by epoch %d, want that of the close, %d", last.GetEpoch(), back)
	}
}

// TestOrder lets many visitors write faster than the bot answers.
func TestOrder(t *testing.T) {
	const visitors, each = 8, 25
	h := open(t, echo)
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
		wantEchoes(t, h, c, each)
	}
	h.onceEach()
}

// wantEchoes checks that each of n texts was answered once, in order.
func wantEchoes(t testing.TB, h *house, c subject.Conversation, n int) {
	t.Helper()
	got := h.replies(c)
	if len(got) != n {
		t.Errorf("the bot said %d things, want %d: %q", len(got), n, texts(got))
		return
	}
	for i, m := range got {
		if want := fmt.Sprintf("You said text %d, number ", i); m.GetId() != c.MessageID(fmt.Sprintf("m%d/0", i)) || !strings.HasPrefix(m.GetText().GetText(), want) {
			t.Errorf("reply %d is %s: %q, want %q", i, m.GetId(), m.GetText().GetText(), want)
		}
	}
}

var drawn = regexp.MustCompile(`number (\d+)$`)

// onceEach checks that no id was ever sent with two texts, and that a number was drawn for each.
func (h *house) onceEach() {
	h.t.Helper()
	said := map[string]string{}
	for _, a := range h.door.attempts() {
		m := a.GetMessage()
		text := m.GetText().GetText()
		if before, ok := said[m.GetId()]; ok && before != text {
			h.t.Errorf("%s was sent as %q and as %q", m.GetId(), before, text)
		}
		if !drawn.MatchString(text) {
			h.t.Errorf("%s is %q, want a number in it", m.GetId(), text)
		}
		said[m.GetId()] = text
	}
}

// TestLateReply takes the conversation over between the decision and its delivery: the broker
// refuses, the rest is not said, and the bot is silent until it owns the conversation again.
func TestLateReply(t *testing.T) {
	for name, n := range map[string]int{"all of it": 0, "the rest": 1} {
		t.Run(name, func(t *testing.T) {
			h, c := open(t, story), conversation()
			h.door.hook(func(req *gatewayv1.DeliverRequest) error {
				if req.GetMessage().GetId() == c.MessageID(fmt.Sprintf("m1/%d", n)) {
					h.owns(c, "take", toOperator, "")
				}
				return nil
			}, nil)
			h.says(c, "m1", "Hi")
			h.settled()
			h.says(c, "m2", "Is this a bot?")
			want := []string{"Hello, Olena!"}[:n]
			h.wantSaid(c, want...)
			if got := len(h.door.attempts()); got != n+1 {
				t.Errorf("%d replies were tried, want %d: what is behind a refused one is not said", got, n+1)
			}
			h.owns(c, "close", toBot, "thanks")
			h.wantSaid(c, append(want, "Was the  saved?")...)
		})
	}
}

// TestRefusedReply has a gateway that finds one reply wrong: the conversation goes on without it.
func TestRefusedReply(t *testing.T) {
	h, c := open(t, story), conversation()
	h.door.hook(func(req *gatewayv1.DeliverRequest) error {
		if req.GetMessage().GetAuthorId() == "hello" {
			return status.Error(codes.InvalidArgument, "no greetings here")
		}
		return nil
	}, nil)
	h.says(c, "m1", "Hi")
	h.wantSaid(c, "What is it about?")
	if got := len(h.door.attempts()); got != 2 {
		t.Errorf("%d replies were tried, want each once", got)
	}
}

// TestUnreadableEvent has something in the conversation that is no message: it becomes a dead
// letter, and what is behind it is answered.
func TestUnreadableEvent(t *testing.T) {
	h, c := open(t, echo), conversation()
	h.says(c, "m0", "text 0")
	ack, err := h.js.Publish(t.Context(), c.Of(subject.Visitor), []byte("\xff\xff"))
	if err != nil {
		t.Fatal(err)
	}
	h.says(c, "m1", "text 1")
	h.answers(c, 2)
	var dead []bus.DeadLetter
	eventually.Succeeds(t, "the dead letter is there", func() (err error) {
		if dead, err = h.log.DeadLetters(t.Context(), "scenario", 0, 10); err == nil && len(dead) == 0 {
			err = errNotYet
		}
		return err
	})
	if len(dead) != 1 || dead[0].Sequence != ack.Sequence || dead[0].Conversation != c {
		t.Errorf("dead letters %+v, want the event at %d", dead, ack.Sequence)
	}
	wantEchoes(t, h, c, 2)
	h.says(c, "m2", "text 2")
	h.answers(c, 3)
	h.settled()
	wantEchoes(t, h, c, 3)
}

// TestIntakeAway calls an operator until one comes, always under the same id.
func TestIntakeAway(t *testing.T) {
	h, c := open(t, story), conversation()
	h.intake.says(errAway)
	h.says(c, "m1", "Hi")
	h.answers(c, 2)
	h.says(c, "m2", "kettle")
	eventually.Succeeds(t, "an operator was called twice", func() error {
		if len(h.intake.requests()) < 2 {
			return errNotYet
		}
		return nil
	})
	h.intake.says(nil)
	h.settled()
	for _, o := range h.intake.requests() {
		if o.GetId() != c.MessageID("m2") {
			t.Errorf("an operator was called as %s, want always %s", o.GetId(), c.MessageID("m2"))
		}
	}
	h.wantSaid(c, "Hello, Olena!", "What is it about?", "I fetch somebody for the kettle.")
	change, _, err := h.log.Owner(t.Context(), c)
	if err != nil || change.GetOwner().GetKind() != chatv1.OwnerKind_OWNER_KIND_QUEUE {
		t.Errorf("the owner is %v, %v, want the queue", change, err)
	}
}

// TestIntakeTooLate has an operator step in before the bot calls one: the call is dropped.
func TestIntakeTooLate(t *testing.T) {
	h, c := open(t, story), conversation()
	h.says(c, "m1", "Hi")
	h.answers(c, 2)
	h.settled()
	h.door.hook(nil, func(*gatewayv1.DeliverRequest) error {
		h.owns(c, "take", toOperator, "")
		return nil
	})
	h.says(c, "m2", "kettle")
	h.wantSaid(c, "Hello, Olena!", "What is it about?", "I fetch somebody for the kettle.")
	if n := len(h.intake.requests()); n != 1 {
		t.Errorf("an operator was called %d times, want once, and too late", n)
	}
	change, _, err := h.log.Owner(t.Context(), c)
	if err != nil || change.GetOwner().GetKind() != toOperator {
		t.Errorf("the owner is %v, %v, want the operator", change, err)
	}
}

// TestPictureIsAnAnswer sends a picture and a file where a text is waited for: their addresses count.
func TestPictureIsAnAnswer(t *testing.T) {
	h, c := open(t, echo), conversation()
	h.happens(c, subject.Visitor, "s", &chatv1.Message{Body: &chatv1.Message_Start{Start: &chatv1.Start{}}})
	h.answers(c, 1)
	h.happens(c, subject.Visitor, "i", &chatv1.Message{Body: &chatv1.Message_Image{Image: &chatv1.Image{Url: "https://chat.example.com/cat.png"}}})
	h.happens(c, subject.Visitor, "f", &chatv1.Message{Body: &chatv1.Message_File{File: &chatv1.File{Url: "https://chat.example.com/bill.pdf"}}})
	got := texts(h.answers(c, 3))
	for i, address := range []string{"cat.png", "bill.pdf"} {
		if !strings.HasPrefix(got[i+1], "You said https://chat.example.com/"+address) {
			t.Errorf("answer %d is %q, want one to %s", i+1, got[i+1], address)
		}
	}
}
