package operator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// errStale reports that somebody else has changed the dialog meanwhile: read it again.
var errStale = errors.New("the dialog has changed meanwhile")

// perConversation is how many of a conversation's dialogs are looked at for an event. All but the
// newest have ended or are about to.
const perConversation = 4

// dialogs keeps the dialogs' documents.
type dialogs struct{ docs docstore.Collection }

func dialogSchema() docstore.Schema {
	return docstore.Schema{
		Name: "dialogs",
		Fields: []docstore.Field{
			{Name: "bot", Kind: docstore.String},
			{Name: "conversation", Kind: docstore.String},
			{Name: "state", Kind: docstore.Int},
			{Name: "open", Kind: docstore.Bool},
			{Name: "operator_id", Kind: docstore.String},
			{Name: "opened_at", Kind: docstore.Time},
			{Name: "owned_at", Kind: docstore.Time},
			{Name: "last_id", Kind: docstore.String},
			{Name: "version", Kind: docstore.Int},
		},
		Indexes: []docstore.Index{
			{Fields: []string{"conversation", "-opened_at"}},
			{Fields: []string{"open", "opened_at"}},
			{Fields: []string{"open", "owned_at"}},
			{Fields: []string{"state", "-opened_at"}},
			{Fields: []string{"operator_id", "state", "-opened_at"}},
			{Fields: []string{"opened_at"}},
		},
	}
}

// document is a dialog in the store: the dialog itself, and beside it what it is found by and what
// is nobody else's business.
type document struct {
	ID           string    `bson:"_id"`
	Bot          string    `bson:"bot"`
	Conversation string    `bson:"conversation"` // key: bot and id
	State        int32     `bson:"state"`
	Open         bool      `bson:"open"`
	OperatorID   string    `bson:"operator_id"`
	OpenedAt     time.Time `bson:"opened_at"`
	OwnedAt      time.Time `bson:"owned_at"`
	Version      int64     `bson:"version"`
	Generation   string    `bson:"generation"`
	Handled      uint64    `bson:"handled"`
	Opened       uint64    `bson:"opened"`
	Queued       uint64    `bson:"queued"`
	EndedBy      string    `bson:"ended_by"`
	LastID       string    `bson:"last_id"`
	Dialog       []byte    `bson:"dialog"`
}

func encode(d desk.Dialog) (document, error) {
	data, err := proto.Marshal(d.Dialog)
	if err != nil {
		return document{}, fmt.Errorf("dialog %s: %w", d.GetId(), err)
	}
	return document{
		ID: d.GetId(), Bot: d.GetBot(), Conversation: d.Conversation().Key(), State: int32(d.GetState()), Open: d.Open(),
		OperatorID: d.GetOperatorId(), OpenedAt: d.GetOpenedAt().AsTime(), OwnedAt: d.Owned, Version: d.GetVersion(),
		Generation: d.Generation, Handled: d.Handled, Opened: d.Opened, Queued: d.Queued, EndedBy: d.EndedBy, LastID: d.LastID,
		Dialog: data,
	}, nil
}

func (doc document) decode() (desk.Dialog, error) {
	d := desk.Dialog{
		Dialog: new(operatorv1.Dialog), Generation: doc.Generation,
		Handled: doc.Handled, Opened: doc.Opened, Queued: doc.Queued, EndedBy: doc.EndedBy, LastID: doc.LastID, Owned: doc.OwnedAt,
	}
	if err := proto.Unmarshal(doc.Dialog, d.Dialog); err != nil {
		return desk.Dialog{}, fmt.Errorf("dialog %s: %w", doc.ID, err)
	}
	return d, nil
}

// insert adds the dialog, or returns [docstore.ErrDuplicate] if there is one with its id.
func (ds *dialogs) insert(ctx context.Context, d desk.Dialog) error {
	doc, err := encode(d)
	if err != nil {
		return err
	}
	return ds.docs.Insert(ctx, doc)
}

// get returns the dialog, or [docstore.ErrNotFound].
func (ds *dialogs) get(ctx context.Context, id string) (desk.Dialog, error) {
	doc, err := docstore.Get[document](ctx, ds.docs, id)
	if err != nil {
		return desk.Dialog{}, err
	}
	return doc.decode()
}

// replace stores next in place of the version that it was made from, and returns it with its own
// version. [errStale] if that version is no longer there.
func (ds *dialogs) replace(ctx context.Context, next desk.Dialog) (desk.Dialog, error) {
	was := next.GetVersion()
	next.Dialog = proto.CloneOf(next.Dialog)
	next.Version++
	doc, err := encode(next)
	if err != nil {
		return desk.Dialog{}, err
	}
	_, err = ds.docs.Update(ctx, []docstore.Cond{is("_id", doc.ID), is("version", was)}, docstore.Update{Set: bson.D{
		{Key: "state", Value: doc.State},
		{Key: "open", Value: doc.Open},
		{Key: "operator_id", Value: doc.OperatorID},
		{Key: "owned_at", Value: doc.OwnedAt},
		{Key: "version", Value: doc.Version},
		{Key: "generation", Value: doc.Generation},
		{Key: "handled", Value: doc.Handled},
		{Key: "queued", Value: doc.Queued},
		{Key: "ended_by", Value: doc.EndedBy},
		{Key: "last_id", Value: doc.LastID},
		{Key: "dialog", Value: doc.Dialog},
	}})
	if errors.Is(err, docstore.ErrNotFound) {
		return desk.Dialog{}, errStale
	}
	return next, err
}

// remove forgets a dialog that never got into the queue.
func (ds *dialogs) remove(ctx context.Context, id string) error {
	_, err := ds.docs.Delete(ctx, []docstore.Cond{is("_id", id), is("state", int32(operatorv1.DialogState_DIALOG_STATE_OPENING))})
	return err
}

// ofConversation returns the newest dialogs of the conversation.
func (ds *dialogs) ofConversation(ctx context.Context, c subject.Conversation) ([]desk.Dialog, error) {
	return ds.find(ctx, docstore.Query{
		Where: []docstore.Cond{is("conversation", c.Key())}, Sort: []string{"-opened_at"}, Limit: perConversation,
	})
}

// withLast returns the newest dialogs of the conversation in which the message is what was said last.
func (ds *dialogs) withLast(ctx context.Context, c subject.Conversation, message string) ([]desk.Dialog, error) {
	return ds.find(ctx, docstore.Query{
		Where: []docstore.Cond{is("conversation", c.Key()), is("last_id", message)}, Sort: []string{"-opened_at"}, Limit: perConversation,
	})
}

func (ds *dialogs) find(ctx context.Context, q docstore.Query) ([]desk.Dialog, error) {
	docs, err := docstore.All[document](ctx, ds.docs, q)
	if err != nil {
		return nil, err
	}
	out := make([]desk.Dialog, len(docs))
	for i, doc := range docs {
		if out[i], err = doc.decode(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// is returns the condition that a field has a value.
func is(field string, value any) docstore.Cond {
	return docstore.Cond{Field: field, Op: docstore.Eq, Value: value}
}
