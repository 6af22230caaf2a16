package widget

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const maxMessengerURL = 2048

// messengers are those that the reference knows.
func messengers() []string { return []string{"facebook", "telegram", "viber", "whatsapp"} }

// launcher checks what the launcher looks like and what it leads to.
func (v *checker) launcher(w *configv1.WidgetSettings) {
	v.oneOf("widget.button_type", w.GetButtonType(), "icon", "avatar", "button", "multi")
	v.oneOf("widget.theme", w.GetTheme(), "light", "dark", "auto")
	v.oneOf("widget.launcher.type", w.GetLauncher().GetType(), "icon")
	v.oneOf("widget.launcher.open_icon", w.GetLauncher().GetOpenIcon(), "chat_bubble", "chat", "forum", "help", "support_agent")
	v.oneOf("widget.launcher.close_icon", w.GetLauncher().GetCloseIcon(), "close", "expand_more")
	v.line("widget.multi_channel.button_title", w.GetMultiChannel().GetButtonTitle(), maxTitle)
	v.messengers(w.GetMultiChannel().GetMessengers())
}

func (v *checker) messengers(addresses map[string]string) {
	const root = "widget.multi_channel.messengers"
	if n := len(messengers()); len(addresses) > n {
		v.Add(root, "%d entries, expected at most %d: %s", len(addresses), n, strings.Join(messengers(), ", "))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(addresses)) {
		if !slices.Contains(messengers(), name) {
			v.Add(root, "%.40q is unknown, expected %s", name, strings.Join(messengers(), ", "))
			continue
		}
		if s := addresses[name]; s != "" && !isMessenger(s) {
			v.Add(root+"."+name, "expected an address that begins with https://, viber:// or tg://, at most %d bytes, or nothing", maxMessengerURL)
		}
	}
}

// isMessenger reports whether s is an address that may be opened in a messenger.
func isMessenger(s string) bool {
	if len(s) > maxMessengerURL || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || r == unicode.ReplacementChar
	}) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil {
		return false
	}
	switch u.Scheme {
	case "https":
		return u.Hostname() != ""
	case "viber", "tg":
		rest, ok := strings.CutPrefix(s, u.Scheme+"://")
		return ok && rest != ""
	}
	return false
}

// oneOf checks a word that may also be empty.
func (v *checker) oneOf(field, s string, words ...string) {
	if s == "" || slices.Contains(words, s) {
		return
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	v.Add(field, "%.40q, expected %s, or nothing", s, strings.Join(quoted, ", "))
}
