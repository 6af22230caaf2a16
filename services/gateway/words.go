package gateway

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

const (
	maxLanguageTag    = 35   // bytes; what is longer names no language that we speak
	maxAcceptLanguage = 1000 // bytes
)

// words are the loader's own words by language, which also says which languages the widget speaks.
type words map[string]json.RawMessage

// readWords reads what the widget's build has left.
func readWords(files fs.FS) (w words, err error) {
	err = readBuilt(files, "words.json", &w)
	return w, err
}

// icons are the launcher's icons but the usual one, by the names that the options have for them: the shape of a path.
type icons map[string]string

// readIcons reads what the widget's build has left.
func readIcons(files fs.FS) (i icons, err error) {
	err = readBuilt(files, "icons.json", &i)
	return i, err
}

// readBuilt reads a file of the widget's build. Where the web has not been built there is nothing.
func readBuilt(files fs.FS, name string, into any) error {
	data, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return fmt.Errorf("the widget's %s: %w", name, err)
	}
	return nil
}

// choose returns the first of the tags whose language the widget speaks, in its usual form; empty if there is none.
func (w words) choose(tags ...string) string {
	for _, s := range tags {
		if s == "" || len(s) > maxLanguageTag {
			continue
		}
		if tag, err := language.Parse(wire.Language(s)); err == nil && w[base(tag)] != nil {
			return tag.String()
		}
	}
	return ""
}

// of returns the words of a tag's language, or else the English ones.
func (w words) of(s string) json.RawMessage {
	if tag, err := language.Parse(s); err == nil && w[base(tag)] != nil {
		return w[base(tag)]
	}
	return w["en"]
}

// base is the tag's language, or empty where it names none: from a country alone it can only be guessed.
func base(tag language.Tag) string {
	b, known := tag.Base()
	if known != language.Exact {
		return ""
	}
	return b.String()
}

// languages are the tags that a request for a bot's settings gives, the one that counts most first: what the page
// asks for, the bot's, the page's own, and the browser's.
func languages(r *http.Request, b *configv1.Bot) []string {
	q := r.URL.Query()
	tags := []string{q.Get("lang"), b.GetWidget().GetLanguageCode(), q.Get("page")}
	return append(tags, accepted(r.Header.Get("Accept-Language"))...)
}

// accepted are the tags that a browser names, the one that it likes best first. What cannot be read is passed over: one
// language that nobody knows says nothing of the others.
func accepted(header string) []string {
	type wish struct {
		tag string
		q   float64
	}
	if len(header) > maxAcceptLanguage {
		return nil
	}
	var wishes []wish
	for part := range strings.SplitSeq(header, ",") {
		tag, weight, weighed := strings.Cut(part, ";")
		q := 1.0
		if weighed {
			value, _ := strings.CutPrefix(strings.TrimSpace(weight), "q=")
			var err error
			if q, err = strconv.ParseFloat(value, 64); err != nil || !(q > 0 && q <= 1) {
				continue
			}
		}
		wishes = append(wishes, wish{strings.TrimSpace(tag), q})
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(b.q, a.q) })
	tags := make([]string, len(wishes))
	for i, w := range wishes {
		tags[i] = w.tag
	}
	return tags
}
