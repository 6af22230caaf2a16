package gateway

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
	"github.com/switchboard-chat/switchboard/services/gateway/hours"
	"github.com/switchboard-chat/switchboard/services/gateway/socketio"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

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
	h.Add("Vary", "Origin, Accept-Language")
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store") // a change of the list is live within a second
	bot, problem := g.bot(id, origin, r.Host)
	if problem != nil {
		why := "why?" + url.Values{"bot-id": {printable(id)}, "site": {printable(origin)}}.Encode()
		const script = `__kw.refused(%s,{"code":%s,"message":%s+new URL(%s,document.currentScript.src)});` + "\n"
		fmt.Fprintf(w, script, encode(printable(id)), encode(problem.Code), encode(problem.Message+". "), encode("../"+why))
		return
	}
	s := g.publicSettings(bot, languages(r, bot)...)
	if name := r.URL.Query().Get("icon"); name != "" {
		s.Icon = g.icons[name] // what the page asks for goes over the bot's
	}
	fmt.Fprintf(w, "__kw.settings(%s,%s);\n", encode(id), encode(s)) //nolint:gosec // JSON in a script, and said to be one
}

// botSettings are what a widget may know of its bot. The names are those of the options of kw('init').
type botSettings struct {
	Title        string              `json:"title"`
	Subtitle     string              `json:"subtitle"`
	LanguageCode string              `json:"language_code,omitempty"`
	Colors       map[string]any      `json:"colors,omitempty"`
	OpenOnMsg    bool                `json:"open_on_msg,omitempty"`
	AvatarURL    string              `json:"avatar_url,omitempty"`
	Uploads      *uploadLimits       `json:"uploads,omitempty"`
	WidgetButton *widgetButton       `json:"widgetButton,omitempty"`
	MultiChannel *multiChannel       `json:"multi_channel,omitempty"`
	Launcher     *launcherIcons      `json:"launcher,omitempty"`
	Theme        string              `json:"theme,omitempty"` // none is the system's
	Rules        []proactiveRule     `json:"rules,omitempty"`
	Prechat      *wire.Form          `json:"prechat,omitempty"`
	Offline      *wire.Form          `json:"offline,omitempty"`
	Hours        *openHours          `json:"hours,omitempty"`
	Transcript   *transcriptSettings `json:"transcript,omitempty"`
	EndChat      bool                `json:"end_chat,omitempty"`
	AskRating    bool                `json:"ask_rating,omitempty"`
	LinkPreviews bool                `json:"link_previews,omitempty"`
	CustomCode   *customCode         `json:"custom_code,omitempty"`
	Words        json.RawMessage     `json:"words,omitempty"`
	Icon         string              `json:"icon,omitempty"`
	Version      int64               `json:"version"`
}

type widgetButton struct {
	Type     string    `json:"type,omitempty"`
	Position *position `json:"position,omitempty"`
}

type position struct {
	X      string `json:"x,omitempty"`
	Y      string `json:"y,omitempty"`
	Offset int32  `json:"offset,omitempty"`
}

type multiChannel struct {
	ButtonTitle string            `json:"button_title,omitempty"`
	Messengers  map[string]string `json:"messengers,omitempty"`
}

type launcherIcons struct {
	Type      string `json:"type,omitempty"`
	OpenIcon  string `json:"openIcon,omitempty"`
	CloseIcon string `json:"closeIcon,omitempty"`
}

type proactiveRule struct {
	ID          string `json:"id"`
	AfterS      uint32 `json:"after_s,omitempty"`
	Scroll      uint32 `json:"scroll,omitempty"`
	Exit        bool   `json:"exit,omitempty"`
	URL         string `json:"url,omitempty"`
	Text        string `json:"text,omitempty"`
	Open        bool   `json:"open,omitempty"`
	Alias       string `json:"alias,omitempty"`
	SnoozeHours uint32 `json:"snooze_h,omitempty"`
}

type openHours struct {
	Open      bool   `json:"open"`
	ChangesAt string `json:"changes_at,omitempty"`
	OpensAt   string `json:"opens_at,omitempty"`
}

