package flow

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	idRule    = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	aliasRule = regexp.MustCompile(`^[A-Za-z_-][A-Za-z0-9_-]{0,63}$`)
)

// Names that the engine answers for itself.
const (
	nameNow       = "now"
	nameRandom    = "random"
	nameLastInput = "last_input"
	nameTrusted   = "trusted" // and a dot: parameters that the site's server has signed
)

// parsePath reads a name that is looked up, such as "name" or "user.name": what stands between dots.
func parsePath(name string) ([]string, error) {
	path := strings.Split(name, ".")
	if err := checkName(path[0]); err != nil {
		return nil, err
	}
	for _, step := range path[1:] {
		if step == "" || !allOf(step, nameRune) || utf8.RuneCountInString(step) > maxName {
			return nil, fmt.Errorf("%q is no name: after a dot, expected letters, digits, _ or -", name)
		}
	}
	return path, nil
}

// checkName holds the rule of variables and constants.
func checkName(name string) error {
	first, _ := utf8.DecodeRuneInString(name)
	if name == "" || !allOf(name, nameRune) || (first != '_' && !unicode.IsLetter(first)) || utf8.RuneCountInString(name) > maxName {
		return fmt.Errorf("%q is no name: expected a letter or _, then letters, digits, _ or -, at most %d", name, maxName)
	}
	return nil
}

// checkOwnName is the rule of a name that a scenario gives a value.
func checkOwnName(name string) error {
	switch name {
	case nameNow, nameRandom, nameLastInput, nameTrusted:
		return fmt.Errorf("%q is built in; expected another name", name)
	}
	return checkName(name)
}

func nameRune(c rune) bool {
	return c == '_' || c == '-' || unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsDigit(c)
}

func allOf(s string, ok func(rune) bool) bool {
	return strings.IndexFunc(s, func(c rune) bool { return !ok(c) }) < 0
}
