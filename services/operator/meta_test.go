package operator_test

import (
	"bytes"
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// Whoever may read a dialog may know from where its visitor came; the dialog itself never says it.
func TestGetVisitorMeta(t *testing.T) {
	o, c := open(t), conversation()
	d := o.taken(o.anna(), c)
	req := &operatorv1.GetVisitorMetaRequest{DialogId: d.GetId()}
	for name, who := range map[string]context.Context{
		"its operator": o.anna(),
		"a supervisor": o.boss(),
	} {
		if meta, err := o.GetVisitorMeta(who, req); err != nil || meta.GetIp() != "203.0.113.7" || meta.GetCountry() != "UA" || meta.GetCity() != "Kyiv" || !meta.GetSeenAt().AsTime().Equal(seenAt) {
			t.Errorf("%s: %v, %v", name, meta, err)
		}
	}
	if asked := o.door.asked[0]; asked.GetBot() != c.Bot || asked.GetConversation() != c.ID {
		t.Errorf("the gateway was asked for %v", asked)
	}
	_, err := o.GetVisitorMeta(o.borys(), req)
	wantCode(t, err, codes.NotFound, "no such dialog")
	_, err = o.GetVisitorMeta(o.as("vira", configv1.Role_ROLE_SUPERVISOR, "2"), req)
	wantCode(t, err, codes.NotFound, "no such dialog")
	_, err = o.GetVisitorMeta(o.anna(), &operatorv1.GetVisitorMetaRequest{})
	wantField(t, err, "dialog_id")
	_, err = o.GetVisitorMeta(t.Context(), req)
	wantCode(t, err, codes.Unauthenticated, "nobody is signed in")
	if n := len(o.door.asked); n != 2 {
		t.Errorf("the gateway was asked %d times, want 2", n)
	}
	if data, err := proto.Marshal(o.dialog(d.GetId())); err != nil || bytes.Contains(data, []byte("203.0.113.7")) {
		t.Errorf("the dialog is %q, %v", data, err)
	}
	o.door.down(true)
	_, err = o.GetVisitorMeta(o.anna(), req)
	wantCode(t, err, codes.Unavailable, "")
}
