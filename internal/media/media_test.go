package media_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/media"
)

const place = "SECRET-48.8566,2.3522" // where the picture was taken

func canvas() *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.Black, color.White, color.RGBA{R: 200, A: 255}})
	for i := range m.Pix {
		m.Pix[i] = byte(i * i % 3)
	}
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func aPNG(t testing.TB) []byte {
	var b bytes.Buffer
	must(t, png.Encode(&b, canvas()))
	return b.Bytes()
}

func aJPEG(t testing.TB) []byte {
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, canvas(), nil))
	return b.Bytes()
}

func aGIF(t testing.TB) []byte {
	var b bytes.Buffer
	must(t, gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{canvas(), canvas()}, Delay: []int{1, 1}}))
	return b.Bytes()
}

func length(s string) uint32 { return uint32(len(s)) } //nolint:gosec // as long as the test makes it

func riff(chunks ...string) []byte {
	body := "WEBP" + strings.Join(chunks, "")
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), length(body)), body...)
}

func riffChunk(name, body string) string {
	pad := strings.Repeat("\x00", len(body)%2)
	return string(binary.LittleEndian.AppendUint32([]byte(name), length(body))) + body + pad
}

// aWebP is 40 by 30 pixels, with Exif.
func aWebP() []byte {
	return riff(
		riffChunk("VP8X", "\x0c\x00\x00\x00\x27\x00\x00\x1d\x00\x00"),
		riffChunk("VP8L", "\x2f\x27\x40\x07\x00data"),
		riffChunk("EXIF", place), riffChunk("XMP ", place), riffChunk("abcd", place))
}

func pngChunk(name, body string) string {
	b := binary.BigEndian.AppendUint32(nil, length(body))
	b = append(append(b, name...), body...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

func segment(marker byte, body string) string {
	return string(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(length(body)+2))) + body //nolint:gosec // as long as the test makes it
}

// insert puts s into data at a place.
func insert(data []byte, at int, s string) []byte {
	return append(append(append([]byte{}, data[:at]...), s...), data[at:]...)
}

// exif is an Exif segment in Intel's order: the orientation behind another tag, and a place.
func exif(orientation byte) string {
	return segment(0xe1, "Exif\x00\x00II\x2a\x00\x08\x00\x00\x00\x02\x00"+
		"\x0f\x01\x02\x00\x04\x00\x00\x00abc\x00"+
		"\x12\x01\x03\x00\x01\x00\x00\x00"+string(rune(orientation))+"\x00\x00\x00"+"\x00\x00\x00\x00"+place)
}

func archive(t testing.TB, names ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		name, content, _ := strings.Cut(name, "=")
		n := uint64(len(content))
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE([]byte(content)), CompressedSize64: n, UncompressedSize64: n,
		})
		must(t, err)
		_, err = w.Write([]byte(content))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

func sniff(data []byte) (string, error) {
	return media.Sniff(bytes.NewReader(data), int64(len(data)))
}

func clean(t string, data []byte) ([]byte, media.Size, error) {
	var out bytes.Buffer
	size, err := media.Clean(t, &out, bytes.NewReader(data), int64(len(data)))
	return out.Bytes(), size, err
}

