package gateway

import (
	"bytes"
	"html/template"
	"net/http"
)

// htmlPage is a page for people that the gateway writes itself, for each who asks.
type htmlPage struct {
	*template.Template
	policy string // its Content-Security-Policy
}

// serve answers with the page in a language that the request has chosen; data is what the template wants.
func (p htmlPage) serve(w http.ResponseWriter, status int, lang string, data map[string]any) {
	data["Lang"] = lang
	var body bytes.Buffer
	if err := p.Execute(&body, data); err != nil {
		panic(err) // the page is ours and always executes
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", lang)
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Add("Vary", "Accept-Language")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the browser may be gone
}
