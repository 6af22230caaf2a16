package operator_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/sqlite"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	patience = 20 * time.Second
	never    = time.Hour // for what must not happen by itself in a test
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, natstest.Linger()...)
}

// office is the service with what is around it.
type office struct {
	*operator.Service
	t     *testing.T
	nc    *nats.Conn
	log   *bus.Log
	store docstore.Store
	door  *door
	deps  operator.Deps
	stop  func() // ends Run and waits
}

// newOffice makes a service that does not run: its dialogs change by calls alone.
func newOffice(t *testing.T, change ...func(*operator.Deps)) *office {
	t.Helper()
	o := &office{t: t, nc: natstest.Connect(t), stop: func() {}}
	o.log = must[*bus.Log](t)(bus.Open(t.Context(), o.nc, bus.Config{}))
	o.store = must[docstore.Store](t)(sqlite.Open(filepath.Join(t.TempDir(), "operator.db")))
	t.Cleanup(func() { _ = o.store.Close(context.Background()) })
	o.door = &door{log: o.log}
	o.deps = operator.Deps{Conn: o.nc, Log: o.log, Store: o.store, Gateway: o.door, SweepEvery: never}
	for _, c := range change {
		c(&o.deps)
	}
	o.Service = must[*operator.Service](t)(operator.New(t.Context(), o.deps))
	return o
}

// open makes a service and runs it until the test ends.
func open(t *testing.T, change ...func(*operator.Deps)) *office {
	t.Helper()
	o := newOffice(t, change...)
	o.run()
	return o
}

func (o *office) run() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	o.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			o.t.Errorf("Run() = %v, want nil", err)
		}
	})
	o.t.Cleanup(o.stop)
}

// again is another process of the service on the same log and store.
func (o *office) again(change ...func(*operator.Deps)) *office {
	o.t.Helper()
	next, deps := *o, o.deps
	for _, c := range change {
		c(&deps)
	}
	next.deps, next.stop = deps, func() {}
	next.Service = must[*operator.Service](o.t)(operator.New(o.t.Context(), deps))
	return &next
}

// as returns the context of a call by a person of the role.
func (o *office) as(id string, role configv1.Role, bots ...string) context.Context {
	return authz.With(o.t.Context(), authz.Principal{Kind: authz.Person, ID: id, Name: strings.ToUpper(id), Role: role, Bots: bots})
}

func (o *office) anna() context.Context  { return o.as("anna", configv1.Role_ROLE_OPERATOR) }
func (o *office) borys() context.Context { return o.as("borys", configv1.Role_ROLE_OPERATOR) }
func (o *office) boss() context.Context  { return o.as("boss", configv1.Role_ROLE_SUPERVISOR) }

// crm returns the context of a call with an integrator's key.
func (o *office) crm(bots ...string) context.Context {
	return authz.With(o.t.Context(), authz.Principal{Kind: authz.Machine, ID: "crm", Name: "CRM", Role: configv1.Role_ROLE_INTEGRATOR, Bots: bots})
}

func conversation() subject.Conversation { return conversationOf("1") }

