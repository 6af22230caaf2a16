// Package webfiles serves built web files: compressed beforehand, with the caching that their names
// allow.
package webfiles

import (
	"bytes"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"
)

// Caching by name.
const (
	immutable  = "public, max-age=31536000, immutable" // the name changes with the content
	short      = "public, max-age=300, stale-while-revalidate=86400"
	revalidate = "no-cache"
)

// hashed matches names such as app-VOJMLTKZ.js and index-B3xk_9aQ.css.
var hashed = regexp.MustCompile(`-[A-Za-z0-9_-]{8,}\.(js|css|woff2|svg|png)$`)

// types are set here rather than by the machine's own tables.
var types = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".json": "application/json",
	".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
}

// File answers with the file of that name from files, which has name.br and name.gz beside it where
// compression pays. It answers 404 if there is none: a name is not cleaned, so it leads to no file that the
// caller has not set the headers for. Headers that are set already stay.
func File(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	if ext := path.Ext(name); ext == ".br" || ext == ".gz" || ext == ".gitkeep" {
		http.NotFound(w, r)
		return
	}
	data, encoding, err := read(files, name, r.Header.Get("Accept-Encoding"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, "file not readable", http.StatusInternalServerError)
		return
	}
	send(w, r, name, data, encoding)
}

// send answers with one form of a file.
func send(w http.ResponseWriter, r *http.Request, name string, data []byte, encoding string) {
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", caching(name))
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
}

func caching(name string) string {
	switch {
	case hashed.MatchString(name):
		return immutable
	case path.Ext(name) == ".html":
		return revalidate
	}
	return short
}

func contentType(name string) string {
	if t, ok := types[path.Ext(name)]; ok {
		return t
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// read returns the smallest form of the file that the client accepts.
func read(files fs.FS, name, accept string) (data []byte, encoding string, err error) {
	for _, c := range []struct{ encoding, ext string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !accepts(accept, c.encoding) {
			continue
		}
		if data, err = fs.ReadFile(files, name+c.ext); err == nil {
			return data, c.encoding, nil
		}
	}
	if info, err := fs.Stat(files, name); err == nil && info.IsDir() {
		return nil, "", fs.ErrNotExist
	}
	data, err = fs.ReadFile(files, name)
	return data, "", err
}

func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == encoding {
			return strings.TrimSpace(q) != "q=0"
		}
	}
	return false
}
