package wire_test

import (
	"testing"

	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

func TestLanguage(t *testing.T) {
	for tag, want := range map[string]string{"": "", "uk-UA": "uk-UA", "ua": "uk", "UA_ua": "uk_ua", "uab": "uab", "fa": "fa"} {
		if got := wire.Language(tag); got != want {
			t.Errorf("Language(%q) = %q, want %q", tag, got, want)
		}
	}
}
