// Package listen serves HTTP and gRPC on a listener until its context ends, and then lets what is
// under way finish.
package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"google.golang.org/grpc"

	"github.com/switchboard-chat/switchboard/internal/run"
)

const (
	// Drain is how long requests under way may take at shutdown.
	Drain = 10 * time.Second
	// streamGrace is how long streams, which never end by themselves, go on at shutdown.
	streamGrace = time.Second

	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10
)

// HTTP serves h over HTTP/1 and, unencrypted, over HTTP/2. Requests have no deadline, because
// streams live long; what a handler does must be bounded by the handler. Upgraded connections are
// their handler's to close.
func HTTP(ln net.Listener, h http.Handler) run.Service {
	return run.Func(func(ctx context.Context) error {
		base, end := context.WithCancel(context.WithoutCancel(ctx))
		defer end()
		var protocols http.Protocols
		protocols.SetHTTP1(true)
		protocols.SetUnencryptedHTTP2(true)
		srv := &http.Server{
			Handler: h, Protocols: &protocols,
			ReadHeaderTimeout: headerTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
			BaseContext: func(net.Listener) context.Context { return base },
		}
		stopped := make(chan error, 1)
		defer context.AfterFunc(ctx, func() {
			drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), Drain)
			defer cancel()
			defer time.AfterFunc(streamGrace, end).Stop()
			stopped <- srv.Shutdown(drain)
		})()
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve %s: %w", ln.Addr(), err)
		}
		if err := <-stopped; err != nil {
			return errors.Join(fmt.Errorf("requests left at %s: %w", ln.Addr(), err), srv.Close())
		}
		return nil
	})
}

// GRPC serves s.
func GRPC(ln net.Listener, s *grpc.Server) run.Service {
	return run.Func(func(ctx context.Context) error {
		done := make(chan struct{})
		defer context.AfterFunc(ctx, func() {
			defer close(done)
			defer time.AfterFunc(Drain, s.Stop).Stop()
			s.GracefulStop()
		})()
		if err := s.Serve(ln); err != nil {
			return fmt.Errorf("serve gRPC at %s: %w", ln.Addr(), err)
		}
		<-done
		return nil
	})
}
