package scenario

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

const (
	// maxMessage keeps a reply within what the log takes (256 KiB with its headers).
	maxMessage = 192 << 10
	// maxReplies bounds the replies to one event, so that a session stays within a megabyte, the
	// most that NATS carries, even with full variables and parameters.
	maxReplies = 256 << 10
)

// renderer turns the actions of one event into requests that only have to be sent.
type renderer struct {
	conversation subject.Conversation
	trigger      string
	session      session // after the event

	actions []action
	defects []defect
	size    int
}

func (r *renderer) all(actions []flow.Action) {
	for _, a := range actions {
		switch a := a.(type) {
		case flow.Say:
			r.say(a.Node, &chatv1.Message{Body: &chatv1.Message_Text{
				Text: &chatv1.Text{Text: a.Text, ParseMode: parseMode(a.Mode)},
			}})
		case flow.Image:
			r.say(a.Node, &chatv1.Message{Body: &chatv1.Message_Image{Image: &chatv1.Image{Url: a.URL, Alt: a.Alt}}})
		case flow.Keyboard:
			r.say(a.Node, keyboard(a))
		case flow.Cards:
			r.say(a.Node, cards(a))
		case flow.Form:
			r.say(a.Node, formOf(a))
		case flow.Connect:
			r.connect(a)
		case flow.Fault:
			r.defect(a.Node, "the scenario leads through too many nodes")
		case flow.End: // nothing is asked; the conversation stays open
		}
	}
}

func (r *renderer) defect(node, what string) { r.defects = append(r.defects, defect{node, what}) }

func (r *renderer) say(node string, m *chatv1.Message) {
	c := r.conversation
	m.Id = replyID(c, r.trigger, len(r.actions))
	m.Bot, m.Conversation, m.AuthorId = c.Bot, c.ID, node
	data, err := proto.Marshal(m)
	if err != nil {
		r.defect(node, fmt.Sprintf("the message cannot be encoded: %v", err))
		return
	}
	if len(data) > maxMessage || r.size+len(data) > maxReplies {
		r.defect(node, fmt.Sprintf("the message is left out: it has %d bytes, at most %d, and %d with the others of the same event",
			len(data), maxMessage, maxReplies))
		return
	}
	r.size += len(data)
	r.actions = append(r.actions, action{Message: data})
}

func (r *renderer) connect(a flow.Connect) {
	c, s := r.conversation, r.session
	data, err := proto.Marshal(&operatorv1.OpenDialogRequest{
		Id: c.MessageID(r.trigger), Bot: c.Bot, Conversation: c.ID, Topic: a.Topic, ClosedAlias: a.ClosedAlias,
		Visitor: &operatorv1.Visitor{
			Id: s.Visitor, Name: visitorName(s.State), Language: s.Language, Params: known(s.State),
			UserId: s.User, UserVerified: s.Verified,
		},
	})
	if err != nil {
		r.defect(a.Node, fmt.Sprintf("the dialog cannot be encoded: %v", err))
		return
	}
	r.actions = append(r.actions, action{Dialog: data})
}

// visitorName is what the page or the visitor says the name is.
func visitorName(s flow.State) string {
	for _, field := range []string{"name", "user_name", "first_name"} {
		if name := strings.TrimSpace(s.Vars[field]); name != "" {
			return name
		}
		for _, params := range []map[string]any{s.Trusted, s.Params} {
			if name, _ := params[field].(string); strings.TrimSpace(name) != "" {
				return strings.TrimSpace(name)
			}
		}
	}
	return ""
}

// known is the page's parameters with those of the site's server and the scenario's answers over them.
func known(s flow.State) *structpb.Struct {
	all := &structpb.Struct{Fields: make(map[string]*structpb.Value, len(s.Params)+len(s.Trusted)+len(s.Vars))}
	for _, params := range []map[string]any{s.Params, s.Trusted} {
		for name, v := range params {
			if value, err := structpb.NewValue(v); err == nil { // what was sent as JSON always is one
				all.Fields[name] = value
			}
		}
	}
	for name, v := range s.Vars {
		all.Fields[name] = structpb.NewStringValue(v)
	}
	return all
}
