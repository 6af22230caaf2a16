package gateway_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/transcript"
)

// rich is a bot with everything that the widget can show.
func rich(version int64) *configv1.Bot {
	everyDay := &configv1.BusinessHours{Timezone: "UTC"}
	for d := uint32(1); d <= 7; d++ {
		everyDay.Spans = append(everyDay.Spans, &configv1.BusinessHours_Span{Weekday: d, From: "00:00", To: "24:00"})
	}
	return &configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Version: version, Widget: &configv1.WidgetSettings{
		Title: "Крамниця", Position: &configv1.LauncherPosition{X: "left", Offset: 30}, ButtonType: "multi", Theme: "dark", AvatarUrl: "https://cdn.example.com/a.png",
		MultiChannel: &configv1.MultiChannel{ButtonTitle: "Пишіть", Messengers: map[string]string{"viber": "viber://pa?chatURI=shop", "facebook": ""}},
		Launcher:     &configv1.LauncherIcons{Type: "icon", OpenIcon: "forum", CloseIcon: "expand_more"},
		Rules: []*configv1.ProactiveRule{
			{Id: "a", AfterSeconds: 30, ScrollPercent: 50, ExitIntent: true, Url: "*/checkout*", Text: "Help?", Alias: "help", SnoozeHours: 2},
			{Id: "b", Url: "*", Open: true},
		},
		Prechat: &chatv1.Form{Text: "Who?", ParseMode: chatv1.ParseMode_PARSE_MODE_HTML, Submit: "Go", Fields: []*chatv1.FormField{
			{Name: "name", Label: "Name", Required: true, Placeholder: "Anna"},
			{Name: "topic", Label: "Topic", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_CHOICE, Choices: []string{"a", "b"}},
		}},
		Offline:    &chatv1.Form{Fields: []*chatv1.FormField{{Name: "stars", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_RATING, Scale: 3, Style: chatv1.RatingStyle_RATING_STYLE_FACES}}},
		Hours:      everyDay,
		Transcript: &configv1.TranscriptSettings{Download: true, Email: true}, EndChat: true, AskRating: true, LinkPreviews: true,
		CustomCode: &configv1.CustomCode{Css: "b{}", Js: "1", Sources: []string{"https://cdn.example.com"}},
	}}
}

// settings are those of the script, for a page of the shop.
func (s *site) settings(query, accept string) map[string]any {
	s.t.Helper()
	status, script, _ := s.request(http.MethodGet, "/widget/v2/settings/1.js"+query, http.Header{"Origin": {shop}, "Accept-Language": {accept}}, "")
	body, ok := strings.CutPrefix(script, `__kw.settings("1",`)
	body, whole := strings.CutSuffix(body, ");\n")
	var got map[string]any
	if err := json.Unmarshal([]byte(body), &got); err != nil || !ok || !whole || status != http.StatusOK {
		s.t.Fatalf("settings: %d %s, %v", status, script, err)
	}
	return got
}