func TestSniff(t *testing.T) {
	pdf := "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"
	word := archive(t, "[Content_Types].xml", "word/document.xml")
	for name, tt := range map[string]struct {
		data []byte
		want string
		err  error
	}{
		"png":                       {aPNG(t), media.PNG, nil},
		"jpeg":                      {aJPEG(t), media.JPEG, nil},
		"gif":                       {aGIF(t), media.GIF, nil},
		"webp":                      {aWebP(), media.WebP, nil},
		"pdf":                       {[]byte(pdf), media.PDF, nil},
		"pdf and archive":           {append([]byte(pdf), word...), "", media.ErrDamaged},
		"pdf behind html":           {[]byte("<html><script>1</script>" + pdf), "", media.ErrType},
		"pdf behind a comment":      {[]byte("<!-- " + pdf), "", media.ErrType},
		"pdf without end":           {[]byte("%PDF-1.7\n"), "", media.ErrDamaged},
		"docx":                      {word, media.DOCX, nil},
		"xlsx":                      {archive(t, "[Content_Types].xml", "xl/workbook.xml"), media.XLSX, nil},
		"pptx":                      {archive(t, "[Content_Types].xml", "ppt/presentation.xml"), media.PPTX, nil},
		"odt":                       {archive(t, "mimetype="+media.ODT, "content.xml"), media.ODT, nil},
		"ods":                       {archive(t, "mimetype="+media.ODS, "content.xml"), media.ODS, nil},
		"docx with macros":          {archive(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "", media.ErrType},
		"odt with macros":           {archive(t, "mimetype="+media.ODT, "content.xml", "Basic/Standard/Module1.xml"), "", media.ErrType},
		"jar":                       {archive(t, "META-INF/MANIFEST.MF", "A.class"), "", media.ErrType},
		"zip":                       {archive(t, "a.txt"), "", media.ErrType},
		"archive with a tail":       {append(append([]byte{}, word...), "<script>"...), "", media.ErrDamaged},
		"archive with a head":       {append([]byte("MZ\x00\x00"), word...), "", media.ErrType},
		"archive, wrong directory":  {append([]byte("PK\x03\x04xx"), word...), "", media.ErrDamaged},
		"archive cut":               {word[:len(word)-5], "", media.ErrDamaged},
		"text":                      {[]byte("Вітаю!\r\n\tціна: 5 €"), media.Text, nil},
		"text with a mark":          {[]byte("\xef\xbb\xbfhello"), media.Text, nil},
		"long text":                 {[]byte(strings.Repeat("ї€𝄞a", 20_000)), media.Text, nil},
		"long text, invalid at end": {[]byte(strings.Repeat("ї", 40_000) + "\xd1"), "", media.ErrType},
		"csv":                       {[]byte("a;b\n1;2\n"), media.Text, nil},
		"html":                      {[]byte("  \n<!DOCTYPE html><p>"), "", media.ErrType},
		"script":                    {[]byte("<ScRipt>alert(1)</script>"), "", media.ErrType},
		"html behind blanks":        {[]byte(strings.Repeat(" \n", 2_000) + "<html>"), "", media.ErrType},
		"html behind many blanks":   {[]byte(strings.Repeat(" ", 40_000) + "<html>"), "", media.ErrType},
		"blanks":                    {[]byte(strings.Repeat(" ", 2_000)), media.Text, nil},
		"html behind a mark":        {[]byte("\xef\xbb\xbf<html>"), "", media.ErrType},
		"svg":                       {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "", media.ErrType},
		"xml":                       {[]byte(`<?xml version="1.0"?><svg/>`), "", media.ErrType},
		"shell":                     {[]byte("#!/bin/sh\nrm -rf /\n"), "", media.ErrType},
		"mail":                      {[]byte("MIME-Version: 1.0\n"), "", media.ErrType},
		"executable":                {[]byte("MZ\x90\x00\x03"), "", media.ErrType},
		"elf":                       {[]byte("\x7fELF\x02\x01"), "", media.ErrType},
		"old word":                  {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "", media.ErrType},
		"utf-16":                    {[]byte("\xff\xfeh\x00i\x00"), "", media.ErrType},
		"bmp":                       {[]byte("BM\x00\x00\x00\x00"), "", media.ErrType},
		"empty":                     {nil, "", media.ErrType},
	} {
		got, err := sniff(tt.data)
		if !errors.Is(err, tt.err) || err == nil && got != tt.want {
			t.Errorf("%s: %s, %v; want %s, %v", name, got, err, tt.want, tt.err)
		}
	}
}

// What is not the picture is gone, and the picture is the same.
func TestCleanKeepsThePictureOnly(t *testing.T) {
	tail := "PK\x03\x04<script>" + place + "</script>"
	p, j, g := aPNG(t), aJPEG(t), aGIF(t)
	for name, tt := range map[string]struct {
		media string
		data  []byte
		plain []byte // what is left, if it is the whole of that
		size  media.Size
	}{
		"png":          {media.PNG, append(insert(p, 33, pngChunk("tEXt", "GPS\x00"+place)+pngChunk("eXIf", place)+pngChunk("zzZz", place)), tail...), p, media.Size{Width: 40, Height: 30}},
		"jpeg":         {media.JPEG, append(insert(j, 2, segment(0xe0, "JFXX\x00"+place)+segment(0xfe, place)+segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+place)+segment(0xed, "Photoshop"+place)+segment(0xe2, "MPF\x00"+place)), tail...), j, media.Size{Width: 40, Height: 30}},
		"jpeg turned":  {media.JPEG, insert(j, 2, exif(6)), nil, media.Size{Width: 30, Height: 40}},
		"jpeg upright": {media.JPEG, insert(j, 2, exif(1)), j, media.Size{Width: 40, Height: 30}},
		"gif":          {media.GIF, append(insert(g, len(g)-1, "\x21\xfe\x15"+place[:21]+"\x00\x21\xff\x0bXMP DataXMP\x15"+place[:21]+"\x00"), tail...), g, media.Size{Width: 40, Height: 30}},
		"webp":         {media.WebP, append(aWebP(), tail...), riff(riffChunk("VP8X", "\x00\x00\x00\x00\x27\x00\x00\x1d\x00\x00"), riffChunk("VP8L", "\x2f\x27\x40\x07\x00data")), media.Size{Width: 40, Height: 30}},
	} {
		got, size, err := clean(tt.media, tt.data)
		if err != nil || size != tt.size {
			t.Errorf("%s: %v, %v; want %v", name, size, err, tt.size)
			continue
		}
		if bytes.Contains(got, []byte("SECRET")) || bytes.Contains(got, []byte("script")) {
			t.Errorf("%s: still has what it should lose", name)
		}
		if tt.plain != nil && !bytes.Equal(got, tt.plain) {
			t.Errorf("%s: not the same picture: %d bytes, want %d", name, len(got), len(tt.plain))
		}
		if tt.media != media.WebP {
			if _, _, err := image.Decode(bytes.NewReader(got)); err != nil {
				t.Errorf("%s: not to be decoded: %v", name, err)
			}
		}
	}
}

