package card_test

import (
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/card"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

func TestCheck(t *testing.T) {
	picture := &chatv1.Image{Url: "https://shop.example.com/a.png"}
	link := func(to string) *chatv1.Button {
		return &chatv1.Button{Text: "More", ActionType: chatv1.ActionType_ACTION_TYPE_OPEN_URL, ActionBody: to}
	}
	of := func(cards ...*chatv1.Card) *chatv1.Cards { return &chatv1.Cards{Cards: cards} }
	for name, tt := range map[string]struct {
		cards *chatv1.Cards
		want  string // how the first problem begins; empty: there is none
	}{
		"everything": {of(&chatv1.Card{
			Title: strings.Repeat("я", 200), Text: strings.Repeat("я", 1000), Image: picture,
			Buttons: []*chatv1.Button{{Text: "Yes"}, link("http://x.example.com"), {}, {}, {}, {}},
		}), ""},
		"a picture":           {of(&chatv1.Card{Image: picture}), ""},
		"a picture of ours":   {of(&chatv1.Card{Image: &chatv1.Image{Url: "/widget/v2/demo/sencha.svg"}}), ""},
		"of another host":     {of(&chatv1.Card{Image: &chatv1.Image{Url: "//evil.example.com/a.png"}}), `cards[0].image.url: "//evil.example.com/a.png"`},
		"a link to ours":      {of(&chatv1.Card{Title: "a", Buttons: []*chatv1.Button{link("/console/")}}), `cards[0].buttons[0].action_body: "/console/"`},
		"nothing":             {nil, "cards: 0, expected 1 to 10"},
		"none":                {of(), "cards: 0, expected 1 to 10"},
		"too many":            {of(make([]*chatv1.Card, 11)...), "cards: 11, expected 1 to 10"},
		"an empty one":        {of(&chatv1.Card{Title: "a"}, &chatv1.Card{Text: " "}), "cards[1]: is empty"},
		"a long title":        {of(&chatv1.Card{Title: strings.Repeat("я", 201)}), "cards[0].title: 201 characters"},
		"a long text":         {of(&chatv1.Card{Text: strings.Repeat("я", 1001)}), "cards[0].text: 1001 characters"},
		"too many buttons":    {of(&chatv1.Card{Title: "a", Buttons: make([]*chatv1.Button, 7)}), "cards[0].buttons: 7, expected at most 6"},
		"a picture by script": {of(&chatv1.Card{Image: &chatv1.Image{Url: "javascript:1"}}), `cards[0].image.url: "javascript:1"`},
		"a link by script":    {of(&chatv1.Card{Title: "a", Buttons: []*chatv1.Button{{}, link("javascript:1")}}), `cards[0].buttons[1].action_body: "javascript:1"`},
		"a long link":         {of(&chatv1.Card{Title: "a", Buttons: []*chatv1.Button{link("https://" + strings.Repeat("x", 2048))}}), "cards[0].buttons[0].action_body: "},
	} {
		got := card.Check(tt.cards)
		switch {
		case tt.want == "" && len(got) > 0:
			t.Errorf("%s: %v, want nothing", name, got)
		case tt.want != "" && (len(got) == 0 || !strings.HasPrefix(got[0].Error(), tt.want)):
			t.Errorf("%s: %v, want one that begins %q", name, got, tt.want)
		}
	}
}
