package webfiles

import (
	"errors"
	"io/fs"
	"net/http"
)

// Built is a built file away from the others: as it is, and compressed where that pays.
type Built struct {
	Plain  []byte `json:"plain"`
	Brotli []byte `json:"br,omitempty"`
	Gzip   []byte `json:"gz,omitempty"`
}

// Read reads a file from files, as [File] has them.
func Read(files fs.FS, name string) (b Built, err error) {
	if b.Plain, err = fs.ReadFile(files, name); err != nil {
		return Built{}, err
	}
	for ext, to := range map[string]*[]byte{".br": &b.Brotli, ".gz": &b.Gzip} {
		if *to, err = fs.ReadFile(files, name+ext); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Built{}, err
		}
	}
	return b, nil
}

// Size is how many bytes it has, in all forms.
func (b Built) Size() int { return len(b.Plain) + len(b.Brotli) + len(b.Gzip) }

// Serve answers with the file, exactly as [File] does.
func (b Built) Serve(w http.ResponseWriter, r *http.Request, name string) {
	accept := r.Header.Get("Accept-Encoding")
	switch {
	case len(b.Brotli) > 0 && accepts(accept, "br"):
		send(w, r, name, b.Brotli, "br")
	case len(b.Gzip) > 0 && accepts(accept, "gzip"):
		send(w, r, name, b.Gzip, "gzip")
	default:
		send(w, r, name, b.Plain, "")
	}
}
