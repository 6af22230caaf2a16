// Package run starts a process's services together and stops them together.
package run

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sync/errgroup"
)

// A Service works until ctx ends, finishes what it holds, and returns nil. An error means that it
// could not go on.
type Service interface {
	Run(ctx context.Context) error
}

// Func adapts a function to a Service.
type Func func(ctx context.Context) error

// Run calls f.
func (f Func) Run(ctx context.Context) error { return f(ctx) }

// All runs every service until ctx ends or one fails; a failure stops the rest.
func All(ctx context.Context, services ...Service) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, s := range services {
		g.Go(func() error { return s.Run(ctx) })
	}
	return g.Wait()
}

// Stages runs the stages together and stops them one after the other: the last one first, and each
// only once those behind it have ended. So servers stop before what they serve from. A failure of
// any stage stops them all.
func Stages(ctx context.Context, stages ...Service) error {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	done := make([]chan struct{}, len(stages))
	errs := make([]error, len(stages))
	for i := range done { // before any of them is looked at
		done[i] = make(chan struct{})
	}
	for i, s := range stages {
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		go func() {
			defer close(done[i])
			defer cancel()
			if errs[i] = s.Run(own); errs[i] != nil {
				fail(errs[i])
			}
		}()
		go func() {
			<-ctx.Done()
			if i+1 < len(stages) {
				<-done[i+1]
			}
			cancel()
		}()
	}
	for _, d := range done {
		<-d
	}
	return errors.Join(errs...)
}

// Start is a whole program but for its exit: it reads its settings, works until ctx ends, and
// returns why it stopped. Binaries and the tests of separate processes enter a service through it.
type Start func(ctx context.Context, args []string, getenv func(string) string) error

// Main is the body of every main function. SIGINT and SIGTERM end ctx; a second one kills.
func Main(start Start) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	err := start(ctx, os.Args[1:], os.Getenv)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		slog.Error("stopped", "err", err)
		os.Exit(1)
	}
}
