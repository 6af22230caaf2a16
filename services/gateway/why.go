package gateway

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/language"

	"github.com/switchboard-chat/switchboard/internal/webfiles"
)

//go:embed why
var whyFiles embed.FS

const whyPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

// why is the page that tells people why a chat is not shown. It says what anybody can find out who asks as
// the page in question would, and nothing of what else is on the list.
type why struct {
	g     *Gateway
	page  htmlPage
	langs language.Matcher
}

func newWhy(g *Gateway) *why {
	return &why{g, htmlPage{template.Must(template.ParseFS(whyFiles, "why/page.html")), whyPolicy}, language.NewMatcher([]language.Tag{language.English, language.Ukrainian})}
}

func (p *why) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /widget/v2/why", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		p.serve(w, r, http.StatusOK, q.Get("bot-id"), q.Get("site"))
	})
	mux.HandleFunc("GET /widget/v2/why.css", func(w http.ResponseWriter, r *http.Request) {
		webfiles.File(w, r, whyFiles, "why/why.css")
	})
}

// serve answers for a bot on a page of the site.
func (p *why) serve(w http.ResponseWriter, r *http.Request, status int, bot, site string) {
	words, lang := whyEnglish(), "en"
	if tag, _ := language.MatchStrings(p.langs, r.Header.Get("Accept-Language")); strings.HasPrefix(tag.String(), "uk") {
		words, lang = whyUkrainian(), "uk"
	}
	data := map[string]any{"Words": words, "State": p.state(r, bot, site), "Bot": printable(bot), "Site": printable(originOf(site))}
	p.page.serve(w, status, lang, data)
}

// state is what there is to say.
func (p *why) state(r *http.Request, id, site string) string {
	bot, ok := p.g.deps.Settings.Bot(id)
	origin := originOf(site)
	switch {
	case !ok:
		return "unknown"
	case origin == "":
		return "nowhere"
	case p.g.welcome(bot, origin, r.Host):
		return "allowed"
	}
	return "forbidden"
}

// originOf is the origin of an address as browsers write it, or empty if it has none, like a page from a file.
func originOf(address string) string {
	u, err := url.Parse(strings.ToLower(strings.TrimSpace(address)))
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host := u.Host
	if port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; u.Port() != "" {
		host = strings.TrimSuffix(host, port)
	}
	return u.Scheme + "://" + host
}

// whyWords are the page's texts.
type whyWords struct {
	Title, Unknown, Forbidden, Allowed, Nowhere      string
	Bot, Page, Owner, Add, Mistakes, Visitor, NotYou string
	List                                             []string
}

func whyEnglish() whyWords {
	return whyWords{
		Title:     "Why the chat is not shown",
		Unknown:   "There is no bot with this number on this server. Check bot_id in the embed code of the page.",
		Forbidden: "The chat of this bot is not allowed on this site.",
		Allowed:   "The chat of this bot is allowed on this site. Reload the page on which it was missing.",
		Nowhere:   "The page has no web address of its own: it was opened from a file, or is in a sandboxed frame. A chat is shown on pages of a web server only, at http:// or https://.",
		Bot:       "Bot", Page: "Site",
		Owner:    "If you look after the site",
		Add:      "Add exactly this line to the bot's list of allowed domains for installing the widget, which is allowed_origins in BotService.UpdateBot. It counts within a second; then reload the page.",
		Mistakes: "What usually goes wrong",
		List: []string{
			"http:// and https:// are two different sites.",
			"So are example.com and www.example.com, and every other subdomain.",
			"A port belongs to it, as in https://example.com:8443.",
			"Nothing may follow: no path, and no slash at the end.",
			"An empty list allows the demo page of this server only.",
			"The list of another bot was changed, or the page names another bot.",
		},
		Visitor: "If you came to chat",
		NotYou:  "You have done nothing wrong, and nothing on your device is broken. Let the owner of the site know.",
	}
}

func whyUkrainian() whyWords {
	return whyWords{
		Title:     "Чому чат не показано",
		Unknown:   "На цьому сервері немає бота з таким номером. Перевірте bot_id у коді вставки на сторінці.",
		Forbidden: "Чат цього бота не дозволено на цьому сайті.",
		Allowed:   "Чат цього бота дозволено на цьому сайті. Оновіть сторінку, на якій його бракувало.",
		Nowhere:   "Сторінка не має власної вебадреси: її відкрито з файлу або в ізольованому фреймі. Чат показується лише на сторінках вебсервера з адресою http:// або https://.",
		Bot:       "Бот", Page: "Сайт",
		Owner:    "Якщо ви відповідаєте за сайт",
		Add:      "Додайте саме цей рядок до списку дозволених доменів бота для встановлення віджета, тобто allowed_origins у BotService.UpdateBot. Зміна діє за секунду; потім оновіть сторінку.",
		Mistakes: "Що зазвичай не так",
		List: []string{
			"http:// і https:// — це два різні сайти.",
			"Так само example.com і www.example.com та кожен інший піддомен.",
			"Порт є частиною адреси, як у https://example.com:8443.",
			"Далі не має бути нічого: ні шляху, ні похилої риски в кінці.",
			"Порожній список дозволяє лише демонстраційну сторінку цього сервера.",
			"Змінено список іншого бота, або сторінка називає іншого бота.",
		},
		Visitor: "Якщо ви прийшли поспілкуватися",
		NotYou:  "Ви нічого не зробили не так, і з вашим пристроєм усе гаразд. Повідомте власника сайту.",
	}
}
