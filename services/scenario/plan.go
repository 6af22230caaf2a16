package scenario

import (
	"strconv"
	"strings"
	"time"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

// circumstances are what decides about an event beside the event and the session. They are used
// once: what was decided with them is kept rendered.
type circumstances struct {
	live   *live // nil: the bot has no scenario
	now    time.Time
	random uint64
}

// defect is something that the service could not do as the scenario says. It is logged and counted.
type defect struct{ node, what string }

// plan decides about one event and does nothing. The new session has the event among those handled
// and, in its outbox, what the event leads to; the old one's outbox must be empty. A stored event is
// decided once by its id, even if the log holds it twice.
func (s session) plan(e bus.Event, by circumstances) (session, []defect) {
	s.Handled = e.Sequence
	if e.From == subject.Owner {
		s.Epoch = e.Sequence // the broker counts it whether or not we can read it
	}
	if e.Err != nil || e.From != subject.Owner && e.From != subject.Visitor {
		return s, nil
	}
	trigger := localID(e)
	if s.knows(trigger) {
		return s, nil
	}
	s = s.remember(trigger).learn(e)
	in := flow.Input{Event: flowEvent(e), Now: by.now, Random: by.random}
	if p := e.Message.GetParams(); p != nil {
		in.Params = p.AsMap()
	}
	if p := e.Message.GetTrustedParams(); p != nil {
		in.Trusted = p.AsMap()
	}
	var actions []flow.Action
	if by.live == nil {
		actions = flow.Unscripted(&s.State, in.Event, s.Owner == ownerOther)
	} else {
		s.State, actions = by.live.flow.Next(s.State, in)
		s.State.Version = by.live.version
	}
	r := renderer{conversation: e.Conversation, trigger: trigger, session: s}
	r.all(actions)
	if len(r.actions) > 0 {
		s.Outbox = &outbox{Trigger: trigger, Sequence: e.Sequence, Epoch: s.Epoch, Actions: r.actions}
	}
	return s, r.defects
}

// learn keeps what the event says about the conversation.
func (s session) learn(e bus.Event) session {
	if e.From == subject.Owner {
		s.Owner = ownerOf(e.Message)
		return s
	}
	if id := e.Message.GetAuthorId(); id != "" {
		s.Visitor = id
	}
	s.User, s.Verified = e.Message.GetUserId(), e.Message.GetUserVerified()
	if start := e.Message.GetStart(); start.GetLanguage() != "" {
		s.Language = start.GetLanguage()
	}
	return s
}

func ownerOf(m *chatv1.Message) string {
	if m.GetOwnerChange().GetOwner().GetKind() == chatv1.OwnerKind_OWNER_KIND_BOT {
		return ownerBot
	}
	return ownerOther
}

// flowEvent is what the event means to a scenario; nil is nothing.
func flowEvent(e bus.Event) flow.Event {
	m := e.Message
	if e.From == subject.Owner {
		if ownerOf(m) == ownerOther {
			return flow.OwnerTaken{}
		}
		return flow.OwnerBack{Alias: m.GetOwnerChange().GetAlias()}
	}
	switch b := m.GetBody().(type) {
	case *chatv1.Message_Start:
		return flow.Start{}
	case *chatv1.Message_Text:
		return flow.Text{Text: b.Text.GetText()}
	case *chatv1.Message_Image: // its address is an answer that a scenario can keep and pass on
		return flow.Text{Text: b.Image.GetUrl()}
	case *chatv1.Message_File:
		return flow.Text{Text: b.File.GetUrl()}
	case *chatv1.Message_Button:
		return flow.Press{Text: b.Button.GetText(), Body: b.Button.GetActionBody()}
	case *chatv1.Message_FormAnswer:
		return flow.Answer{Form: b.FormAnswer.GetForm(), Values: b.FormAnswer.GetValues(), Text: b.FormAnswer.GetText()}
	case *chatv1.Message_Alias:
		return flow.Jump{Alias: b.Alias.GetAlias()}
	case *chatv1.Message_ParamsChanged:
		return flow.ParamsChanged{}
	case *chatv1.Message_End:
		return flow.Leave{}
	}
	return nil
}

// localID is the event's id without the conversation. One without an id, which the gateway never
// stores, is named by its place.
func localID(e bus.Event) string {
	if id := e.Message.GetId(); id != "" {
		return strings.TrimPrefix(id, e.Conversation.MessageID(""))
	}
	return "at-" + strconv.FormatUint(e.Sequence, 10)
}

// replyID is the id of the n-th action of a trigger.
func replyID(c subject.Conversation, trigger string, n int) string {
	return c.MessageID(trigger + "/" + strconv.Itoa(n))
}

// triggerOf is the trigger in the id of a reply.
func triggerOf(local string) string {
	if i := strings.LastIndexByte(local, '/'); i >= 0 {
		return local[:i]
	}
	return ""
}
