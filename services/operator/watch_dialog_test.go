package operator_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// looksAt watches one dialog and returns the offset up to which its history has to be read.
func (o *office) looksAt(by context.Context, id string) (p *panel, upTo string) {
	o.t.Helper()
	p = o.watches(by, &operatorv1.WatchRequest{DialogId: id})
	all := p.until("ready")
	if len(all) != 2 || all[0].GetDialog().GetId() != id {
		o.t.Errorf("the first picture is %v, want the dialog alone", all)
	}
	return p, all[len(all)-1].GetReady().GetLastOffset()
}

// TestWatchDialog looks at a dialog after it was closed: the rating comes, and what is said to the bot.
func TestWatchDialog(t *testing.T) {
	o, c := open(t), conversation()
	d := o.taken(o.anna(), c)
	if _, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: d.GetId()}); err != nil {
		t.Fatal(err)
	}
	upTo := o.happens(c, subject.Visitor, text("Bye"))
	panels := map[string]*panel{}
	for name, by := range map[string]context.Context{"whose it was": o.anna(), "a supervisor": o.boss(), "a machine": o.crm()} {
		p, last := o.looksAt(by, d.GetId())
		if want := o.log.At(upTo).String(); last != want {
			t.Errorf("%s is ready at %q, want %q", name, last, want)
		}
		panels[name] = p
	}
	other := o.ask(conversation()) // is nobody's who looks at this one
	rating := &chatv1.Message{Body: &chatv1.Message_FormAnswer{FormAnswer: &chatv1.FormAnswer{Form: "rating", Values: map[string]string{"rating": "5"}, Text: "5"}}}
	o.types(c, chatv1.Author_AUTHOR_VISITOR)
	for _, p := range panels {
		p.until("typing " + c.ID[24:])
	}
	o.happens(c, subject.Visitor, rating)
	o.says(c, subject.Bot, "Thank you")
	for name, p := range panels {
		seen := map[string]bool{}
		for _, res := range p.until("message Thank you") {
			seen[res.GetMessage().GetId()] = true
			if res.GetDialog().GetId() == other {
				t.Errorf("%s is told of another dialog", name)
			}
		}
		if !seen[rating.GetId()] {
			t.Errorf("%s is not told of the rating", name)
		}
	}
	panels["whose it was"].close()
	panels["whose it was"].ends(codes.Canceled, "")
}

// TestWatchDialogTakenBySomebodyElse ends what an operator is told with what they may read.
func TestWatchDialogTakenBySomebodyElse(t *testing.T) {
	o, c := open(t), conversation()
	id := o.ask(c)
	p, _ := o.looksAt(o.anna(), id)
	boss, _ := o.looksAt(o.boss(), id)
	if _, err := o.Take(o.borys(), &operatorv1.TakeRequest{DialogId: id}); err != nil {
		t.Fatal(err)
	}
	p.until(short(c, "ACTIVEborys")) // the last of it
	o.says(c, subject.Visitor, "For Borys alone")
	boss.until("message For Borys alone")
	for late := time.After(patience); ; {
		select {
		case res := <-p.events:
			if res.GetHeartbeat() == nil {
				t.Errorf("told %q of a dialog that may not be read any more", told(res))
			}
		case err := <-p.done:
			wantCode(t, err, codes.NotFound, "no such dialog")
			return
		case <-late:
			t.Fatal("the stream goes on")
		}
	}
}

// TestWatchDialogBeforeSomebodyElses looks at a dialog that was closed while somebody else has the visitor's next one.
func TestWatchDialogBeforeSomebodyElses(t *testing.T) {
	o, c := open(t), conversation()
	id := o.taken(o.anna(), c).GetId()
	must[*operatorv1.CloseResponse](t)(o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: id}))
	early, _ := o.looksAt(o.anna(), id)
	boss, all := o.watches(o.boss(), &operatorv1.WatchRequest{DialogId: id}), o.watch(o.boss(), "")
	boss.until("ready")
	all.until("ready")
	announced := func() { // up to now, to everybody
		other := conversation()
		o.ask(other)
		all.until(short(other, "WAITING"))
	}
	next := request(c)
	next.Id, next.Epoch = c.MessageID("next"), o.dialog(id).GetEpoch()
	must[*operatorv1.OpenDialogResponse](t)(o.OpenDialog(t.Context(), next))
	must[*operatorv1.TakeResponse](t)(o.Take(o.borys(), &operatorv1.TakeRequest{DialogId: next.GetId()}))
	announced()
	late, _ := o.looksAt(o.anna(), id)
	o.says(c, subject.Visitor, "For Borys alone")
	o.types(c, chatv1.Author_AUTHOR_VISITOR)
	boss.until("message For Borys alone")
	boss.until("typing " + c.ID[24:])
	must[*operatorv1.CloseResponse](t)(o.Close(o.borys(), &operatorv1.CloseRequest{DialogId: next.GetId()}))
	announced()
	o.says(c, subject.Visitor, "For the bot")
	for name, p := range map[string]*panel{"early": early, "late": late} {
		for _, res := range p.until("message For the bot") {
			if res.GetTyping() != nil || res.GetMessage().GetText().GetText() == "For Borys alone" {
				t.Errorf("who looked %s is told %q", name, told(res))
			}
		}
	}
}

func TestWatchDialogRefused(t *testing.T) {
	o, c := open(t), conversation()
	id := o.taken(o.anna(), c).GetId()
	for name, tt := range map[string]struct {
		by   context.Context
		id   string
		code codes.Code
	}{
		"somebody else's": {o.borys(), id, codes.NotFound},
		"of another bot":  {o.as("anna", configv1.Role_ROLE_OPERATOR, "2"), id, codes.NotFound},
		"none":            {o.boss(), c.MessageID("none"), codes.NotFound},
		"nobody":          {t.Context(), id, codes.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, <-o.watches(tt.by, &operatorv1.WatchRequest{DialogId: tt.id}).done, tt.code, "")
		})
	}
	wantField(t, <-o.watches(o.anna(), &operatorv1.WatchRequest{DialogId: id, Bot: "1"}).done, "bot")
}
