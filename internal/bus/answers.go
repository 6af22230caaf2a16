package bus

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
)

// getRequest is a direct get (ADR-31 of NATS): any replica answers. With Batch it answers with as many
// messages at most, and an end marker.
type getRequest struct {
	Seq     uint64 `json:"seq"`
	NextFor string `json:"next_by_subj"`
	Batch   int    `json:"batch,omitempty"`
}

func (l *Log) ask(stream, inbox string, r getRequest) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return l.nc.PublishRequest("$JS.API.DIRECT.GET."+stream, inbox, data)
}

// first returns the first message of a subject that the answering replica has at or behind seq; nil if
// it has none. It costs much less than a batch of one.
func (l *Log) first(ctx context.Context, stream, filter string, seq uint64) (*nats.Msg, error) {
	data, err := json.Marshal(getRequest{Seq: seq, NextFor: filter})
	if err != nil {
		return nil, err
	}
	m, err := l.nc.RequestWithContext(ctx, "$JS.API.DIRECT.GET."+stream, data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filter, err)
	}
	switch status := m.Header.Get("Status"); status {
	case "":
		return m, nil
	case "404":
		return nil, nil
	default:
		return nil, fmt.Errorf("read %s: %s %s", filter, status, m.Header.Get("Description"))
	}
}

// answers is one subscription for the answers to all batched gets: a subscription for each is dearer
// than what it is for.
type answers struct {
	closed chan struct{} // the connection is, and nothing is answered any more

	mu     sync.Mutex
	prefix string // of the inboxes; empty until the first is asked for
	last   uint64
	open   map[string]chan *nats.Msg // by inbox
}

func newAnswers() *answers {
	return &answers{closed: make(chan struct{}), open: map[string]chan *nats.Msg{}}
}

// inbox returns where to have up to limit messages answered, until closeInbox is called.
func (a *answers) inbox(nc *nats.Conn, limit int) (inbox string, in <-chan *nats.Msg, closeInbox func(), err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.prefix == "" {
		prefix := nc.NewInbox() + "."
		sub, err := nc.Subscribe(prefix+"*", a.take)
		if err != nil {
			return "", nil, nil, err
		}
		// What waits here is bounded by what was asked for, and take waits for nobody.
		if err := sub.SetPendingLimits(-1, -1); err != nil {
			return "", nil, nil, err
		}
		sub.SetClosedHandler(func(string) { close(a.closed) })
		a.prefix = prefix
	}
	a.last++
	inbox = a.prefix + strconv.FormatUint(a.last, 36)
	ch := make(chan *nats.Msg, limit)
	a.open[inbox] = ch
	return inbox, ch, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.open, inbox)
	}, nil
}

func (a *answers) take(m *nats.Msg) {
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case a.open[m.Subject] <- m: // nobody waits at a closed inbox, which is nil
	default:
	}
}
