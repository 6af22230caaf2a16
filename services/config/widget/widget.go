// Package widget holds the rules of bots and their widgets: what a bot's settings may be and which
// sites may show it. It does no I/O.
package widget

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/subject"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/config/invalid"
)

const (
	maxName      = 100
	maxTitle     = 60
	maxSubtitle  = 100
	maxLanguage  = 35 // the longest tag that RFC 5646 recommends to have room for
	maxOffset    = 200
	maxAvatarURL = 2048
	maxOrigins   = 100
	maxBot       = 960 << 10 // of the whole, which the bus carries in one message of at most 1 MiB
)

// languageTag is the shape of a BCP 47 tag: a language and its subtags.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)

// checker collects the problems of one bot.
type checker struct{ invalid.Problems }

// Validate checks everything that a person can set in a bot. Its error, if any, is an
// [invalid.Problems] with every problem, in the order of the fields.
func Validate(b *configv1.Bot) error {
	var v checker
	if subject.ValidateBot(b.GetId()) != nil {
		v.Add("id", `expected 1 to 64 of a-z, A-Z, 0-9, "-" and "_"`)
	}
	if strings.TrimSpace(b.GetName()) == "" {
		v.Add("name", "expected 1 to %d characters", maxName)
	} else {
		v.line("name", b.GetName(), maxName)
	}
	v.widget(b.GetWidget())
	v.origins(b.GetAllowedOrigins())
	v.blocks(b.GetBlocks())
	v.line("block_message", b.GetBlockMessage(), maxBlockMessage)
	v.uploads(b.GetUploads())
	if _, ok := configv1.Challenge_name[int32(b.GetChallenge())]; !ok {
		v.Add("challenge", "%d, expected off, under attack or always", b.GetChallenge())
	}
	if n := proto.Size(b); len(v.Problems) == 0 && n > maxBot {
		v.Add("widget", "%d bytes with all else of the bot, expected at most %d", n, maxBot)
	}
	return v.Err()
}

func (v *checker) widget(w *configv1.WidgetSettings) {
	v.line("widget.title", w.GetTitle(), maxTitle)
	v.line("widget.subtitle", w.GetSubtitle(), maxSubtitle)
	if l := w.GetLanguageCode(); l != "" && (len(l) > maxLanguage || !languageTag.MatchString(l)) {
		v.Add("widget.language_code", "expected a BCP 47 tag such as uk or en-GB, or nothing")
	}
	v.colors(w.GetColors())
	v.position(w.GetPosition())
	if u := w.GetAvatarUrl(); u != "" && !isAvatar(u) {
		v.Add("widget.avatar_url", "expected the full address of a picture, such as https://example.com/bot.png, "+
			"at most %d bytes, or nothing", maxAvatarURL)
	}
	v.launcher(w)
	v.rules(w.GetRules())
	v.form("widget.prechat", w.GetPrechat())
	v.hours(w.GetHours())
	v.form("widget.offline", w.GetOffline())
	v.customCode(w.GetCustomCode())
}

func (v *checker) position(p *configv1.LauncherPosition) {
	if x := p.GetX(); x != "" && x != "left" && x != "right" {
		v.Add("widget.position.x", `expected "left" or "right"`)
	}
	if y := p.GetY(); y != "" && y != "top" && y != "bottom" {
		v.Add("widget.position.y", `expected "top" or "bottom"`)
	}
	if o := p.GetOffset(); o < 0 || o > maxOffset {
		v.Add("widget.position.offset", "expected 0 to %d pixels", maxOffset)
	}
}

func (v *checker) origins(origins []string) {
	if len(origins) > maxOrigins {
		v.Add("allowed_origins", "%d entries, expected at most %d", len(origins), maxOrigins)
		return
	}
	first := make(map[string]int, len(origins))
	for i, o := range origins {
		field := fmt.Sprintf("allowed_origins[%d]", i)
		if err := ParseOrigin(o); err != nil {
			v.Add(field, "%s", err)
			continue
		}
		if at, ok := first[o]; ok {
			v.Add(field, "is the same as allowed_origins[%d]: list every origin once", at)
			continue
		}
		first[o] = i
	}
}

// line checks a text of one line; it may be empty.
func (v *checker) line(field, s string, maximum int) {
	switch n := utf8.RuneCountInString(s); {
	case !utf8.ValidString(s):
		v.Add(field, "expected valid UTF-8")
	case n > maximum:
		v.Add(field, "%d characters, expected at most %d", n, maximum)
	case strings.ContainsFunc(s, unicode.IsControl):
		v.Add(field, "has a line break or another control character, expected one line")
	}
}

func isAvatar(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= maxAvatarURL && u.Scheme == "https" && u.Hostname() != "" && u.User == nil &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) || r == utf8.RuneError })
}
