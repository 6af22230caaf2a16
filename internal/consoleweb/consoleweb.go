// Package consoleweb serves the operators' console.
package consoleweb

import (
	"net/http"

	"github.com/switchboard-chat/switchboard/internal/webfiles"
	"github.com/switchboard-chat/switchboard/web/console"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Mount serves the console under /console/. Its routes are its own: every path that is not a file
// gets the same document.
func Mount(mux *http.ServeMux) {
	files := console.FS()
	mux.Handle("GET /console", http.RedirectHandler("/console/", http.StatusMovedPermanently))
	mux.HandleFunc("GET /console/assets/{name}", func(w http.ResponseWriter, r *http.Request) {
		webfiles.File(w, r, files, "assets/"+r.PathValue("name"))
	})
	mux.HandleFunc("GET /console/", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		webfiles.File(w, r, files, "index.html")
	})
}
