package preview

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// local is the network of the tests' own servers.
func local(t *testing.T) Networks {
	t.Helper()
	var n Networks
	if err := n.UnmarshalText([]byte("127.0.0.1")); err != nil {
		t.Fatal(err)
	}
	return n
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

func TestPublic(t *testing.T) {
	f := New(nil)
	for s, want := range map[string]bool{
		"1.1.1.1": true, "8.8.8.8": true, "93.184.216.34": true, "172.15.255.255": true, "172.32.0.1": true, "100.63.255.255": true, "100.128.0.1": true,
		"192.167.255.255": true, "198.17.255.255": true, "198.20.0.1": true, "223.255.255.255": true, "::ffff:1.1.1.1": true,
		"2606:4700::1111": true, "2a00:1450:4001::1": true, "2001:4860:4860::8888": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "10.255.255.255": false, "100.64.0.1": false, "100.127.255.255": false,
		"127.0.0.1": false, "127.255.255.254": false, "169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.0.0.1": false, "192.0.0.170": false, "192.0.2.1": false, "192.88.99.1": false, "192.168.0.1": false, "198.18.0.1": false, "198.19.255.255": false,
		"198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::127.0.0.1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::ffff:0:127.0.0.1": false,
		"64:ff9b::7f00:1": false, "64:ff9b::808:808": false, "64:ff9b:1::1": false, "100::1": false, "2001::1": false, "2001:0:53aa::1": false, "2001:2::1": false, "2001:10::1": false, "2001:20::1": false,
		"2001:db8::1": false, "2002:7f00:1::": false, "2002:a00:1::1": false, "3fff::1": false, "5f00::1": false, "fc00::1": false, "fd12:3456::1": false,
		"fe80::1": false, "fe80::1%eth0": false, "2606:4700::1%eth0": false, "fec0::1": false, "ff02::1": false, "ff0e::1": false,
	} {
		if got := f.public(netip.MustParseAddr(s)); got != want {
			t.Errorf("public(%s) = %v, want %v", s, got, want)
		}
	}
	if f.public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// Whatever an address is written like, it leads to nothing that is not public.
func TestForbidden(t *testing.T) {
	asked := atomic.Int32{}
	srv := serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	port := srv.URL[strings.LastIndexByte(srv.URL, ':'):]
	f := New(nil)
	for name, address := range map[string]string{
		"loopback": srv.URL, "loopback, usual port": "http://127.0.0.1/", "IPv6 loopback": "http://[::1]/", "mapped": "http://[::ffff:127.0.0.1]/", "mapped in hex": "http://[::ffff:7f00:1]/",
		"compatible": "http://[::127.0.0.1]/", "with a zone": "http://[fe80::1%25lo]/", "NAT64": "http://[64:ff9b::7f00:1]/", "6to4": "http://[2002:7f00:1::]/",
		"decimal": "http://2130706433/", "hex": "http://0x7f000001/", "octal": "http://0177.0.0.1/", "short": "http://127.1/", "shorter": "http://0/",
		"localhost": "http://localhost/", "localhost with a port": "http://localhost" + port, "localhost with a dot": "http://localhost./", "a local name": "http://nats/",
		"metadata": "http://169.254.169.254/latest/meta-data/", "private": "https://10.0.0.1/", "unique local": "https://[fd00::1]/",
		"a file": "file:///etc/passwd", "gopher": "gopher://1.1.1.1/", "ftp": "ftp://1.1.1.1/", "data": "data:text/html,<title>x</title>", "script": "javascript:alert(1)",
		"no scheme": "//1.1.1.1/", "a path": "/etc/passwd", "nothing": "", "opaque": "http:1.1.1.1", "no host": "http:///x",
		"a user": "http://user@1.1.1.1/", "a password": "http://user:" + "pass@1.1.1.1/", "another host's user": "http://1.1.1.1@127.0.0.1/",
		"another port": "http://1.1.1.1:8080/", "the other's port": "http://1.1.1.1:443/", "ssh": "https://1.1.1.1:22/", "port 0": "http://1.1.1.1:0/", "no number": "http://1.1.1.1:http/",
		"a line break": "http://1.1.1.1/\r\nHost: x", "a space": "http://1.1.1.1/ x", "a tab": "http://1.1.\t1.1/", "NUL": "http://1.1.1.1/\x00", "a backslash": `http://1.1.1.1\@127.0.0.1/`,
		"brackets": "http://[127.0.0.1]/", "long": "https://example.com/" + strings.Repeat("x", maxURL),
	} {
		if p, err := f.Fetch(t.Context(), address); err == nil || !errors.Is(err, ErrForbidden) {
			if name == "octal" || name == "short" || name == "localhost with a dot" {
				if errors.Is(err, ErrNone) { // whether such a name means anything is the system's resolver's to say
					continue
				}
			}
			t.Errorf("%s: %+v, %v, want ErrForbidden", name, p, err)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the server was asked %d times", n)
	}
}

// A name that leads elsewhere the second time, which is what a check before dialling would not see, leads nowhere.
func TestDialChecksTheAddress(t *testing.T) {
	asked := atomic.Int32{}
	srv := serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	f := New(nil)
	for _, address := range []string{strings.TrimPrefix(srv.URL, "http://"), "localhost" + srv.URL[strings.LastIndexByte(srv.URL, ':'):], "1.1.1.1:25", "[::1]:80"} {
		if conn, err := f.dial(t.Context(), "tcp", address); !errors.Is(err, ErrForbidden) {
			t.Errorf("dial %s: %v, %v, want ErrForbidden", address, conn, err)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the server was asked %d times", n)
	}
}

func TestAllowedNetworks(t *testing.T) {
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<title>Intranet</title>")
	})
	f := New(local(t))
	port := srv.URL[strings.LastIndexByte(srv.URL, ':'):]
	for name, address := range map[string]string{"address": srv.URL, "mapped": "http://[::ffff:127.0.0.1]" + port} {
		if p, err := f.Fetch(t.Context(), address); err != nil || p.Title != "Intranet" || p.URL != address {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	for _, address := range []string{"http://127.0.0.2/", "http://10.0.0.1/", "http://[::1]" + port} {
		if _, err := f.Fetch(t.Context(), address); !errors.Is(err, ErrForbidden) {
			t.Errorf("%s: %v, want ErrForbidden", address, err)
		}
	}
	var n Networks
	for _, bad := range []string{"x", "10.0.0.0/33", "fe80::1%lo", "10.0.0"} {
		if err := n.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("UnmarshalText(%q): want an error", bad)
		}
	}
	if err := n.UnmarshalText([]byte(" 10.1.2.3/8, ,fd00::1")); err != nil {
		t.Fatal(err)
	}
	if text, _ := n.MarshalText(); string(text) != "10.0.0.0/8,fd00::1/128" {
		t.Errorf("MarshalText() = %s", text)
	}
}

func TestRedirects(t *testing.T) {
	inside := atomic.Int32{}
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") != "" || r.Header.Get("Cookie") != "" {
			t.Errorf("%s is told %v", r.URL, r.Header)
		}
		w.Header().Set("Set-Cookie", "a=b")
		switch path := r.URL.Path; path {
		case "/1", "/2", "/3", "/4":
			http.Redirect(w, r, fmt.Sprint("/", path[1]-'1'), http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusMovedPermanently)
		case "/0":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<title>There</title>")
		default:
			w.Header().Set("Location", r.URL.Query().Get("to"))
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
	})
	other := serve(t, func(http.ResponseWriter, *http.Request) { inside.Add(1) })
	f := New(local(t))
	for name, tt := range map[string]struct {
		path string
		want error
	}{
		"one":               {"/1", nil},
		"three":             {"/3", nil},
		"four":              {"/4", ErrNone},
		"for ever":          {"/loop", ErrNone},
		"to loopback":       {"/to?to=" + url.QueryEscape("http://127.0.0.2"+other.URL[strings.LastIndexByte(other.URL, ':'):]), ErrForbidden},
		"to metadata":       {"/to?to=http://169.254.169.254/", ErrForbidden},
		"to a user":         {"/to?to=http://a:b@127.0.0.1/", ErrForbidden},
		"to a file":         {"/to?to=file:///etc/passwd", ErrForbidden},
		"to IPv6":           {"/to?to=" + url.QueryEscape("http://[::1]"+other.URL[strings.LastIndexByte(other.URL, ':'):]), ErrForbidden},
		"to what is no URL": {"/to?to=" + url.QueryEscape("http://[::1"), ErrNone},
	} {
		p, err := f.Fetch(t.Context(), srv.URL+tt.path)
		if !errors.Is(err, tt.want) || tt.want == nil && p.Title != "There" {
			t.Errorf("%s: %+v, %v, want %v", name, p, err, tt.want)
		}
	}
	if n := inside.Load(); n != 0 {
		t.Errorf("what is inside was asked %d times", n)
	}
}

func TestPages(t *testing.T) {
	for name, tt := range map[string]struct {
		kind, body string
		want       Page
	}{
		"Open Graph": {
			"text/html; charset=utf-8",
			`<!doctype html><html><head><title>Old</title><meta property="og:title" content="Чайник &amp; чай"><meta property=og:description content="  Two
			lines "><meta property="og:site_name" content="Leaf"><meta property="og:image" content="https://cdn.example.com/a.png?x=1&amp;y=2"></head><body>`,
			Page{Title: "Чайник & чай", Description: "Two lines", Site: "Leaf", Image: "https://cdn.example.com/a.png?x=1&y=2"},
		},
		"only a title":          {"text/html", "<title> A &lt;b&gt; &amp;amp; c </title>", Page{Title: "A <b> &amp; c"}},
		"a description":         {"text/html", `<title>t</title><meta name="Description" content="d">`, Page{Title: "t", Description: "d"}},
		"first of two":          {"text/html", `<meta property="og:title" content="a"><meta property="og:title" content="b">`, Page{Title: "a"}},
		"not of the body":       {"text/html", `<title>a</title><body><meta property="og:title" content="b"><title>c</title>`, Page{Title: "a"}},
		"windows-1251":          {"text/html; charset=windows-1251", "<title>\xd7\xe0\xe9</title>", Page{Title: "Чай"}},
		"koi8-u, said inside":   {"text/html", "<meta charset=koi8-u><title>\xfe\xc1\xca</title>", Page{Title: "Чай"}},
		"UTF-16":                {"text/html", "\xff\xfe<\x00t\x00i\x00t\x00l\x00e\x00>\x00x\x00", Page{Title: "x"}},
		"unknown charset":       {"text/html; charset=nonsense", "<title>x</title>", Page{Title: "x"}},
		"XHTML":                 {"application/xhtml+xml", `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head></html>`, Page{Title: "x"}},
		"turned writing":        {"text/html", "<title>a\u202etxt\u200b.exe\u0007</title>", Page{Title: "atxt.exe"}},
		"long":                  {"text/html", "<title>" + strings.Repeat("ї", 300) + "</title>", Page{Title: strings.Repeat("ї", 199) + "…"}},
		"picture by http":       {"text/html", `<title>x</title><meta property="og:image" content="http://example.com/a.png">`, Page{Title: "x"}},
		"picture as a script":   {"text/html", `<title>x</title><meta property="og:image" content="javascript:alert(1)">`, Page{Title: "x"}},
		"picture with password": {"text/html", `<title>x</title><meta property="og:image" content="https://a:b@example.com/">`, Page{Title: "x"}},
		"second picture":        {"text/html", `<title>x</title><meta property="og:image" content="http://a.com/"><meta name="twitter:image" content="https://a.com/">`, Page{Title: "x", Image: "https://a.com/"}},
		"cut in the middle":     {"text/html", "<title>x</title>" + strings.Repeat(" ", maxBody) + `<meta property="og:title" content="y">`, Page{Title: "x"}},
		"an endless tag":        {"text/html", "<title>x</title><meta content=\"" + strings.Repeat("x", maxBody), Page{Title: "x"}},
		"nothing":               {"text/html", "", Page{}},
		"no title":              {"text/html", "<p>hello", Page{}},
		"blank title":           {"text/html", "<title> \u200b\n</title>", Page{}},
		"a picture":             {"image/png", "\x89PNG", Page{}},
		"text":                  {"text/plain", "<title>x</title>", Page{}},
		"SVG":                   {"image/svg+xml", "<title>x</title>", Page{}},
		"of no type":            {"", "<title>x</title>", Page{}},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = nil
				if tt.kind != "" {
					w.Header().Set("Content-Type", tt.kind)
				}
				_, _ = io.WriteString(w, tt.body)
			})
			got, err := New(local(t)).Fetch(t.Context(), srv.URL+"/a#fragment")
			if tt.want.Title != "" {
				tt.want.URL = srv.URL + "/a#fragment"
			} else {
				got.URL = ""
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || (err == nil) == (tt.want.Title == "") || err != nil && !errors.Is(err, ErrNone) {
				t.Errorf("Fetch() = %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestWhatIsNoPage(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"not found":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"forbidden":  func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<title>x</title>", http.StatusForbidden) },
		"no content": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"hangs up":   func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"a large head": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Large", strings.Repeat("x", maxHeader))
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<title>x</title>")
		},
		"a bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			for range 64 {
				_, _ = z.Write(make([]byte, 1<<20)) // the reader goes before its end
			}
			_ = z.Close()
		},
	} {
		srv := serve(t, h)
		if p, err := New(local(t)).Fetch(t.Context(), srv.URL); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %+v, %v, want ErrNone", name, p, err)
		}
	}
}