type transcriptSettings struct {
	Download bool `json:"download,omitempty"`
	Email    bool `json:"email,omitempty"`
}

// publicSettings are b's in the first of the languages that the widget speaks.
func (g *Gateway) publicSettings(b *configv1.Bot, langs ...string) botSettings {
	w := b.GetWidget()
	s := botSettings{
		Title: titleOf(b), Subtitle: w.GetSubtitle(), LanguageCode: g.words.choose(langs...),
		OpenOnMsg: w.GetOpenOnMsg(), AvatarURL: w.GetAvatarUrl(), Uploads: g.uploadLimits(b),
		Prechat: wire.NewForm(w.GetPrechat()), Offline: wire.NewForm(w.GetOffline()), Hours: publicHours(w.GetHours(), time.Now()),
		EndChat: w.GetEndChat(), AskRating: w.GetAskRating(), LinkPreviews: w.GetLinkPreviews(),
		CustomCode: publicCode(w.GetCustomCode()), Version: b.GetVersion(),
	}
	s.Words = g.words.of(s.LanguageCode)
	if s.LanguageCode == "" {
		s.LanguageCode = w.GetLanguageCode()
	}
	if w.GetColors() != nil {
		s.Colors = w.GetColors().AsMap()
	}
	if t := w.GetTheme(); t != "auto" {
		s.Theme = t
	}
	if t := w.GetTranscript(); t.GetDownload() || t.GetEmail() && g.mail != nil {
		s.Transcript = &transcriptSettings{Download: t.GetDownload(), Email: t.GetEmail() && g.mail != nil}
	}
	s.launcher(w, g.icons)
	for _, r := range w.GetRules() {
		s.Rules = append(s.Rules, proactiveRule{
			ID: r.GetId(), AfterS: r.GetAfterSeconds(), Scroll: r.GetScrollPercent(), Exit: r.GetExitIntent(), URL: r.GetUrl(),
			Text: r.GetText(), Open: r.GetOpen(), Alias: r.GetAlias(), SnoozeHours: r.GetSnoozeHours(),
		})
	}
	return s
}

// launcher says what the launcher looks like, where that is not left to the widget.
func (s *botSettings) launcher(w *configv1.WidgetSettings, icons icons) {
	if p := w.GetPosition(); p != nil || w.GetButtonType() != "" {
		s.WidgetButton = &widgetButton{Type: w.GetButtonType()}
		if p != nil {
			s.WidgetButton.Position = &position{X: p.GetX(), Y: p.GetY(), Offset: p.GetOffset()}
		}
	}
	if c := w.GetMultiChannel(); c != nil {
		s.MultiChannel = &multiChannel{ButtonTitle: c.GetButtonTitle(), Messengers: map[string]string{}}
		for name, address := range c.GetMessengers() {
			if address != "" {
				s.MultiChannel.Messengers[name] = address
			}
		}
	}
	if l := w.GetLauncher(); l != nil {
		s.Launcher = &launcherIcons{Type: l.GetType(), OpenIcon: l.GetOpenIcon(), CloseIcon: l.GetCloseIcon()}
		s.Icon = icons[l.GetOpenIcon()]
	}
}

// publicHours is whether people answer at now; nil is always.
func publicHours(h *configv1.BusinessHours, now time.Time) *openHours {
	if h == nil {
		return nil
	}
	at := hours.At(h, now)
	text := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	return &openHours{Open: at.Open, ChangesAt: text(at.Changes), OpensAt: text(at.Opens)}
}

// newSettings shows a bot's new settings to those who are in the room, in their languages. What is encoded stays in
// known, by language.
func (r *room) newSettings(b *configv1.Bot, known map[string][]byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.members {
		data := known[v.lang]
		if data == nil {
			data = encode(r.g.publicSettings(b, v.lang, b.GetWidget().GetLanguageCode()))
			known[v.lang] = data
		}
		v.give(0, engineio.Message(socketio.EncodeEvent("settings", data)))
	}
}

// titleOf is the heading of a bot's chat.
func titleOf(b *configv1.Bot) string { return cmp.Or(b.GetWidget().GetTitle(), b.GetName()) }
