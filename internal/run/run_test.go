package run_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchboard-chat/switchboard/internal/run"
)

var errBoom = errors.New("boom")

func TestAllStopsTheRestWhenOneFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopped := false
		err := run.All(t.Context(),
			run.Func(func(context.Context) error { time.Sleep(time.Hour); return errBoom }),
			run.Func(func(ctx context.Context) error { <-ctx.Done(); stopped = true; return nil }),
		)
		if !errors.Is(err, errBoom) || !stopped {
			t.Errorf("All = %v, other stopped = %t", err, stopped)
		}
	})
}

func TestStagesStopFromTheLast(t *testing.T) {
	for name, failing := range map[string]int{"asked to": -1, "the first fails": 0, "the last fails": 2} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				var mu sync.Mutex
				var order []int
				stage := func(i int) run.Service {
					return run.Func(func(ctx context.Context) (err error) {
						if i == failing {
							time.Sleep(time.Minute)
							err = errBoom
						} else {
							<-ctx.Done()
							time.Sleep(time.Second) // what it holds is finished
						}
						mu.Lock()
						defer mu.Unlock()
						order = append(order, i)
						return err
					})
				}
				err := run.Stages(ctx, stage(0), stage(1), stage(2))
				want := []int{2, 1, 0}
				if failing == 0 {
					want = []int{0, 2, 1}
				}
				if !slices.Equal(order, want) || errors.Is(err, errBoom) != (failing >= 0) {
					t.Errorf("stopped in order %v with %v, want %v", order, err, want)
				}
			})
		})
	}
}