// A picture that was turned by its camera is still turned, by an Exif of nothing else.
func TestOrientationStays(t *testing.T) {
	turned, _, err := clean(media.JPEG, insert(aJPEG(t), 2, exif(6)))
	must(t, err)
	again, size, err := clean(media.JPEG, turned)
	if err != nil || size != (media.Size{Width: 30, Height: 40}) || !bytes.Equal(again, turned) {
		t.Errorf("cleaned again: %v, %v, %d bytes, want %d", size, err, len(again), len(turned))
	}
}

func TestDamaged(t *testing.T) {
	p, j, g, w := aPNG(t), aJPEG(t), aGIF(t), aWebP()
	header := func(width, height uint32) []byte {
		b := binary.BigEndian.AppendUint32(nil, width)
		return append([]byte(pngMagic), pngChunk("IHDR", string(binary.BigEndian.AppendUint32(b, height))+"\x08\x02\x00\x00\x00")+pngChunk("IDAT", "x")+pngChunk("IEND", "")...)
	}
	for name, tt := range map[string]struct {
		media string
		data  []byte
	}{
		"png, bomb":                {media.PNG, header(1<<31-1, 1<<31-1)},
		"png, wide":                {media.PNG, header(16_385, 1)},
		"png, many pixels":         {media.PNG, header(16_000, 16_000)},
		"png, none":                {media.PNG, header(0, 5)},
		"png, unknown and needed":  {media.PNG, insert(p, 33, pngChunk("EVIL", "x"))},
		"png, no picture":          {media.PNG, []byte(pngMagic + pngChunk("IHDR", "\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00") + pngChunk("IEND", ""))},
		"png, two headers":         {media.PNG, insert(p, 33, string(p[8:33]))},
		"png, wrong sum":           {media.PNG, insert(p[:len(p)-1], len(p)-1, "\x00")},
		"png, a chunk too long":    {media.PNG, insert(p, 33, "\xff\xff\xff\xfftEXt")},
		"jpeg, no end":             {media.JPEG, j[:len(j)-2]},
		"jpeg, no picture":         {media.JPEG, []byte("\xff\xd8\xff\xd9")},
		"jpeg, html for a segment": {media.JPEG, insert(j, 2, "<script>")},
		"jpeg, short segment":      {media.JPEG, insert(j, 2, "\xff\xe1\x00\x01")},
		"gif, no picture":          {media.GIF, append(append([]byte{}, g[:13+3*4]...), ';')},
		"gif, strange block":       {media.GIF, insert(g, len(g)-1, "<")},
		"webp, chunk beyond end":   {media.WebP, riff("VP8 \xff\xff\xff\x00")},
		"webp, longer than it is":  {media.WebP, w[:len(w)-1]},
		"webp, no picture":         {media.WebP, riff(riffChunk("EXIF", "x"))},
		"webp, strange picture":    {media.WebP, riff(riffChunk("VP8 ", "<script>alert(1)</script>"))},
	} {
		if _, size, err := clean(tt.media, tt.data); !errors.Is(err, media.ErrDamaged) {
			t.Errorf("%s: %v, %v; want ErrDamaged", name, size, err)
		}
	}
	for kind, data := range map[string][]byte{media.PNG: p, media.JPEG: j, media.GIF: g, media.WebP: w} {
		for n := range data {
			if _, _, err := clean(kind, data[:n]); !errors.Is(err, media.ErrDamaged) {
				t.Errorf("%s cut at %d of %d: %v, want ErrDamaged", kind, n, len(data), err)
			}
		}
	}
}

