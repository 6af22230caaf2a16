package gateway

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	"github.com/switchboard-chat/switchboard/internal/webfiles"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const (
	maxTokenRequest = 8 << 10
	demoPolicy      = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// previewPolicy is for the page in the configurator's preview, where the launcher may have any picture.
	previewPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; frame-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

func (g *Gateway) mountWidget(mux *http.ServeMux) {
	files, why := g.files, newWhy(g)
	why.mount(mux)
	for _, path := range []string{"/widget/v2/kw.js", "/widget/kwjs.js", "/kwjs.js"} { // the last two are what old embeds load
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			anyOrigin(w)
			webfiles.File(w, r, files, "kw.js")
		})
	}
	mux.HandleFunc("GET /widget/v2/assets/{name}", g.serveAsset)
	mux.HandleFunc("GET /widget/v2/demo/{name}", func(w http.ResponseWriter, r *http.Request) {
		serveDemo(w, r, files, r.PathValue("name"))
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { serveDemo(w, r, files, "index.html") })
	mux.HandleFunc("GET /widget/{locale}/{$}", func(w http.ResponseWriter, r *http.Request) {
		serveDemo(w, r, files, "configurator.html")
	})
	mux.HandleFunc("GET /widget/v2/frame/{$}", func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("bot-id")
		bot, ok := g.deps.Settings.Bot(id)
		if !ok {
			why.serve(w, r, http.StatusNotFound, id, "")
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", framePolicy(bot))
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Robots-Tag", "noindex")
		webfiles.File(w, r, files, "frame/index.html")
	})
	mux.HandleFunc("GET /widget/v2/settings/{file}", g.serveSettings)
	mux.HandleFunc("GET /widget/v2/custom/{file}", g.serveCustom)
	newHosted(why).mount(mux)
	mux.HandleFunc("POST /widget/v2/token", g.serveToken)
	mux.HandleFunc("POST /widget/v2/logout", g.serveLogout)
	mux.HandleFunc("POST /widget/v2/preview", g.servePreview)
	mux.HandleFunc("POST /widget/v2/transcript", g.serveTranscript)
}

// serveDemo answers with a file of the demo shop or of the configurator; pages are among them.
func serveDemo(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	policy := demoPolicy
	if name == "preview.html" {
		policy = previewPolicy
	}
	w.Header().Set("Content-Security-Policy", policy)
	webfiles.File(w, r, files, "demo/"+name)
}

func anyOrigin(w http.ResponseWriter) { w.Header().Set("Access-Control-Allow-Origin", "*") }

// bot returns a bot that a page of the origin may show.
func (g *Gateway) bot(id, origin, host string) (*configv1.Bot, *wire.Problem) {
	if subject.ValidateBot(id) != nil {
		return nil, unknownBot(id)
	}
	bot, ok := g.deps.Settings.Bot(id)
	if !ok {
		return nil, unknownBot(id)
	}
	if !g.welcome(bot, origin, host) {
		return nil, unwelcome(id, origin)
	}
	return bot, nil
}

type tokenRequest struct {
	BotID     string `json:"bot_id"`
	Site      string `json:"site"`
	Token     string `json:"token"`
	UserID    string `json:"user_id"`
	UserToken string `json:"user_token"`
	Challenge string `json:"challenge"`
}

type tokenResponse struct {
	Token        string `json:"token"`
	Conversation string `json:"conversation"`
	Visitor      string `json:"visitor"`
	Renewed      bool   `json:"renewed"`
	ExpiresAt    string `json:"expires_at"`
}

// serveToken gives the frame a token for the page that embeds it. The frame is the one who knows that
// page: it has the origin from its browser's MessageEvent.
func (g *Gateway) serveToken(w http.ResponseWriter, r *http.Request) {
	var req tokenRequest
	if !g.fromFrame(w, r, &req) {
		return
	}
	res, problem := g.issue(r, req)
	answer(w, http.StatusOK, res, problem)
}

