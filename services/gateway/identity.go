package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// secretGrace is how long the identity secret before the newest one is good.
const secretGrace = 24 * time.Hour

// claim is who a page says that its visitor is.
type claim struct {
	userID string // anybody can say that
	token  string // signed by the site's server
}

// user returns the site's user, and whether the site's server vouches for it. The zero result is a guest.
// An identity that has just expired is still good for whoever has a token of that user already.
func (g *Gateway) user(bot *configv1.Bot, c claim, old token.Visitor) (id string, verified bool, problem *wire.Problem) {
	if len(c.userID) > token.MaxUserID {
		return "", false, &wire.Problem{Code: wire.BadRequest, Field: "user_id", Message: fmt.Sprintf("longer than %d bytes", token.MaxUserID)}
	}
	if c.token == "" {
		return c.userID, false, nil
	}
	versions := []int32{bot.GetIdentityVersion()}
	if at := bot.GetIdentityRotatedAt(); at != nil && time.Since(at.AsTime()) < secretGrace {
		versions = append(versions, bot.GetIdentityVersion()-1)
	}
	who, err := g.deps.Tokens.ParseIdentity(c.token, bot.GetId(), versions...)
	switch {
	case errors.Is(err, token.ErrExpired) && old.Verified && old.UserID == who.UserID:
	case errors.Is(err, token.ErrExpired):
		return "", false, &wire.Problem{Code: wire.IdentityExpired, Field: "user_token", Message: "the identity has expired; the site's server has to sign a fresh one"}
	case err != nil:
		return "", false, &wire.Problem{Code: wire.IdentityInvalid, Field: "user_token", Message: err.Error()}
	}
	if c.userID != "" && c.userID != who.UserID {
		return "", false, &wire.Problem{Code: wire.IdentityInvalid, Field: "user_id", Message: `is not the "sub" of user_token`}
	}
	return who.UserID, true, nil
}

// claimed makes a newcomer the site's user. A verified user has one conversation with a bot, on every
// device; whoever only says so gets one of their own.
func (g *Gateway) claimed(ctx context.Context, who token.Visitor, userID string, verified bool) (token.Visitor, *wire.Problem) {
	who.UserID, who.Verified = userID, verified
	if !verified {
		return who, nil
	}
	known, err := g.users.of(ctx, g.deps.Log, who.Bot, userID, place{who.Visitor, who.Conversation})
	if err != nil {
		slog.WarnContext(ctx, "conversation of a verified user not found", "bot", who.Bot, "err", err)
		return token.Visitor{}, unavailable()
	}
	who.Visitor, who.Conversation = known.Visitor, known.Conversation
	return who, nil
}

// users is the bucket in which verified users have their conversations.
type users struct{ bucket }

// place is where a verified user is.
type place struct {
	Visitor      string `json:"visitor"`
	Conversation string `json:"conversation"`
}

const userBucket = "users"

func (u *users) open(ctx context.Context, l *bus.Log) (jetstream.KeyValue, error) {
	return u.bucket.open(ctx, l, jetstream.KeyValueConfig{Bucket: userBucket, Description: "the conversations of sites' verified users"})
}

// of returns where the user is; whoever comes for the first time is at fresh from now on.
func (u *users) of(ctx context.Context, l *bus.Log, bot, userID string, fresh place) (place, error) {
	kv, err := u.open(ctx, l)
	if err != nil {
		return place{}, err
	}
	sum := sha256.Sum256([]byte(userID)) // a user's id may be anything, a key may not
	key := bot + "." + hex.EncodeToString(sum[:])
	_, err = kv.Create(ctx, key, encode(fresh))
	if err == nil {
		return fresh, nil
	}
	if !errors.Is(err, jetstream.ErrKeyExists) {
		return place{}, err
	}
	e, err := kv.Get(ctx, key)
	if err != nil {
		return place{}, err
	}
	var known place
	if err := json.Unmarshal(e.Value(), &known); err != nil {
		return place{}, fmt.Errorf("user %s: %w", key, err)
	}
	return known, nil
}