func TestSettingsScript(t *testing.T) {
	s := newSite(t)
	s.set(rich(2))
	const want = `{
		"title": "Крамниця", "subtitle": "", "language_code": "uk", "avatar_url": "https://cdn.example.com/a.png", "version": 2,
		"widgetButton": {"type": "multi", "position": {"x": "left", "offset": 30}}, "theme": "dark",
		"multi_channel": {"button_title": "Пишіть", "messengers": {"viber": "viber://pa?chatURI=shop"}},
		"launcher": {"type": "icon", "openIcon": "forum", "closeIcon": "expand_more"}, "icon": "M3 3h16v11H8l-5 4zM24 9v15l-5-4h-9",
		"rules": [
			{"id": "a", "after_s": 30, "scroll": 50, "exit": true, "url": "*/checkout*", "text": "Help?", "alias": "help", "snooze_h": 2},
			{"id": "b", "url": "*", "open": true}
		],
		"prechat": {"text": "Who?", "parse_mode": "HTML", "submit": "Go", "fields": [
			{"name": "name", "label": "Name", "kind": "text", "required": true, "placeholder": "Anna"},
			{"name": "topic", "label": "Topic", "kind": "choice", "choices": ["a", "b"]}
		]},
		"offline": {"fields": [{"name": "stars", "kind": "rating", "scale": 3, "style": "faces"}]},
		"hours": {"open": true}, "transcript": {"download": true},
		"end_chat": true, "ask_rating": true, "link_previews": true,
		"custom_code": {"version": "3c9d6d5f5a8b4f5e", "css": true, "js": true}
	}`
	var expected map[string]any
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	got := s.settings("?lang=uk", "")
	words, _ := got["words"].(map[string]any)
	if words["open"] != "Відкрити чат" {
		t.Errorf("words %v, want Ukrainian ones", words)
	}
	code, _ := got["custom_code"].(map[string]any)
	if version, _ := code["version"].(string); len(version) != 16 {
		t.Errorf("version of the code %q", version)
	}
	delete(got, "words")
	code["version"] = "3c9d6d5f5a8b4f5e"
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct{ query, accept, code, open string }{
		"asked for":     {"?lang=uk-UA&page=en", "en", "uk-UA", "Відкрити чат"},
		"of the page":   {"?lang=&page=uk", "en", "uk", "Відкрити чат"},
		"accepted":      {"", "xx, uk;q=0.4", "uk", "Відкрити чат"},
		"none of these": {"?lang=tlh&page=tlh", "tlh", "", "Open chat"},
	} {
		got := s.settings(tt.query, tt.accept)
		words, _ := got["words"].(map[string]any)
		if code, _ := got["language_code"].(string); code != tt.code || words["open"] != tt.open {
			t.Errorf("%s: %q, %v; want %q, %q", name, code, words["open"], tt.code, tt.open)
		}
	}
	for name, tt := range map[string]struct{ query, icon string }{
		"the bot's":              {"?icon=", "M3 3h16v11H8l-5 4zM24 9v15l-5-4h-9"},
		"what the page asks for": {"?icon=help", "M9 9a5 5 0 1 1 8 4q-3 2-3 5m0 6v0"},
		"the usual one":          {"?icon=chat_bubble", ""},
		"none of ours":           {"?icon=%3Csvg%3E", ""},
	} {
		if icon, _ := s.settings(tt.query, "")["icon"].(string); icon != tt.icon {
			t.Errorf("icon, %s: %q, want %q", name, icon, tt.icon)
		}
	}
	_, _, h := s.request(http.MethodGet, "/widget/v2/settings/1.js", http.Header{"Origin": {shop}}, "")
	if h.Get("Vary") != "Origin, Accept-Language" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
}

// A bare bot's script says only what there is to say.
func TestSettingsOfABareBot(t *testing.T) {
	s := newSite(t)
	got := s.settings("", "")
	delete(got, "words")
	if diff := cmp.Diff(map[string]any{"title": "Shop", "subtitle": "", "version": 1.0}, got); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestTranscriptsAreOfferedWithAMailServer(t *testing.T) {
	s := newSiteWith(t, gateway.Config{Mail: transcript.Config{URL: "smtp://127.0.0.1:1", From: "chat@example.com"}})
	s.set(rich(2))
	if diff := cmp.Diff(map[string]any{"download": true, "email": true}, s.settings("", "")["transcript"]); diff != "" {
		t.Errorf("transcript (-want +got):\n%s", diff)
	}
}

// A change reaches every tab in its own language, and is what the script says.
func TestSettingsChangeInEveryLanguage(t *testing.T) {
	s := newSite(t)
	first, session := s.visit()
	tabs := map[string]*client{"": first}
	for _, lang := range []string{"uk", "en-GB", "tlh", strings.Repeat("x", 1000)} {
		c := s.dial(shop)
		if answer := c.connect(map[string]any{"token": session.field("token"), "language_code": lang}); !strings.HasPrefix(answer, "40") {
			t.Fatalf("CONNECT: %s", answer)
		}
		c.next() // session
		c.next() // history
		tabs[lang] = c
	}
	s.set(rich(2))
	for lang, c := range tabs {
		e := c.next()
		if e.name != "settings" {
			t.Fatalf("%q: received %s", lang, e.name)
		}
		var got map[string]any
		if err := json.Unmarshal(e.args[0], &got); err != nil {
			t.Fatal(err)
		}
		query := ""
		if len(lang) < 10 {
			query = "?lang=" + lang
		}
		if diff := cmp.Diff(s.settings(query, ""), got); diff != "" {
			t.Errorf("%.20q: (-script +event):\n%s", lang, diff)
		}
	}
}
