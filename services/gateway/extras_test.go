package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// Old embeds load the loader by its old names.
func TestLoaderByEveryName(t *testing.T) {
	s := newSite(t)
	_, want, _ := s.request(http.MethodGet, "/widget/v2/kw.js", nil, "")
	for _, path := range []string{"/widget/v2/kw.js", "/kwjs.js", "/widget/kwjs.js"} {
		status, got, h := s.request(http.MethodGet, path, http.Header{"Origin": {shop}}, "")
		if status != http.StatusOK || got != want || h.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(h.Get("Cache-Control"), "max-age=300") ||
			h.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%s: %d %v", path, status, h)
		}
	}
}

func TestHostedPage(t *testing.T) {
	s := newSite(t)
	b := rich(2)
	b.Widget.Title = `</title><script>alert("1")</script>`
	s.set(b)
	for name, tt := range map[string]struct {
		path, accept string
		status       int
		want         []string
		never        string
	}{
		"the bot":          {"/widget/v2/chat/?bot-id=1", "", 200, []string{`data-bot="1"`, `<html lang="en">`, "&lt;script&gt;", `data-lang=""`}, "<script>alert"},
		"in Ukrainian":     {"/widget/v2/chat/?bot-id=1&lang=uk-UA", "en", 200, []string{`data-lang="uk-UA"`, "дозвольте JavaScript"}, "To chat here"},
		"as accepted":      {"/widget/v2/chat/?bot-id=1", "uk", 200, []string{`data-lang=""`, "дозвольте JavaScript"}, "To chat here"},
		"language as code": {"/widget/v2/chat/?bot-id=1&lang=%22%3E%3Cscript%3E", "", 200, []string{`data-lang=""`}, `"><script>`},
		"unknown bot":      {"/widget/v2/chat/?bot-id=7", "", 404, []string{"There is no bot", "<code>7</code>"}, "hosted.js"},
		"bot as code":      {"/widget/v2/chat/?bot-id=%22%3E%3Cscript%3E", "", 404, []string{"&lt;script&gt;"}, "<script>"},
		"no bot":           {"/widget/v2/chat/", "", 404, []string{"There is no bot"}, "hosted.js"},
		"its script":       {"/widget/v2/chat/hosted.js", "", 200, []string{"kw('init', options)"}, "eval"},
		"its sheet":        {"/widget/v2/chat/hosted.css", "", 200, []string{"color-scheme"}, "url("},
		"another file":     {"/widget/v2/chat/page.html", "", 404, nil, "{{"},
	} {
		status, body, h := s.request(http.MethodGet, tt.path, http.Header{"Accept-Language": {tt.accept}}, "")
		if status != tt.status || strings.Contains(body, tt.never) {
			t.Errorf("%s: %d %s", name, status, body)
		}
		for _, want := range tt.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s lacks %q: %s", name, want, body)
			}
		}
		if policy := h.Get("Content-Security-Policy"); strings.Contains(body, "<html") && (!strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe")) {
			t.Errorf("%s: policy %q", name, policy)
		}
	}
	_, _, h := s.request(http.MethodGet, "/widget/v2/chat/?bot-id=1", nil, "")
	if policy := h.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "frame-ancestors 'none'") {
		t.Errorf("policy %q: want no page to show it", policy)
	}
}

// The bot's code is the frame's alone: a browser that is led to it by itself runs nothing.
func TestCustomCode(t *testing.T) {
	s := newSite(t)
	b := rich(2)
	b.Widget.CustomCode = &configv1.CustomCode{Css: "b { color: red }", Html: "<b>hi</b><script>alert(1)</script>"}
	s.set(b)
	code, _ := s.settings("", "")["custom_code"].(map[string]any)
	version, _ := code["version"].(string)
	for name, tt := range map[string]struct {
		path   string
		status int
		kind   string
		body   string
		cached bool
	}{
		"sheet":           {"1.css?v=" + version, 200, "text/css; charset=utf-8", "b { color: red }", true},
		"HTML":            {"1.html?v=" + version, 200, "text/html; charset=utf-8", "<b>hi</b><script>alert(1)</script>", true},
		"of no version":   {"1.css", 200, "text/css; charset=utf-8", "b { color: red }", false},
		"of another":      {"1.css?v=0123456789abcdef", 200, "text/css; charset=utf-8", "b { color: red }", false},
		"none":            {"1.js?v=" + version, 404, "", "no such file\n", false},
		"another kind":    {"1.svg?v=" + version, 404, "", "no such file\n", false},
		"no kind":         {"1?v=" + version, 404, "", "no such file\n", false},
		"another bot":     {"2.css?v=" + version, 404, "", "no such file\n", false},
		"no bot":          {".css", 404, "", "no such file\n", false},
		"a path to a bot": {"..%2f1.css", 404, "", "no such file\n", false},
	} {
		status, body, h := s.request(http.MethodGet, "/widget/v2/custom/"+tt.path, nil, "")
		if status != tt.status || body != tt.body || tt.kind != "" && h.Get("Content-Type") != tt.kind {
			t.Errorf("%s: %d %s %s", name, status, h.Get("Content-Type"), body)
		}
		if cached := strings.Contains(h.Get("Cache-Control"), "immutable"); cached != tt.cached {
			t.Errorf("%s: %s", name, h.Get("Cache-Control"))
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox;") || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", name, h)
		}
	}
	b.Version, b.Widget.CustomCode.Html = 3, ""
	s.set(b)
	code, _ = s.settings("", "")["custom_code"].(map[string]any)
	if code["version"] == version || code["html"] != nil {
		t.Errorf("after a change: %v", code)
	}
}

func TestFramePolicy(t *testing.T) {
	s := newSite(t)
	policy := func() string {
		_, _, h := s.request(http.MethodGet, "/widget/v2/frame/?bot-id=1", nil, "")
		return h.Get("Content-Security-Policy")
	}
	const bare = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; connect-src 'self' ws: wss:; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'self' " + shop
	if got := policy(); got != bare {
		t.Errorf("policy %q, want %q", got, bare)
	}
	b := rich(2)
	b.Widget.CustomCode.Sources = []string{"https://cdn.example.com", "https://api.example.com"}
	s.set(b)
	const own = " https://cdn.example.com https://api.example.com"
	want := "default-src 'none'; script-src 'self'" + own + "; style-src 'self'" + own + "; img-src 'self' https: http: data:; connect-src 'self' ws: wss:" + own +
		"; font-src 'self' data:" + own + "; base-uri 'none'; form-action 'none'; frame-ancestors 'self' " + shop
	if got := policy(); got != want {
		t.Errorf("with code: policy %q, want %q", got, want)
	}
	b.Version, b.Widget.CustomCode = 3, &configv1.CustomCode{Sources: b.GetWidget().GetCustomCode().GetSources()}
	s.set(b)
	if got := policy(); got != bare {
		t.Errorf("with sources, and no code: policy %q, want %q", got, bare)
	}
}
