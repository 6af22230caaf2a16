package gateway

import (
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// own reports whether origin is the gateway's, asked for under host.
func (g *Gateway) own(origin, host string) bool {
	if g.cfg.PublicURL != "" {
		return origin == g.cfg.PublicURL
	}
	return host != "" && (origin == "http://"+host || origin == "https://"+host)
}

// welcome reports whether a page of the origin may show the bot's widget: our own pages may, such
// as the demo page, and the sites on the bot's list.
func (g *Gateway) welcome(bot *configv1.Bot, origin, host string) bool {
	if g.own(origin, host) {
		return true
	}
	for _, o := range bot.GetAllowedOrigins() {
		if o == origin {
			return true
		}
	}
	return false
}

func unwelcome(bot, origin string) *wire.Problem {
	if origin == "" {
		return &wire.Problem{Code: wire.OriginForbidden, Message: "the request names no origin: connect from a page of an allowed site, or with a token"}
	}
	return &wire.Problem{
		Code: wire.OriginForbidden,
		Message: "bot " + bot + " is not allowed on " + printable(origin) +
			": add exactly this origin to the bot's list of allowed domains for installing the widget (allowed_origins)",
	}
}

func unknownBot(bot string) *wire.Problem {
	return &wire.Problem{Code: wire.BotUnknown, Field: "bot_id", Message: "there is no bot " + printable(bot)}
}

const maxPrintable = 200

// printable keeps what a stranger sent short and on one line.
func printable(s string) string {
	out := make([]rune, 0, min(len(s), maxPrintable))
	for _, r := range s {
		if len(out) == maxPrintable {
			break
		}
		if r < ' ' || r == 0x7f {
			r = '?'
		}
		out = append(out, r)
	}
	return string(out)
}
