package config

import (
	"testing"

	"google.golang.org/grpc/codes"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

func TestIdentitySecret(t *testing.T) {
	f := start(t)
	bot := f.create(newBot("1"))
	first, err := f.bot.GetIdentitySecret(f.admin(), &configv1.GetIdentitySecretRequest{Bot: "1"})
	must(t, err)
	again, err := f.bot.GetIdentitySecret(f.admin(), &configv1.GetIdentitySecretRequest{Bot: "1"})
	must(t, err)
	if first.GetSecret() == "" || again.GetSecret() != first.GetSecret() {
		t.Errorf("secrets %q and %q, want the same", first.GetSecret(), again.GetSecret())
	}
	second, err := f.bot.RotateIdentitySecret(f.admin(), &configv1.RotateIdentitySecretRequest{Bot: "1"})
	must(t, err)
	if second.GetSecret() == first.GetSecret() || second.GetVersion() != first.GetVersion()+1 {
		t.Errorf("after rotation version %d has %q, version %d had %q", second.GetVersion(), second.GetSecret(), first.GetVersion(), first.GetSecret())
	}

	now, err := f.bot.GetBot(f.admin(), &configv1.GetBotRequest{Id: "1"})
	must(t, err)
	change := now.GetBot()
	change.Name, change.IdentityVersion, change.IdentityRotatedAt = "New", 0, nil // somebody who does not know the fields
	changed, err := f.bot.UpdateBot(f.admin(), &configv1.UpdateBotRequest{Bot: change})
	must(t, err)
	if b := changed.GetBot(); b.GetIdentityVersion() != second.GetVersion() || b.GetIdentityRotatedAt() == nil {
		t.Errorf("after an update: %v, want version %d kept", b, second.GetVersion())
	}

	_, err = f.bot.UpdateBot(f.admin(), &configv1.UpdateBotRequest{Bot: bot}) // made before the rotation
	wantCode(t, err, codes.Aborted, "bot.version")
	_, err = f.bot.GetIdentitySecret(f.admin(), &configv1.GetIdentitySecretRequest{Bot: "none"})
	wantCode(t, err, codes.NotFound, "no bot")
	_, err = f.bot.RotateIdentitySecret(f.admin(), &configv1.RotateIdentitySecretRequest{Bot: "none"})
	wantCode(t, err, codes.NotFound, "no bot")
}
