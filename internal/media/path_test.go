package media_test

import (
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/media"
)

func TestIsOwnPath(t *testing.T) {
	for s, want := range map[string]bool{
		"/": true, "/a.svg": true, "/a/b?c=d#e": true, "/я.png": true, "/" + strings.Repeat("a", 2048-1): true,
		"": false, "a.svg": false, "./a": false, "//evil.example.com": false, `/\evil.example.com`: false, "/\t/evil.example.com": false,
		"/a b": false, "/a\n": false, "/a\x7f": false, " /a": false, "https://x": false, "/" + strings.Repeat("a", 2048): false,
	} {
		if got := media.IsOwnPath(s); got != want {
			t.Errorf("IsOwnPath(%.40q) = %v, want %v", s, got, want)
		}
	}
}
