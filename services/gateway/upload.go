package gateway

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/switchboard-chat/switchboard/internal/blob"
	"github.com/switchboard-chat/switchboard/internal/media"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/clamav"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const (
	defaultUpload = 10 << 20
	uploadTime    = 10 * time.Minute // for a whole upload
	uploadPause   = 20 * time.Second // between two pieces of one
	putTime       = time.Minute
)

// uploadLimits are what a bot's visitors may send, as a widget may know.
type uploadLimits struct {
	MaxBytes int64    `json:"max_bytes"`
	Types    []string `json:"types"`
}

// uploadLimits of a bot, or nil if nothing can be uploaded.
func (g *Gateway) uploadLimits(b *configv1.Bot) *uploadLimits {
	u := b.GetUploads()
	if g.deps.Blobs == nil || !u.GetEnabled() {
		return nil
	}
	l := &uploadLimits{u.GetMaxBytes(), u.GetTypes()}
	if l.MaxBytes == 0 {
		l.MaxBytes = defaultUpload
	}
	if len(l.Types) == 0 {
		l.Types = media.Types()
	}
	return l
}

// serveUpload keeps a file that a visitor may then name in a message. The body is the file; nothing
// that is said of it beside its name is believed.
func (g *Gateway) serveUpload(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), uploadTime)
	defer cancel()
	uploaded, problem := g.upload(ctx, w, r)
	answer(w, http.StatusCreated, uploaded, problem)
}

func (g *Gateway) upload(ctx context.Context, w http.ResponseWriter, r *http.Request) (*wire.Uploaded, *wire.Problem) {
	if g.foreign(r) {
		return nil, &wire.Problem{Code: wire.OriginForbidden, Message: "files are taken from the chat frame only"}
	}
	who, bot, problem := g.uploader(r)
	if problem != nil {
		return nil, problem
	}
	limits := g.uploadLimits(bot)
	if limits == nil {
		return nil, &wire.Problem{Code: wire.UploadsOff, Message: "files cannot be sent here"}
	}
	if r.ContentLength > limits.MaxBytes {
		return nil, tooLarge(limits.MaxBytes)
	}
	c := subject.Conversation{Bot: who.Bot, ID: who.Conversation}
	if problem := g.limits.upload(c); problem != nil {
		return nil, problem
	}
	ip := g.cfg.TrustedProxies.client(r).String()
	if !g.uploads.take(ip) {
		return nil, limited("too many files at once", time.Second)
	}
	defer g.uploads.give(ip)

	raw, err := newSpool()
	if err != nil {
		return nil, spoolProblem(ctx, err)
	}
	defer raw.close()
	body := &timely{r: http.MaxBytesReader(w, r.Body, limits.MaxBytes), control: http.NewResponseController(w)}
	if raw.size, err = io.Copy(raw.f, body); err != nil {
		body.giveUp()
		if e := new(http.MaxBytesError); errors.As(err, &e) {
			return nil, tooLarge(limits.MaxBytes)
		}
		return nil, &wire.Problem{Code: wire.BadRequest, Message: "the file did not come whole"}
	}
	body.end()
	return g.take(ctx, c, raw, r.URL.Query().Get("name"), limits)
}

// uploader is who uploads, and to which bot.
func (g *Gateway) uploader(r *http.Request) (token.Visitor, *configv1.Bot, *wire.Problem) {
	signed, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || signed == "" {
		return token.Visitor{}, nil, &wire.Problem{Code: wire.TokenMissing, Message: "want the visitor token: Authorization: Bearer …"}
	}
	return g.holder(r, signed, "")
}

