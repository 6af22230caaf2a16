package gateway

import (
	"embed"
	"html/template"
	"net/http"
	"strings"

	"github.com/switchboard-chat/switchboard/internal/webfiles"
)

//go:embed hosted
var hostedFiles embed.FS

const hostedPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; frame-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// hosted is a bot's chat as a page by itself: for links, and where a site does not let a frame be.
type hosted struct {
	why  *why
	page htmlPage
}

func newHosted(w *why) *hosted {
	return &hosted{w, htmlPage{template.Must(template.ParseFS(hostedFiles, "hosted/page.html")), hostedPolicy}}
}

func (p *hosted) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /widget/v2/chat/{$}", p.serve)
	for _, name := range []string{"hosted.css", "hosted.js"} {
		mux.HandleFunc("GET /widget/v2/chat/"+name, func(w http.ResponseWriter, r *http.Request) {
			webfiles.File(w, r, hostedFiles, "hosted/"+name)
		})
	}
}

func (p *hosted) serve(w http.ResponseWriter, r *http.Request) {
	id, asked := r.URL.Query().Get("bot-id"), r.URL.Query().Get("lang")
	bot, ok := p.why.g.deps.Settings.Bot(id)
	if !ok {
		p.why.serve(w, r, http.StatusNotFound, id, "")
		return
	}
	s := p.why.g.publicSettings(bot, languages(r, bot)...)
	lang := p.why.g.words.choose(s.LanguageCode)
	if lang == "" {
		lang = "en"
	}
	noScript := "To chat here, allow JavaScript for this page."
	if strings.HasPrefix(lang, "uk") {
		noScript = "Щоб поспілкуватися тут, дозвольте JavaScript для цієї сторінки."
	}
	data := map[string]any{"Title": s.Title, "Bot": id, "Asked": p.why.g.words.choose(asked), "NoScript": noScript}
	p.page.serve(w, http.StatusOK, lang, data)
}
