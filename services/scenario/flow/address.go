package flow

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

var errAddress = errors.New("expected an address that begins with https:// or http://, such as https://shop.example.com/help")

// address reads a template of an http or https address. Values may come in behind the host, where they
// are percent-encoded, or begin the address; nothing that a visitor says can change another host.
func (o *object) address(name string) template {
	t := o.template(name, maxURL)
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