// fromFrame reads what the frame asks for. If it is false, the request was answered with why not.
func (g *Gateway) fromFrame(w http.ResponseWriter, r *http.Request, req any) bool {
	w.Header().Set("Cache-Control", "no-store")
	if g.foreign(r) {
		refuse(w, http.StatusForbidden, &wire.Problem{Code: wire.OriginForbidden, Message: "only the chat frame may ask"})
		return false
	}
	body, err := g.body(w, r, maxTokenRequest)
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			refuse(w, http.StatusRequestEntityTooLarge, &wire.Problem{Code: wire.TooLarge, Message: fmt.Sprintf("the body is longer than %d bytes", maxTokenRequest)})
			return false
		}
		refuse(w, http.StatusBadRequest, &wire.Problem{Code: wire.BadRequest, Message: "the body ended before its end"})
		return false
	}
	if p := wire.Decode(body, req); p != nil {
		refuse(w, http.StatusBadRequest, p)
		return false
	}
	return true
}

// body reads a request's body of at most limit bytes, which has to come in time.
func (g *Gateway) body(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(g.cfg.BodyTime)) // net/http has it, and tests' recorders need none
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	next := time.Time{}
	if err != nil {
		next = time.Now() // nobody waits for the rest
	}
	_ = control.SetReadDeadline(next)
	return body, err
}

// foreign reports whether a browser says that the request is not from a page of ours.
func (g *Gateway) foreign(r *http.Request) bool {
	origin := engineio.Origin(r)
	return origin != "" && !g.own(origin, r.Host) || r.Header.Get("Sec-Fetch-Site") == "cross-site"
}

func (g *Gateway) issue(r *http.Request, req tokenRequest) (*tokenResponse, *wire.Problem) {
	bot, problem := g.bot(req.BotID, req.Site, r.Host)
	if problem != nil {
		return nil, problem
	}
	ip := g.cfg.TrustedProxies.client(r).String()
	if problem := g.limits.connect(ip); problem != nil {
		return nil, problem
	}
	// A token is good on the site that it was made for, and for the same user: another starts anew.
	old, err := g.deps.Tokens.ParseVisitor(req.Token)
	if err != nil || old.Bot != req.BotID || old.Site != req.Site {
		old = token.Visitor{}
	}
	if p := g.revoked(r.Context(), old); p != nil && p.Code != wire.TokenRevoked {
		return nil, p
	} else if p != nil {
		old = token.Visitor{}
	}
	u, problem := g.user(bot, claim{req.UserID, req.UserToken}, old)
	if problem != nil {
		return nil, problem
	}
	who, renewed := old, old.Conversation != "" && u.is(old)
	if renewed {
		problem = g.blocked(bot, client{ip, who.Visitor, who.Conversation})
	} else {
		who, problem = g.newcomer(r.Context(), bot, arrival{req.Site, ip, req.Challenge}, u)
	}
	if problem != nil {
		return nil, problem
	}
	who.Expires = time.Now().Add(token.VisitorLifetime).Truncate(time.Second)
	signed, err := g.deps.Tokens.SignVisitor(who)
	if err != nil {
		return nil, unavailable()
	}
	return &tokenResponse{
		Token: signed, Conversation: who.Conversation, Visitor: who.Visitor, Renewed: renewed,
		ExpiresAt: who.Expires.UTC().Format(time.RFC3339),
	}, nil
}

func httpStatus(p *wire.Problem) int {
	switch p.Code {
	case wire.OriginForbidden, wire.Blocked, wire.UploadsOff, wire.PreviewsOff, wire.MailOff, wire.Challenge:
		return http.StatusForbidden
	case wire.TokenMissing, wire.TokenInvalid, wire.TokenExpired, wire.TokenRevoked:
		return http.StatusUnauthorized
	case wire.TooLarge:
		return http.StatusRequestEntityTooLarge
	case wire.TypeForbidden:
		return http.StatusUnsupportedMediaType
	case wire.Infected:
		return http.StatusUnprocessableEntity
	case wire.Nothing:
		return http.StatusConflict
	case wire.BotUnknown, wire.NoPreview:
		return http.StatusNotFound
	case wire.RateLimited:
		return http.StatusTooManyRequests
	case wire.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// answer writes v as JSON, or the problem if there is one.
func answer(w http.ResponseWriter, status int, v any, problem *wire.Problem) {
	if problem != nil {
		refuse(w, httpStatus(problem), problem)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(v)) //nolint:gosec // JSON, and said to be; the frame may be gone
}

func refuse(w http.ResponseWriter, status int, p *wire.Problem) {
	w.Header().Set("Content-Type", "application/json")
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt((p.RetryAfter+999)/1000, 10)) // in whole seconds (RFC 9110, 10.2.3)
	}
	w.WriteHeader(status)
	_, _ = w.Write(encode(map[string]any{"error": p})) // the client may be gone
}
