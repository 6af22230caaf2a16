// Package media finds out what a file is by looking at it, and makes of a stranger's file one that can
// be given to others: nothing before its beginning or behind its end, and of a picture nothing but the
// picture. It does no I/O of its own and never decodes pixels.
package media

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// What is wrong with a file. Its text is for people.
var (
	// ErrType: it is none of the types that are known here.
	ErrType = errors.New("not a file of a known type")
	// ErrDamaged: it begins like a file of its type, and is none.
	ErrDamaged = errors.New("damaged file")
)

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// The media types that are known, and the only ones.
const (
	PNG  = "image/png"
	JPEG = "image/jpeg"
	GIF  = "image/gif"
	WebP = "image/webp"
	PDF  = "application/pdf"
	Text = "text/plain"
	DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	ODT  = "application/vnd.oasis.opendocument.text"
	ODS  = "application/vnd.oasis.opendocument.spreadsheet"
)

var extensions = map[string]string{
	PNG: ".png", JPEG: ".jpg", GIF: ".gif", WebP: ".webp", PDF: ".pdf", Text: ".txt",
	DOCX: ".docx", XLSX: ".xlsx", PPTX: ".pptx", ODT: ".odt", ODS: ".ods",
}

// Types are all known media types, sorted.
func Types() []string {
	types := make([]string, 0, len(extensions))
	for t := range extensions {
		types = append(types, t)
	}
	slices.Sort(types)
	return types
}

// Known reports whether t is a known media type.
func Known(t string) bool { return extensions[t] != "" }

// IsImage reports whether t is a picture that is shown inline.
func IsImage(t string) bool { return strings.HasPrefix(t, "image/") && Known(t) }

// Extension is the usual end of a name of the known type, with its dot.
func Extension(t string) string { return extensions[t] }

// Size is how large a picture is shown, in pixels.
type Size struct{ Width, Height uint32 }

const (
	maxSide   = 16_384
	maxPixels = 64 << 20
	headSize  = 1 << 10
	blockSize = 32 << 10 // of a text that is read at once
)

// check refuses a picture that would take more memory to be shown than a browser should need.
func (s Size) check() error {
	if s.Width == 0 || s.Height == 0 {
		return damaged("a picture of no size")
	}
	if s.Width > maxSide || s.Height > maxSide || uint64(s.Width)*uint64(s.Height) > maxPixels {
		return damaged("a picture of %d by %d pixels", s.Width, s.Height)
	}
	return nil
}

// Sniff is the media type of a file of size bytes by what it is: its name and what its sender says of
// it are of no account. [ErrType] if it is none that is known, [ErrDamaged] if it pretends.
func Sniff(f io.ReaderAt, size int64) (string, error) {
	head := make([]byte, min(size, headSize))
	if err := readAt(f, head, 0); err != nil {
		return "", err
	}
	begins := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	switch {
	case begins(pngMagic):
		return PNG, nil
	case begins("\xff\xd8\xff"):
		return JPEG, nil
	case begins("GIF87a"), begins("GIF89a"):
		return GIF, nil
	case begins("RIFF") && len(head) >= 12 && string(head[8:12]) == "WEBP":
		return WebP, nil
	case begins("%PDF-"):
		return PDF, checkPDF(f, size)
	case begins("PK\x03\x04"):
		return sniffZip(f, size)
	}
	return Text, checkText(f, size)
}

// Clean writes the file f of type t and size bytes as it may be given to others, and returns the size of
// a picture. Pictures lose what says where and by whom they were taken; how they are turned stays.
// [ErrDamaged] if f is not whole. What was written by then is of no use.
func Clean(t string, w io.Writer, f io.ReaderAt, size int64) (s Size, err error) {
	r := io.NewSectionReader(f, 0, size)
	switch t {
	case PNG:
		s, err = cleanPNG(w, r)
	case JPEG:
		s, err = cleanJPEG(w, r)
	case GIF:
		s, err = cleanGIF(w, r)
	case WebP:
		s, err = cleanWebP(w, f, size)
	default:
		_, err := io.Copy(w, r)
		return Size{}, err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = damaged("it ends too early")
	}
	if err == nil {
		err = s.check()
	}
	return s, err
}

// readAt fills b from f, or fails with [io.ErrUnexpectedEOF].
func readAt(f io.ReaderAt, b []byte, at int64) error {
	n, err := f.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
