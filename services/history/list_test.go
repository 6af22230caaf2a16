package history_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"

	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

// Pages in both directions join without gap or repeat, across the border of two generations.
func TestListPagesBothWays(t *testing.T) {
	nc := natstest.Connect(t)
	log, c := openLog(t, nc), conversation()
	api, _ := run(t, nc, log, openStore(t))
	say(t, log, c, numbered(1, 10)...)
	recorded(t, api, c, numbered(1, 10))
	if renewed, err := log.Renew(t.Context(), bus.Offset{Generation: log.Generation(), Sequence: 1 << 40}); err != nil || !renewed {
		t.Fatalf("Renew() = %v, %v", renewed, err)
	}
	say(t, log, c, numbered(11, 20)...)
	recorded(t, api, c, numbered(1, 20))

	for _, size := range []int32{1, 3, 7, 20, 200} {
		t.Run(fmt.Sprint("before by ", size), func(t *testing.T) {
			req := &historyv1.ListMessagesRequest{Bot: c.Bot, Conversation: c.ID, PageSize: size}
			var got []string
			for more := true; more; {
				ids, res, err := list(t.Context(), api, req)
				if err != nil {
					t.Fatal(err)
				}
				got = append(ids, got...)
				more = res.GetHasMore()
				req.From = &historyv1.ListMessagesRequest_Before{Before: res.GetMessages()[0].GetOffset()}
			}
			if diff := cmp.Diff(numbered(1, 20), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
		t.Run(fmt.Sprint("after by ", size), func(t *testing.T) {
			req := &historyv1.ListMessagesRequest{
				Bot: c.Bot, Conversation: c.ID, PageSize: size,
				From: &historyv1.ListMessagesRequest_After{After: "000000000-0"},
			}
			var got []string
			for more := true; more; {
				ids, res, err := list(t.Context(), api, req)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, ids...)
				more = res.GetHasMore()
				req.From = &historyv1.ListMessagesRequest_After{After: res.GetMessages()[len(ids)-1].GetOffset()}
			}
			if diff := cmp.Diff(numbered(1, 20), got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Pages of large events are shorter, so that clients of gRPC take them without being told to.
func TestListOfManyBytes(t *testing.T) {
	const usual, events = 4 << 20, 24 // the most that grpc-go takes
	nc := natstest.Connect(t)
	log, c := openLog(t, nc), conversation()
	api, _ := run(t, nc, log, openStore(t))
	for _, local := range numbered(1, events) {
		m := text(c, local)
		m.GetText().Text = strings.Repeat("x", 200<<10)
		if _, err := log.Append(t.Context(), c, subject.Visitor, m, nil); err != nil {
			t.Fatal(err)
		}
	}
	forward := &historyv1.ListMessagesRequest_After{After: "000000000-0"}
	for name, from := range map[string]*historyv1.ListMessagesRequest_After{"back": nil, "forward": forward} {
		eventually.Succeeds(t, name, func() error {
			req := &historyv1.ListMessagesRequest{Bot: c.Bot, Conversation: c.ID, PageSize: 200}
			if from != nil {
				req.From = from
			}
			var got []string
			for more := true; more; {
				ids, res, err := list(t.Context(), api, req)
				if err != nil || len(ids) == 0 {
					return fmt.Errorf("%d events, %w", len(got), err)
				}
				if n := proto.Size(res); n > usual {
					t.Fatalf("a page of %d bytes, want at most %d", n, usual)
				}
				if more = res.GetHasMore(); from == nil {
					got = append(ids, got...)
					req.From = &historyv1.ListMessagesRequest_Before{Before: res.GetMessages()[0].GetOffset()}
					continue
				}
				got = append(got, ids...)
				req.From = &historyv1.ListMessagesRequest_After{After: res.GetMessages()[len(ids)-1].GetOffset()}
			}
			if diff := cmp.Diff(numbered(1, events), got); diff != "" {
				return fmt.Errorf("pages (-want +got):\n%s", diff)
			}
			return nil
		})
	}
}

func TestListRefuses(t *testing.T) {
	nc := natstest.Connect(t)
	log, c := openLog(t, nc), conversation()
	api, _ := run(t, nc, log, openStore(t))
	say(t, log, c, "m001")
	recorded(t, api, c, []string{"m001"})

	good := &historyv1.ListMessagesRequest{Bot: c.Bot, Conversation: c.ID}
	with := func(change func(*historyv1.ListMessagesRequest)) *historyv1.ListMessagesRequest {
		req := proto.CloneOf(good)
		change(req)
		return req
	}
	person := authz.Principal{Kind: authz.Person, ID: "u"}
	tests := map[string]struct {
		caller authz.Principal
		req    *historyv1.ListMessagesRequest
		code   codes.Code
		text   string
	}{
		"good":               {person, good, codes.OK, ""},
		"one of many bots":   {authz.Principal{Kind: authz.Machine, Bots: []string{"9", "1"}}, good, codes.OK, ""},
		"a service":          {authz.Principal{Kind: authz.Service, ID: token.Gateway}, good, codes.OK, ""},
		"nobody":             {authz.Principal{}, good, codes.NotFound, "bot"},
		"another's bot":      {authz.Principal{Kind: authz.Person, Bots: []string{"9"}}, good, codes.NotFound, "bot"},
		"no bot":             {person, with(func(r *historyv1.ListMessagesRequest) { r.Bot = "" }), codes.InvalidArgument, "bot: "},
		"bot with a dot":     {person, with(func(r *historyv1.ListMessagesRequest) { r.Bot = "1.*" }), codes.InvalidArgument, "bot: "},
		"no conversation":    {person, with(func(r *historyv1.ListMessagesRequest) { r.Conversation = "" }), codes.InvalidArgument, "conversation: "},
		"negative page":      {person, with(func(r *historyv1.ListMessagesRequest) { r.PageSize = -1 }), codes.InvalidArgument, "page_size: "},
		"page too large":     {person, with(func(r *historyv1.ListMessagesRequest) { r.PageSize = 201 }), codes.InvalidArgument, "page_size: "},
		"largest page":       {person, with(func(r *historyv1.ListMessagesRequest) { r.PageSize = 200 }), codes.OK, ""},
		"before is not one":  {person, with(func(r *historyv1.ListMessagesRequest) { r.From = &historyv1.ListMessagesRequest_Before{Before: "x"} }), codes.InvalidArgument, "before: "},
		"after is not one":   {person, with(func(r *historyv1.ListMessagesRequest) { r.From = &historyv1.ListMessagesRequest_After{} }), codes.InvalidArgument, "after: "},
		"empty conversation": {person, with(func(r *historyv1.ListMessagesRequest) { r.Conversation = uuid.NewString() }), codes.OK, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := api.ListMessages(authz.With(t.Context(), tt.caller), tt.req)
			if got := status.Code(err); got != tt.code || !strings.Contains(status.Convert(err).Message(), tt.text) {
				t.Errorf("ListMessages() = %v, want %v and %q", err, tt.code, tt.text)
			}
		})
	}
}

// fill stores n events of each conversation, in turn, as fast as the log takes them.
func fill(b *testing.B, nc *nats.Conn, conversations, n int) []subject.Conversation {
	b.Helper()
	js := must[nats.JetStreamContext](b)(nc.JetStream(nats.PublishAsyncMaxPending(4096)))
	all := make([]subject.Conversation, conversations)
	for i := range all {
		all[i] = conversation()
	}
	for i := range n {
		for _, c := range all {
			m := text(c, fmt.Sprintf("m%06d", i))
			data := must[[]byte](b)(proto.Marshal(m))
			must[nats.PubAckFuture](b)(js.PublishAsync(c.Of(subject.Visitor), data, nats.MsgId(m.GetId()), nats.StallWait(patience)))
		}
	}
	select {
	case <-js.PublishAsyncComplete():
	case <-time.After(10 * patience):
		b.Fatal("the log does not keep up")
	}
	return all
}

// waitFor waits until the last event of the last conversation is recorded.
func waitFor(b *testing.B, api historyv1.HistoryServiceServer, all []subject.Conversation, n int) {
	b.Helper()
	c := all[len(all)-1]
	last := fmt.Sprintf("m%06d", n-1)
	for late := time.Now().Add(10 * patience); time.Now().Before(late); {
		ids, _, err := list(b.Context(), api, &historyv1.ListMessagesRequest{Bot: c.Bot, Conversation: c.ID, PageSize: 1})
		if err != nil {
			b.Fatal(err)
		}
		if slices.Contains(ids, last) {
			return
		}
		<-time.After(5 * time.Millisecond)
	}
	b.Fatalf("%s is not recorded", last)
}

// BenchmarkIngest is how long an event takes from the log into the store, in batches.
func BenchmarkIngest(b *testing.B) {
	const conversations, each = 100, 200
	for b.Loop() {
		b.StopTimer()
		nc := natstest.Connect(b)
		log, store := openLog(b, nc), openStore(b)
		all := fill(b, nc, conversations, each)
		b.StartTimer()
		api, stop := run(b, nc, log, store)
		waitFor(b, api, all, each)
		b.StopTimer()
		stop()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N*conversations*each)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkListNewest reads the newest 50 of one among many conversations.
func BenchmarkListNewest(b *testing.B) {
	const conversations, each = 1000, 60
	nc := natstest.Connect(b)
	log := openLog(b, nc)
	all := fill(b, nc, conversations, each)
	api, _ := run(b, nc, log, openStore(b))
	waitFor(b, api, all, each)
	i := 0
	for b.Loop() {
		c := all[i%len(all)]
		i++
		res, err := api.ListMessages(operator(b.Context()), &historyv1.ListMessagesRequest{Bot: c.Bot, Conversation: c.ID})
		if err != nil || len(res.GetMessages()) != 50 {
			b.Fatalf("%d messages, %v", len(res.GetMessages()), err)
		}
	}
}
