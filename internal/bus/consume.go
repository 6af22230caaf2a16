package bus

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

// ConsumerConfig is how a durable consumer works. The zero value of a field means its default.
type ConsumerConfig struct {
	Name       string        // durable, shared by the replicas of a service
	Filters    []string      // subjects of the log
	Workers    int           // conversations at once; 32
	InFlight   int           // deliveries not settled yet; 1024
	AckWait    time.Duration // until another replica gets a delivery; 5 s
	MaxDeliver int           // deliveries before a message is a dead letter; 20
	Every      time.Duration // between two batches that are not full; 0
}

func (c ConsumerConfig) withDefaults() ConsumerConfig {
	if c.Workers == 0 {
		c.Workers = 32
	}
	if c.InFlight == 0 {
		c.InFlight = 1024
	}
	if c.AckWait == 0 {
		c.AckWait = 5 * time.Second
	}
	if c.MaxDeliver == 0 {
		c.MaxDeliver = 20
	}
	return c
}

const (
	retryStep = 100 * time.Millisecond
	retryMax  = 30 * time.Second
)

// delivery is one reason to wake up and what becomes of it.
type delivery struct {
	ctx      context.Context // carries the trace of the sender
	c        subject.Conversation
	from     subject.From
	seq      uint64
	data     []byte
	after    uint64 // of [run.take]
	known    bool
	progress func()
	settle   func(error)
}

// Consume calls handle for every conversation in which something new matches the filters, one call
// at a time for a conversation in this process and several conversations at once, until ctx ends;
// then it waits for the calls under way. Deliveries that arrive during a call are joined into the
// next one. A nil error settles everything up to UpTo. [ErrUnavailable] is tried again, with back-off,
// for as long as the outage lasts; any other error, or a panic, MaxDeliver times, after which the
// message becomes a dead letter; [ErrPoison] makes it one at once, and a [PoisonError] those that it
// names.
//
// It also answers requests to replay dead letters; see [Log.Replay].
func (l *Log) Consume(ctx context.Context, cfg ConsumerConfig, handle func(context.Context, Wake) error) error {
	cfg = cfg.withDefaults()
	ln := &lanes{
		log: l, handle: handle, beat: cfg.AckWait / 3, busy: map[subject.Conversation][]delivery{},
		slots: make(chan struct{}, cfg.Workers), work: make(chan delivery, cfg.Workers),
	}
	defer ln.wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop, err := l.serveReplays(cfg.Name, func(d dead, settle func(error)) {
		ln.offer(ctx, delivery{ctx: ctx, c: d.c, seq: d.sequence, progress: func() {}, settle: settle})
	})
	if err != nil {
		return err
	}
	defer stop()
	r := l.newRun()
	return l.messages(ctx, cfg, func(m jetstream.Msg) {
		d, err := l.delivery(ctx, cfg, r, m)
		if err != nil {
			l.settle(cfg, m, fmt.Errorf("%w: %w", ErrPoison, err))
			return
		}
		ln.offer(ctx, d)
	})
}

func (l *Log) delivery(ctx context.Context, cfg ConsumerConfig, r *run, m jetstream.Msg) (delivery, error) {
	md, err := m.Metadata()
	if err != nil {
		return delivery{}, err
	}
	c, from, err := subject.Parse(m.Subject())
	if err != nil {
		return delivery{}, err
	}
	after, known := r.take(c, md)
	return delivery{
		ctx: traced(ctx, m), c: c, from: from, seq: md.Sequence.Stream, data: m.Data(), after: after, known: known,
		progress: func() {
			if err := m.InProgress(); err != nil {
				slog.DebugContext(ctx, "delivery not extended", "consumer", cfg.Name, "err", err)
			}
		},
		settle: func(err error) { l.settle(cfg, m, err) },
	}, nil
}

func traced(ctx context.Context, m jetstream.Msg) context.Context {
	return otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(m.Headers()))
}

// lanes run one call at a time for a conversation. What waits is bounded by the consumer's InFlight.
type lanes struct {
	log    *Log
	handle func(context.Context, Wake) error
	slots  chan struct{} // one for each open lane
	work   chan delivery // that open lanes, each for one of the idle workers
	beat   time.Duration
	wg     sync.WaitGroup

	mu   sync.Mutex
	busy map[subject.Conversation][]delivery // what has arrived for conversations with a lane
	idle int                                 // workers that no work was sent to
}

// offer joins d to its conversation's lane, or opens one when a slot is free.
func (ln *lanes) offer(ctx context.Context, d delivery) {
	if ln.join(d, false) {
		return
	}
	select {
	case ln.slots <- struct{}{}:
	case <-ctx.Done():
		return // not settled: it is delivered again, to whoever consumes then
	}
	if ln.join(d, true) {
		<-ln.slots
		return
	}
	ln.mu.Lock()
	waits := ln.idle > 0
	if waits {
		ln.idle--
	}
	ln.mu.Unlock()
	if waits {
		ln.work <- d
		return
	}
	ln.wg.Go(func() { ln.runAll(ctx, d) })
}

// runAll is a worker. It outlives its lane, since a new goroutine would have to grow its stack each time,
// and there are never more than slots.
func (ln *lanes) runAll(ctx context.Context, d delivery) {
	for {
		ln.run(ctx, d)
		ln.mu.Lock()
		ln.idle++
		ln.mu.Unlock()
		<-ln.slots
		select {
		case d = <-ln.work:
		case <-ctx.Done():
			return
		}
	}
}

// join appends d to an open lane and reports whether there was one; with open it opens one otherwise.
func (ln *lanes) join(d delivery, open bool) bool {
	ln.mu.Lock()
	defer ln.mu.Unlock()
	waiting, ok := ln.busy[d.c]
	if ok {
		ln.busy[d.c] = append(waiting, d)
	} else if open {
		ln.busy[d.c] = nil
	}
	return ok
}

func (ln *lanes) run(ctx context.Context, first delivery) {
	for batch := []delivery{first}; len(batch) > 0; batch = ln.next(first.c) {
		if ctx.Err() != nil {
			continue // leave the rest to the next consumer
		}
		ln.call(batch)
	}
}

func (ln *lanes) call(batch []delivery) {
	w := ln.log.wakeBy(batch)
	// The call outlives the end of ctx: what is under way is finished.
	ctx, cancel := context.WithCancel(context.WithoutCancel(batch[0].ctx))
	defer cancel()
	defer time.AfterFunc(ln.beat, func() { ln.extend(ctx, batch) }).Stop()
	err := ln.safely(ctx, w)
	for _, d := range batch {
		d.settle(about(err, d.seq))
	}
}

func (ln *lanes) safely(ctx context.Context, w Wake) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return ln.handle(ctx, w)
}

// extend keeps the deliveries of a call, and those that wait behind it, from going to another
// replica until ctx ends.
func (ln *lanes) extend(ctx context.Context, batch []delivery) {
	if ctx.Err() != nil {
		return
	}
	ln.mu.Lock()
	waiting := append(batch[:len(batch):len(batch)], ln.busy[batch[0].c]...)
	ln.mu.Unlock()
	for _, d := range waiting {
		d.progress()
	}
	time.AfterFunc(ln.beat, func() { ln.extend(ctx, batch) })
}

// next takes what has arrived for c, or closes its lane.
func (ln *lanes) next(c subject.Conversation) []delivery {
	ln.mu.Lock()
	defer ln.mu.Unlock()
	waiting := ln.busy[c]
	if len(waiting) == 0 {
		delete(ln.busy, c)
		return nil
	}
	ln.busy[c] = nil
	return waiting
}
