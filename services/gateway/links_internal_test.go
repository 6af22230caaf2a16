package gateway

import (
	"strings"
	"testing"
	"time"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

func saying(a chatv1.Author, text string) []*chatv1.Message {
	return []*chatv1.Message{{Author: a, Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: text}}}}
}

func TestLinked(t *testing.T) {
	for name, tt := range map[string]struct {
		text, address string
		want          bool
	}{
		"alone":                     {"https://shop.example.com/tea", "https://shop.example.com/tea", true},
		"in a sentence":             {"See https://shop.example.com/tea, it is good.", "https://shop.example.com/tea", true},
		"at its end":                {"See https://shop.example.com/tea.", "https://shop.example.com/tea", true},
		"in parentheses":            {"(https://shop.example.com/tea)", "https://shop.example.com/tea", true},
		"with parentheses":          {"https://shop.example.com/tea_(drink)", "https://shop.example.com/tea_(drink)", true},
		"in Markdown":               {"[tea](https://shop.example.com/tea),[x](https://a.example.com)", "https://shop.example.com/tea", true},
		"second in Markdown":        {"[tea](https://shop.example.com/tea),[x](https://a.example.com)", "https://a.example.com/", true},
		"in bold":                   {"**https://shop.example.com/tea**", "https://shop.example.com/tea", true},
		"in HTML":                   {`<b>https://shop.example.com/?a=1&amp;b=2</b>`, "https://shop.example.com/?a=1&b=2", true},
		"a slash added":             {"https://shop.example.com", "https://shop.example.com/", true},
		"in capitals":               {"HTTPS://Shop.Example.com/Tea", "https://shop.example.com/Tea", true},
		"a usual port":              {"https://shop.example.com:443/tea", "https://shop.example.com/tea", true},
		"a fragment":                {"https://shop.example.com/tea#green", "https://shop.example.com/tea#black", true},
		"international":             {"https://münchen.example/зелений?q=чай", "https://xn--mnchen-3ya.example/%D0%B7%D0%B5%D0%BB%D0%B5%D0%BD%D0%B8%D0%B9?q=%D1%87%D0%B0%D0%B9", true},
		"behind a word":             {"siehehttps://shop.example.com/tea", "https://shop.example.com/tea", true},
		"the second of two":         {"https://a.example.com https://b.example.com", "https://b.example.com/", true},
		"nothing":                   {"no link", "https://shop.example.com/", false},
		"another path":              {"https://shop.example.com/tea", "https://shop.example.com/coffee", false},
		"a longer path":             {"https://shop.example.com/tea", "https://shop.example.com/tea/1", false},
		"another host":              {"https://shop.example.com/tea", "https://evil.example.com/tea", false},
		"the beginning of a host":   {"https://shop.example.company", "https://shop.example.com", false},
		"the beginning of a path":   {"https://shop.example.com/teapot", "https://shop.example.com/tea", false},
		"another scheme":            {"https://shop.example.com/tea", "http://shop.example.com/tea", false},
		"another port":              {"https://shop.example.com/tea", "https://shop.example.com:8443/tea", false},
		"ftp":                       {"ftp://shop.example.com/tea", "ftp://shop.example.com/tea", false},
		"no address":                {"https://", "https://", false},
		"empty":                     {"https://shop.example.com/", "", false},
		"what a visitor would like": {"x", "http://169.254.169.254/", false},
	} {
		if got := linked(saying(chatv1.Author_AUTHOR_BOT, tt.text), tt.address); got != tt.want {
			t.Errorf("%s: linked(%q, %q) = %v", name, tt.text, tt.address, got)
		}
		if linked(saying(chatv1.Author_AUTHOR_VISITOR, tt.text), tt.address) {
			t.Errorf("%s: a visitor's link counts", name)
		}
	}
}

func TestLinkedInEveryKindOfMessage(t *testing.T) {
	const address = "https://shop.example.com/tea"
	for name, m := range map[string]*chatv1.Message{
		"text":            {Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: address}}},
		"edit":            {Body: &chatv1.Message_Edit{Edit: &chatv1.Edit{Text: &chatv1.Text{Text: address}}}},
		"keyboard":        {Body: &chatv1.Message_Keyboard{Keyboard: &chatv1.Keyboard{Text: address}}},
		"inline keyboard": {Body: &chatv1.Message_InlineKeyboard{InlineKeyboard: &chatv1.Keyboard{Text: address}}},
		"form":            {Body: &chatv1.Message_Form{Form: &chatv1.Form{Text: address}}},
		"caption":         {Body: &chatv1.Message_Image{Image: &chatv1.Image{Caption: address}}},
		"card":            {Body: &chatv1.Message_Cards{Cards: &chatv1.Cards{Cards: []*chatv1.Card{{}, {Text: address}}}}},
	} {
		m.Author = chatv1.Author_AUTHOR_OPERATOR
		if !linked([]*chatv1.Message{m}, address) {
			t.Errorf("%s: not found", name)
		}
	}
}

// A text that was made to be read slowly, such as one that a bot repeats of a visitor's, is not read for long.
func TestLinkedIsBounded(t *testing.T) {
	want := "https://shop.example.com/" + strings.Repeat("x.", 900)
	for name, text := range map[string]string{
		"marks":   strings.Repeat("https://shop.example.com/"+strings.Repeat("x.", 800)+"!", 40),
		"schemes": strings.Repeat("http://.", 8000),
		"both":    strings.Repeat("http://.,.,.,", 5000),
		"one":     "http://" + strings.Repeat(".", 64_000),
	} {
		var all []*chatv1.Message
		for range maxLooked {
			all = append(all, saying(chatv1.Author_AUTHOR_BOT, text)...)
		}
		began := time.Now()
		if linked(all, want) {
			t.Errorf("%s: found", name)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}
