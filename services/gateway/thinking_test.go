package gateway_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

// Whoever comes back in the midst of thinking, to whichever gateway, sees it, for as long as it has left;
// and does not once there is an answer, whether that was said or not.
func TestThinkingIsResumed(t *testing.T) {
	s := newSite(t)
	other := s.beside()
	c, session := s.visit()
	conversation := session.field("conversation")
	asked, _ := c.emit("message", say(newID(), "a question"))
	bot := s.as(token.Scenario)
	think := func(text string) {
		t.Helper()
		e := &gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Thinking{Thinking: &gatewayv1.Thinking{Text: text, Ttl: durationpb.New(time.Minute)}}}
		if _, err := bot.SendEvent(t.Context(), &gatewayv1.SendEventRequest{Bot: "1", Conversation: conversation, Event: e}); err != nil {
			t.Fatal(err)
		}
	}
	// sees is the stage that a client is sent when it comes back, or empty.
	sees := func(s *site, auth map[string]any) string {
		t.Helper()
		back := s.dial(shop)
		defer func() { _ = back.ws.Close() }()
		back.connect(auth)
		_, before := back.emit("history", map[string]any{"before": asked.field("offset")})
		stage := ""
		for _, e := range before {
			if e.name == "thinking" {
				stage = e.field("text")
			}
		}
		return stage
	}
	shows := func(at *site, auth map[string]any, want string) {
		t.Helper()
		eventually.Succeeds(t, "coming back", func() error {
			if got := sees(at, auth); got != want {
				return fmt.Errorf("the bot thinks %q, want %q", got, want)
			}
			return nil
		})
	}
	resumes := map[string]any{"token": session.field("token"), "offset": asked.field("offset")}
	anew := map[string]any{"token": session.field("token")}

	for _, stage := range []string{"Looking", "Writing"} {
		think(stage)
		for _, at := range []*site{s, other} {
			shows(at, resumes, stage)
			shows(at, anew, stage)
		}
	}
	// That somebody has read the question is no answer to it.
	seen := &chatv1.Message{
		Id: conversation + "/seen", Bot: "1", Conversation: conversation,
		Body: &chatv1.Message_Seen{Seen: &chatv1.Seen{Message: asked.field("id")}},
	}
	if _, err := s.as(token.Operator).Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: seen}); err != nil {
		t.Fatal(err)
	}
	shows(other, anew, "Writing")
	if _, err := bot.Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: botText(conversation, "answer", "an answer")}); err != nil {
		t.Fatal(err)
	}
	for name, auth := range map[string]map[string]any{"resuming": resumes, "loading anew": anew} {
		if got := sees(other, auth); got != "" {
			t.Errorf("%s after the answer: the bot still thinks %q", name, got)
		}
	}
	think("And more")
	shows(other, resumes, "And more")
	think("")
	shows(other, resumes, "")
}
