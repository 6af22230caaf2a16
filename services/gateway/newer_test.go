package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// ofNewer stores an event whose body this version does not know, as there are while an installation is updated.
func (s *site) ofNewer(conversation string) {
	s.t.Helper()
	c := subject.Conversation{Bot: "1", ID: conversation}
	m := &chatv1.Message{Id: c.MessageID(newID()), Bot: c.Bot, Conversation: c.ID, Author: chatv1.Author_AUTHOR_BOT, Time: timestamppb.Now()}
	m.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 1000, protowire.BytesType), []byte("a hologram")))
	try[bus.Stored](s.t)(s.log.Append(s.t.Context(), c, subject.Bot, m, nil))
}

// texts are those of the messages in a history.
func (e event) texts() string {
	var messages []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal([]byte(e.field("messages")), &messages) != nil {
		return ""
	}
	all := make([]string, len(messages))
	for i, m := range messages {
		all[i] = m.Text
	}
	return strings.Join(all, " ")
}

// What only a newer version knows is passed over, wherever a visitor comes from.
func TestEventsOfANewerVersion(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	before, _ := c.emit("message", say(newID(), "before"))
	s.ofNewer(session.field("conversation"))
	c.emit("message", say(newID(), "after"))

	first := s.dial(shop)
	first.connect(map[string]any{"token": session.field("token")})
	first.next()
	if h := first.next(); h.name != "history" || h.texts() != "before after" {
		t.Errorf("first load: %s %s, want before and after", h.name, h.args)
	}
	back := s.dial(shop)
	back.connect(map[string]any{"token": session.field("token"), "offset": before.field("offset")})
	back.next()
	if e := back.next(); e.name != "message" || e.field("text") != "after" {
		t.Errorf("resume: %s %s, want after", e.name, e.args)
	}
	last, _ := c.emit("message", say(newID(), "last"))
	if page, _ := c.emit("history", map[string]any{"before": last.field("offset"), "page_size": 50}); page.texts() != "before after" {
		t.Errorf("older: %s, want before and after", page.args)
	}
}
