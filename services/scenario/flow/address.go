package flow

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/switchboard-chat/switchboard/internal/media"
)

var errAddress = errors.New("expected an address that begins with https:// or http://, such as https://shop.example.com/help")

var errPath = errors.New("expected a path of the gateway's own, such as /widget/v2/demo/sencha.svg, without blanks")

// address reads a template of an http or https address. Values may come in behind the host, where they
// are percent-encoded, or begin the address; nothing that a visitor says can change another host.
func (o *object) address(name string) template {
	return o.addressIn(name, o.template(name, maxURL))
}

// addressIn checks a template that was read for [object.address].
func (o *object) addressIn(name string, t template) template {
	if len(t) == 0 || t[0].isPlaceholder() {
		return t
	}
	if t.isLiteral() {
		if err := checkAddress(t[0].literal); err != nil {
			o.problem(name, "%v", err)
		}
		return t
	}
	host, ok := cutScheme(t[0].literal)
	if !ok {
		o.problem(name, "%v", errAddress)
		return t
	}
	if !strings.ContainsAny(host, "/?#") {
		o.problem(name, "a placeholder may not be part of the host: expected it behind a / or at the very beginning")
	}
	return t
}

// renderAddress is the filled-in address, or "" if it is none: a wrong value shows nothing rather than
// a broken or dangerous link.
func renderAddress(r *run, t template) string {
	s := t.render(r, asURL, maxURL)
	if checkAddress(s) != nil {
		return ""
	}
	return s
}

// picture reads a template of a picture's address, which may also be a path of the gateway's own. That the scenario
// says: a value that begins an address is never one.
func (o *object) picture(name string) template {
	t := o.template(name, maxURL)
	if !isPath(t) {
		return o.addressIn(name, t)
	}
	for i, part := range t {
		literal := part.literal
		if i > 0 {
			literal = "/x" + literal // only the first one says whose path it is
		}
		if !part.isPlaceholder() && !media.IsOwnPath(literal) {
			o.problem(name, "%v", errPath)
			break
		}
	}
	return t
}

// renderPicture is the filled-in address of a picture, or "" if it is none.
func renderPicture(r *run, t template) string {
	if !isPath(t) {
		return renderAddress(r, t)
	}
	if s := t.render(r, asURL, maxURL); media.IsOwnPath(s) {
		return s
	}
	return ""
}

func isPath(t template) bool {
	return len(t) > 0 && !t[0].isPlaceholder() && strings.HasPrefix(t[0].literal, "/")
}

func checkAddress(s string) error {
	if _, ok := cutScheme(s); !ok {
		return errAddress
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.ContainsFunc(s, unicode.IsSpace) || utf8.RuneCountInString(s) > maxURL {
		return errAddress
	}
	return nil
}

func cutScheme(s string) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(s, "https://"); ok {
		return rest, true
	}
	return strings.CutPrefix(s, "http://")
}
