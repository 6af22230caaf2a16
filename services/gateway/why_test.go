package gateway_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The page says what is wrong, for whom, and what to do, in the reader's language; nothing of what it is asked
// becomes part of it, and nothing of the list is given away.
func TestWhyBlocked(t *testing.T) {
	s := newSite(t)
	defer http.DefaultClient.CloseIdleConnections()
	get := func(path, language string) (status int, header http.Header, body string) {
		t.Helper()
		req := try[*http.Request](t)(http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil))
		req.Header.Set("Accept-Language", language)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		return res.StatusCode, res.Header, string(try[[]byte](t)(io.ReadAll(res.Body)))
	}
	for name, tt := range map[string]struct {
		bot, site, language string
		want                []string
		never               string
	}{
		"forbidden":         {"1", "https://mall.example.com", "en", []string{"not allowed", "<code>https://mall.example.com</code>", "allowed_origins"}, shop},
		"without www":       {"1", "https://example.com", "fr, de;q=0.5", []string{"<html lang=\"en\">", "not allowed"}, shop},
		"in Ukrainian":      {"1", "https://mall.example.com", "de, uk;q=0.8, en;q=0.7", []string{"<html lang=\"uk\">", "не дозволено", "<code>https://mall.example.com</code>"}, shop},
		"as an address":     {"1", "HTTPS://Mall.example.com:443/path/?a=1#b", "", []string{"<code>https://mall.example.com</code>"}, "/path/"},
		"another port":      {"1", "https://mall.example.com:8443", "", []string{"<code>https://mall.example.com:8443</code>"}, shop},
		"allowed meanwhile": {"1", shop, "en", []string{"is allowed on this site"}, "What usually goes wrong"},
		"another bot":       {"7", shop, "en", []string{"There is no bot", "<code>7</code>"}, "What usually goes wrong"},
		"from a file":       {"1", "null", "en", []string{"opened from a file"}, shop},
		"nothing":           {"", "", "en", []string{"There is no bot"}, shop},
		"a script":          {"1", "javascript:alert(1)", "en", []string{"opened from a file"}, "alert"},
		"a tag as a site":   {"1", `https://x"><script>alert(1)</script>`, "en", nil, "<script"},
		"a tag as a bot":    {`"><script>alert(1)</script>`, shop, "en", []string{"&lt;script&gt;"}, "<script"},
		"a long bot":        {strings.Repeat("x", 5000), shop, "en", nil, strings.Repeat("x", 201)},
	} {
		t.Run(name, func(t *testing.T) {
			status, header, body := get("/widget/v2/why?"+url.Values{"bot-id": {tt.bot}, "site": {tt.site}}.Encode(), tt.language)
			if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
				t.Errorf("answered %d %s", status, header.Get("Content-Type"))
			}
			if csp := header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self';") {
				t.Errorf("policy %q", csp)
			}
			for _, want := range tt.want {
				if !strings.Contains(body, want) {
					t.Errorf("lacks %q:\n%s", want, body)
				}
			}
			if strings.Contains(body, tt.never) {
				t.Errorf("has %q:\n%s", tt.never, body)
			}
		})
	}
	if status, _, body := get("/widget/v2/why.css", "en"); status != http.StatusOK || !strings.Contains(body, "prefers-color-scheme") {
		t.Errorf("sheet: %d", status)
	}
	if status, _, body := get("/widget/v2/frame/?bot-id=7", "en"); status != http.StatusNotFound || !strings.Contains(body, "There is no bot") {
		t.Errorf("frame of an unknown bot: %d %s", status, body)
	}
	if status, _, _ := get("/widget/v2/frame/?bot-id=1", "en"); status != http.StatusOK {
		t.Errorf("frame: %d", status)
	}
}
