package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

// place is where in the log a session without a place goes on: one that is new, that has expired or
// is not readable, or whose sequences are of an earlier generation of the log. It goes on behind the
// last event that
//   - the session knows by its id,
//   - has a reply in the log, or
//   - is older than a session can be: what such events led to has been forgotten on purpose.
//
// So a new conversation is handled from its beginning, and an old one is not answered all over again.
// The wake-up's own event is never too old: it has not been acknowledged, so it waits for an answer.
type place struct {
	session session
	upTo    uint64    // of the wake-up
	oldest  time.Time // how old an event may be

	handled uint64
	places  map[string]uint64 // of the visitor's and the owners' events, by local id
	owners  []owned           // in the order of the log
}

// owned says who owns the conversation from an event on.
type owned struct {
	sequence uint64
	owner    string
}

// see takes the next event of the conversation.
func (p *place) see(e bus.Event) {
	if e.From == subject.Owner {
		p.owners = append(p.owners, owned{e.Sequence, ownerOf(e.Message)})
	}
	if e.Err != nil {
		return
	}
	local := localID(e)
	switch e.From {
	case subject.Bot:
		if at, ok := p.places[triggerOf(local)]; ok {
			p.handled = max(p.handled, at)
		}
	case subject.Visitor, subject.Owner:
		if _, ok := p.places[local]; !ok { // the log may hold an id twice
			p.places[local] = e.Sequence
		}
		at := e.Message.GetTime()
		old := at != nil && at.AsTime().Before(p.oldest) && e.Sequence != p.upTo
		if old || p.session.knows(local) {
			p.handled = e.Sequence
		}
	}
}

// resumed is the session with its new place.
func (p *place) resumed(generation string) session {
	s := p.session
	s.Generation, s.Handled = generation, p.handled
	last := p.ownerAt(p.handled)
	s.Epoch, s.Owner = last.sequence, last.owner
	asks := false // an operator is being called: the bot is silent before the log says so
	if s.Outbox != nil {
		o := *s.Outbox
		o.Sequence = p.places[o.Trigger]
		o.Epoch = s.Epoch
		if o.Sequence != 0 {
			o.Epoch = p.ownerAt(o.Sequence).sequence
		}
		for _, a := range o.Actions {
			asks = asks || a.Dialog != nil
		}
		s.Outbox = &o
	}
	s.State.WithOperator = asks || s.Owner == ownerOther
	return s
}

// ownerAt is who owned the conversation when the event at the sequence had happened.
func (p *place) ownerAt(sequence uint64) owned {
	last := owned{0, ownerBot}
	for _, o := range p.owners {
		if o.sequence <= sequence {
			last = o
		}
	}
	return last
}

// resume returns the session with its place in the log's present generation.
func (w *worker) resume(ctx context.Context, wake bus.Wake, s session) (session, error) {
	generation := w.log.Generation()
	p := &place{session: s, upTo: wake.UpTo, oldest: time.Now().Add(-w.age), places: map[string]uint64{}}
	last, err := w.log.Last(ctx, wake.Conversation)
	if err == nil {
		err = w.log.ReadTo(ctx, wake.Conversation, 0, last, func(e bus.Event) error { p.see(e); return nil })
	}
	if err != nil {
		return session{}, fmt.Errorf("find the place of %s: %w: %w", wake.Conversation.ID, bus.ErrUnavailable, err)
	}
	return p.resumed(generation), nil
}
