package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// figures are what one run of a scenario measured, by the name of the figure.
type figures map[string]float64

// Names of figures. Less is better in all of them.
const (
	rssNatural = "kB RSS a socket, as it is"
	rssGC      = "kB RSS a socket, after GC"
	cpuConnect = "CPU µs a connect"
	cpuMessage = "CPU s per 100k messages"
	cpuPaced   = "CPU s per 100k messages, paced"
	p50        = "p50 µs, paced"
	p99        = "p99 µs, paced"
	allShown50 = "p50 µs until all are told"
	allShown99 = "p99 µs until all are told"
	recovery   = "s until all are back"
	lostState  = "sockets that came back as new ones"
	calm99     = "p99 µs of the others before"
	storm99    = "p99 µs of the others meanwhile"
)

// sizes are how much load there is.
type sizes struct {
	sockets  int // idle, and in the storm
	tabs     int // that are told
	messages int // asked without a pause
	stored   int // the same, where each is stored
	rate     int // a second, where they are paced
	paced    time.Duration
}

const (
	warmUp     = 200 // connections, before memory is compared
	busy       = 64  // connections that ask without a pause
	pacedConns = 100
	broadcasts = 200
	calm       = 3 * time.Second
	stormDials = 1000 // connections that are made at a time
)

// idle is the memory of sockets on which nothing happens.
func (b *bench) idle(ctx context.Context, s *server) (figures, error) {
	warm, err := s.clients().openAll(ctx, warmUp)
	dropAll(warm)
	if err != nil {
		return nil, err
	}
	measure := func(collect bool) (int64, error) {
		if err := s.settle(ctx); err != nil {
			return 0, err
		}
		if collect {
			if err := s.collect(ctx); err != nil {
				return 0, err
			}
		}
		return s.rss()
	}
	before, err := measure(true)
	if err != nil {
		return nil, err
	}
	var conns []*conn
	defer func() { dropAll(conns) }()
	cpu, _, err := s.used(func() (err error) {
		conns, err = s.clients().openAll(ctx, b.sockets)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, c := range conns {
		go c.listen(func() {}) // until the connection ends
	}
	natural, err := measure(false)
	if err != nil {
		return nil, err
	}
	collected, err := measure(true)
	if err != nil {
		return nil, err
	}
	if b.profiles != "" {
		for query, file := range map[string]string{"heap": "heap.pprof", "heap?debug=1": "heap.txt", "goroutine": "goroutine.pprof"} {
			if err := s.save(ctx, query, filepath.Join(b.profiles, fmt.Sprintf("idle-%s-%s", s.name, file))); err != nil {
				return nil, err
			}
		}
	}
	each := func(now int64) float64 { return float64(now-before) / 1000 / float64(b.sockets) }
	return figures{rssNatural: each(natural), rssGC: each(collected), cpuConnect: micro(cpu) / float64(b.sockets)}, nil
}

// echo is a message and its answer: at full speed for the processor, at an even pace for the time.
func (b *bench) echo(ctx context.Context, s *server) (figures, error) {
	n := b.messages
	if _, ok := s.dialect.(echoes); !ok {
		n = b.stored
	}
	conns, err := b.talking(ctx, s, busy)
	defer func() { dropAll(conns) }()
	if err != nil {
		return nil, err
	}
	cpu, err := b.used(ctx, s, "echo", func() (err error) {
		n, err = closed(ctx, s, conns, n)
		return err
	})
	if err != nil {
		return nil, err
	}
	f := figures{cpuMessage: per100k(cpu, n)}
	dropAll(conns)
	if conns, err = b.talking(ctx, s, pacedConns); err != nil {
		return nil, err
	}
	var times latencies
	cpu, err = b.used(ctx, s, "paced", func() error {
		ctx, cancel := context.WithTimeout(ctx, b.paced)
		defer cancel()
		return paced(ctx, s, conns, b.rate, &times)
	})
	if err != nil {
		return nil, err
	}
	f[cpuPaced] = per100k(cpu, times.count())
	f[p50], f[p99] = times.take()
	return f, nil
}

// used is the processor time that a load costs the server, of which there is a profile if one is wanted.
func (b *bench) used(ctx context.Context, s *server, what string, load func() error) (time.Duration, error) {
	var profiling sync.WaitGroup
	defer profiling.Wait()
	if b.profiles != "" {
		profiling.Go(func() {
			file := filepath.Join(b.profiles, fmt.Sprintf("%s-%s-cpu.pprof", what, s.name))
			if err := s.save(ctx, "profile?seconds="+strconv.Itoa(profileSeconds), file); err != nil {
				slog.WarnContext(ctx, "no profile", "err", err)
			}
		})
	}
	cpu, _, err := s.used(load)
	return cpu, err
}

// talking opens connections that have each said something: it is what comes first that takes longest.
func (b *bench) talking(ctx context.Context, s *server, n int) ([]*conn, error) {
	conns, err := s.clients().openAll(ctx, n)
	if err != nil {
		return conns, err
	}
	if _, err := closed(ctx, s, conns, n*2); err != nil {
		return conns, err
	}
	return conns, s.settle(ctx)
}

func per100k(cpu time.Duration, n int) float64 { return cpu.Seconds() / float64(n) * 100_000 }

// fanOut is a message that many are told, the next one once all have been.
func (b *bench) fanOut(ctx context.Context, s *server) (figures, error) {
	clients := s.clients()
	first := new(conn)
	if err := clients.open(ctx, 0, first); err != nil {
		return nil, err
	}
	defer first.drop()
	if v, ok := clients.dialect.(visitors); ok { // the others are tabs of this one
		v.token = first.token
		clients.dialect = v
	}
	conns, err := clients.openAll(ctx, b.tabs-1)
	conns = append(conns, first)
	defer dropAll(conns)
	if err != nil {
		return nil, err
	}
	var told atomic.Int64
	all := make(chan struct{}, 1)
	var listening sync.WaitGroup
	for _, c := range conns {
		listening.Go(func() {
			c.listen(func() {
				if told.Add(1)%int64(len(conns)) == 0 {
					all <- struct{}{}
				}
			})
		})
	}
	defer listening.Wait()
	defer dropAll(conns)
	round := func() error {
		if err := s.dialect.tell(first); err != nil {
			return err
		}
		select {
		case <-all:
			return nil
		case <-time.After(patience):
			return fmt.Errorf("only %d of %d were told", told.Load()%int64(len(conns)), len(conns))
		}
	}
	var times latencies
	cpu, err := b.used(ctx, s, "fan-out", func() error {
		for range broadcasts {
			begin := time.Now()
			if err := round(); err != nil {
				return err
			}
			times.add(time.Since(begin))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if n := told.Load(); n != int64(broadcasts*len(conns)) {
		return nil, fmt.Errorf("%d sockets were told %d messages %d times", len(conns), broadcasts, n)
	}
	f := figures{cpuMessage: per100k(cpu, broadcasts*len(conns))}
	f[allShown50], f[allShown99] = times.take()
	return f, nil
}

// storm drops all sockets but a few at once and makes them come back, each to where it was.
func (b *bench) storm(ctx context.Context, s *server) (figures, error) {
	calmOnes, err := standBy(ctx, s)
	if err != nil {
		return nil, err
	}
	defer calmOnes.stop()
	clients := s.clients()
	lost, err := clients.openAll(ctx, b.sockets)
	defer func() { dropAll(lost) }()
	if err != nil {
		return nil, err
	}
	var listening sync.WaitGroup
	for _, c := range lost {
		listening.Go(func() { c.listen(func() {}) })
	}
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	if _, err := calmOnes.p99(); err != nil {
		return nil, err
	}
	select {
	case <-time.After(calm):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f := figures{}
	if f[calm99], err = calmOnes.p99(); err != nil {
		return nil, err
	}
	cpu, took, err := s.used(func() error {
		dropAll(lost)
		listening.Wait()
		return clients.reopen(ctx, lost, stormDials)
	})
	if err != nil {
		return nil, err
	}
	if f[storm99], err = calmOnes.p99(); err != nil {
		return nil, err
	}
	f[recovery], f[cpuConnect] = took.Seconds(), micro(cpu)/float64(len(lost))
	f[lostState] = 0 // said even so
	for _, c := range lost {
		if !c.recovered {
			f[lostState]++
		}
	}
	return f, nil
}
