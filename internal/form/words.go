package form

import (
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// The forms of a bot's settings, by the names that answers to them have.
const (
	Prechat = "prechat"
	Offline = "offline"
	Rating  = "rating"
)

// IsSettings reports whether s names one of the forms of a bot's settings.
func IsSettings(s string) bool { return s == Prechat || s == Offline || s == Rating }

// Kinds are the words for the kinds of fields, as clients and scenarios have them.
func Kinds() []string {
	return []string{"text", "long_text", "email", "phone", "number", "date", "choice", "consent", "location", "rating"}
}

// Kind is the kind of a word; false if it is none.
func Kind(word string) (chatv1.FormFieldKind, bool) {
	for i, known := range Kinds() {
		if word == known {
			return chatv1.FormFieldKind(i + 1), true
		}
	}
	return 0, false
}

// KindWord is the word for a kind; of one that is unspecified or unknown it is text.
func KindWord(k chatv1.FormFieldKind) string {
	words := Kinds()
	if k < 1 || int(k) > len(words) {
		return words[0]
	}
	return words[k-1]
}

// Styles are the words for how a rating looks.
func Styles() []string { return []string{"stars", "faces", "numbers"} }

// Style is the style of a word; false if it is none.
func Style(word string) (chatv1.RatingStyle, bool) {
	for i, known := range Styles() {
		if word == known {
			return chatv1.RatingStyle(i + 1), true
		}
	}
	return 0, false
}

// StyleWord is the word for a style, or empty where it is left to the client.
func StyleWord(s chatv1.RatingStyle) string {
	words := Styles()
	if s < 1 || int(s) > len(words) {
		return ""
	}
	return words[s-1]
}
