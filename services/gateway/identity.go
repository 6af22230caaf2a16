package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// user is the site's user who a visitor is. The zero user is a guest.
type user struct {
	id       string
	verified bool      // the site's server vouches for it
	issued   time.Time // when that was signed; zero = nobody says
}

// is reports whether a visitor is that user.
func (u user) is(who token.Visitor) bool { return who.UserID == u.id && who.Verified == u.verified }

// user returns the site's user.
// An identity that has just expired is still good for whoever has a token of that user already.
func (g *Gateway) user(bot *configv1.Bot, c claim, old token.Visitor) (user, *wire.Problem) {
	if len(c.userID) > token.MaxUserID {
		return user{}, &wire.Problem{Code: wire.BadRequest, Field: "user_id", Message: fmt.Sprintf("longer than %d bytes", token.MaxUserID)}
	}
	if c.token == "" {
		return user{id: c.userID}, nil
	}
	who, err := g.deps.Tokens.ParseIdentity(c.token, bot.GetId(), secretVersions(bot)...)
	switch {
	case errors.Is(err, token.ErrExpired) && old.Verified && old.UserID == who.UserID:
	case errors.Is(err, token.ErrExpired):
		return user{}, identityExpired()
	case err != nil:
		return user{}, &wire.Problem{Code: wire.IdentityInvalid, Field: "user_token", Message: err.Error()}
	}
	if c.userID != "" && c.userID != who.UserID {
		return user{}, &wire.Problem{Code: wire.IdentityInvalid, Field: "user_id", Message: `is not the "sub" of user_token`}
	}
	return user{who.UserID, true, who.Issued}, nil
}

// secretVersions are those of the identity secrets that are good now.
func secretVersions(bot *configv1.Bot) []int32 {
	versions := []int32{bot.GetIdentityVersion()}
	if at := bot.GetIdentityRotatedAt(); at != nil && time.Since(at.AsTime()) < secretGrace {
		versions = append(versions, bot.GetIdentityVersion()-1)
	}
	return versions
}

func identityExpired() *wire.Problem {
	return &wire.Problem{Code: wire.IdentityExpired, Field: "user_token", Message: "the identity has expired; the site's server has to sign a fresh one"}
}

// claimed makes a newcomer the site's user. A verified user has one conversation with a bot, on every
// device; whoever only says so gets one of their own.
func (g *Gateway) claimed(ctx context.Context, who token.Visitor, u user) (token.Visitor, *wire.Problem) {
	who.UserID, who.Verified = u.id, u.verified
	if !u.verified {
		return who, nil
	}
	known, err := g.users.of(ctx, g.deps.Log, who.Bot, u.id, place{who.Visitor, who.Conversation})
	if err != nil {
		slog.WarnContext(ctx, "conversation of a verified user not found", "bot", who.Bot, "err", err)
		return token.Visitor{}, unavailable()
	}
	who.Visitor, who.Conversation = known.Visitor, known.Conversation
	if who.Revocation, err = g.revocations.newest(ctx, who.Bot, who.Visitor); err != nil {
		slog.WarnContext(ctx, "verified user not let in", "bot", who.Bot, "err", err)
		return token.Visitor{}, unavailable()
	}
	// A page out of the cache of a shared computer does not log in again who has logged out.
	if !u.issued.IsZero() && u.issued.Unix() < who.Revocation/1000 {
		return token.Visitor{}, identityExpired()
	}
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
	key := userKey(bot, userID)
	_, err = kv.Create(ctx, key, encode(fresh))
	if err == nil {
		return fresh, nil
	}
	if !errors.Is(err, jetstream.ErrKeyExists) {
		return place{}, err
	}
	return readValue[place](ctx, kv, key)
}

// find returns where the user is; nowhere, if they have never been here.
func (u *users) find(ctx context.Context, l *bus.Log, bot, userID string) (place, error) {
	kv, err := u.open(ctx, l)
	if err != nil {
		return place{}, err
	}
	known, err := readValue[place](ctx, kv, userKey(bot, userID))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return place{}, nil
	}
	return known, err
}

// userKey hides the user's id, which may be anything, as a key may not.
func userKey(bot, userID string) string {
	sum := sha256.Sum256([]byte(userID))
	return bot + "." + hex.EncodeToString(sum[:])
}
