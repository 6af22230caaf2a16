package config

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/docstore"
)

const (
	auditLifetime = 400 * 24 * time.Hour // a year and what it takes to notice
	auditTimeout  = 5 * time.Second
)

// audit is the append-only record of sign-ins and changes. It holds no secret and no address.
type audit struct{ docs docstore.Collection }

type auditDoc struct {
	ID      string    `bson:"_id"`
	At      time.Time `bson:"at"`
	Actor   string    `bson:"actor"`  // id of a user or a key, or empty
	Action  string    `bson:"action"` // such as bot.update
	Target  string    `bson:"target"` // id, or the e-mail of a failed sign-in
	Expires time.Time `bson:"expires"`
}

// record notes what the caller has done. What is done is done: a failure to note it is logged and
// does not fail the call, and the end of the call does not prevent the note.
func (a *audit) record(ctx context.Context, action, target string) {
	p, _ := authz.FromContext(ctx)
	a.recordAs(ctx, p.ID, action, target)
}

func (a *audit) recordAs(ctx context.Context, actor, action, target string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditTimeout)
	defer cancel()
	now := time.Now()
	err := a.docs.Insert(ctx, auditDoc{
		ID: uuid.Must(uuid.NewV7()).String(), At: now, Actor: actor, Action: action, Target: target,
		Expires: now.Add(auditLifetime),
	})
	if err != nil {
		slog.ErrorContext(ctx, "audit entry is lost", "actor", actor, "action", action, "err", err)
	}
}
