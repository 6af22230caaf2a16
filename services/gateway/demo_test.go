package gateway_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/samples"
	"github.com/switchboard-chat/switchboard/services/gateway"
)

// The shop and the configurator run no script but ours and are shown in no frame; only the page in the
// configurator's preview is, on this origin.
func TestDemoPages(t *testing.T) {
	s := uploads(t, gateway.Config{}, on)
	defer http.DefaultClient.CloseIdleConnections()
	for path, tt := range map[string]struct{ script, ancestors string }{
		"/":                             {"/widget/v2/demo/demo.js", "'none'"},
		"/?lang=uk":                     {"/widget/v2/demo/demo.js", "'none'"},
		"/widget/en/?bot-id=1":          {"/widget/v2/demo/configurator.js", "'none'"},
		"/widget/uk/":                   {"/widget/v2/demo/configurator.js", "'none'"},
		"/widget/pt-BR/":                {"/widget/v2/demo/configurator.js", "'none'"},
		"/widget/v2/demo/preview.html":  {"/widget/v2/demo/preview.js", "'self'"},
		"/widget/v2/demo/preview.html?": {"/widget/v2/demo/preview.js", "'self'"},
	} {
		status, body, header := s.request(http.MethodGet, path, nil, "")
		policy := header.Get("Content-Security-Policy")
		if status != http.StatusOK || !strings.Contains(body, tt.script) {
			t.Errorf("%s: %d, want the page with %s", path, status, tt.script)
		}
		if !strings.HasSuffix(policy, "frame-ancestors "+tt.ancestors) || !strings.Contains(policy, "script-src 'self';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q, want only our scripts and frame-ancestors %s", path, policy, tt.ancestors)
		}
		if strings.Contains(body, " style=") || strings.Contains(body, "<style") || strings.Contains(body, " onclick") {
			t.Errorf("%s has something inline, which its policy forbids", path)
		}
	}
}

// The sample bot's pictures are there, small, and run nothing even where a browser is led to one by itself.
func TestPicturesOfTheSample(t *testing.T) {
	s := newSite(t)
	defer http.DefaultClient.CloseIdleConnections()
	pictures := regexp.MustCompile(`"url": "(/[^"]+)"`).FindAllSubmatch(samples.Welcome, -1)
	if len(pictures) != 4 {
		t.Errorf("the sample has %d pictures of ours, want one of each tea", len(pictures))
	}
	for _, p := range pictures {
		path := string(p[1])
		status, body, header := s.request(http.MethodGet, path, nil, "")
		if status != http.StatusOK || header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(body, "<svg ") || len(body) > 4096 {
			t.Errorf("%s: %d %s, %d bytes: want a small SVG", path, status, header.Get("Content-Type"), len(body))
		}
		if policy := header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; script-src 'self';") || header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: policy %q", path, policy)
		}
		if strings.Contains(body, "<script") || strings.Contains(body, " on") || strings.Contains(body, " style=") {
			t.Errorf("%s has something that a policy forbids", path)
		}
	}
}
