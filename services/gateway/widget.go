package gateway

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	"github.com/switchboard-chat/switchboard/internal/webfiles"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
	"github.com/switchboard-chat/switchboard/web/widget"
)

const (
	maxTokenRequest = 8 << 10
	framePolicy     = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; " +
		"connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
	demoPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	// previewPolicy is for the page in the configurator's preview, where the launcher may have any picture.
	previewPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; frame-src 'self'; " +
		"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

func (g *Gateway) mountWidget(mux *http.ServeMux) {
	files, why := widget.FS(), newWhy(g)
	why.mount(mux)
	mux.HandleFunc("GET /widget/v2/kw.js", func(w http.ResponseWriter, r *http.Request) {
		anyOrigin(w)
		webfiles.File(w, r, files, "kw.js")
	})
	mux.HandleFunc("GET /widget/v2/assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		webfiles.File(w, r, files, "assets/"+r.PathValue("name"))
	})
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
		w.Header().Set("Content-Security-Policy", strings.Join(append([]string{framePolicy}, bot.GetAllowedOrigins()...), " "))
		webfiles.File(w, r, files, "frame/index.html")
	})
	mux.HandleFunc("GET /widget/v2/settings/{file}", g.serveSettings)
	mux.HandleFunc("POST /widget/v2/token", g.serveToken)
	mux.HandleFunc("POST /widget/v2/logout", g.serveLogout)
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

// serveSettings answers with a script, because a strict policy of the page's would forbid a fetch;
// crossorigin makes the browser say where the page is from.
func (g *Gateway) serveSettings(w http.ResponseWriter, r *http.Request) {
	id, ok := strings.CutSuffix(r.PathValue("file"), ".js")
	if !ok {
		http.NotFound(w, r)
		return
	}
	origin := engineio.Origin(r)
	if origin == "" {
		origin = "http://" + r.Host // a page of our own: browsers name the origin of every other one
		if g.cfg.PublicURL != "" {
			origin = g.cfg.PublicURL
		}
	}
	anyOrigin(w)
	h := w.Header()
	h.Add("Vary", "Origin")
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store") // a change of the list is live within a second
	bot, problem := g.bot(id, origin, r.Host)
	if problem != nil {
		fmt.Fprintf(w, "__kw.refused(%s,%s);\n", encode(printable(id)), encode(problem)) //nolint:gosec // JSON in a script, and said to be one
		return
	}
	fmt.Fprintf(w, "__kw.settings(%s,%s);\n", encode(id), encode(g.publicSettings(bot))) //nolint:gosec // as above
}

// botSettings are what a widget may know of its bot.
type botSettings struct {
	Title        string         `json:"title"`
	Subtitle     string         `json:"subtitle"`
	LanguageCode string         `json:"language_code,omitempty"`
	Colors       map[string]any `json:"colors,omitempty"`
	OpenOnMsg    bool           `json:"open_on_msg,omitempty"`
	Position     *position      `json:"position,omitempty"`
	AvatarURL    string         `json:"avatar_url,omitempty"`
	Uploads      *uploadLimits  `json:"uploads,omitempty"`
	Version      int64          `json:"version"`
}

type position struct {
	X      string `json:"x,omitempty"`
	Y      string `json:"y,omitempty"`
	Offset int32  `json:"offset,omitempty"`
}

func (g *Gateway) publicSettings(b *configv1.Bot) botSettings {
	w := b.GetWidget()
	s := botSettings{
		Title: w.GetTitle(), Subtitle: w.GetSubtitle(), LanguageCode: w.GetLanguageCode(),
		OpenOnMsg: w.GetOpenOnMsg(), AvatarURL: w.GetAvatarUrl(), Version: b.GetVersion(),
	}
	if s.Title == "" {
		s.Title = b.GetName()
	}
	if w.GetColors() != nil {
		s.Colors = w.GetColors().AsMap()
	}
	if p := w.GetPosition(); p != nil {
		s.Position = &position{X: p.GetX(), Y: p.GetY(), Offset: p.GetOffset()}
	}
	s.Uploads = g.uploadLimits(b)
	return s
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
	if problem != nil {
		refuse(w, httpStatus(problem), problem)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(encode(res)) //nolint:gosec // JSON, and said to be; the frame may be gone
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
	case wire.OriginForbidden, wire.Blocked, wire.UploadsOff, wire.Challenge:
		return http.StatusForbidden
	case wire.TokenMissing, wire.TokenInvalid, wire.TokenExpired, wire.TokenRevoked:
		return http.StatusUnauthorized
	case wire.TooLarge:
		return http.StatusRequestEntityTooLarge
	case wire.TypeForbidden:
		return http.StatusUnsupportedMediaType
	case wire.Infected:
		return http.StatusUnprocessableEntity
	case wire.BotUnknown:
		return http.StatusNotFound
	case wire.RateLimited:
		return http.StatusTooManyRequests
	case wire.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

func refuse(w http.ResponseWriter, status int, p *wire.Problem) {
	w.Header().Set("Content-Type", "application/json")
	if p.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt((p.RetryAfter+999)/1000, 10)) // in whole seconds (RFC 9110, 10.2.3)
	}
	w.WriteHeader(status)
	_, _ = w.Write(encode(map[string]any{"error": p})) // the client may be gone
}
