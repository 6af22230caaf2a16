package desk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

func TestApply(t *testing.T) {
	own := newDialog().GetId()
	foreign := conversation.MessageID("other")
	seen := func(d *desk.Dialog, sequence uint64) { // what every event but one that nobody understands leaves
		d.Handled, d.LastOffset, d.LastAt = sequence, "00000000g-"+string(rune('a'+sequence-10)), at(int(sequence)) //nolint:gosec // small
	}
	said := func(d *desk.Dialog, text string, by chatv1.Author) { d.LastText, d.LastAuthor = text, by }
	tests := map[string]struct {
		from   desk.Dialog
		events []desk.Event
		want   func(*desk.Dialog) // changes from
	}{
		"what was handled before": {in(waiting), []desk.Event{event(subject.Visitor, 10, text("old"))}, func(*desk.Dialog) {}},
		"what nobody understands": {in(waiting), []desk.Event{event(subject.Visitor, 20, nil)}, func(d *desk.Dialog) { d.Handled = 20 }},
		"after the end":           {in(closed), []desk.Event{event(subject.Visitor, 20, text("hello"))}, func(*desk.Dialog) {}},
		"the visitor speaks": {in(waiting), []desk.Event{event(subject.Visitor, 20, text("hello"))}, func(d *desk.Dialog) {
			seen(d, 20)
			said(d, "hello", chatv1.Author_AUTHOR_VISITOR)
			d.Unread = 1
		}},
		"the visitor speaks before the queue": {newDialog(), []desk.Event{event(subject.Visitor, 20, text("hello"))}, func(d *desk.Dialog) {
			seen(d, 20)
			said(d, "hello", chatv1.Author_AUTHOR_VISITOR)
		}},
		"the same twice": {in(waiting), []desk.Event{event(subject.Visitor, 20, text("a")), event(subject.Visitor, 20, text("a"))}, func(d *desk.Dialog) {
			seen(d, 20)
			said(d, "a", chatv1.Author_AUTHOR_VISITOR)
			d.Unread = 1
		}},
		"the bot speaks": {in(active), []desk.Event{event(subject.Visitor, 20, text("a")), event(subject.Bot, 21, text("b"))}, func(d *desk.Dialog) {
			seen(d, 21)
			said(d, "b", chatv1.Author_AUTHOR_BOT)
			d.Unread = 1
		}},
		"an operator answers": {in(active), []desk.Event{event(subject.Visitor, 20, text("a")), event(subject.Operator, 21, text("b"))}, func(d *desk.Dialog) {
			seen(d, 21)
			said(d, "b", chatv1.Author_AUTHOR_OPERATOR)
		}},
		"an operator reads, mends and takes back": {in(active), []desk.Event{
			event(subject.Visitor, 20, text("a")),
			event(subject.Operator, 21, &chatv1.Message{Body: &chatv1.Message_Seen{}}),
			event(subject.Operator, 22, &chatv1.Message{Body: &chatv1.Message_Edit{Edit: &chatv1.Edit{Text: &chatv1.Text{Text: "b"}}}}),
			event(subject.Operator, 23, &chatv1.Message{Body: &chatv1.Message_Deletion{}}),
		}, func(d *desk.Dialog) {
			seen(d, 23)
			said(d, "a", chatv1.Author_AUTHOR_VISITOR)
			d.LastAt, d.Unread = at(20), 1
		}},
		"what was said last is mended, twice": {in(active), []desk.Event{
			event(subject.Visitor, 20, text("a")), event(subject.Operator, 21, named("m", "dya")),
			event(subject.Operator, 22, edited("m", "<b>day</b>", chatv1.ParseMode_PARSE_MODE_HTML)), event(subject.Operator, 23, edited("m", "Day", 0)),
		}, func(d *desk.Dialog) {
			seen(d, 23)
			said(d, "Day", chatv1.Author_AUTHOR_OPERATOR)
			d.LastAt, d.LastID = at(21), "m"
		}},
		"what was said last is taken back, and mended too late": {in(active), []desk.Event{
			event(subject.Operator, 20, named("m", "secret")), event(subject.Operator, 21, deleted("m")), event(subject.Operator, 22, edited("m", "secret", 0)),
		}, func(d *desk.Dialog) {
			seen(d, 22)
			said(d, "", chatv1.Author_AUTHOR_OPERATOR)
			d.LastAt, d.LastDeleted = at(20), true
		}},
		"something older is taken back": {in(active), []desk.Event{
			event(subject.Operator, 20, named("m", "a")), event(subject.Operator, 21, named("n", "b")), event(subject.Operator, 22, deleted("m")),
		}, func(d *desk.Dialog) {
			seen(d, 22)
			said(d, "b", chatv1.Author_AUTHOR_OPERATOR)
			d.LastAt, d.LastID = at(21), "n"
		}},
		"something is said after what was taken back": {in(active), []desk.Event{
			event(subject.Operator, 20, named("m", "a")), event(subject.Operator, 21, deleted("m")), event(subject.Operator, 22, named("n", "b")),
		}, func(d *desk.Dialog) {
			seen(d, 22)
			said(d, "b", chatv1.Author_AUTHOR_OPERATOR)
			d.LastID = "n"
		}},
		"parameters are no utterance": {in(active), []desk.Event{event(subject.Visitor, 20, &chatv1.Message{Body: &chatv1.Message_ParamsChanged{}})}, func(d *desk.Dialog) {
			seen(d, 20)
		}},
		"the visitor ends": {in(active), []desk.Event{event(subject.Visitor, 20, end("e1")), event(subject.Visitor, 21, end("e2"))}, func(d *desk.Dialog) {
			seen(d, 21)
			d.EndedBy = "e1"
		}},
		"the visitor ended before the queue": {newDialog(), []desk.Event{event(subject.Visitor, 20, end("e1"))}, func(d *desk.Dialog) { seen(d, 20) }},
		"into the queue": {newDialog(), []desk.Event{event(subject.Owner, 20, owner(queue, "", own))}, func(d *desk.Dialog) {
			seen(d, 20)
			d.State, d.Queued, d.Epoch, d.Owned = waiting, 20, 20, at(20).AsTime()
		}},
		"taken": {in(waiting), []desk.Event{event(subject.Owner, 20, owner(operator, "borys", own))}, func(d *desk.Dialog) {
			seen(d, 20)
			d.State, d.OperatorId, d.OperatorName, d.TakenAt = active, "borys", "Name of borys", at(20)
			d.Epoch, d.Owned = 20, at(20).AsTime()
		}},
		"back into the queue": {in(active), []desk.Event{event(subject.Visitor, 20, text("a")), event(subject.Owner, 21, owner(queue, "", own))}, func(d *desk.Dialog) {
			seen(d, 21)
			said(d, "a", chatv1.Author_AUTHOR_VISITOR)
			d.State, d.OperatorId, d.OperatorName, d.Unread = waiting, "", "", 1
			d.Epoch, d.Owned = 21, at(21).AsTime()
		}},
		"closed": {in(active), []desk.Event{event(subject.Owner, 20, owner(bot, "", own)), event(subject.Visitor, 21, text("a"))}, func(d *desk.Dialog) {
			seen(d, 20)
			d.State, d.ClosedAt, d.Epoch, d.Owned = closed, at(20), 20, at(20).AsTime()
		}},
		"the conversation went elsewhere": {in(active), []desk.Event{event(subject.Owner, 20, owner(queue, "", foreign))}, func(d *desk.Dialog) {
			seen(d, 20)
			d.State, d.ClosedAt, d.Epoch = closed, at(20), 20
		}},
		"elsewhere before the queue": {newDialog(), []desk.Event{event(subject.Owner, 20, owner(bot, "", foreign))}, func(d *desk.Dialog) { seen(d, 20) }},
		"an owner of the past": {in(active), []desk.Event{event(subject.Owner, 12, owner(bot, "", own))}, func(d *desk.Dialog) {
			seen(d, 12)
		}},
		"no owner at all": {in(active), []desk.Event{event(subject.Owner, 20, text("bot"))}, func(d *desk.Dialog) { seen(d, 20) }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before := proto.CloneOf(tt.from.Dialog)
			want := tt.from
			want.Dialog = proto.CloneOf(tt.from.Dialog)
			tt.want(&want)
			got := tt.from
			for _, e := range tt.events {
				got = desk.Apply(got, e)
			}
			wantDialog(t, got, want)
			if diff := cmp.Diff(before, tt.from.Dialog, protocmp.Transform()); diff != "" {
				t.Errorf("Apply has changed what it was given:\n%s", diff)
			}
		})
	}
}

