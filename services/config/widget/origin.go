package widget

import (
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

const (
	exampleOrigin = "https://www.example.com"
	maxHost       = 253
	maxLabel      = 63
	maxPort       = 65535
	maxOrigin     = 512 // what is longer is not even looked at
)

// Allowed reports whether origin, as a browser sends it, is one of origins, character for character.
func Allowed(origins []string, origin string) bool {
	return origin != "" && slices.Contains(origins, origin)
}

// ParseOrigin checks that s is a full origin exactly as browsers send it: http or https, a host in
// lower case, a port only if it is not the scheme's own, and nothing behind. The error says which
// rule is broken and shows a correct origin, made from s where that is possible.
func ParseOrigin(s string) error {
	rule := brokenRule(s)
	if rule == "" {
		return nil
	}
	return errors.New(rule + ", such as " + example(s))
}

// brokenRule returns the first rule that s breaks, or nothing.
func brokenRule(s string) string {
	switch {
	case s == "":
		return "is empty, expected a full origin"
	case len(s) > maxOrigin:
		return "is too long, expected a full origin of at most " + strconv.Itoa(maxOrigin) + " bytes"
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return "has spaces, expected a full origin without any"
	case strings.Contains(s, "*"):
		return "wildcards do not work: list every subdomain by itself"
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return "start with https:// or http://"
	}
	if scheme = strings.ToLower(scheme); scheme != "http" && scheme != "https" {
		return "only https:// and http:// work"
	}
	if i := strings.IndexAny(rest, `/\?#`); i >= 0 {
		return behindHost(rest[i:])
	}
	switch {
	case strings.Contains(rest, "@"):
		return "remove the user name and the password"
	case strings.ContainsFunc(rest, func(r rune) bool { return r > unicode.MaxASCII }):
		return "write an international name in its ASCII form, as browsers send it"
	case strings.ToLower(s) != s:
		return "write it in lower case, as browsers send it"
	}
	host, port, hasPort := splitPort(rest)
	if hasPort {
		if rule := brokenPort(scheme, port); rule != "" {
			return rule
		}
	}
	return brokenHost(host)
}

// behindHost says what to remove; s begins with the character that ends the host.
func behindHost(s string) string {
	switch {
	case s == "/":
		return "remove the slash at the end"
	case s[0] == '?':
		return "remove the query"
	case s[0] == '#':
		return "remove the fragment"
	}
	return "remove the path"
}

// splitPort cuts the port off; the colons inside the brackets of an IPv6 address are none.
func splitPort(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || strings.HasPrefix(s, "[") && i < strings.IndexByte(s, ']') {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

func brokenPort(scheme, port string) string {
	n, err := strconv.ParseUint(port, 10, 32)
	switch {
	case err != nil || n == 0 || n > maxPort || strconv.FormatUint(n, 10) != port:
		return "the port is a number from 1 to 65535"
	case scheme == "http" && n == 80, scheme == "https" && n == 443:
		return "leave out port " + port + ", which browsers do not send with " + scheme
	}
	return ""
}

func brokenHost(host string) string {
	if inside, ok := strings.CutPrefix(host, "["); ok {
		a, err := netip.ParseAddr(strings.TrimSuffix(inside, "]"))
		if err != nil || !a.Is6() || a.Is4In6() || a.Zone() != "" || "["+a.String()+"]" != host {
			return "the host is no IPv6 address in its short form"
		}
		return ""
	}
	if host == "" {
		return "the host is missing"
	}
	if len(host) > maxHost {
		return "the host is too long, at most " + strconv.Itoa(maxHost) + " characters"
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if !isLabel(l) {
			return `the host is a name of letters, digits and "-" between dots`
		}
	}
	// A browser reads a host whose last part is a number as an IPv4 address and sends its usual form.
	if last := labels[len(labels)-1]; isNumber(last) {
		if a, err := netip.ParseAddr(host); err != nil || a.String() != host {
			return "the host is no IPv4 address of four numbers from 0 to 255"
		}
	}
	return ""
}

func isLabel(s string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_"
	return s != "" && len(s) <= maxLabel && strings.Trim(s, allowed) == ""
}

// isNumber reports whether a browser reads a part of a host as a number: decimal, or hex after 0x.
func isNumber(s string) bool {
	if hex, ok := strings.CutPrefix(s, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(s, "0123456789") == ""
}

// example returns a correct origin that s may have meant.
func example(s string) string {
	if len(s) > maxOrigin {
		return exampleOrigin
	}
	scheme, rest, ok := strings.Cut(strings.TrimSpace(s), "://")
	if !ok {
		scheme, rest = "https", strings.TrimLeft(scheme, "/")
		if strings.HasPrefix(rest, "localhost") { // hardly anybody has a certificate for it
			scheme = "http"
		}
	}
	if scheme = strings.ToLower(scheme); scheme != "http" {
		scheme = "https"
	}
	if i := strings.IndexAny(rest, `/\?#`); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if under, ok := strings.CutPrefix(rest, "*."); ok {
		rest = "www." + under
	}
	host, port, hasPort := splitPort(rest)
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	meant := scheme + "://" + strings.ToLower(host)
	if hasPort && brokenPort(scheme, port) == "" {
		meant += ":" + port
	}
	// A bare word is more likely a slip than the name of a machine.
	if brokenRule(meant) != "" || !ok && !strings.Contains(host, ".") && host != "localhost" {
		return exampleOrigin
	}
	return meant
}