// A server that is slow costs the time that is given to it, and no more.
func TestSlowServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(nil)
		ours, theirs := net.Pipe()
		f.client.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) { return ours, nil }
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			buf := make([]byte, 4096)
			_, _ = theirs.Read(buf)
			_, _ = io.WriteString(theirs, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n")
			for {
				time.Sleep(time.Second)
				if _, err := io.WriteString(theirs, " "); err != nil {
					return
				}
			}
		}()
		began := time.Now()
		if _, err := f.Fetch(t.Context(), "http://slow.example.com/"); !errors.Is(err, ErrNone) {
			t.Errorf("Fetch() = %v, want ErrNone", err)
		}
		if took := time.Since(began); took != fetchTime {
			t.Errorf("took %v, want %v", took, fetchTime)
		}
		_ = theirs.Close()
		<-gone
	})
}

func TestCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, looks := newCache(), 0
		look := func(err error) func(context.Context, string) (Page, error) {
			return func(_ context.Context, address string) (Page, error) {
				looks++
				return Page{Title: address}, err
			}
		}
		get := func(address string, err error, want int) {
			t.Helper()
			p, got := c.get(t.Context(), address, look(err))
			if looks != want || !errors.Is(got, err) || p.Title != address {
				t.Errorf("get(%s) = %v, %v after %d looks, want %d", address, p, got, looks, want)
			}
		}
		get("a", nil, 1)
		get("a", nil, 1)
		get("b", ErrNone, 2)
		time.Sleep(keepNone)
		get("b", ErrNone, 2)
		time.Sleep(time.Second)
		get("b", ErrNone, 3)
		get("a", nil, 3)
		time.Sleep(keepPage)
		get("a", nil, 4)
		for i := range maxKept {
			get(fmt.Sprint(i), nil, 5+i)
			get("a", nil, 5+i) // which is used, and stays
		}
		get("a", nil, 4+maxKept)
		get("b", ErrNone, 5+maxKept)
		if len(c.kept) != maxKept || c.order.Len() != maxKept {
			t.Errorf("%d and %d are kept, want %d", len(c.kept), c.order.Len(), maxKept)
		}
	})
}

