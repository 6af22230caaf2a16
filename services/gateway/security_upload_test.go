package gateway_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/media"
)

const payload = "<script>alert(document.domain)</script>"

// archive is a ZIP of files with the payload.
func archive(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(payload))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// chunk is a part of a PNG.
func chunk(kind, body string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body))) //nolint:gosec // few
	b = append(append(b, kind...), body...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(kind+body))))
}

func pixels() *image.Paletted {
	return image.NewPaletted(image.Rect(0, 0, 8, 8), color.Palette{color.Black, color.White})
}

// What is two things at once is refused, or is one of them once it is here; and what is served is what
// it is said to be.
func TestPolyglots(t *testing.T) {
	s := newSiteWith(t, crowded())
	s.set(uploading(2))
	_, session := s.visit()
	png := string(picture(t))
	png = png[:strings.Index(png, "<script>")]
	var g, j bytes.Buffer
	if gif.Encode(&g, pixels(), nil) != nil || jpeg.Encode(&j, pixels(), nil) != nil {
		t.Fatal("no pictures")
	}
	jar := archive(t, "META-INF/MANIFEST.MF", "Evil.class")
	const pdf = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
	comment := func(s string) string {
		return "\xff\xfe" + string(binary.BigEndian.AppendUint16(nil, uint16(len(s)+2))) + s //nolint:gosec // few
	}
	for name, tt := range map[string]struct {
		content string
		kind    string // "" = refused
	}{
		"a GIF that is a JAR":               {g.String() + jar, media.GIF},
		"a GIF whose comment is a page":     {g.String()[:g.Len()-1] + "\x21\xfe" + string(rune(len(payload))) + payload + "\x00;", media.GIF},
		"a GIF that is a script":            {"GIF89a/*" + g.String()[8:] + "*/=1;alert(1)//" + payload, media.GIF},
		"a PNG whose text is a page":        {png[:33] + chunk("tEXt", "Title\x00"+payload) + chunk("iTXt", payload) + png[33:], media.PNG},
		"a PNG with a chunk of its own":     {png[:33] + chunk("evIl", payload) + png[33:], media.PNG},
		"a PNG with an archive behind":      {png + jar, media.PNG},
		"a PNG with an archive before":      {jar + png, ""},
		"a JPEG whose comment is a page":    {"\xff\xd8" + comment("*/alert(1)/*"+payload) + j.String()[2:], media.JPEG},
		"a JPEG with a page behind":         {j.String() + payload, media.JPEG},
		"a JPEG that is a PHP":              {"\xff\xd8" + comment("<?php system($_GET[0]); ?>"+payload) + j.String()[2:], media.JPEG},
		"a PDF that acts":                   {pdf, media.PDF}, // never in our origin: it is an attachment
		"a PDF that is a JAR":               {pdf + jar, ""},
		"a PDF behind a GIF":                {"GIF89a" + pdf, ""},
		"a PDF behind a page":               {payload + pdf, ""},
		"a program that is an archive":      {"MZ\x90\x00" + archive(t, "[Content_Types].xml", "word/document.xml"), ""},
		"a document with macros":            {archive(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), ""},
		"a document with macros, shouted":   {archive(t, "[Content_Types].xml", "word/document.xml", "WORD/VBAPROJECT.BIN"), ""},
		"a sheet with macros":               {archive(t, "[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), ""},
		"an archive that climbs":            {archive(t, "../../etc/cron.d/x"), ""},
		"a document with a page behind":     {archive(t, "[Content_Types].xml", "word/document.xml") + payload, ""},
		"a picture in words":                {`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, ""},
		"a picture in words, behind a mark": {"\xef\xbb\xbf\n<?xml version=\"1.0\"?><svg/>", ""},
		"a page":                            {"<!DOCTYPE html>" + payload, ""},
		"a page behind spaces":              {strings.Repeat(" \n", 600) + "<html>" + payload, ""},
		"a page in UTF-16":                  {"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", ""},
		"a page in UTF-7":                   {"+ADw-script+AD4-alert(1)+ADw-/script+AD4-", media.Text}, // said to be UTF-8
		"a text that goes on as a page":     {"Hello " + payload, media.Text},
		"a program for the shell":           {"#!/bin/sh\nrm -rf ~\n", ""},
		"a stylesheet that is a script":     {"@import 'x';/*" + payload, media.Text},
		"a mail with a page in it":          {"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + payload, ""},
		"a shortcut of Windows":             {"[InternetShortcut]\r\nURL=file://evil/x.exe\r\n", media.Text}, // named .txt
	} {
		status, up, code := s.upload(session.field("token"), "a.svg.html.exe", strings.NewReader(tt.content))
		if tt.kind == "" {
			if status != http.StatusUnsupportedMediaType {
				t.Errorf("%s: %d %s %+v, want 415", name, status, code, up)
			}
			continue
		}
		if status != http.StatusCreated || up.ContentType != tt.kind {
			t.Errorf("%s: %d %s %+v, want %s", name, status, code, up, tt.kind)
			continue
		}
		_, head, body := s.file(up.URL, "", "")
		if media.IsImage(tt.kind) && (bytes.Contains(body, []byte("alert")) || bytes.Contains(body, []byte("Evil.class")) || bytes.Contains(body, []byte("<?php"))) {
			t.Errorf("%s: still has it", name)
		}
		inline := strings.HasPrefix(head.Get("Content-Disposition"), "inline")
		if kind, _, _ := strings.Cut(head.Get("Content-Type"), ";"); kind != tt.kind || inline != media.IsImage(tt.kind) || head.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(head.Get("Content-Security-Policy"), "sandbox") || !strings.HasSuffix(up.Name, media.Extension(tt.kind)) {
			t.Errorf("%s: named %s, served with %v", name, up.Name, head)
		}
	}
}
