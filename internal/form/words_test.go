package form_test

import (
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/form"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// Every kind and style of the contract has its word, the end of its name there.
func TestWords(t *testing.T) {
	for n, name := range chatv1.FormFieldKind_name {
		want := strings.ToLower(strings.TrimPrefix(name, "FORM_FIELD_KIND_"))
		if n == 0 {
			want = "text"
		}
		if got := form.KindWord(chatv1.FormFieldKind(n)); got != want {
			t.Errorf("KindWord(%s) = %q, want %q", name, got, want)
		}
		if k, ok := form.Kind(want); n != 0 && (!ok || int32(k) != n) {
			t.Errorf("Kind(%q) = %v, %v, want %s", want, k, ok, name)
		}
	}
	for n, name := range chatv1.RatingStyle_name {
		want := strings.ToLower(strings.TrimPrefix(name, "RATING_STYLE_"))
		if n == 0 {
			want = ""
		}
		if got := form.StyleWord(chatv1.RatingStyle(n)); got != want {
			t.Errorf("StyleWord(%s) = %q, want %q", name, got, want)
		}
		if s, ok := form.Style(want); n != 0 && (!ok || int32(s) != n) {
			t.Errorf("Style(%q) = %v, %v, want %s", want, s, ok, name)
		}
	}
	if _, ok := form.Kind("colour"); ok {
		t.Error("colour is a kind")
	}
	if got := form.KindWord(99); got != "text" {
		t.Errorf("KindWord(99) = %q, want text", got)
	}
}