// TestAmendedAfterTheEnd takes back what was said last in a dialog that has ended: the preview must not keep it.
func TestAmendedAfterTheEnd(t *testing.T) {
	d := in(closed)
	d.LastText, d.LastAuthor, d.LastID = "secret", chatv1.Author_AUTHOR_OPERATOR, "m"
	for name, m := range map[string]*chatv1.Message{"another is taken back": deleted("n"), "another is mended": edited("n", "x", 0), "it is read": {Body: &chatv1.Message_Seen{Seen: &chatv1.Seen{Message: "m"}}}, "a text": text("x")} {
		if got, changed := desk.Retold(d, event(subject.Operator, 20, m)); changed || got.Dialog != d.Dialog {
			t.Errorf("%s: the dialog has become %v", name, got)
		}
	}
	got, changed := desk.Retold(d, event(subject.Operator, 21, edited("m", "better", 0)))
	if !changed || got.GetLastText() != "better" || got.LastID != "m" {
		t.Errorf("mended: %v, %v, want the new words", got, changed)
	}
	if older, changed := desk.Retold(got, event(subject.Operator, 20, edited("m", "worse", 0))); changed || older.GetLastText() != "better" {
		t.Errorf("mended by an older edit: %v, %v, want the newer words", older, changed)
	}
	if got, changed = desk.Retold(got, event(subject.Operator, 22, deleted("m"))); !changed || got.GetLastText() != "" || !got.GetLastDeleted() {
		t.Errorf("taken back: %v, %v, want no words", got, changed)
	}
	if got, changed = desk.Retold(got, event(subject.Operator, 23, edited("m", "again", 0))); changed || got.GetLastText() != "" {
		t.Errorf("mended after that: %v, %v, want no words", got, changed)
	}
	open := in(active)
	open.LastID = "m"
	if got, changed := desk.Retold(open, event(subject.Operator, 21, edited("m", "x", 0))); changed || got.GetLastText() != "" {
		t.Errorf("a dialog that goes on has become %v, want it to follow by itself", got)
	}
	if d.GetLastText() != "secret" {
		t.Error("Retold has changed what it was given")
	}
}

