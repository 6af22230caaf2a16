package webfiles_test

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

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

// A file that was read once is served as it is from its folder.
func TestBuilt(t *testing.T) {
	const script, sheet = "assets/app-VOJMLTKZ.js", "assets/style-VOJMLTKZ.css"
	files := fstest.MapFS{
		script: {Data: []byte("plain")}, script + ".gz": {Data: []byte("gzip")}, script + ".br": {Data: []byte("brotli")},
		sheet: {Data: []byte("only plain")},
	}
	for _, name := range []string{script, sheet} {
		built, err := webfiles.Read(files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, accept := range []string{"", "gzip", "br", "gzip, br", "br;q=0, gzip", "zstd"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				r := httptest.NewRequestWithContext(t.Context(), method, "/", nil)
				r.Header.Set("Accept-Encoding", accept)
				want, got := httptest.NewRecorder(), httptest.NewRecorder()
				webfiles.File(want, r, files, name)
				built.Serve(got, r, name)
				if diff := cmp.Diff(want.Header(), got.Header()); diff != "" || got.Code != want.Code || got.Body.String() != want.Body.String() {
					t.Errorf("%s %s, %q: %d %s, want %d %s; headers %s", method, name, accept, got.Code, got.Body, want.Code, want.Body, diff)
				}
			}
		}
	}
	if _, err := webfiles.Read(files, "assets/none.js"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no file: %v", err)
	}
}
