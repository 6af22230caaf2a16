package media

import (
	"encoding/binary"
	"io"
	"slices"
)

// webpKept are the chunks that make the picture.
var webpKept = []string{"VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF", "ICCP"}

const (
	webpHead   = 12
	webpExif   = 0x08 // of the flags in VP8X
	webpXMP    = 0x04
	vp8xLength = 10
	chunkHead  = 8
	maxChunks  = 10_000
	maxFixed   = 16 // bytes of a chunk's beginning that are looked at
)

// webpChunk is a chunk that is kept: where it is, with its head, and how long it is, with its padding.
type webpChunk struct {
	name         string
	at, n, whole int64
}

// cleanWebP goes through the file twice: its first bytes say how long it will be.
func cleanWebP(w io.Writer, f io.ReaderAt, size int64) (s Size, err error) {
	head := make([]byte, webpHead)
	if err := readAt(f, head, 0); err != nil {
		return s, err
	}
	end := int64(binary.LittleEndian.Uint32(head[4:])) + chunkHead // what follows is not the picture's
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WEBP" || end > size {
		return s, damaged("not a WebP")
	}
	chunks, err := webpChunks(f, end)
	if err != nil {
		return s, err
	}
	total := int64(4)
	for _, c := range chunks {
		total += c.whole
	}
	binary.LittleEndian.PutUint32(head[4:], uint32(total))
	if _, err := w.Write(head); err != nil {
		return s, err
	}
	for i, c := range chunks {
		fixed := make([]byte, min(c.n, maxFixed))
		if err := readAt(f, fixed, c.at+chunkHead); err != nil {
			return s, err
		}
		if i == 0 {
			if s, err = webpSize(c.name, fixed); err != nil {
				return s, err
			}
		}
		if _, err := io.Copy(w, io.NewSectionReader(f, c.at, chunkHead)); err != nil {
			return s, err
		}
		if _, err := w.Write(fixed); err != nil {
			return s, err
		}
		rest := c.n - int64(len(fixed))
		if _, err := io.CopyN(w, io.NewSectionReader(f, c.at+chunkHead+int64(len(fixed)), rest), rest); err != nil {
			return s, err
		}
		if _, err := w.Write(make([]byte, c.n&1)); err != nil {
			return s, err
		}
	}
	if len(chunks) == 0 {
		return s, damaged("a WebP without a picture")
	}
	return s, nil
}

// webpChunks are the chunks up to end that are kept.
func webpChunks(f io.ReaderAt, end int64) (kept []webpChunk, err error) {
	n := 0
	for at := int64(webpHead); at < end; n++ {
		var head [chunkHead]byte
		if err := readAt(f, head[:], at); err != nil {
			return nil, err
		}
		c := webpChunk{name: string(head[:4]), at: at, n: int64(binary.LittleEndian.Uint32(head[4:]))}
		c.whole = chunkHead + c.n + c.n&1
		if at+c.whole > end || n == maxChunks {
			return nil, damaged("WebP chunk %.4q", c.name)
		}
		if slices.Contains(webpKept, c.name) {
			kept = append(kept, c)
		}
		at += c.whole
	}
	return kept, nil
}

// webpSize is the size that the first chunk says; in VP8X it also takes back what is taken out.
func webpSize(name string, b []byte) (Size, error) {
	switch {
	case name == "VP8X" && len(b) == vp8xLength:
		b[0] &^= webpExif | webpXMP
		three := func(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }
		return Size{three(b[4:]) + 1, three(b[7:]) + 1}, nil
	case name == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
		v := binary.LittleEndian.Uint32(b[1:])
		return Size{v&0x3fff + 1, v>>14&0x3fff + 1}, nil
	case name == "VP8 " && len(b) >= 10 && string(b[3:6]) == "\x9d\x01\x2a":
		return Size{uint32(binary.LittleEndian.Uint16(b[6:])) & 0x3fff, uint32(binary.LittleEndian.Uint16(b[8:])) & 0x3fff}, nil
	}
	return Size{}, damaged("WebP chunk %.4q", name)
}
