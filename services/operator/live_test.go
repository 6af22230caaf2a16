package operator_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

func TestSendThinking(t *testing.T) {
	o, c := open(t), conversation()
	d := o.ask(c)
	think := func(text string, ttl time.Duration) *operatorv1.SendThinkingRequest {
		r := &operatorv1.SendThinkingRequest{DialogId: d, Text: text}
		if ttl != 0 {
			r.Ttl = durationpb.New(ttl)
		}
		return r
	}
	for name, tt := range map[string]struct {
		req *operatorv1.SendThinkingRequest
		ttl time.Duration
	}{
		"a stage":         {think("Looking", time.Minute), time.Minute},
		"without a time":  {think(strings.Repeat("я", 200), 0), 30 * time.Second},
		"the end of it":   {think("", 0), 30 * time.Second},
		"for longest":     {think("Looking", 2*time.Minute), 2 * time.Minute},
		"for the instant": {think("Looking", 1), 1},
	} {
		if _, err := o.SendThinking(o.crm(), tt.req); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		live := o.door.shown()
		got := live[len(live)-1]
		if th := got.GetEvent().GetThinking(); got.GetConversation() != c.ID || th.GetText() != tt.req.GetText() || th.GetTtl().AsDuration() != tt.ttl {
			t.Errorf("%s: shown %v, want %q for %v", name, got, tt.req.GetText(), tt.ttl)
		}
	}
	_, err := o.SendThinking(o.anna(), think("Looking", 0))
	wantCode(t, err, codes.FailedPrecondition, "take it first")
	_, err = o.SendThinking(o.crm(), think(strings.Repeat("я", 201), 0))
	wantField(t, err, "text")
	_, err = o.SendThinking(o.crm(), think("Looking", 2*time.Minute+1))
	wantField(t, err, "ttl")
	_, err = o.SendThinking(o.crm(), think("Looking", -1))
	wantField(t, err, "ttl")
	_, err = o.SendThinking(o.crm("2"), think("Looking", 0))
	wantCode(t, err, codes.NotFound, "no such dialog")
	o.door.down(true)
	_, err = o.SendThinking(o.crm(), think("Looking", 0))
	wantCode(t, err, codes.Unavailable, "")
}

func TestSendPartial(t *testing.T) {
	o, c := open(t), conversation()
	d, client := o.ask(c), newID()
	piece := func(at uint32, text string) *operatorv1.SendPartialRequest {
		return &operatorv1.SendPartialRequest{DialogId: d, ClientId: client, At: at, Text: text}
	}
	for name, req := range map[string]*operatorv1.SendPartialRequest{
		"the first":      piece(0, "Two "),
		"the next":       piece(4, "tins"),
		"the whole back": piece(0, ""),
		"the last":       piece(65534, "😀"),
		"a long one":     piece(0, strings.Repeat("😀", 4096)),
	} {
		if _, err := o.SendPartial(o.crm(), req); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		live := o.door.shown()
		p := live[len(live)-1].GetEvent().GetPartial()
		if p.GetId() != c.MessageID(client) || p.GetAt() != req.GetAt() || p.GetText() != req.GetText() || p.GetAuthorName() != "CRM" {
			t.Errorf("%s: shown %v, want it of %s", name, p, c.MessageID(client))
		}
	}
	for field, req := range map[string]*operatorv1.SendPartialRequest{
		"client_id": {DialogId: d, ClientId: "1", Text: "x"},
		"text":      piece(0, strings.Repeat("я", 4097)),
		"at":        piece(65535, "😀"),
	} {
		_, err := o.SendPartial(o.crm(), req)
		wantField(t, err, field)
	}
	_, err := o.SendPartial(o.crm(), piece(1, ""))
	wantField(t, err, "text")
	_, err = o.SendPartial(o.anna(), piece(0, "x"))
	wantCode(t, err, codes.FailedPrecondition, "take it first")
}