func conversationOf(bot string) subject.Conversation {
	return subject.Conversation{Bot: bot, ID: newID()}
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// request asks for a person as the scenario does.
func request(c subject.Conversation) *operatorv1.OpenDialogRequest {
	return &operatorv1.OpenDialogRequest{
		Id: c.MessageID("call"), Bot: c.Bot, Conversation: c.ID, Topic: "tea", ClosedAlias: "later",
		Visitor: &operatorv1.Visitor{Id: "v1", Name: "Olena", Language: "uk"},
	}
}

// ask opens a dialog of the conversation and returns its id.
func (o *office) ask(c subject.Conversation) string {
	o.t.Helper()
	req := request(c)
	if _, err := o.OpenDialog(o.t.Context(), req); err != nil {
		o.t.Fatalf("OpenDialog: %v", err)
	}
	return req.GetId()
}

// taken opens a dialog and lets somebody take it.
func (o *office) taken(by context.Context, c subject.Conversation) *operatorv1.Dialog {
	o.t.Helper()
	res, err := o.Take(by, &operatorv1.TakeRequest{DialogId: o.ask(c)})
	if err != nil {
		o.t.Fatalf("Take: %v", err)
	}
	return res.GetDialog()
}

// dialog is the dialog as the store has it.
func (o *office) dialog(id string) *operatorv1.Dialog {
	o.t.Helper()
	res, err := o.GetDialog(o.boss(), &operatorv1.GetDialogRequest{DialogId: id})
	if err != nil {
		o.t.Fatalf("GetDialog: %v", err)
	}
	return res.GetDialog()
}

// becomes waits until the dialog is as it should be.
func (o *office) becomes(id, what string, holds func(*operatorv1.Dialog) bool) *operatorv1.Dialog {
	o.t.Helper()
	var d *operatorv1.Dialog
	eventually.Succeeds(o.t, "dialog "+what, func() error {
		res, err := o.GetDialog(o.boss(), &operatorv1.GetDialogRequest{DialogId: id})
		if d = res.GetDialog(); err == nil && !holds(d) {
			err = fmt.Errorf("it is %v", d)
		}
		return err
	})
	return d
}

func (o *office) becomesState(id string, want operatorv1.DialogState) *operatorv1.Dialog {
	o.t.Helper()
	return o.becomes(id, want.String(), func(d *operatorv1.Dialog) bool { return d.GetState() == want })
}

// happens stores an event of the conversation as the gateway does, and returns its sequence.
func (o *office) happens(c subject.Conversation, from subject.From, m *chatv1.Message) uint64 {
	o.t.Helper()
	m.Bot, m.Conversation = c.Bot, c.ID
	if m.GetTime() == nil {
		m.Time = timestamppb.Now()
	}
	if m.GetId() == "" {
		m.Id = c.MessageID(newID())
	}
	return must[bus.Stored](o.t)(o.log.Append(o.t.Context(), c, from, m, nil)).Sequence
}

func (o *office) says(c subject.Conversation, from subject.From, s string) {
	o.t.Helper()
	o.happens(c, from, text(s))
}

func text(s string) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: s}}}
}

func ended() *chatv1.Message { return &chatv1.Message{Body: &chatv1.Message_End{End: &chatv1.End{}}} }

func owned(o *chatv1.Owner, dialog string) *chatv1.Message {
	return &chatv1.Message{Body: &chatv1.Message_OwnerChange{OwnerChange: &chatv1.OwnerChange{
		Owner: o, Reason: chatv1.OwnerReason_OWNER_REASON_TRANSFERRED, Dialog: dialog,
	}}}
}

var toBot = &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_BOT}

// logged returns the conversation's events of one party.
func (o *office) logged(c subject.Conversation, from subject.From) (events []bus.Event) {
	o.t.Helper()
	last := must[uint64](o.t)(o.log.Last(o.t.Context(), c))
	err := o.log.ReadTo(o.t.Context(), c, 0, last, func(e bus.Event) error {
		if e.From == from {
			events = append(events, e)
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return events
}

// owners tells the conversation's changes of owner in short.
func (o *office) owners(c subject.Conversation) (told []string) {
	o.t.Helper()
	for _, e := range o.logged(c, subject.Owner) {
		ch := e.Message.GetOwnerChange()
		told = append(told, strings.TrimSuffix(fmt.Sprintf("%s %s %s",
			strings.ToLower(strings.TrimPrefix(ch.GetOwner().GetKind().String(), "OWNER_KIND_")),
			strings.ToLower(strings.TrimPrefix(ch.GetReason().String(), "OWNER_REASON_")),
			ch.GetOwner().GetOperatorId()+ch.GetAlias()), " "))
	}
	return told
}

func (o *office) wantOwners(c subject.Conversation, want ...string) {
	o.t.Helper()
	if got := o.owners(c); !slices.Equal(got, want) {
		o.t.Errorf("owner events %q, want %q", got, want)
	}
}

func must[T any](tb testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

var errNotYet = errors.New("not yet")

// wantCode checks the code and that the message says what it must.
func wantCode(t *testing.T, err error, code codes.Code, says string) {
	t.Helper()
	if status.Code(err) != code || !strings.Contains(status.Convert(err).Message(), says) {
		t.Errorf("error = %v, want %v that says %q", err, code, says)
	}
}

// wantField checks that the call was refused because of the field, in words and in the details.
func wantField(t *testing.T, err error, field string) {
	t.Helper()
	wantCode(t, err, codes.InvalidArgument, field+": ")
	for _, d := range status.Convert(err).Details() {
		if bad, ok := d.(*errdetails.BadRequest); ok && len(bad.GetFieldViolations()) == 1 && bad.GetFieldViolations()[0].GetField() == field {
			return
		}
	}
	t.Errorf("the details of %v do not name %s", err, field)
}
