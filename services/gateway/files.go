package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/switchboard-chat/switchboard/internal/blob"
	"github.com/switchboard-chat/switchboard/internal/media"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// What is kept with an upload.
const (
	metaBot          = "bot"
	metaConversation = "conversation"
	metaName         = "name"
	metaWidth        = "width"
	metaHeight       = "height"
	metaPending      = "pending" // the revision at which the upload waits for a message
)

const (
	maxFileName = 120 // characters
	statTime    = 5 * time.Second
	// filePolicy keeps a file from doing anything where a browser shows it by itself.
	filePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
)

func uploadKey(id string) string { return "uploads/" + id }

// fileURL is where an upload is read. Without a public URL it is a path: what Host a visitor asks for
// must not end up in an operator's browser.
func (g *Gateway) fileURL(id string) string { return g.cfg.PublicURL + "/widget/v2/files/" + id }

// nameless is an error of the store without the id of the upload: whoever has that may read it, and logs are
// read by others.
func nameless(err error, id string) error {
	return errors.New(strings.ReplaceAll(err.Error(), id, "…"))
}

// attach fills in the picture or file of a message from the upload that it names, which has to be one
// of the same conversation. From then on the upload stays.
func (g *Gateway) attach(ctx context.Context, c subject.Conversation, id string, m *chatv1.Message) *wire.Problem {
	info, err := g.stat(ctx, id)
	if err == nil && info.Meta[metaBot] == c.Bot && info.Meta[metaConversation] == c.ID {
		var fresh bool
		if fresh, err = g.pending.claim(ctx, g.deps.Log, id, info.Meta[metaPending]); err == nil && !fresh {
			info, err = g.stat(ctx, id)
		}
	}
	switch {
	case errors.Is(err, blob.ErrNotFound), err == nil && (info.Meta[metaBot] != c.Bot || info.Meta[metaConversation] != c.ID):
		return &wire.Problem{Code: wire.BadRequest, Field: "upload", Message: "there is no such upload in this conversation"}
	case errors.Is(err, errSwept):
		return unavailable()
	case err != nil:
		slog.WarnContext(ctx, "upload not found out about", "bot", c.Bot, "conversation", c.ID, "err", nameless(err, id))
		return unavailable()
	case media.IsImage(info.ContentType) != (m.GetImage() != nil):
		return &wire.Problem{Code: wire.BadRequest, Field: "type", Message: "the upload is of type " + info.ContentType + ": a picture is an image, all else is a file"}
	}
	if i := m.GetImage(); i != nil {
		i.Url, i.Alt = g.fileURL(id), info.Meta[metaName]
		i.Width, i.Height = number(info.Meta[metaWidth]), number(info.Meta[metaHeight])
		return nil
	}
	f := m.GetFile()
	f.Url, f.Name, f.ContentType, f.Size = g.fileURL(id), info.Meta[metaName], info.ContentType, uint64(max(info.Size, 0))
	return nil
}

func number(s string) uint32 {
	n, _ := strconv.ParseUint(s, 10, 32) // what is not one is not known
	return uint32(n)
}

// stat is what is kept under an id; [blob.ErrNotFound] also where nothing can be.
func (g *Gateway) stat(ctx context.Context, id string) (blob.Info, error) {
	if g.deps.Blobs == nil || !wire.IsUpload(id) {
		return blob.Info{}, blob.ErrNotFound
	}
	ctx, cancel := context.WithTimeout(ctx, statTime)
	defer cancel()
	return g.deps.Blobs.Stat(ctx, uploadKey(id))
}

// serveFile gives an upload to whoever knows its id: a picture cannot show a token.
func (g *Gateway) serveFile(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	info, err := g.stat(r.Context(), id)
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Referrer-Policy", "no-referrer") // the address is the right to read
	h.Set("X-Robots-Tag", "noindex")
	if errors.Is(err, blob.ErrNotFound) {
		h.Set("Cache-Control", "no-store")
		http.Error(w, "no such file", http.StatusNotFound)
		return
	}
	if err != nil {
		slog.WarnContext(r.Context(), "file not read", "err", nameless(err, id))
		h.Set("Cache-Control", "no-store")
		http.Error(w, "the file cannot be read now", http.StatusServiceUnavailable)
		return
	}
	kind, disposition := info.ContentType, "attachment"
	switch {
	case media.IsImage(kind):
		disposition = "inline"
	case kind == media.Text:
		kind += "; charset=utf-8"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": info.Meta[metaName]}))
	h.Set("Cache-Control", "private, max-age=31536000, immutable")
	h.Set("ETag", `"`+id+`"`)
	content := &content{ctx: r.Context(), store: g.deps.Blobs, key: uploadKey(id), size: info.Size}
	defer content.close()
	http.ServeContent(w, r, "", time.Time{}, content)
}

// content reads a blob from where it was sought to; nothing is read before.
type content struct {
	ctx      context.Context //nolint:containedctx // it lives as long as one request
	store    blob.Store
	key      string
	size, at int64
	r        io.ReadCloser
}

func (c *content) Read(p []byte) (n int, err error) {
	if c.at >= c.size {
		return 0, io.EOF
	}
	if c.r == nil {
		if c.r, err = c.store.Get(c.ctx, c.key, c.at, -1); err != nil {
			return 0, err
		}
	}
	n, err = c.r.Read(p)
	c.at += int64(n)
	return n, err
}

func (c *content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return 0, errors.New("sought before the beginning")
	}
	if offset != c.at {
		c.close()
	}
	c.at = offset
	return offset, nil
}

func (c *content) close() {
	if c.r != nil {
		_ = c.r.Close() // it was only read
		c.r = nil
	}
}

// plainNames are the ends of names that a text may have, beside its own: none of them is ever run.
var plainNames = []string{".txt", ".csv", ".tsv", ".md", ".log", ".json", ".yaml", ".yml"}

// fileName is the name that a visitor gave, without folders and what does not show, and with an end
// that says what the file is: "photo.exe" that is a picture is "photo.exe.png".
func fileName(name, kind string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) || r == unicode.ReplacementChar || strings.ContainsRune(`/<>:"|?*`, r) {
			return -1 // also the marks that turn the direction of writing
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.Trim(name, ". ")
	end := media.Extension(kind)
	has := strings.ToLower(path.Ext(name))
	if has == end || kind == media.JPEG && has == ".jpeg" || kind == media.Text && slices.Contains(plainNames, has) {
		end = name[len(name)-len(has):]
		name = name[:len(name)-len(has)]
	}
	if name = strings.TrimRight(name, ". "); name == "" {
		name = "file"
	}
	if runes := []rune(name); len(runes) > maxFileName-len(end) {
		name = string(runes[:maxFileName-len(end)])
	}
	return name + end
}