// take keeps what has come, if it may be given to others.
func (g *Gateway) take(ctx context.Context, c subject.Conversation, raw *spool, name string, limits *uploadLimits) (*wire.Uploaded, *wire.Problem) {
	kind, err := media.Sniff(raw.f, raw.size)
	if problem := g.mediaProblem(ctx, err); problem != nil {
		return nil, problem
	}
	if !slices.Contains(limits.Types, kind) {
		return nil, &wire.Problem{Code: wire.TypeForbidden, Message: "files of type " + kind + " are not taken here"}
	}
	if problem := g.scan(ctx, c, raw); problem != nil {
		return nil, problem
	}
	clean, err := newSpool()
	if err != nil {
		return nil, spoolProblem(ctx, err)
	}
	defer clean.close()
	picture, err := media.Clean(kind, clean, raw.f, raw.size)
	if problem := g.mediaProblem(ctx, err); problem != nil {
		return nil, problem
	}
	u := &wire.Uploaded{
		ID: newUploadID(), Type: "file", Name: fileName(name, kind), Size: clean.size, ContentType: kind,
		Width: picture.Width, Height: picture.Height,
	}
	if media.IsImage(kind) {
		u.Type = "image"
	}
	u.URL = g.fileURL(u.ID)
	put, cancel := context.WithTimeout(ctx, putTime)
	defer cancel()
	waits, err := g.pending.add(put, g.deps.Log, u.ID)
	if err != nil {
		slog.WarnContext(ctx, "upload not kept", "bot", c.Bot, "conversation", c.ID, "err", err)
		return nil, unavailable()
	}
	info := blob.Info{ContentType: kind, Size: clean.size, Meta: map[string]string{
		metaBot: c.Bot, metaConversation: c.ID, metaName: u.Name, metaPending: waits,
		metaWidth: strconv.FormatUint(uint64(u.Width), 10), metaHeight: strconv.FormatUint(uint64(u.Height), 10),
	}}
	if err := g.deps.Blobs.Put(put, uploadKey(u.ID), info, clean.reader()); err != nil {
		slog.WarnContext(ctx, "upload not kept", "bot", c.Bot, "conversation", c.ID, "err", nameless(err, u.ID))
		return nil, unavailable()
	}
	return u, nil
}

// scan shows the file as it came to the virus scanner, if there is one; without its word nothing is taken.
func (g *Gateway) scan(ctx context.Context, c subject.Conversation, raw *spool) *wire.Problem {
	if g.cfg.ClamAV == "" {
		return nil
	}
	found, err := clamav.Scan(ctx, g.cfg.ClamAV, raw.reader())
	if err != nil {
		slog.WarnContext(ctx, "upload not scanned", "bot", c.Bot, "conversation", c.ID, "err", err)
		return unavailable()
	}
	if found != "" {
		slog.WarnContext(ctx, "upload infected", "bot", c.Bot, "conversation", c.ID, "found", found)
		return &wire.Problem{Code: wire.Infected, Message: "the virus scanner does not let this file through"}
	}
	return nil
}

func (g *Gateway) mediaProblem(ctx context.Context, err error) *wire.Problem {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, media.ErrType):
		return &wire.Problem{Code: wire.TypeForbidden, Message: "files of this type are not taken here"}
	case errors.Is(err, media.ErrDamaged):
		return &wire.Problem{Code: wire.TypeForbidden, Message: err.Error()}
	}
	return spoolProblem(ctx, err)
}

func spoolProblem(ctx context.Context, err error) *wire.Problem {
	slog.ErrorContext(ctx, "no room for an upload", "err", err)
	return unavailable()
}

func tooLarge(limit int64) *wire.Problem {
	return &wire.Problem{Code: wire.TooLarge, Message: fmt.Sprintf("the file is larger than %d bytes", limit)}
}

// newUploadID is one that nobody guesses: whoever has it may read the file.
func newUploadID() string {
	var b [24]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// spool is a file on its way, on disk: uploads are not held in memory.
type spool struct {
	f    *os.File
	size int64
}

func newSpool() (*spool, error) {
	f, err := os.CreateTemp("", "switchboard-upload-*") // with mode 0600
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // where the system allows it, nothing is left of it whatever happens
	return &spool{f: f}, nil
}

func (s *spool) Write(p []byte) (int, error) {
	n, err := s.f.Write(p)
	s.size += int64(n)
	return n, err
}

func (s *spool) reader() io.Reader { return io.NewSectionReader(s.f, 0, s.size) }

func (s *spool) close() {
	_ = s.f.Close()
	_ = os.Remove(s.f.Name()) // gone already but on systems that keep open files
}

// timely reads a body that has to go on coming.
type timely struct {
	r       io.Reader
	control *http.ResponseController
}

func (t *timely) Read(p []byte) (int, error) {
	_ = t.control.SetReadDeadline(time.Now().Add(uploadPause)) // where it cannot be set, uploadTime is the bound
	return t.r.Read(p)
}

// giveUp waits for nothing more: net/http would, for what is left.
func (t *timely) giveUp() { _ = t.control.SetReadDeadline(time.Now()) }

func (t *timely) end() { _ = t.control.SetReadDeadline(time.Time{}) }
