package wire

import (
	"github.com/switchboard-chat/switchboard/internal/form"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// card is one of a message's cards.
type card struct {
	Title   string   `json:"title,omitempty"`
	Text    string   `json:"text,omitempty"`
	Image   *image   `json:"image,omitempty"`
	Buttons []button `json:"buttons,omitempty"`
}

// image is a card's picture.
type image struct {
	URL    string `json:"url"`
	Alt    string `json:"alt,omitempty"`
	Width  uint32 `json:"width,omitempty"`
	Height uint32 `json:"height,omitempty"`
}

// field is one of a form's.
type field struct {
	Name        string   `json:"name"`
	Label       string   `json:"label,omitempty"`
	Kind        string   `json:"kind"`
	Required    bool     `json:"required,omitempty"`
	Placeholder string   `json:"placeholder,omitempty"`
	Choices     []string `json:"choices,omitempty"`
	Min         string   `json:"min,omitempty"`
	Max         string   `json:"max,omitempty"`
	Scale       uint32   `json:"scale,omitempty"`
	Style       string   `json:"style,omitempty"`
}

func cards(from *chatv1.Cards) []card {
	shown := make([]card, len(from.GetCards()))
	for i, c := range from.GetCards() {
		shown[i] = card{Title: c.GetTitle(), Text: c.GetText(), Buttons: buttons(c.GetButtons())}
		if p := c.GetImage(); p != nil {
			shown[i].Image = &image{URL: p.GetUrl(), Alt: p.GetAlt(), Width: p.GetWidth(), Height: p.GetHeight()}
		}
	}
	return shown
}

func (w *message) form(f *chatv1.Form) {
	w.Text, w.ParseMode, w.Submit = f.GetText(), parseMode(f.GetParseMode()), f.GetSubmit()
	w.Fields = make([]field, len(f.GetFields()))
	for i, of := range f.GetFields() {
		w.Fields[i] = field{
			Name: of.GetName(), Label: of.GetLabel(), Kind: form.KindWord(of.GetKind()), Required: of.GetRequired(),
			Placeholder: of.GetPlaceholder(), Choices: of.GetChoices(), Min: of.GetMin(), Max: of.GetMax(),
			Scale: of.GetScale(), Style: form.StyleWord(of.GetStyle()),
		}
	}
}
