package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	wakeTimeout = 15 * time.Second
	maxAttempts = 8 // against others who change the same dialog at the same time
)

// wake makes the conversation's dialogs follow the log. What is done already, because this process
// was killed before it could say so or because a call was faster, is only announced again.
func (s *Service) wake(ctx context.Context, w bus.Wake) error {
	generation := s.deps.Log.Generation()
	if s.quiet.goesOn(w, generation) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, wakeTimeout)
	defer cancel()
	found, err := s.dialogs.ofConversation(ctx, w.Conversation)
	if err != nil {
		return fmt.Errorf("%w: dialogs of %s: %w", bus.ErrUnavailable, w.Conversation.ID, err)
	}
	var errs error
	for _, d := range found {
		errs = errors.Join(errs, s.wakeDialog(ctx, d, w.UpTo))
	}
	s.quiet.set(w, generation, errs == nil && !slices.ContainsFunc(found, desk.Dialog.Open))
	return errs
}

func (s *Service) wakeDialog(ctx context.Context, d desk.Dialog, upTo uint64) error {
	if !d.Open() {
		if d.Handled == upTo {
			s.announce(ctx, d)
		}
		return nil
	}
	if d.Handled > upTo { // an old delivery, or the log has begun anew
		if err := s.deps.Log.Refresh(ctx); err != nil {
			return fmt.Errorf("%w: %w", bus.ErrUnavailable, err)
		}
	}
	if d.Handled >= upTo && d.Generation == s.deps.Log.Generation() {
		s.announce(ctx, d)
	}
	d, err := s.follow(ctx, d, upTo)
	if errors.Is(err, docstore.ErrNotFound) {
		return nil // it never got into the queue
	}
	if err != nil {
		return err
	}
	return s.end(ctx, d)
}

// follow brings the dialog up to the event upTo, in the store too, and announces it. Everything that
// changes a dialog goes through here. Errors are [bus.ErrUnavailable], or [docstore.ErrNotFound] if
// the dialog has been removed.
func (s *Service) follow(ctx context.Context, d desk.Dialog, upTo uint64) (desk.Dialog, error) {
	id := d.GetId()
	for range maxAttempts {
		next, err := s.advance(ctx, d, upTo)
		if err == nil && next.Dialog == d.Dialog && next.Handled == d.Handled {
			return d, nil // there is nothing new
		}
		for err == nil { // page by page, so that a long way is not begun again
			if d, err = s.dialogs.replace(ctx, next); err != nil {
				break
			}
			s.announce(ctx, d)
			if next, err = s.advance(ctx, d, upTo); err == nil && next.Handled == d.Handled {
				return d, nil
			}
		}
		if !errors.Is(err, errStale) {
			return desk.Dialog{}, unavailable(id, err)
		}
		if d, err = s.dialogs.get(ctx, id); err != nil {
			return desk.Dialog{}, unavailable(id, err)
		}
	}
	return desk.Dialog{}, fmt.Errorf("%w: dialog %s: %w", bus.ErrUnavailable, id, errStale)
}

// unavailable is an error of the store or the log, but that a dialog is not there.
func unavailable(id string, err error) error {
	if errors.Is(err, docstore.ErrNotFound) {
		return err
	}
	return fmt.Errorf("%w: dialog %s: %w", bus.ErrUnavailable, id, err)
}

var errPageFull = errors.New("page full")

// advance returns the dialog after the next events up to upTo, at most a page of them.
func (s *Service) advance(ctx context.Context, d desk.Dialog, upTo uint64) (desk.Dialog, error) {
	if !d.Open() {
		return d, nil
	}
	c := d.Conversation()
	if gen := s.deps.Log.Generation(); d.Generation != gen {
		last, err := s.deps.Log.Last(ctx, c)
		if err != nil {
			return desk.Dialog{}, err
		}
		slog.WarnContext(ctx, "dialog follows the log anew", "dialog", d.GetId(), "generation", gen)
		d, upTo = desk.Restart(d, gen), max(upTo, last)
	}
	n := 0
	err := s.deps.Log.ReadTo(ctx, c, d.Handled, upTo, func(e bus.Event) error {
		if e.Err != nil {
			slog.ErrorContext(ctx, "event left out of a dialog", "dialog", d.GetId(), "err", e.Err)
		}
		d = desk.Apply(d, desk.Event{From: e.From, Sequence: e.Sequence, Message: e.Message})
		if n++; n == bus.MaxPage {
			return errPageFull
		}
		return nil
	})
	if err != nil && !errors.Is(err, errPageFull) {
		return desk.Dialog{}, err
	}
	return d, nil
}

// end closes a dialog that the visitor has ended.
func (s *Service) end(ctx context.Context, d desk.Dialog) error {
	for range maxAttempts {
		if !d.Live() || d.EndedBy == "" {
			return nil
		}
		var err error
		d, err = s.changeOwner(ctx, d, desk.EndID(d), &chatv1.OwnerChange{
			Owner:  &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_BOT},
			Reason: chatv1.OwnerReason_OWNER_REASON_CLOSED_BY_VISITOR,
		})
		if err != nil && !errors.Is(err, errConflict) {
			return err
		}
	}
	return fmt.Errorf("%w: dialog %s: %w", bus.ErrUnavailable, d.GetId(), errStale)
}

// announce tells the watchers of all replicas. What is lost here is announced again when the event
// that it follows is delivered again.
func (s *Service) announce(ctx context.Context, d desk.Dialog) {
	if d.GetState() == operatorv1.DialogState_DIALOG_STATE_OPENING {
		return
	}
	data, err := proto.Marshal(d.Dialog)
	if err == nil {
		err = s.deps.Conn.Publish(subject.Dialogs(d.GetBot()), data)
	}
	if err != nil {
		slog.WarnContext(ctx, "dialog not announced", "dialog", d.GetId(), "err", err)
	}
}
