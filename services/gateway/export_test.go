package gateway

import (
	"context"
	"sync"
	"time"
)

// HoldWhereabouts lets nobody get at the bucket of visitors' whereabouts until it is released.
func (g *Gateway) HoldWhereabouts() (release func()) {
	g.whereabouts.mu.Lock()
	return g.whereabouts.mu.Unlock
}

// ReadRevocations is the part of Run without which nobody is let in.
func (g *Gateway) ReadRevocations(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() { g.revocations.follow(ctx, g.deps.Log, g.dismiss) })
	<-g.revocations.ready()
	cancel()
	following.Wait()
}

// HoursPass lets the time between two moments pass for the hours of all bots.
func (g *Gateway) HoursPass(since, now time.Time) { g.hoursPass(since, now) }
