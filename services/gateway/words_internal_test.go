package gateway

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

func TestLanguageIsChosen(t *testing.T) {
	w, err := readWords(fstest.MapFS{"words.json": {Data: []byte(`{"en":{"open":"Open"},"uk":{"open":"Відкрити"},"he":{"open":"x"},"zh":{"open":"y"}}`)}})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ lang, bot, page, accept, want string }{
		"nothing said":               {"", "", "", "", ""},
		"what the page asks for":     {"uk", "en", "en", "en", "uk"},
		"the bot's":                  {"", "uk", "en", "en", "uk"},
		"the page's own":             {"", "", "uk", "en", "uk"},
		"the browser's":              {"", "", "", "fr;q=0.9, uk;q=0.5, en;q=0.1", "uk"},
		"the browser's best":         {"", "", "", "en;q=0.1, uk;q=0.5", "uk"},
		"beside one nobody knows":    {"", "", "", "xx-1,*;q=0.8, uk;q=0.4", "uk"},
		"not at all":                 {"", "", "", "uk;q=0, en;q=0.1", "en"},
		"a region":                   {"uk-UA", "", "", "", "uk-UA"},
		"in its usual form":          {"EN-gb", "", "", "", "en-GB"},
		"a script":                   {"zh-Hant-TW", "", "", "", "zh-Hant-TW"},
		"by an old name":             {"iw", "", "", "", "he"},
		"a country for its language": {"ua", "en", "", "", "uk"},
		"and the country":            {"UA_ua", "en", "", "", "uk-UA"},
		"what only begins so":        {"uab", "en", "", "", "en"},
		"none of ours, then the bot": {"tlh", "uk", "", "", "uk"},
		"a country alone":            {"und-UA", "en", "", "", "en"},
		"none at all":                {"und", "uk", "", "", "uk"},
		"none of ours":               {"ga", "mt", "is", "fi", ""},
		"no tag":                     {"%00<script>", "uk", "", "", "uk"},
		"a long one":                 {strings.Repeat("uk-", 20) + "uk", "", "", "en", "en"},
		"a long list":                {"", "", "", strings.Repeat("uk,", 1000), ""},
		"a list that is none":        {"", "", "", "uk;q=x", ""},
		"many dashes":                {"", "", "", strings.Repeat("-", 900), ""},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/widget/v2/settings/1.js?"+url.Values{"lang": {tt.lang}, "page": {tt.page}}.Encode(), nil)
		r.Header.Set("Accept-Language", tt.accept)
		bot := &configv1.Bot{Widget: &configv1.WidgetSettings{LanguageCode: tt.bot}}
		if got := w.choose(languages(r, bot)...); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	for tag, want := range map[string]string{"uk-UA": "Відкрити", "": "Open", "fi": "Open", "\xff": "Open"} {
		if got := string(w.of(tag)); !strings.Contains(got, want) {
			t.Errorf("of(%q) = %s, want %s", tag, got, want)
		}
	}
}

func TestWordsThatAreNotThere(t *testing.T) {
	w, err := readWords(fstest.MapFS{})
	if err != nil || w.choose("en", "uk") != "" || w.of("en") != nil {
		t.Errorf("readWords() = %v, %v; want nothing", w, err)
	}
	if _, err := readWords(fstest.MapFS{"words.json": {Data: []byte("{")}}); err == nil {
		t.Error("readWords() of half a file: want an error")
	}
}

func TestIconsThatAreNotThere(t *testing.T) {
	if i, err := readIcons(fstest.MapFS{}); err != nil || len(i) > 0 {
		t.Errorf("readIcons() = %v, %v; want nothing", i, err)
	}
	if _, err := readIcons(fstest.MapFS{"icons.json": {Data: []byte("[]")}}); err == nil {
		t.Error("readIcons() of a list: want an error")
	}
}
