package operator_test

import (
	"context"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"

	"github.com/switchboard-chat/switchboard/internal/subject"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

func TestMarkSeen(t *testing.T) {
	o, c := open(t), conversation()
	said := func(s string) string {
		m := text(s)
		m.Id = c.MessageID(newID())
		o.happens(c, subject.Visitor, m)
		return m.GetId()
	}
	d := o.taken(o.anna(), c).GetId()
	first, second, third := said("One"), said("Two"), said("Three")
	mark := func(by context.Context, target string) {
		t.Helper()
		if _, err := o.MarkSeen(by, &operatorv1.MarkSeenRequest{DialogId: d, MessageId: target}); err != nil {
			t.Errorf("MarkSeen(%s): %v", target, err)
		}
	}
	seen := func() (targets []string) {
		for _, e := range o.logged(c, subject.Operator) {
			if s := e.Message.GetSeen(); s != nil {
				targets = append(targets, s.GetMessage())
			}
		}
		return targets
	}
	own := o.sent(o.anna(), d, "Good day!")
	mark(o.boss(), third)               // looks, and has not taken it
	mark(o.crm(), third)                // the same
	mark(o.anna(), own)                 // no visitor's
	mark(o.anna(), c.MessageID("none")) // nobody's
	if got := seen(); len(got) > 0 {
		t.Fatalf("seen %q, want nothing", got)
	}
	mark(o.anna(), second)
	mark(o.anna(), second)
	mark(o.anna(), first) // it is older
	if got, want := seen(), []string{second}; !slices.Equal(got, want) {
		t.Errorf("seen %q, want %q", got, want)
	}
	mark(o.anna(), third)
	if got, want := seen(), []string{second, third}; !slices.Equal(got, want) {
		t.Errorf("seen %q, want %q", got, want)
	}
	stored := o.logged(c, subject.Operator)
	newest := o.log.At(stored[len(stored)-1].Sequence).String()
	got := o.becomes(d, "up to the notice", func(d *operatorv1.Dialog) bool { return d.GetLastOffset() == newest })
	if got.GetUnread() != 0 || got.GetLastText() != "Good day!" {
		t.Errorf("dialog %v, want what was said last", got)
	}

	_, err := o.MarkSeen(o.borys(), &operatorv1.MarkSeenRequest{DialogId: d, MessageId: third})
	wantCode(t, err, codes.NotFound, "no such dialog")
	_, err = o.MarkSeen(o.anna(), &operatorv1.MarkSeenRequest{DialogId: d, MessageId: conversation().MessageID("x")})
	wantField(t, err, "message_id")
	_, err = o.MarkSeen(t.Context(), &operatorv1.MarkSeenRequest{DialogId: d, MessageId: third})
	wantCode(t, err, codes.Unauthenticated, "")
}
