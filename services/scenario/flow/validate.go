package flow

import (
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// rule is what an answer must be.
type rule struct {
	kind     string // "text", "phone", "email" or "number"
	min, max *float64
	least    int // characters of a text
	most     int
}

func readRule(o *object) rule {
	r := rule{kind: "text", least: 1, most: MaxText}
	v := o.child("validate")
	if v == nil {
		return r
	}
	v.require("kind", `expected "text", "phone", "email" or "number"`)
	if kind := v.text("kind", maxName); kind != "" {
		r.kind = kind
	}
	switch r.kind {
	case "text":
		r.least = v.integer("min_length", 0, MaxText, r.least)
		r.most = v.integer("max_length", 1, MaxText, r.most)
		if r.least > r.most {
			v.problem("min_length", "%d is more than max_length, %d", r.least, r.most)
		}
	case "number":
		r.min, r.max = v.number("min"), v.number("max")
		if r.min != nil && r.max != nil && *r.min > *r.max {
			v.problem("min", "%v is more than max, %v", *r.min, *r.max)
		}
	case "phone", "email":
	default:
		v.problem("kind", `expected "text", "phone", "email" or "number", got %q`, r.kind)
		return r
	}
	v.done("a check of the kind " + r.kind)
	return r
}

// check returns the answer as it is saved, and whether it is one. An answer of spaces never is.
func (r rule) check(answer string) (string, bool) {
	answer = strings.TrimSpace(answer)
	if answer == "" {
		return "", false
	}
	switch r.kind {
	case "phone":
		return checkPhone(answer)
	case "email":
		return checkEmail(answer)
	case "number":
		return r.checkNumber(answer)
	}
	n := utf8.RuneCountInString(answer)
	return answer, r.least <= n && n <= r.most
}

var phoneRule = regexp.MustCompile(`^\+?[0-9]{7,15}$`)

// checkPhone takes 7 to 15 digits (E.164) with an optional + in front, whatever spaces, dashes, dots and
// parentheses are between them, and returns them without these.
func checkPhone(s string) (string, bool) {
	s = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) || strings.ContainsRune(".()", c) {
			return -1
		}
		return c
	}, s)
	return s, phoneRule.MatchString(s)
}

// checkEmail takes a bare address whose domain has a dot, and returns it with the domain in lower case.
func checkEmail(s string) (string, bool) {
	const longest = 254 // RFC 5321
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > longest {
		return "", false
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], strings.ToLower(s[at+1:])
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || !allOf(label, domainRune) || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "", false
		}
	}
	return local + "@" + domain, len(labels) > 1
}

func domainRune(c rune) bool {
	return c == '-' || unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsDigit(c)
}

func (r rule) checkNumber(s string) (string, bool) {
	text, n, ok := parseNumber(s)
	if !ok || (r.min != nil && n < *r.min) || (r.max != nil && n > *r.max) {
		return "", false
	}
	return text, true
}

var (
	numberRule = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,30})?$`)
	// ambiguousRule has a comma that may group thousands or begin the decimals.
	ambiguousRule = regexp.MustCompile(`^[+-]?[1-9][0-9]{0,2},[0-9]{3}$`)
)

// parseNumber reads a number as people write it: "1 500", "12.5", "12,5", "+3". It refuses "1,500",
// which means a thousand times more to one reader than to another.
func parseNumber(s string) (text string, n float64, ok bool) {
	if ambiguousRule.MatchString(s) {
		return "", 0, false
	}
	text = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, s)
	text = strings.TrimPrefix(strings.Replace(text, ",", ".", 1), "+")
	if !numberRule.MatchString(text) {
		return "", 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return text, n, err == nil
}
