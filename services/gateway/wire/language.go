package wire

import "regexp"

// ua is the tag of who means Ukrainian and names the country.
var ua = regexp.MustCompile(`(?i)^ua($|[-_])`)

// Language is a language's tag as its writer means it: uk for ua.
func Language(tag string) string { return ua.ReplaceAllString(tag, "uk$1") }
