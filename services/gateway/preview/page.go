package preview

import (
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// Bounds of a page's words, in characters, and of a picture's address, in bytes.
const (
	maxTitle       = 200
	maxDescription = 300
	maxSite        = 100
	maxImage       = 2048
)

// Page is what there is to say of a page. Every text is one line, and is text: whoever shows it escapes it.
type Page struct {
	URL         string `json:"url"` // that was asked for
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Image       string `json:"image,omitempty"` // an https address
	Site        string `json:"site_name,omitempty"`
}

// read reads the head of a page at an address: Open Graph, and what was there before it.
func read(body io.Reader, contentType string, at *url.URL) (Page, error) {
	decoded, err := charset.NewReader(body, contentType)
	if err != nil {
		return Page{}, errors.Join(ErrNone, err)
	}
	found, err := head(html.NewTokenizer(decoded))
	if err != nil {
		return Page{}, err
	}
	first := func(most int, names ...string) string {
		for _, n := range names {
			if s := line(found[n], most); s != "" {
				return s
			}
		}
		return ""
	}
	p := Page{
		Title:       first(maxTitle, "og:title", "twitter:title", "title"),
		Description: first(maxDescription, "og:description", "twitter:description", "description"),
		Site:        first(maxSite, "og:site_name", "application-name"),
	}
	for _, n := range []string{"og:image:secure_url", "og:image", "og:image:url", "twitter:image"} {
		if p.Image == "" {
			p.Image = image(strings.TrimSpace(found[n]), at)
		}
	}
	if p.Title == "" {
		return Page{}, ErrNone
	}
	return p, nil
}

// head reads up to the page's body: of each name what comes first.
func head(z *html.Tokenizer) (map[string]string, error) {
	z.SetMaxBuf(maxBody)
	found := map[string]string{}
	for inTitle := false; ; {
		switch z.Next() {
		case html.ErrorToken: // the end, or where reading was cut off
			if err := z.Err(); errors.Is(err, io.EOF) || errors.Is(err, html.ErrBufferExceeded) || len(found) > 0 {
				return found, nil
			}
			return nil, errors.Join(ErrNone, z.Err())
		case html.TextToken:
			if inTitle && found["title"] == "" {
				found["title"] = string(z.Text())
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			inTitle = false
			if atom.Lookup(name) == atom.Head {
				return found, nil
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.DataAtom {
			case atom.Title:
				inTitle = true
			case atom.Meta:
				meta(found, t.Attr)
			case atom.Body:
				return found, nil
			}
		}
	}
}

// meta notes what a <meta> says, if it is of use.
func meta(found map[string]string, attributes []html.Attribute) {
	var name, content string
	for _, a := range attributes {
		switch a.Key {
		case "property", "name":
			name = strings.ToLower(strings.TrimSpace(a.Val))
		case "content":
			content = a.Val
		}
	}
	useful := []string{
		"og:title", "og:description", "og:site_name", "og:image", "og:image:url", "og:image:secure_url",
		"twitter:title", "twitter:description", "twitter:image", "description", "application-name",
	}
	if slices.Contains(useful, name) && found[name] == "" {
		found[name] = content
	}
}

// line is s on one line, without what does not show or turns the direction of writing, and at most that long.
func line(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > most {
		return strings.TrimRight(string(runes[:most-1]), " ") + "…"
	}
	return s
}

// image is a picture's address, if it is one that can be shown on any page.
func image(s string, at *url.URL) string {
	u, err := at.Parse(s)
	if s == "" || err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(u.String()) > maxImage {
		return ""
	}
	return u.String()
}
