package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// latencies are how long questions took.
type latencies struct {
	mu  sync.Mutex
	all []time.Duration
}

func (l *latencies) add(d ...time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, d...)
}

func (l *latencies) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.all)
}

// take returns the p50 and the p99 of what was added since the last time, in microseconds.
func (l *latencies) take() (p50, p99 float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() { l.all = nil }()
	if len(l.all) == 0 {
		return 0, 0
	}
	slices.Sort(l.all)
	at := func(q float64) float64 { return micro(l.all[int(q*float64(len(l.all)-1))]) }
	return at(0.5), at(0.99)
}

func micro(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// closed asks up to n questions, as many as closedFor allows, every connection its next one as soon as the
// last one is answered. It returns how many that were.
func closed(ctx context.Context, s *server, conns []*conn, n int) (int, error) {
	var begun, answered atomic.Int64
	end := time.Now().Add(closedFor)
	g, ctx := errgroup.WithContext(ctx)
	for _, c := range conns {
		g.Go(func() error {
			for begun.Add(1) <= int64(n) && ctx.Err() == nil && time.Now().Before(end) {
				if err := s.dialect.ask(c); err != nil {
					return err
				}
				answered.Add(1)
			}
			return ctx.Err()
		})
	}
	err := g.Wait()
	return int(answered.Load()), err
}

// paced asks so many questions a second, evenly over the connections, until ctx ends. A question is timed
// from when it is sent.
func paced(ctx context.Context, s *server, conns []*conn, perSecond int, times *latencies) error {
	every := time.Duration(len(conns)) * time.Second / time.Duration(perSecond)
	begin := time.Now()
	var g errgroup.Group
	for i, c := range conns {
		g.Go(func() error {
			next := begin.Add(every * time.Duration(i) / time.Duration(len(conns)))
			for {
				select {
				case <-ctx.Done():
					return nil
				case <-time.After(time.Until(next)):
				}
				sent := time.Now()
				if err := s.dialect.ask(c); err != nil {
					return err
				}
				times.add(time.Since(sent))
				next = next.Add(every)
			}
		})
	}
	return g.Wait()
}

const (
	closedFor = 10 * time.Second

	quietFor    = 500 * time.Millisecond
	quietWithin = 15 * time.Second
	quietUse    = 2 * tick
)

// settle waits until the server has done what it had to do: it hardly uses the processor any more.
func (s *server) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, quietWithin)
	defer cancel()
	last, err := s.cpu()
	for err == nil {
		select {
		case <-ctx.Done():
			return nil // it has something to do all the time
		case <-time.After(quietFor):
		}
		var now time.Duration
		if now, err = s.cpu(); now-last <= quietUse {
			return err
		}
		last = now
	}
	return err
}

// used runs a load and returns the server's processor time.
func (s *server) used(load func() error) (cpu, took time.Duration, err error) {
	before, err := s.cpu()
	if err != nil {
		return 0, 0, err
	}
	begin := time.Now()
	if err := load(); err != nil {
		return 0, 0, fmt.Errorf("%w\nthe server says: %s", err, s.output)
	}
	took = time.Since(begin)
	after, err := s.cpu()
	return after - before, took, err
}
