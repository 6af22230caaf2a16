package webfiles_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/switchboard-chat/switchboard/internal/webfiles"
)

// A name leads to the file that it names and to no other: the caller has set the headers for that one.
func TestFile(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"assets/app-VOJMLTKZ.js", "assets/app-VOJMLTKZ.js.gz", "index.html", "assets/.gitkeep"} {
		files[name] = &fstest.MapFile{Data: []byte(name)}
	}
	for name, want := range map[string]int{
		"assets/app-VOJMLTKZ.js": http.StatusOK, "index.html": http.StatusOK,
		"assets/../index.html": http.StatusNotFound, "assets/./../index.html": http.StatusNotFound, "/index.html": http.StatusNotFound, "../index.html": http.StatusNotFound,
		"assets//app-VOJMLTKZ.js": http.StatusNotFound, "index.html/": http.StatusNotFound, "assets": http.StatusNotFound, "assets/": http.StatusNotFound, ".": http.StatusNotFound, "": http.StatusNotFound,
		"assets/app-VOJMLTKZ.js.gz": http.StatusNotFound, "assets/.gitkeep": http.StatusNotFound, "none": http.StatusNotFound, "index.html\x00": http.StatusNotFound,
	} {
		w := httptest.NewRecorder()
		webfiles.File(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), files, name)
		if w.Code != want || want == http.StatusOK && w.Body.String() != name {
			t.Errorf("%q: %d %s, want %d", name, w.Code, w.Body, want)
		}
	}
}
