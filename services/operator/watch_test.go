package operator_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// panel is an open Watch stream. What nobody reads blocks the sender, as flow control does.
type panel struct {
	grpc.ServerStream
	t      *testing.T
	ctx    context.Context
	events chan *operatorv1.WatchResponse
	done   chan error // how the stream ended
	close  func()     // the caller leaves
}

func (p *panel) Context() context.Context { return p.ctx }

func (p *panel) Send(res *operatorv1.WatchResponse) error {
	select {
	case p.events <- res:
		return nil
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
}

func (o *office) watch(ctx context.Context, bot string) *panel {
	o.t.Helper()
	return o.watches(ctx, &operatorv1.WatchRequest{Bot: bot})
}

func (o *office) watches(ctx context.Context, req *operatorv1.WatchRequest) *panel {
	o.t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	p := &panel{t: o.t, ctx: ctx, close: cancel, events: make(chan *operatorv1.WatchResponse), done: make(chan error, 1)}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		p.done <- o.Watch(req, p)
	}()
	o.t.Cleanup(func() { cancel(); <-stopped })
	return p
}

// next waits for what the panel is told next, but heartbeats.
func (p *panel) next() *operatorv1.WatchResponse {
	p.t.Helper()
	late := time.After(patience)
	for {
		select {
		case res := <-p.events:
			if res.GetHeartbeat() == nil {
				return res
			}
		case err := <-p.done:
			p.t.Fatalf("the stream ended with %v", err)
		case <-late:
			p.t.Fatalf("the panel was told nothing in %v", patience)
		}
	}
}

// told is res in short.
func told(res *operatorv1.WatchResponse) string {
	switch e := res.GetEvent().(type) {
	case *operatorv1.WatchResponse_Dialog:
		return fmt.Sprintf("%s %s%s", e.Dialog.GetConversation()[24:], e.Dialog.GetState().String()[13:], e.Dialog.GetOperatorId())
	case *operatorv1.WatchResponse_Message:
		return "message " + e.Message.GetText().GetText()
	case *operatorv1.WatchResponse_Typing:
		return "typing " + e.Typing.GetConversation()[24:]
	case *operatorv1.WatchResponse_Ready:
		return "ready"
	}
	return fmt.Sprint(res)
}

// until reads what the panel is told up to what is wanted, and returns all of it. A dialog's state
// is told with every change, so what else there is depends on the pace.
func (p *panel) until(want string) (all []*operatorv1.WatchResponse) {
	p.t.Helper()
	for {
		all = append(all, p.next())
		if told(all[len(all)-1]) == want {
			return all
		}
	}
}

// ends waits for the end of the stream.
func (p *panel) ends(code codes.Code, says string) {
	p.t.Helper()
	late := time.After(patience)
	for {
		select {
		case <-p.events:
		case err := <-p.done:
			wantCode(p.t, err, code, says)
			return
		case <-late:
			p.t.Fatalf("the stream did not end in %v", patience)
		}
	}
}

func short(c subject.Conversation, state string) string { return c.ID[24:] + " " + state }

func TestWatch(t *testing.T) {
	o := open(t)
	mine, queued, others := conversation(), conversation(), conversation()
	o.taken(o.anna(), mine)
	o.ask(queued)
	o.taken(o.borys(), others)
	hidden := conversationOf("2")
	o.ask(hidden)

	anna := o.watch(o.as("anna", configv1.Role_ROLE_OPERATOR, "1"), "")
	picture := map[string]bool{}
	for _, res := range anna.until("ready") {
		picture[told(res)] = true
	}
	for what, want := range map[string]bool{
		short(mine, "ACTIVEanna"): true, short(queued, "WAITING"): true, "ready": true,
		short(others, "ACTIVEborys"): false, short(hidden, "WAITING"): false,
	} {
		if picture[what] != want {
			t.Errorf("the first picture has %q: %v, want %v", what, picture[what], want)
		}
	}

	t.Run("messages", func(*testing.T) {
		o.followed(anna, mine)
		for _, from := range []subject.From{subject.Visitor, subject.Bot, subject.Operator} {
			o.says(mine, from, "by "+string(from))
			anna.until("message by " + string(from))
		}
	})
	t.Run("typing", func(t *testing.T) {
		o.types(mine, chatv1.Author_AUTHOR_OPERATOR) // the panel's own
		o.types(mine, chatv1.Author_AUTHOR_VISITOR)
		n := 0
		for _, res := range anna.until("typing " + mine.ID[24:]) {
			if res.GetTyping() != nil {
				n++
			}
		}
		if n != 1 {
			t.Errorf("the panel was told %d times that somebody writes, want once", n)
		}
	})
	t.Run("a new dialog", func(*testing.T) {
		c := conversation()
		o.ask(c)
		anna.until(short(c, "WAITING"))
	})
	t.Run("leaving the set", func(t *testing.T) {
		if _, err := o.Take(o.borys(), &operatorv1.TakeRequest{DialogId: queued.MessageID("call")}); err != nil {
			t.Fatal(err)
		}
		anna.until(short(queued, "ACTIVEborys")) // the last of it
		boss := o.watch(o.boss(), "1")
		boss.until("ready")
		o.followed(boss, queued)
		c := conversation()
		o.ask(c)
		for _, res := range anna.until(short(c, "WAITING")) {
			if res.GetMessage().GetConversation() == queued.ID || res.GetDialog().GetConversation() == queued.ID {
				t.Errorf("told %q of a dialog that has left the set", told(res))
			}
		}
	})
	t.Run("closed", func(t *testing.T) {
		if _, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: mine.MessageID("call")}); err != nil {
			t.Fatal(err)
		}
		all := anna.until(short(mine, "CLOSEDanna"))
		version := int64(0)
		for _, res := range all {
			if d := res.GetDialog(); d.GetConversation() == mine.ID {
				if d.GetVersion() <= version {
					t.Errorf("version %d was told behind %d", d.GetVersion(), version)
				}
				version = d.GetVersion()
			}
		}
	})
	t.Run("the caller leaves", func(*testing.T) {
		anna.close()
		anna.ends(codes.Canceled, "")
	})
}

