package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/preview"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const (
	maxLooked   = 200 // events of a conversation in which a link is looked for
	previewTime = 10 * time.Second
)

// servePreview says what a page is that a bot or an operator has linked to.
func (g *Gateway) servePreview(w http.ResponseWriter, r *http.Request) {
	var req struct {
		Token string `json:"token"`
		URL   string `json:"url"`
	}
	if !g.fromFrame(w, r, &req) {
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), previewTime)
	defer cancel()
	page, problem := g.preview(ctx, r, req.Token, req.URL)
	answer(w, http.StatusOK, page, problem)
}

func (g *Gateway) preview(ctx context.Context, r *http.Request, signed, address string) (preview.Page, *wire.Problem) {
	who, bot, problem := g.asker(r, signed)
	if problem != nil {
		return preview.Page{}, problem
	}
	if !bot.GetWidget().GetLinkPreviews() {
		return preview.Page{}, &wire.Problem{Code: wire.PreviewsOff, Message: "links are not looked at here"}
	}
	c := subject.Conversation{Bot: who.Bot, ID: who.Conversation}
	if problem := g.limits.preview(c, g.cfg.TrustedProxies.client(r).String()); problem != nil {
		return preview.Page{}, problem
	}
	none := &wire.Problem{Code: wire.NoPreview, Field: "url", Message: "there is nothing to show of this address: it is not in a message of the conversation, not of the public web, or no page"}
	messages, err := g.newest(ctx, c, maxLooked)
	if err != nil {
		slog.WarnContext(ctx, "conversation not read", "bot", c.Bot, "conversation", c.ID, "err", err)
		return preview.Page{}, unavailable()
	}
	if !linked(messages, address) {
		return preview.Page{}, none
	}
	page, err := g.previews.Fetch(ctx, address)
	switch {
	case errors.Is(err, preview.ErrBusy):
		return preview.Page{}, limited("too many links are being looked at", time.Second)
	case err != nil:
		return preview.Page{}, none
	}
	return page, nil
}

// asker is who asks for something with a token in the body of the request, and of which bot.
func (g *Gateway) asker(r *http.Request, signed string) (token.Visitor, *configv1.Bot, *wire.Problem) {
	if signed == "" {
		return token.Visitor{}, nil, &wire.Problem{Code: wire.TokenMissing, Field: "token", Message: "want a visitor token"}
	}
	return g.holder(r, signed, "token")
}

// holder is the visitor of a token, who may still come here.
func (g *Gateway) holder(r *http.Request, signed, field string) (token.Visitor, *configv1.Bot, *wire.Problem) {
	who, problem := g.bearer(signed, field)
	if problem == nil {
		problem = g.revoked(r.Context(), who)
	}
	if problem != nil {
		return token.Visitor{}, nil, problem
	}
	bot, problem := g.bot(who.Bot, who.Site, r.Host)
	if problem == nil {
		problem = g.blocked(bot, client{g.cfg.TrustedProxies.client(r).String(), who.Visitor, who.Conversation})
	}
	return who, bot, problem
}
