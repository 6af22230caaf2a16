package gateway_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/token"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/former"
	"github.com/switchboard-chat/switchboard/web/widget"
)

// ofVersion starts another gateway of the site's with other files of the widget's; stop ends it.
func (s *site) ofVersion(files fs.FS) (other *site, stop func()) {
	s.t.Helper()
	o := *s
	o.gateway = try[*gateway.Gateway](s.t)(gateway.New(gateway.Config{}, gateway.Deps{
		Log: s.log, Settings: s.cache, Tokens: s.tokens, History: historyv1.NewHistoryServiceClient(s.rpc.Local(s.source(token.Gateway))),
		Widget: files,
	}))
	mux := http.NewServeMux()
	o.gateway.Mount(mux)
	srv := httptest.NewServer(mux)
	o.url = srv.URL
	end := s.run(o.gateway.Run)
	stop = func() { end(); srv.Close() }
	s.t.Cleanup(stop)
	o.ready()
	return &o, stop
}

const anOldAsset = "/widget/v2/assets/rich-OLDoldOL.js"

func widgetOf(mark string, hashes ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for _, hash := range hashes {
		for ext, content := range map[string]string{"": "plain ", ".br": "br ", ".gz": "gz "} {
			files["assets/rich-"+hash+".js"+ext] = &fstest.MapFile{Data: []byte(content + mark)}
		}
	}
	return files
}

// A page of a version that has gone gets the scripts of its version, as if it were still there; and so does a page of a
// newer version from a gateway that has not been replaced yet.
func TestAssetsOfOtherVersions(t *testing.T) {
	s := newSite(t)
	old, stop := s.ofVersion(widgetOf("old", "OLDoldOL"))
	want := map[string]http.Header{}
	encodings := map[string]string{"": "plain old", "gzip": "gz old", "gzip, br": "br old"}
	ask := func(from *site, method, accept string) (int, string, http.Header) {
		status, body, h := from.request(method, anOldAsset, http.Header{"Origin": {shop}, "Accept-Encoding": {accept}}, "")
		h.Del("Date")
		return status, body, h
	}
	for accept := range encodings {
		_, _, want[accept] = ask(old, http.MethodGet, accept)
	}
	next, _ := s.ofVersion(widgetOf("new", "AAAAAAAA"))
	for _, from := range []*site{next, s} {
		stop() // it has gone
		for accept, content := range encodings {
			status, body, h := ask(from, http.MethodGet, accept)
			if diff := cmp.Diff(want[accept], h); diff != "" || status != http.StatusOK || body != content {
				t.Errorf("%q: %d %s, want %s; headers %s", accept, status, body, content, diff)
			}
		}
		if status, body, h := ask(from, http.MethodHead, ""); status != http.StatusOK || body != "" || h.Get("Content-Length") != "9" {
			t.Errorf("HEAD: %d %s %v", status, body, h)
		}
	}
	if h := want[""]; h.Get("Cache-Control") != "public, max-age=31536000, immutable" || h.Get("Content-Type") != "text/javascript; charset=utf-8" ||
		h.Get("Access-Control-Allow-Origin") != "*" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", h)
	}
	if status, body, _ := s.request(http.MethodGet, "/widget/v2/assets/rich-AAAAAAAA.js", http.Header{"Accept-Encoding": {""}}, ""); status != http.StatusOK || body != "plain new" {
		t.Errorf("of the newer one: %d %s", status, body)
	}
}

// What nobody has is not found, and no proxy keeps that.
func TestAssetsOfNobody(t *testing.T) {
	s := newSite(t)
	for _, name := range []string{"rich-AAAAAAAA.js", "kw.js", "x", "rich-AAAAAAAA.html", "..%2fkw.js", strings.Repeat("a", 5000) + "-AAAAAAAA.js"} {
		for range 2 {
			status, _, h := s.request(http.MethodGet, "/widget/v2/assets/"+name, nil, "")
			if status != http.StatusNotFound || h.Get("Cache-Control") != "no-store" || h.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%.40s: %d %v", name, status, h)
			}
		}
	}
}

// An address that asks for one name after another has to wait; everybody's own assets are there all the same.
func TestAssetsLimit(t *testing.T) {
	s, _ := newSite(t).ofVersion(widgetOf("new", "AAAAAAAA"))
	limited := false
	for i := 0; i < 2000 && !limited; i++ {
		status, _, h := s.request(http.MethodGet, "/widget/v2/assets/gone-"+newID()[28:]+".js", nil, "")
		limited = status == http.StatusTooManyRequests && h.Get("Retry-After") != "" && h.Get("Cache-Control") == "no-store"
		if !limited && status != http.StatusNotFound {
			t.Fatalf("%d %v", status, h)
		}
	}
	if status, _, _ := s.request(http.MethodGet, "/widget/v2/assets/rich-AAAAAAAA.js", http.Header{"Accept-Encoding": {""}}, ""); status != http.StatusOK || !limited {
		t.Errorf("limited %t, and its own asset is answered with %d", limited, status)
	}
}

// Where the bucket cannot be read nothing is said to be nowhere.
func TestAssetsAway(t *testing.T) {
	s, _ := newSite(t).ofVersion(widgetOf("new", "AAAAAAAA"))
	js := try[jetstream.JetStream](t)(jetstream.New(s.log.Conn()))
	if err := js.DeleteKeyValue(t.Context(), former.Bucket); err != nil {
		t.Fatal(err)
	}
	status, _, h := s.request(http.MethodGet, anOldAsset, nil, "")
	if status != http.StatusServiceUnavailable || h.Get("Retry-After") == "" || h.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", status, h)
	}
	if status, _, _ := s.request(http.MethodGet, "/widget/v2/assets/rich-AAAAAAAA.js", http.Header{"Accept-Encoding": {""}}, ""); status != http.StatusOK {
		t.Errorf("its own: %d", status)
	}
}

// The bucket is kept as long as it is promised, and no larger.
func TestAssetsBucket(t *testing.T) {
	s := newSite(t)
	js := try[jetstream.JetStream](t)(jetstream.New(s.log.Conn()))
	c := try[jetstream.Stream](t)(js.Stream(t.Context(), "KV_"+former.Bucket)).CachedInfo().Config
	if c.MaxAge != former.Age || c.MaxBytes != former.MaxBytes || c.MaxMsgSize != former.MaxValue || c.MaxMsgsPerSubject != 1 || c.Storage != jetstream.FileStorage {
		t.Errorf("%+v", c)
	}
}

// Every asset of the build has a name under which others find it.
func TestAssetsHaveNames(t *testing.T) {
	files, err := fs.Glob(widget.FS(), "assets/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the web is not built")
	}
	for _, name := range files {
		if ext := path.Ext(name); ext != ".br" && ext != ".gz" && !former.Possible(path.Base(name)) {
			t.Errorf("%s", name)
		}
	}
}
