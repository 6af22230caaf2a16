package operator_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	opening = operatorv1.DialogState_DIALOG_STATE_OPENING
	waiting = operatorv1.DialogState_DIALOG_STATE_WAITING
	active  = operatorv1.DialogState_DIALOG_STATE_ACTIVE
	closed  = operatorv1.DialogState_DIALOG_STATE_CLOSED
)

func TestOpenDialog(t *testing.T) {
	o, c := open(t), conversation()
	o.says(c, subject.Visitor, "Hello?")
	req := request(c)
	first, err := o.OpenDialog(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	again, err := o.OpenDialog(t.Context(), req)
	if err != nil || again.GetEpoch() != first.GetEpoch() {
		t.Errorf("a repeat says epoch %d, %v, want %d", again.GetEpoch(), err, first.GetEpoch())
	}
	o.wantOwners(c, "queue connect")
	e := o.logged(c, subject.Owner)[0]
	if ch := e.Message.GetOwnerChange(); e.Sequence != first.GetEpoch() || ch.GetDialog() != req.GetId() || ch.GetPreviousEpoch() != 0 {
		t.Errorf("owner event %v at %d, want dialog %s at %d", ch, e.Sequence, req.GetId(), first.GetEpoch())
	}
	d := o.dialog(req.GetId())
	if d.GetState() != waiting || d.GetEpoch() != first.GetEpoch() || d.GetTopic() != "tea" || d.GetClosedAlias() != "later" ||
		d.GetVisitor().GetName() != "Olena" || d.GetOpenedAt() == nil {
		t.Errorf("dialog %v, want it waiting under epoch %d with all that was asked", d, first.GetEpoch())
	}

	// Whoever repeats the request after the dialog has gone its way is told the same.
	if _, err := o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: req.GetId()}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: req.GetId()}); err != nil {
		t.Fatal(err)
	}
	late, err := o.OpenDialog(t.Context(), req)
	if err != nil || late.GetEpoch() != first.GetEpoch() {
		t.Errorf("a repeat after the close says epoch %d, %v, want %d", late.GetEpoch(), err, first.GetEpoch())
	}
	o.wantOwners(c, "queue connect", "operator taken anna", "bot closed later")
}

func TestOpenDialogAfterTakeover(t *testing.T) {
	o, c := open(t), conversation()
	epoch := o.happens(c, subject.Owner, owned(&chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_OPERATOR, OperatorId: "borys"}, ""))
	req := request(c) // decided while the owner had never changed
	for range 2 {
		_, err := o.OpenDialog(t.Context(), req)
		wantCode(t, err, codes.FailedPrecondition, "owned by")
		details := status.Convert(err).Details()
		if len(details) != 1 {
			t.Fatalf("details %v, want one", details)
		}
		if conflict, ok := details[0].(*gatewayv1.OwnerConflict); !ok || conflict.GetEpoch() != epoch || conflict.GetOwner().GetOperatorId() != "borys" {
			t.Errorf("detail %v, want borys under epoch %d", details[0], epoch)
		}
		_, err = o.GetDialog(o.boss(), &operatorv1.GetDialogRequest{DialogId: req.GetId()})
		wantCode(t, err, codes.NotFound, "no such dialog")
	}
	// The next question is decided under the new epoch.
	req.Id, req.Epoch = c.MessageID("call-again"), epoch
	if _, err := o.OpenDialog(t.Context(), req); err != nil {
		t.Errorf("OpenDialog under the present epoch: %v", err)
	}
	o.wantOwners(c, "operator transferred borys", "queue connect")
}

func TestOpenDialogWithoutGateway(t *testing.T) {
	o, c := open(t), conversation()
	req := request(c)
	o.door.down(true)
	_, err := o.OpenDialog(t.Context(), req)
	wantCode(t, err, codes.Unavailable, "")
	if strings.Contains(err.Error(), "away") {
		t.Errorf("the caller is told what only the log is to know: %v", err)
	}
	if d := o.dialog(req.GetId()); d.GetState() != opening {
		t.Errorf("dialog %v, want it opening", d)
	}
	_, err = o.Take(o.anna(), &operatorv1.TakeRequest{DialogId: req.GetId()})
	wantCode(t, err, codes.FailedPrecondition, "not in the queue yet")

	o.door.down(false)
	o.door.losing()
	_, err = o.OpenDialog(t.Context(), req)
	wantCode(t, err, codes.Unavailable, "")
	o.becomesState(req.GetId(), waiting) // by the event itself
	if _, err := o.OpenDialog(t.Context(), req); err != nil {
		t.Errorf("OpenDialog after a lost answer: %v", err)
	}
	o.wantOwners(c, "queue connect")
}

func TestOpenDialogBadInput(t *testing.T) {
	o := newOffice(t)
	long := strings.Repeat("я", 101)
	tests := map[string]struct {
		change func(*operatorv1.OpenDialogRequest)
		field  string
	}{
		"no bot":                       {func(r *operatorv1.OpenDialogRequest) { r.Bot = "" }, "bot"},
		"a bot that widens a subject":  {func(r *operatorv1.OpenDialogRequest) { r.Bot = "1.>" }, "bot"},
		"no conversation":              {func(r *operatorv1.OpenDialogRequest) { r.Conversation = "" }, "conversation"},
		"a conversation in upper case": {func(r *operatorv1.OpenDialogRequest) { r.Conversation = strings.ToUpper(r.GetConversation()) }, "conversation"},
		"no id":                        {func(r *operatorv1.OpenDialogRequest) { r.Id = "" }, "id"},
		"an id of another":             {func(r *operatorv1.OpenDialogRequest) { r.Id = newID() + "/call" }, "id"},
		"an id without a trigger":      {func(r *operatorv1.OpenDialogRequest) { r.Id = r.GetConversation() + "/" }, "id"},
		"an id with a line break":      {func(r *operatorv1.OpenDialogRequest) { r.Id += "\r\nNats-Msg-Id: x" }, "id"},
		"a long id":                    {func(r *operatorv1.OpenDialogRequest) { r.Id += strings.Repeat("x", 200) }, "id"},
		"a long topic":                 {func(r *operatorv1.OpenDialogRequest) { r.Topic = long }, "topic"},
		"a long alias":                 {func(r *operatorv1.OpenDialogRequest) { r.ClosedAlias = long }, "closed_alias"},
		"too much about the visitor": {func(r *operatorv1.OpenDialogRequest) {
			r.Visitor.Params = &structpb.Struct{Fields: map[string]*structpb.Value{"x": structpb.NewStringValue(strings.Repeat("x", 32<<10))}}
		}, "visitor"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req := request(conversation())
			tt.change(req)
			_, err := o.OpenDialog(t.Context(), req)
			wantField(t, err, tt.field)
		})
	}
	t.Run("a dialog of another bot", func(t *testing.T) {
		c := conversation()
		o.ask(c)
		req := request(subject.Conversation{Bot: "2", ID: c.ID})
		_, err := o.OpenDialog(t.Context(), req)
		wantField(t, err, "bot")
	})
	if got := o.door.changes; len(got) != 1 {
		t.Errorf("%d calls reached the gateway, want the good one", len(got))
	}
}
