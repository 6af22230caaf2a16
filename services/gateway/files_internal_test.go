package gateway

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/switchboard-chat/switchboard/internal/media"
)

func TestFileName(t *testing.T) {
	for name, tt := range map[string]struct{ given, kind, want string }{
		"as it is":            {"Чай.png", media.PNG, "Чай.png"},
		"other letters":       {"A.JPEG", media.JPEG, "A.JPEG"},
		"folders":             {"../../etc/passwd", media.Text, "passwd.txt"},
		"folders of windows":  {`C:\a\b.pdf`, media.PDF, "b.pdf"},
		"a lie":               {"photo.png.exe", media.PNG, "photo.png.exe.png"},
		"turned writing":      {"photo\u202egnp.exe", media.PNG, "photognp.exe.png"},
		"control":             {"a\r\nb\x00.pdf", media.PDF, "ab.pdf"},
		"quotes":              {`a";b.pdf`, media.PDF, "a;b.pdf"},
		"nothing":             {"", media.GIF, "file.gif"},
		"points":              {"...", media.GIF, "file.gif"},
		"only an end":         {".png", media.PNG, "png.png"},
		"a table":             {"t.csv", media.Text, "t.csv"},
		"a script":            {"t.sh", media.Text, "t.sh.txt"},
		"not utf-8":           {"a\xff.txt", media.Text, "a.txt"},
		"long":                {strings.Repeat("ї", 500) + ".docx", media.DOCX, strings.Repeat("ї", 115) + ".docx"},
		"end with no letters": {"a. .pdf", media.PDF, "a.pdf"},
	} {
		got := fileName(tt.given, tt.kind)
		if got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if n := utf8.RuneCountInString(got); n > maxFileName {
			t.Errorf("%s: %d characters", name, n)
		}
	}
}