const pngMagic = "\x89PNG\r\n\x1a\n"

func TestTypes(t *testing.T) {
	for _, k := range media.Types() {
		if !media.Known(k) || media.Extension(k) == "" || media.IsImage(k) != strings.HasPrefix(k, "image/") {
			t.Errorf("%s: Known %v, Extension %q, IsImage %v", k, media.Known(k), media.Extension(k), media.IsImage(k))
		}
	}
	if media.Known("image/svg+xml") || media.IsImage("image/svg+xml") {
		t.Error("SVG is known")
	}
}

// Whatever is sent, what is given on is of the type that was found, and cleaning it again changes nothing.
func FuzzClean(f *testing.F) {
	for _, data := range [][]byte{aPNG(f), aJPEG(f), aGIF(f), aWebP(), insert(aJPEG(f), 2, exif(6)), archive(f, "[Content_Types].xml", "xl/workbook.xml"), []byte("text"), []byte("%PDF-1.4\n%%EOF")} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		kind, err := sniff(data)
		if err != nil {
			return
		}
		out, size, err := clean(kind, data)
		if err != nil {
			return
		}
		if len(out) > len(data)+64 {
			t.Fatalf("%s of %d bytes has become %d", kind, len(data), len(out))
		}
		if again, err := sniff(out); err != nil || again != kind {
			t.Fatalf("%s has become %s, %v", kind, again, err)
		}
		twice, size2, err := clean(kind, out)
		if err != nil || size2 != size || !bytes.Equal(twice, out) {
			t.Fatalf("%s cleaned twice: %v, %v; before %v", kind, size2, err, size)
		}
	})
}
