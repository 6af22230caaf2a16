package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// customPolicy keeps the code from doing anything where a browser shows it by itself: it is for the chat's frame only.
const customPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// customCode says which of the bot's own code there is.
type customCode struct {
	Version string `json:"version"`
	CSS     bool   `json:"css,omitempty"`
	HTML    bool   `json:"html,omitempty"`
	JS      bool   `json:"js,omitempty"`
}

// publicCode is what a widget may know of the code; nil where there is none.
func publicCode(c *configv1.CustomCode) *customCode {
	if !hasCode(c) {
		return nil
	}
	return &customCode{Version: codeVersion(c), CSS: c.GetCss() != "", HTML: c.GetHtml() != "", JS: c.GetJs() != ""}
}

func hasCode(c *configv1.CustomCode) bool {
	return c.GetCss() != "" || c.GetHtml() != "" || c.GetJs() != ""
}

// codeVersion changes with the code and with nothing else, so that browsers keep it.
func codeVersion(c *configv1.CustomCode) string {
	h := sha256.New()
	for _, s := range []string{c.GetCss(), c.GetHtml(), c.GetJs()} {
		h.Write([]byte(s))
		h.Write([]byte{0}) // which no code has
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// serveCustom gives the chat's frame the bot's own code.
func (g *Gateway) serveCustom(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	ext := path.Ext(name)
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", customPolicy)
	h.Set("Cache-Control", "no-cache")
	bot, ok := g.deps.Settings.Bot(strings.TrimSuffix(name, ext))
	code := bot.GetWidget().GetCustomCode()
	text, kind := "", ""
	switch ext {
	case ".css":
		text, kind = code.GetCss(), "text/css"
	case ".html":
		text, kind = code.GetHtml(), "text/html"
	case ".js":
		text, kind = code.GetJs(), "text/javascript"
	}
	if !ok || text == "" {
		http.Error(w, "no such file", http.StatusNotFound)
		return
	}
	version := codeVersion(code)
	if r.URL.Query().Get("v") == version { // what another gateway has told of already is not to be kept under that name
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Content-Type", kind+"; charset=utf-8")
	h.Set("ETag", `"`+version+`"`)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
}

// framePolicy is what the chat's frame may load, and where it may be shown. The bot's own code may load from its
// sources, too.
func framePolicy(b *configv1.Bot) string {
	sources, fonts := "", ""
	if code := b.GetWidget().GetCustomCode(); hasCode(code) {
		sources = list(code.GetSources())
		fonts = " font-src 'self' data:" + sources + ";"
	}
	return "default-src 'none'; script-src 'self'" + sources + "; style-src 'self'" + sources + "; img-src 'self' https: http: data:; " +
		"connect-src 'self' ws: wss:" + sources + ";" + fonts + " base-uri 'none'; form-action 'none'; frame-ancestors 'self'" + list(b.GetAllowedOrigins())
}

// list are origins as a policy has them: each was checked when it was stored, and has no space and no semicolon.
func list(origins []string) string {
	if len(origins) == 0 {
		return ""
	}
	return " " + strings.Join(origins, " ")
}