// One look serves all who ask meanwhile, and what is too much at once is refused.
func TestCacheLooksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, looks, goOn := newCache(), atomic.Int32{}, make(chan struct{})
		look := func(_ context.Context, address string) (Page, error) {
			looks.Add(1)
			<-goOn
			if address == "none" {
				return Page{}, ErrNone
			}
			return Page{Title: address}, nil
		}
		for i := range 10 * maxFetches {
			go func() {
				if p, err := c.get(t.Context(), fmt.Sprint(i%maxFetches), look); err != nil || p.Title == "" {
					t.Errorf("get() = %+v, %v", p, err)
				}
			}()
		}
		synctest.Wait()
		if _, err := c.get(t.Context(), "more", look); !errors.Is(err, ErrBusy) {
			t.Errorf("one more: %v, want ErrBusy", err)
		}
		close(goOn)
		synctest.Wait()
		if n := looks.Load(); n != maxFetches {
			t.Errorf("%d looks, want %d", n, maxFetches)
		}
		if _, err := c.get(t.Context(), "more", look); err != nil {
			t.Errorf("one more, later: %v", err)
		}
		if _, err := c.get(t.Context(), "none", look); !errors.Is(err, ErrNone) {
			t.Errorf("none: %v, want ErrNone", err)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add("text/html", []byte(`<title>x</title><meta property="og:image" content="https://a.com/">`))
	f.Add("text/html; charset=utf-16", []byte("<\x00"))
	at, _ := url.Parse("https://example.com/")
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		p, err := read(strings.NewReader(string(body)), kind, at)
		if err == nil && (p.Title == "" || strings.ContainsAny(p.Title+p.Description+p.Site, "\n\r\x00") || p.Image != "" && !strings.HasPrefix(p.Image, "https://")) {
			t.Errorf("read() = %+v", p)
		}
	})
}