// TestRenewed says again who owns the dialog: nobody is told that it was taken just now.
func TestRenewed(t *testing.T) {
	d := desk.Apply(in(waiting), event(subject.Owner, 20, owner(operator, "anna", newDialog().GetId())))
	again := owner(operator, "anna", newDialog().GetId())
	again.GetOwnerChange().Reason = chatv1.OwnerReason_OWNER_REASON_RENEWED
	got := desk.Apply(d, event(subject.Owner, 30, again))
	if got.GetEpoch() != 30 || got.GetState() != active || !proto.Equal(got.GetTakenAt(), at(20)) || !proto.Equal(got.GetLastAt(), at(20)) {
		t.Errorf("dialog %v, want epoch 30 and the times of 20", got)
	}
	if got.Owned != at(30).AsTime() {
		t.Errorf("owned at %v, want %v", got.Owned, at(30).AsTime())
	}
}

func TestRestart(t *testing.T) {
	d := in(active)
	d.LastID, d.LastDeleted = "m", true
	d.EndedBy, d.Unread, d.LastText, d.LastAuthor, d.LastOffset, d.LastAt, d.TakenAt = "e1", 3, "a", chatv1.Author_AUTHOR_BOT, "o", at(9), at(8)
	d.Version = 7
	want := newDialog()
	want.Generation, want.Handled, want.Version = "00000000h", 0, 7
	want.Owned = d.Owned
	got := desk.Restart(d, "00000000h")
	wantDialog(t, got, want)
	if d.GetState() != active || d.GetUnread() != 3 {
		t.Errorf("Restart has changed what it was given: %v", d)
	}
	// It follows the new log to where it was.
	got = desk.Apply(got, event(subject.Owner, 11, owner(queue, "", d.GetId())))
	got = desk.Apply(got, event(subject.Owner, 12, owner(operator, "anna", d.GetId())))
	if got.GetState() != active || got.GetOperatorId() != "anna" || got.GetEpoch() != 12 || got.Queued != 11 {
		t.Errorf("dialog %v, want it active with anna", got)
	}
}

func TestOpenAndLive(t *testing.T) {
	for state, want := range map[operatorv1.DialogState]struct{ open, live bool }{
		opening: {open: true}, waiting: {open: true, live: true}, active: {open: true, live: true}, closed: {},
	} {
		if d := in(state); d.Open() != want.open || d.Live() != want.live {
			t.Errorf("%v: Open() = %v, Live() = %v, want %+v", state, d.Open(), d.Live(), want)
		}
	}
	if c := newDialog().Conversation(); c != conversation {
		t.Errorf("Conversation() = %v, want %v", c, conversation)
	}
}
