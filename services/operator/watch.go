package operator

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// lookEvery is how long a lost announcement may keep a watcher's picture wrong.
const lookEvery = 30 * time.Second

var errStops = status.Error(codes.Unavailable, "the service stops; watch again")

// Watch implements OperatorService. UNAVAILABLE and RESOURCE_EXHAUSTED mean: watch again.
func (s *Service) Watch(req *operatorv1.WatchRequest, out watching) error {
	ctx := out.Context()
	p, who, err := caller(ctx)
	if err != nil {
		return err
	}
	if req.GetDialogId() != "" {
		return s.watchDialog(req, out, p, who)
	}
	if err := seesBot(p, req.GetBot()); err != nil {
		return err
	}
	w := newWatcher(func(d *operatorv1.Dialog) bool {
		bot := d.GetBot()
		return bot == cmp.Or(req.GetBot(), bot) && p.SeesBot(bot) && desk.Shows(d, who)
	})
	s.hub.enter(w) // before the first picture, so that nothing is between them
	defer s.hub.exit(w)
	if err := s.look(ctx, w, out); err != nil {
		return failed(ctx, "watch", err)
	}
	w.send(&operatorv1.WatchResponse{Event: &operatorv1.WatchResponse_Ready{Ready: &operatorv1.Ready{}}})
	return s.stream(ctx, w, out)
}

// watchDialog tells of one dialog what Watch tells of a set, whatever becomes of it, as long as the caller may read it:
// then it ends with errNotFound. What is said in somebody else's dialog of the same conversation is not told.
// Ready waits for the feed: what happened before it is in the history, and what happens behind it is told.
func (s *Service) watchDialog(req *operatorv1.WatchRequest, out watching, p authz.Principal, who desk.Caller) error {
	ctx := out.Context()
	if req.GetBot() != "" {
		return rpcerr.Invalid("bot", fmt.Errorf("%.80q: want none beside dialog_id", req.GetBot()))
	}
	d, err := s.dialog(ctx, p, req.GetDialogId())
	if err != nil {
		return failed(ctx, "watch", err)
	}
	if !desk.Reads(d.Dialog, who) {
		return errNotFound
	}
	w := newWatcher(func(d *operatorv1.Dialog) bool { return d.GetId() == req.GetDialogId() && desk.Reads(d, who) })
	w.only = &only{id: d.GetId(), conversation: d.Conversation(), others: map[string]other{}, hides: func(d *operatorv1.Dialog) bool {
		return d.GetState() == operatorv1.DialogState_DIALOG_STATE_ACTIVE && !desk.Shows(d, who)
	}}
	s.hub.enter(w)
	defer s.hub.exit(w)
	if err := s.lookAround(ctx, w); err != nil { // the newest first, so before it joins its room
		return failed(ctx, "watch", err)
	}
	s.hub.offer(w, d.Dialog)
	last, err := s.hub.followed(ctx, d.Conversation())
	if err != nil {
		return err
	}
	ready := &operatorv1.Ready{}
	if last > 0 {
		ready.LastOffset = s.deps.Log.At(last).String()
	}
	w.send(&operatorv1.WatchResponse{Event: &operatorv1.WatchResponse_Ready{Ready: ready}})
	return s.stream(ctx, w, out)
}

type watching = grpc.ServerStreamingServer[operatorv1.WatchResponse]

// stream sends what the watcher is told until ctx ends.
func (s *Service) stream(ctx context.Context, w *watcher, out watching) error {
	heartbeat, look := time.NewTicker(s.deps.Heartbeat), time.NewTicker(lookEvery)
	defer heartbeat.Stop()
	defer look.Stop()
	alive := &operatorv1.WatchResponse{Event: &operatorv1.WatchResponse_Heartbeat{Heartbeat: &operatorv1.Heartbeat{}}}
	for {
		select {
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		case <-s.hub.stopped:
			return errStops
		case <-heartbeat.C:
			if err := out.Send(alive); err != nil {
				return err
			}
		case <-look.C:
			if err := s.lookAgain(ctx, w, out); err != nil {
				return failed(ctx, "watch", err)
			}
		case <-w.ready:
		}
		done := w.done() // before the last that is told of it is sent
		if err := w.flush(out); err != nil {
			return err
		}
		if done {
			return errNotFound
		}
	}
}

// flush sends what waits.
func (w *watcher) flush(out watching) error {
	queue, behind := w.take()
	for _, res := range queue {
		if err := out.Send(res); err != nil {
			return err
		}
	}
	if behind {
		return status.Error(codes.ResourceExhausted, "the watcher is too slow; watch again")
	}
	return nil
}

// look offers the watcher every dialog that is with people, and sends what is news of it page by page.
func (s *Service) look(ctx context.Context, w *watcher, out watching) error {
	q := docstore.Query{Where: []docstore.Cond{is("open", true)}, Sort: []string{"opened_at"}, Limit: maxPage}
	for {
		found, err := s.dialogs.find(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range found {
			s.hub.offer(w, d.Dialog)
		}
		if err := w.flush(out); err != nil {
			return err
		}
		if len(found) < maxPage {
			return nil
		}
		q.After = cursorOf(found[len(found)-1])
	}
}

// lookAgain repairs the watcher's picture where an announcement was lost.
func (s *Service) lookAgain(ctx context.Context, w *watcher, out watching) error {
	look := func() error { return s.look(ctx, w, out) }
	if w.only != nil {
		look = func() error { return s.lookAround(ctx, w) }
	}
	if err := look(); err != nil {
		return err
	}
	for _, id := range w.dialogs() { // those that have been closed meanwhile
		d, err := s.dialogs.get(ctx, id)
		if err != nil {
			return err
		}
		s.hub.offer(w, d.Dialog)
	}
	return nil
}

// lookAround offers a watcher of one dialog the newest ones of its conversation.
func (s *Service) lookAround(ctx context.Context, w *watcher) error {
	found, err := s.dialogs.ofConversation(ctx, w.only.conversation)
	for _, d := range found {
		s.hub.offer(w, d.Dialog)
	}
	return err
}

// seesBot is an error unless bot is empty or a bot of the caller.
func seesBot(p authz.Principal, bot string) error {
	if bot == "" {
		return nil
	}
	if err := subject.ValidateBot(bot); err != nil {
		return rpcerr.Invalid("bot", err)
	}
	if !p.SeesBot(bot) {
		return status.Errorf(codes.NotFound, "there is no bot %q", bot)
	}
	return nil
}
