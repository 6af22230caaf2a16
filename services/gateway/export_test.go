package gateway

import (
	"context"
	"sync"
)

// ReadRevocations is the part of Run without which nobody is let in.
func (g *Gateway) ReadRevocations(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() { g.revocations.follow(ctx, g.deps.Log, g.dismiss) })
	<-g.revocations.ready()
	cancel()
	following.Wait()
}
