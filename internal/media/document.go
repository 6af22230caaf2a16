package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// tail is the end of a file, at most n bytes of it.
func tail(f io.ReaderAt, size, n int64) ([]byte, error) {
	b := make([]byte, min(size, n))
	return b, readAt(f, b, size-int64(len(b)))
}

// checkPDF wants a PDF to end as one: what is appended to it, such as an archive, is not its own.
func checkPDF(f io.ReaderAt, size int64) error {
	end, err := tail(f, size, headSize)
	if err != nil {
		return err
	}
	i := bytes.LastIndex(end, []byte("%%EOF"))
	if i < 0 || len(bytes.Trim(end[i+len("%%EOF"):], "\r\n \t\x00")) > 0 {
		return damaged("a PDF that does not end as one")
	}
	return nil
}

// markup is how a file begins that a careless program would run, so it is no text.
var markup = []string{
	"<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<?php", "<iframe", "<style",
	"<math", "<meta", "<object", "<embed", "<img", "<a ", "<table", "<div", "<!--", "#!",
	"mime-version:", "content-type:", "{\\rtf",
}

// checkText wants UTF-8 without control characters, which does not begin like something else.
func checkText(f io.ReaderAt, size int64) error {
	if size == 0 {
		return ErrType
	}
	buf := make([]byte, blockSize+utf8.UTFMax)
	kept := 0 // bytes of a character that goes on in the next block
	for at := int64(0); at < size; {
		n := int(min(blockSize, size-at))
		text := buf[:kept+n]
		if err := readAt(f, text[kept:], at); err != nil {
			return err
		}
		if at == 0 && isMarkup(text, size) {
			return ErrType
		}
		at += int64(n)
		whole := text
		if at < size {
			whole = text[:len(text)-partial(text)]
		}
		if !utf8.Valid(whole) || bytes.ContainsFunc(whole, isControl) {
			return ErrType
		}
		kept = copy(buf, text[len(whole):])
	}
	return nil
}

func isControl(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n\f", r) || r == 0x7f }

// isMarkup reports whether a file of size bytes that begins with b is markup, or may be, behind blanks only.
func isMarkup(b []byte, size int64) bool {
	b = bytes.TrimLeft(b, "\ufeff \t\r\n\f")
	if len(b) == 0 {
		return size > blockSize
	}
	start := strings.ToLower(string(b[:min(len(b), headSize)]))
	for _, m := range markup {
		if strings.HasPrefix(start, m) {
			return true
		}
	}
	return false
}

// partial is how many bytes at the end of b begin a character that goes on behind it.
func partial(b []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return i
			}
			return 0
		}
	}
	return 0
}

const (
	endSize      = 22 // of the record at the end of an archive, without a comment
	entrySize    = 46 // of an entry of its directory, without names
	maxDirectory = 1 << 20
	maxFirst     = 512 // bytes of the first entry that are looked at
)

// sniffZip looks at the directory of an archive, of which office documents are made. The archive has to
// fill the file from its first byte to its last. One with macros is refused.
func sniffZip(f io.ReaderAt, size int64) (string, error) {
	end, err := tail(f, size, endSize)
	if err != nil {
		return "", err
	}
	if len(end) < endSize || string(end[:4]) != "PK\x05\x06" {
		return "", damaged("an archive that does not end as one")
	}
	length, at := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if at+length != size-endSize || length > maxDirectory {
		return "", damaged("an archive with something in it that is not its own")
	}
	directory := make([]byte, length)
	if err := readAt(f, directory, at); err != nil {
		return "", err
	}
	names, err := entries(directory)
	if err != nil {
		return "", err
	}
	return documentOf(f, names)
}

// entries are the names in an archive's directory, lower case.
func entries(directory []byte) (map[string]bool, error) {
	names := map[string]bool{}
	for len(directory) > 0 {
		if len(directory) < entrySize || string(directory[:4]) != "PK\x01\x02" {
			return nil, damaged("the directory of an archive")
		}
		field := func(at int) int { return int(binary.LittleEndian.Uint16(directory[at:])) }
		name := field(28)
		whole := entrySize + name + field(30) + field(32)
		if whole > len(directory) {
			return nil, damaged("the directory of an archive")
		}
		names[strings.ToLower(string(directory[entrySize:entrySize+name]))] = true
		directory = directory[whole:]
	}
	return names, nil
}

func documentOf(f io.ReaderAt, names map[string]bool) (string, error) {
	for name := range names {
		if strings.HasSuffix(name, "vbaproject.bin") || strings.HasPrefix(name, "basic/") || strings.HasPrefix(name, "scripts/") {
			return "", ErrType
		}
	}
	if names["[content_types].xml"] {
		for main, t := range map[string]string{"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX} {
			if names[main] {
				return t, nil
			}
		}
		return "", ErrType
	}
	// An OpenDocument file begins with its type, stored as it is.
	first := make([]byte, maxFirst)
	n, err := f.ReadAt(first, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	const localSize = 30
	if n > localSize && names["content.xml"] {
		if rest, ok := bytes.CutPrefix(first[localSize:n], []byte("mimetype")); ok {
			for _, t := range []string{ODT, ODS} {
				if bytes.HasPrefix(rest, []byte(t+"PK")) {
					return t, nil
				}
			}
		}
	}
	return "", ErrType
}
