package transcript

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// A mail has a bound: many of them wait in memory. The end of a conversation is what is kept.
func TestLongConversationIsCut(t *testing.T) {
	var messages []*chatv1.Message
	for i := range 1000 {
		text := fmt.Sprintf("<%03d>%s", i, strings.Repeat("\"", 4091)) // which HTML makes five times as long
		messages = append(messages, said(fmt.Sprint(i), chatv1.Author_AUTHOR_VISITOR, &chatv1.Message{Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: text}}}))
	}
	m, ok := Write(Conversation{Title: "Shop", Messages: messages})
	if n := len(m.Text) + len(m.HTML); !ok || n > 2<<20 {
		t.Errorf("Write() has %d bytes, want at most 2 MiB", n)
	}
	if first, _, _ := strings.Cut(m.Text, "<"); !strings.Contains(first, "\n…\n") {
		t.Errorf("it begins %q, want it to say that something is missing", first)
	}
	if strings.Contains(m.Text, "<900>") || !strings.Contains(m.Text, "<999>") {
		t.Error("want the end of the conversation, and not its beginning")
	}
	short, _ := Write(Conversation{Title: "Shop", Messages: messages[:50]})
	if diff := cmp.Diff(50, strings.Count(short.Text, "<0")); diff != "" || strings.Contains(short.Text, "…") {
		t.Errorf("what is not long is cut: %s", diff)
	}
}
