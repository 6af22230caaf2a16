package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/media"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/clamav/clamavtest"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// picture is a PNG of 40 by 30 pixels that says where it was taken.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.Black, color.White})); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), "<script>alert('48.85, 2.35')</script>"...)
}

// uploads is a site whose bot takes files.
func uploads(t *testing.T, cfg gateway.Config, u *configv1.UploadSettings) *site {
	t.Helper()
	s := newSiteWith(t, cfg)
	s.set(&configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Uploads: u, Version: 2})
	return s
}

func (s *site) set(b *configv1.Bot) {
	s.t.Helper()
	if err := s.bucket.PutBot(s.t.Context(), b); err != nil {
		s.t.Fatal(err)
	}
	s.await(func() bool {
		now, _ := s.cache.Bot(b.GetId())
		return now.GetVersion() == b.GetVersion()
	})
}

var (
	on      = &configv1.UploadSettings{Enabled: true}
	farAway = time.Now().Add(time.Hour)
)

// upload sends a file as the frame does.
func (s *site) upload(token, name string, content io.Reader, change ...func(*http.Request)) (status int, up wire.Uploaded, code string) {
	s.t.Helper()
	req := try[*http.Request](s.t)(http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/widget/v2/upload?name="+url.QueryEscape(name), content))
	req.Header.Set("Authorization", "Bearer "+token)
	for _, c := range change {
		c(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body := try[[]byte](s.t)(io.ReadAll(res.Body))
	var refused struct{ Error wire.Problem }
	if err := json.Unmarshal(body, &up); err != nil {
		s.t.Fatalf("%s: %v", body, err)
	}
	_ = json.Unmarshal(body, &refused)
	return res.StatusCode, up, refused.Error.Code
}

// file asks for a file, with a header if it is named.
func (s *site) file(path, name, value string) (status int, header http.Header, body []byte) {
	s.t.Helper()
	req := try[*http.Request](s.t)(http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil))
	if name != "" {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode, res.Header, try[[]byte](s.t)(io.ReadAll(res.Body))
}

func named(kind, upload string) map[string]any {
	return map[string]any{"id": newID(), "type": kind, "upload": upload}
}

// A picture that a visitor has uploaded is shown in every tab, with its size and without what it said
// of itself beside the picture.
func TestPictureIsShownInEveryTab(t *testing.T) {
	s := uploads(t, gateway.Config{}, on)
	first, session := s.visit()
	second := s.dial(shop)
	second.connect(map[string]any{"token": session.field("token")})
	second.next()
	second.next()

	sent := picture(t)
	status, up, code := s.upload(session.field("token"), `C:\photos\..\Чай.jpg`, bytes.NewReader(sent))
	if status != http.StatusCreated || up.Type != "image" || up.ContentType != media.PNG || up.Width != 40 || up.Height != 30 || up.Name != "Чай.jpg.png" {
		t.Fatalf("upload: %d %s %+v", status, code, up)
	}
	if ack, _ := first.emit("message", named("image", up.ID)); ack.field("ok") != "true" {
		t.Fatalf("message: %s", ack.args)
	}
	shown := second.next()
	for field, want := range map[string]string{"type": "image", "author": "visitor", "url": up.URL, "alt": up.Name, "width": "40", "height": "30"} {
		if got := shown.field(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	_, head, body := s.file(up.URL, "", "")
	if bytes.Contains(body, []byte("script")) || !bytes.HasPrefix(sent, body) {
		t.Error("the file has more than the picture")
	}
	for name, want := range map[string]string{
		"Content-Type": media.PNG, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=31536000, immutable",
		"Content-Disposition": "inline; filename*=utf-8''%D0%A7%D0%B0%D0%B9.jpg.png", "Referrer-Policy": "no-referrer",
	} {
		if got := head.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if csp := head.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("Content-Security-Policy: %q", csp)
	}
	if status, _, part := s.file(up.URL, "Range", "bytes=10-19"); status != http.StatusPartialContent || !bytes.Equal(part, body[10:20]) {
		t.Errorf("a part: %d, %q", status, part)
	}
	if status, _, _ := s.file(up.URL, "If-None-Match", head.Get("ETag")); status != http.StatusNotModified {
		t.Errorf("asked again: %d", status)
	}
}

func TestFileIsAnAttachment(t *testing.T) {
	s := uploads(t, gateway.Config{}, on)
	c, session := s.visit()
	status, up, _ := s.upload(session.field("token"), "рахунок.html", strings.NewReader("total: 5 €"))
	if status != http.StatusCreated || up.Type != "file" || up.Name != "рахунок.html.txt" {
		t.Fatalf("upload: %d %+v", status, up)
	}
	ack, before := c.emit("message", named("file", up.ID))
	if len(before) == 0 {
		before = append(before, c.next())
	}
	if m := before[0]; ack.field("ok") != "true" || m.field("name") != up.Name || m.field("size") != fmt.Sprint(up.Size) || m.field("content_type") != media.Text {
		t.Errorf("%s, shown %s", ack.args, m.args)
	}
	_, head, _ := s.file(up.URL, "", "")
	if d := head.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || head.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%q, %q", d, head.Get("Content-Type"))
	}
}

// A message names an upload of its own conversation, and nothing else.
func TestMessageNamesItsOwnUpload(t *testing.T) {
	s := uploads(t, gateway.Config{}, on)
	c, session := s.visit()
	_, other := s.visit()
	_, mine, _ := s.upload(session.field("token"), "a.txt", strings.NewReader("mine"))
	_, theirs, _ := s.upload(other.field("token"), "a.txt", strings.NewReader("theirs"))
	for name, frame := range map[string]map[string]any{
		"of another conversation": named("file", theirs.ID),
		"unknown":                 named("file", strings.Repeat("A", 32)),
		"path":                    named("file", "../../../../etc/passwd"),
		"path of the right size":  named("file", strings.Repeat("../", 10)+"aa"),
		"url":                     named("image", "https://evil.example/a.png"),
		"nothing":                 named("file", ""),
		"a text as a picture":     named("image", mine.ID),
		"beside a text":           {"id": newID(), "type": "text", "text": "x", "upload": mine.ID},
		"with an address":         {"id": newID(), "type": "file", "upload": mine.ID, "url": "https://evil.example"},
	} {
		if ack, _ := c.emit("message", frame); !strings.Contains(string(ack.args[0]), `"bad_request"`) {
			t.Errorf("%s: %s", name, ack.args)
		}
	}
}

func TestUploadIsRefused(t *testing.T) {
	s := uploads(t, gateway.Config{Uploads: limit.Unlimited(), BotUploads: limit.Unlimited()},
		&configv1.UploadSettings{Enabled: true, MaxBytes: 4096, Types: []string{media.PNG, media.PDF}})
	_, session := s.visit()
	token := session.field("token")
	chunked := func(n int) io.Reader { return io.LimitReader(struct{ io.Reader }{zeros{}}, int64(n)) }
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	gone := func(r *http.Request) { r.Header.Del("Authorization") }
	for name, tt := range map[string]struct {
		token   string
		content io.Reader
		change  func(*http.Request)
		status  int
		code    string
	}{
		"no token":                  {"", bytes.NewReader(picture(t)), gone, 401, wire.TokenMissing},
		"an empty token":            {"", bytes.NewReader(picture(t)), nil, 401, wire.TokenMissing},
		"not a token":               {"abc", bytes.NewReader(picture(t)), nil, 401, wire.TokenInvalid},
		"another site":              {token, bytes.NewReader(picture(t)), header("Origin", shop), 403, wire.OriginForbidden},
		"no site":                   {token, bytes.NewReader(picture(t)), header("Origin", "null"), 403, wire.OriginForbidden},
		"across sites":              {token, bytes.NewReader(picture(t)), header("Sec-Fetch-Site", "cross-site"), 403, wire.OriginForbidden},
		"too large, and says so":    {token, bytes.NewReader(make([]byte, 4097)), nil, 413, wire.TooLarge},
		"too large, and does not":   {token, chunked(1 << 20), nil, 413, wire.TooLarge},
		"empty":                     {token, strings.NewReader(""), nil, 415, wire.TypeForbidden},
		"known, but not taken here": {token, strings.NewReader("text"), nil, 415, wire.TypeForbidden},
		"html that says it is png":  {token, strings.NewReader("<html>"), header("Content-Type", media.PNG), 415, wire.TypeForbidden},
		"svg":                       {token, strings.NewReader("<svg onload=alert(1)>"), nil, 415, wire.TypeForbidden},
		"half a picture":            {token, bytes.NewReader(picture(t)[:40]), nil, 415, wire.TypeForbidden},
		"a pdf that is an archive":  {token, strings.NewReader("%PDF-1.4\n%%EOF\nPK\x03\x04"), nil, 415, wire.TypeForbidden},
	} {
		change := tt.change
		if change == nil {
			change = func(*http.Request) {}
		}
		if status, up, code := s.upload(tt.token, "a.png", tt.content, change); status != tt.status || code != tt.code || up.ID != "" {
			t.Errorf("%s: %d %s %+v, want %d %s", name, status, code, up, tt.status, tt.code)
		}
	}
	if status, _, code := s.upload(token, "a.png", bytes.NewReader(picture(t)), header("Origin", s.url)); status != http.StatusCreated {
		t.Errorf("a picture is refused: %d %s", status, code)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestUploadsAreOffUnlessTheBotTakesThem(t *testing.T) {
	s := newSite(t)
	_, session := s.visit()
	token := session.field("token")
	if status, _, code := s.upload(token, "a.png", bytes.NewReader(picture(t))); status != http.StatusForbidden || code != wire.UploadsOff {
		t.Errorf("no settings: %d %s", status, code)
	}
	bot := &configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Uploads: on, Version: 2}
	s.set(bot)
	if status, _, code := s.upload(token, "a.png", bytes.NewReader(picture(t))); status != http.StatusCreated {
		t.Errorf("switched on: %d %s", status, code)
	}
	if _, _, body := s.file("/widget/v2/settings/1.js", "", ""); !bytes.Contains(body, []byte(`"uploads":{"max_bytes":10485760,"types":["application/pdf",`)) {
		t.Errorf("settings: %s", body)
	}
	bot.Version, bot.Blocks = 3, []*configv1.Block{{Who: &configv1.Block_Conversation{Conversation: session.field("conversation")}, Until: timestamppb.New(farAway)}}
	s.set(bot)
	if status, _, code := s.upload(token, "a.png", bytes.NewReader(picture(t))); status != http.StatusForbidden || code != wire.Blocked {
		t.Errorf("blocked: %d %s", status, code)
	}
	bot.Version, bot.Blocks, bot.AllowedOrigins = 4, nil, []string{"https://other.example.com"}
	s.set(bot)
	if status, _, code := s.upload(token, "a.png", bytes.NewReader(picture(t))); status != http.StatusForbidden || code != wire.OriginForbidden {
		t.Errorf("the site is off the list: %d %s", status, code)
	}
}

func TestUploadsAreLimited(t *testing.T) {
	s := uploads(t, gateway.Config{Uploads: limit.Rate{PerSecond: 0.001, Burst: 2}, BotUploads: limit.Rate{PerSecond: 0.001, Burst: 3}}, on)
	_, one := s.visit()
	_, two := s.visit()
	for i, tt := range []struct {
		token string
		want  int
	}{{one.field("token"), 201}, {one.field("token"), 201}, {one.field("token"), 429}, {two.field("token"), 201}, {two.field("token"), 429}} {
		if status, _, code := s.upload(tt.token, "a.txt", strings.NewReader("x")); status != tt.want {
			t.Errorf("upload %d: %d %s, want %d", i, status, code, tt.want)
		}
	}
}

// One address does not take all the places there are.
func TestUploadsAtOnceAreLimited(t *testing.T) {
	s := uploads(t, gateway.Config{Uploads: limit.Unlimited(), BotUploads: limit.Unlimited()}, on)
	_, session := s.visit()
	answers, underWay := make(chan int), make(chan struct{}, 4)
	// The server asks for the body once it wants it.
	ask := func(r *http.Request) {
		*r = *r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{Got100Continue: func() { underWay <- struct{}{} }}))
		r.Header.Set("Expect", "100-continue")
	}
	var pipes []*io.PipeWriter
	for range 4 {
		r, w := io.Pipe()
		pipes = append(pipes, w)
		go func() {
			status, _, _ := s.upload(session.field("token"), "a.txt", r, ask)
			answers <- status
		}()
	}
	for range pipes {
		<-underWay
	}
	if status, _, code := s.upload(session.field("token"), "a.txt", strings.NewReader("x")); status != http.StatusTooManyRequests || code != wire.RateLimited {
		t.Errorf("the fifth of one address: %d %s", status, code)
	}
	for _, w := range pipes {
		_, _ = w.Write([]byte("x"))
		_ = w.Close()
	}
	for range pipes {
		if status := <-answers; status != http.StatusCreated {
			t.Errorf("one of the four: %d", status)
		}
	}
	if status, _, code := s.upload(session.field("token"), "a.txt", strings.NewReader("x")); status != http.StatusCreated {
		t.Errorf("after them: %d %s", status, code)
	}
}

func TestUploadsAreScanned(t *testing.T) {
	s := uploads(t, gateway.Config{ClamAV: clamavtest.Start(t)}, on)
	_, session := s.visit()
	// The scanner sees what was sent, also what is not kept.
	hidden := append(picture(t), clamavtest.Virus...)
	if status, _, code := s.upload(session.field("token"), "a.png", bytes.NewReader(hidden)); status != http.StatusUnprocessableEntity || code != wire.Infected {
		t.Errorf("infected: %d %s", status, code)
	}
	if status, _, code := s.upload(session.field("token"), "a.png", bytes.NewReader(picture(t))); status != http.StatusCreated {
		t.Errorf("clean: %d %s", status, code)
	}
}

func TestNothingIsTakenWithoutTheScanner(t *testing.T) {
	l := try[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	_ = l.Close()
	s := uploads(t, gateway.Config{ClamAV: l.Addr().String()}, on)
	_, session := s.visit()
	if status, _, code := s.upload(session.field("token"), "a.png", bytes.NewReader(picture(t))); status != http.StatusServiceUnavailable || code != wire.Unavailable {
		t.Errorf("%d %s", status, code)
	}
}

func TestUnknownFiles(t *testing.T) {
	s := uploads(t, gateway.Config{}, on)
	for _, id := range []string{"x", strings.Repeat("A", 32), "..%2f..%2fetc%2fpasswd", strings.Repeat("a", 31) + "%2f", "%00", "a%0d%0aX: y"} {
		status, head, body := s.file("/widget/v2/files/"+id, "", "")
		if status != http.StatusNotFound || head.Get("Cache-Control") != "no-store" || strings.Contains(string(body), "passwd") {
			t.Errorf("%s: %d %q", id, status, body)
		}
	}
}
