package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/gateway/transcript"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const (
	maxTranscript  = 1000 // events
	transcriptTime = 15 * time.Second
	maxTimezone    = 64 // bytes
)

type transcriptRequest struct {
	Token    string `json:"token"`
	Email    string `json:"email"`
	Language string `json:"language"`
	Timezone string `json:"timezone"`
}

// serveTranscript sends a visitor their conversation by mail.
func (g *Gateway) serveTranscript(w http.ResponseWriter, r *http.Request) {
	var req transcriptRequest
	if !g.fromFrame(w, r, &req) {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), transcriptTime)
	defer cancel()
	answer(w, http.StatusAccepted, struct{}{}, g.transcript(ctx, r, req))
}

func (g *Gateway) transcript(ctx context.Context, r *http.Request, req transcriptRequest) *wire.Problem {
	who, bot, problem := g.asker(r, req.Token)
	if problem != nil {
		return problem
	}
	if g.mail == nil || !bot.GetWidget().GetTranscript().GetEmail() {
		return &wire.Problem{Code: wire.MailOff, Message: "conversations are not sent by mail here"}
	}
	to, err := transcript.ParseAddress(req.Email)
	if err != nil {
		return &wire.Problem{Code: wire.BadRequest, Field: "email", Message: err.Error()}
	}
	if len(req.Language) > maxLanguageTag {
		return &wire.Problem{Code: wire.BadRequest, Field: "language", Message: "want a BCP 47 tag, such as uk, or nothing"}
	}
	if len(req.Timezone) > maxTimezone {
		return &wire.Problem{Code: wire.BadRequest, Field: "timezone", Message: "want a name such as Europe/Kyiv, or nothing"}
	}
	c := subject.Conversation{Bot: who.Bot, ID: who.Conversation}
	if problem := g.limits.act(c); problem != nil { // reading a conversation is work, also where no mail comes of it
		return problem
	}
	messages, err := g.newest(ctx, c, maxTranscript)
	if err != nil {
		slog.WarnContext(ctx, "conversation not read", "bot", c.Bot, "conversation", c.ID, "err", err)
		return unavailable()
	}
	lang := req.Language
	if lang == "" {
		lang = bot.GetWidget().GetLanguageCode()
	}
	mail, ok := transcript.Write(transcript.Conversation{Title: titleOf(bot), Messages: messages, Language: lang, Timezone: req.Timezone})
	if !ok {
		return &wire.Problem{Code: wire.Nothing, Message: "nothing has been said yet"}
	}
	if problem := g.limits.transcript(c, g.cfg.TrustedProxies.client(r).String(), to); problem != nil {
		return problem
	}
	mail.To = to
	if err := g.mail.Send(mail); err != nil {
		slog.WarnContext(ctx, "transcript not taken", "bot", c.Bot, "conversation", c.ID, "err", err)
		return unavailable()
	}
	return nil
}
