package gateway

import (
	"context"
	"errors"
	"io/fs"
	"net/http"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/webfiles"
	"github.com/switchboard-chat/switchboard/services/gateway/former"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// Pages stay open for days, and gateways of two versions run beside each other for minutes: the bucket has what each
// of them may be asked for (ADR 0023).

func newAssets(own fs.FS, deps Deps) (*former.Assets, error) {
	keys, err := deps.Tokens.DeriveAll("assets")
	if err != nil {
		return nil, err
	}
	return former.New(former.Config{Own: own, Keys: keys, Open: func(ctx context.Context) (jetstream.KeyValue, error) {
		var fresh bucket // kept by whom it is opened for
		return fresh.open(ctx, deps.Log, jetstream.KeyValueConfig{
			Bucket: former.Bucket, Description: "the widget's assets of every version", TTL: former.Age, MaxBytes: former.MaxBytes, MaxValueSize: former.MaxValue,
		})
	}}), nil
}

// serveAsset answers with a file of the widget's whose name has a hash: one of this version, or of another.
func (g *Gateway) serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	path := "assets/" + name
	anyOrigin(w) // the loader's scripts all come with crossorigin
	if g.assets.Own(name) {
		webfiles.File(w, r, g.files, path)
		return
	}
	b, known, err := g.assets.Recall(name)
	var problem *wire.Problem
	if !known {
		if problem = g.limits.asset(g.cfg.TrustedProxies.client(r).String()); problem == nil {
			b, err = g.assets.Look(r.Context(), name)
		}
	}
	if problem == nil && err != nil && !errors.Is(err, former.ErrNone) {
		problem = unavailable()
	}
	if problem == nil && err == nil {
		b.Serve(w, r, path)
		return
	}
	w.Header().Set("Cache-Control", "no-store") // no proxy may keep it from those who come when the asset is there
	if problem != nil {
		refuse(w, httpStatus(problem), problem)
		return
	}
	http.NotFound(w, r)
}
