package gateway

import "github.com/switchboard-chat/switchboard/internal/token"

// Connection state recovery, as the official client does it from 4.6 on
// (https://socket.io/docs/v4/connection-state-recovery): the answer to CONNECT has a private id, and the
// client sends it, with the last offset that it has seen, when it connects again. If it is answered with
// the same private id, it takes itself to be the socket that it was.
//
// The private id is signed and says whose socket it was, so every gateway recovers every socket, also
// after a restart: what was missed is read from the log, as for any client that names an offset.

// recall reads the private id of a client that comes back. One that is of no use, or not of the bot that
// is asked for, is as good as none.
func (g *Gateway) recall(a auth) *token.Recovery {
	if a.PID == "" {
		return nil
	}
	old, err := g.deps.Tokens.ParseRecovery(a.PID)
	if err != nil || a.BotID != "" && a.BotID != old.Visitor.Bot || a.Token == "" && !g.same(old.Visitor, a) {
		return nil
	}
	// Whoever has logged out and proves anew who they are does not come back as who they were: the library
	// has no way to forget the private id.
	if a.Token == "" && a.UserToken != "" && g.revocations.has(old.Visitor.Bot, old.Visitor.Visitor, old.Visitor.Revocation) {
		return nil
	}
	return &old
}

// same reports whether a page speaks for the site's user that the visitor was: the library keeps the private
// id when the page's user changes, as a page may keep the token, and nothing of the former one may show.
func (g *Gateway) same(who token.Visitor, a auth) bool {
	bot, ok := g.deps.Settings.Bot(who.Bot)
	if !ok {
		return true // whoever lets it in says what is wrong
	}
	u, problem := g.user(bot, claim{a.UserID, a.UserToken}, who)
	return problem == nil && u.is(who)
}

// recover gives the socket the ids that it had, if nothing of what it missed is missing, or new ones.
func (g *Gateway) recover(v *visitor, pid string, old *token.Recovery, who token.Visitor) (err error) {
	if old != nil && v.welcome.session.Resumed && old.Visitor.Visitor == who.Visitor && old.Visitor.Conversation == who.Conversation {
		v.socket.ID, v.socket.PID = old.Socket, pid
		return nil
	}
	v.socket.PID, err = g.deps.Tokens.SignRecovery(token.Recovery{Socket: v.socket.ID, Visitor: who})
	return err
}
