package config

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

func TestStartPublishesWhatTheBucketLacks(t *testing.T) {
	store := openStore(t)
	f := startOn(t, store, natstest.Connect(t))
	made := f.create(newBot("1"))
	_, err := f.bot.UpdateBot(f.admin(), &configv1.UpdateBotRequest{Bot: made})
	must(t, err)
	key, err := f.manage.CreateApiKey(f.admin(), &configv1.CreateApiKeyRequest{Name: "x", Role: configv1.Role_ROLE_INTEGRATOR})
	must(t, err)

	empty := startOn(t, store, natstest.Connect(t)) // another NATS, with nothing in it
	empty.await("the bot", func() bool { b, _ := empty.cache.Bot("1"); return b.GetVersion() == 2 })
	empty.await("the key", func() bool { _, ok := empty.cache.Key(authz.HashKey(key.GetSecret())); return ok })
}

func TestReconcileRepairs(t *testing.T) {
	f := start(t)
	ctx := t.Context()
	f.create(newBot("1"))
	f.await("the bot", func() bool { _, ok := f.cache.Bot("1"); return ok })

	// Changes that were kept and never published, as after a crash between the two.
	bot, err := f.bots.bots.get(ctx, "1")
	must(t, err)
	_, err = f.bots.bots.update(ctx, proto.CloneOf(bot))
	must(t, err)
	kept, _, err := f.access.keys.create(ctx, "kept", configv1.Role_ROLE_INTEGRATOR, nil)
	must(t, err)
	// A key that is published and not kept, as after a revocation that NATS did not hear of.
	revoked := strings.Repeat("ab", 32)
	must(t, f.bucket.PutKey(ctx, revoked, &configv1.ApiKey{Id: "revoked"}))
	f.await("the key that is to go", func() bool { _, ok := f.cache.Key(revoked); return ok })

	must(t, f.sync.reconcile(ctx))
	f.await("the bot's newest version", func() bool { b, _ := f.cache.Bot("1"); return b.GetVersion() == 2 })
	f.await("the key that was kept", func() bool { _, ok := f.cache.Key(kept.Hash); return ok })
	f.await("the end of the revoked key", func() bool { _, ok := f.cache.Key(revoked); return !ok })
}

func TestAStoreWithoutUsersWithdrawsNoKey(t *testing.T) {
	nc := natstest.Connect(t)
	f := startOn(t, openStore(t), nc)
	key, err := f.manage.CreateApiKey(f.admin(), &configv1.CreateApiKeyRequest{Name: "x", Role: configv1.Role_ROLE_INTEGRATOR})
	must(t, err)
	f.await("the key", func() bool { return len(f.cache.Keys()) == 1 })

	wrong := startOn(t, openStore(t), nc) // the same NATS, another store: as with a wrong -store
	must(t, wrong.sync.reconcile(t.Context()))
	marker := strings.Repeat("cd", 32)
	must(t, f.bucket.PutKey(t.Context(), marker, &configv1.ApiKey{Id: "marker"}))
	f.await("what was published after", func() bool { _, ok := f.cache.Key(marker); return ok })
	if _, ok := f.cache.Key(authz.HashKey(key.GetSecret())); !ok {
		t.Error("the key is gone")
	}
}

func TestFailureToPublishAsksForRepair(t *testing.T) {
	f := start(t)
	key, err := f.manage.CreateApiKey(f.admin(), &configv1.CreateApiKeyRequest{Name: "x", Role: configv1.Role_ROLE_INTEGRATOR})
	must(t, err)
	f.await("the key", func() bool { return len(f.cache.Keys()) == 1 })
	f.nc.Close() // for good: NATS is away

	made := f.create(newBot("1")) // is kept all the same
	if got, err := f.bots.bots.get(t.Context(), "1"); err != nil || got.GetVersion() != made.GetVersion() {
		t.Errorf("the bot is %v, %v, want that it is kept", got, err)
	}
	_, err = f.manage.RevokeApiKey(f.admin(), &configv1.RevokeApiKeyRequest{Id: key.GetApiKey().GetId()})
	wantCode(t, err, codes.Unavailable, "revoke API key")
	if _, err := f.access.keys.get(t.Context(), key.GetApiKey().GetId()); err != nil {
		t.Errorf("the key that may still work is %v in the record, want that it can be revoked again", err)
	}
	if err := f.sync.reconcile(t.Context()); err == nil {
		t.Error("reconcile() without NATS succeeded, want an error")
	}
}

func TestStoreFailureIsUnavailable(t *testing.T) {
	f := start(t)
	must(t, f.store.Close(t.Context()))
	for name, call := range map[string]func() error{
		"ListBots": func() error { _, err := f.bot.ListBots(f.admin(), &configv1.ListBotsRequest{}); return err },
		"CreateBot": func() error {
			_, err := f.bot.CreateBot(f.admin(), &configv1.CreateBotRequest{Bot: newBot("1")})
			return err
		},
		"SignIn":  func() error { _, err := f.signIn(rootEmail, rootPassword); return err },
		"Refresh": func() error { _, err := f.refresh(strings.Repeat("A", 64)); return err },
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, call(), codes.Unavailable, "try again") })
	}
}
