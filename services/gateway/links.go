package gateway

import (
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// maxCandidates bounds what is taken for an address in one conversation.
const maxCandidates = 2000

// linked reports whether a bot or an operator has linked to an address in one of the messages, the last of which are
// looked at first. It is what keeps the gateway from looking at whatever a visitor would like it to.
func linked(messages []*chatv1.Message, address string) bool {
	l := links{want: normalURL(address), left: maxCandidates}
	if l.want == "" {
		return false
	}
	for _, m := range slices.Backward(messages) {
		if a := m.GetAuthor(); a != chatv1.Author_AUTHOR_BOT && a != chatv1.Author_AUTHOR_OPERATOR {
			continue
		}
		for _, s := range texts(m) {
			if l.in(s) || strings.Contains(s, "&") && l.in(html.UnescapeString(s)) {
				return true
			}
		}
	}
	return false
}

// links looks for one address.
type links struct {
	want string // as normalURL writes it
	left int    // how many candidates may still be looked at
}

// in reports whether a text has the address. Where an address ends in a text is a matter of taste: every place counts
// at which there is a mark that a reader may take for one of the sentence's, or of Markdown.
func (l *links) in(text string) bool {
	for ; l.left > 0; l.left-- {
		at := strings.Index(text, "://")
		if at < 0 {
			return false
		}
		for _, scheme := range []string{"https", "http"} {
			if begin := at - len(scheme); begin >= 0 && strings.EqualFold(text[begin:at], scheme) && l.at(text[begin:]) {
				return true
			}
		}
		text = text[at+len("://"):]
	}
	return false
}

// at reports whether a text begins with the address.
func (l *links) at(text string) bool {
	const (
		marks = ".,;:!?'\")]}*_~|`"
		spare = 16 // what a browser leaves out, such as a port
	)
	most := min(len(text), len(l.want)+spare)
	text = text[:min(len(text), most+1)] // what follows is a mark, or it is not the address's end
	if end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '<' || r == '>' }); end >= 0 {
		text = text[:end]
	}
	for end := len(l.want) / 4; end <= min(len(text), most); end++ { // what is written with % is three times as long
		if end < len(text) && !strings.ContainsRune(marks, rune(text[end])) {
			continue
		}
		if l.left--; l.left < 0 {
			return false
		}
		if normalURL(text[:end]) == l.want {
			return true
		}
	}
	return false
}

// texts are what links are found in.
func texts(m *chatv1.Message) []string {
	switch b := m.GetBody().(type) {
	case *chatv1.Message_Text:
		return []string{b.Text.GetText()}
	case *chatv1.Message_Edit:
		return []string{b.Edit.GetText().GetText()}
	case *chatv1.Message_Keyboard:
		return []string{b.Keyboard.GetText()}
	case *chatv1.Message_InlineKeyboard:
		return []string{b.InlineKeyboard.GetText()}
	case *chatv1.Message_Form:
		return []string{b.Form.GetText()}
	case *chatv1.Message_Image:
		return []string{b.Image.GetCaption()}
	case *chatv1.Message_Cards:
		var all []string
		for _, c := range b.Cards.GetCards() {
			all = append(all, c.GetText())
		}
		return all
	}
	return nil
}

// normalURL is an address as browsers write it, without the fragment; empty if it is none of the web's.
func normalURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Opaque != "" {
		return ""
	}
	if u.Scheme = strings.ToLower(u.Scheme); u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil {
		host = strings.ToLower(u.Hostname()) // such as an address
	}
	port := u.Port()
	if port == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		port = ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if u.Host = host; port != "" {
		u.Host += ":" + port
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = asciiQuery(u.RawQuery)
	return u.String()
}

// asciiQuery writes what is not ASCII as browsers do.
func asciiQuery(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c > unicode.MaxASCII || strings.IndexByte(`"'<> `, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
