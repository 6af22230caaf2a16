package gateway_test

import (
	"net/http"
	"strings"
	"testing"

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