func TestWatchOversees(t *testing.T) {
	o := open(t)
	c := conversation()
	o.taken(o.anna(), c)
	o.ask(conversationOf("2"))
	for name, ctx := range map[string]context.Context{"a supervisor": o.boss(), "a machine": o.crm()} {
		var got []string
		for _, res := range o.watch(ctx, "1").until("ready") {
			got = append(got, told(res))
		}
		if len(got) != 2 || got[0] != short(c, "ACTIVEanna") {
			t.Errorf("%s is shown %q of bot 1, want anna's dialog", name, got)
		}
	}
}

func TestWatchRefused(t *testing.T) {
	o := open(t)
	p := o.watch(o.anna(), "1.>")
	err := <-p.done
	wantField(t, err, "bot")
	wantCode(t, <-o.watch(o.as("anna", configv1.Role_ROLE_OPERATOR, "2"), "1").done, codes.NotFound, "no bot")
	wantCode(t, <-o.watch(t.Context(), "").done, codes.Unauthenticated, "")
}

func TestWatchEndsWithTheService(t *testing.T) {
	o := open(t)
	p := o.watch(o.anna(), "")
	p.until("ready")
	stopped := make(chan struct{})
	go func() { defer close(stopped); o.stop() }()
	p.ends(codes.Unavailable, "watch again")
	<-stopped
}

func TestWatchHeartbeat(t *testing.T) {
	o := open(t, func(d *operator.Deps) { d.Heartbeat = time.Millisecond })
	p := o.watch(o.anna(), "")
	for range 3 {
		for res := <-p.events; res.GetHeartbeat() == nil; res = <-p.events { //nolint:revive // reading is all
		}
	}
}

// TestWatchTooSlow lets one panel stop reading: it is cut off when it comes back, and another one
// misses nothing.
func TestWatchTooSlow(t *testing.T) {
	const queue, step = 4096, 512
	o, c := open(t), conversation()
	o.ask(c)
	fast, slow := o.watch(o.boss(), ""), o.watch(o.boss(), "")
	slow.until("ready")
	fast.until("ready")
	o.followed(fast, c)
	for range 2*queue/step + 1 {
		for range step { // what the feed holds is bounded too
			o.types(c, chatv1.Author_AUTHOR_VISITOR)
		}
		for n := 0; n < step; {
			if fast.next().GetTyping() != nil {
				n++
			}
		}
	}
	slow.ends(codes.ResourceExhausted, "too slow")
	o.says(c, subject.Visitor, "last")
	fast.until("message last")
}

// followed lets the visitor speak until the panel is told: what is stored before the hub follows the
// conversation is for the history to show.
func (o *office) followed(p *panel, c subject.Conversation) {
	o.t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	late := time.After(patience)
	for {
		select {
		case res := <-p.events:
			if res.GetMessage().GetConversation() == c.ID {
				return
			}
		case <-again.C:
			o.says(c, subject.Visitor, "Is anybody there?")
		case <-late:
			o.t.Fatalf("the panel was not told of conversation %s in %v", c.ID, patience)
		}
	}
}

// types shows a live event as the gateway does.
func (o *office) types(c subject.Conversation, who chatv1.Author) {
	o.t.Helper()
	data := must[[]byte](o.t)(proto.Marshal(&gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Typing{Typing: &gatewayv1.Typing{Author: who}}}))
	if err := o.nc.Publish(c.Live(), data); err != nil {
		o.t.Fatal(err)
	}
}
