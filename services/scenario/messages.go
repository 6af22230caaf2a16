package scenario

import (
	"github.com/switchboard-chat/switchboard/internal/form"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

func keyboard(a flow.Keyboard) *chatv1.Message {
	k := &chatv1.Keyboard{Text: a.Text, ParseMode: parseMode(a.Mode), Buttons: buttons(a.Buttons)}
	if a.Inline {
		return &chatv1.Message{Body: &chatv1.Message_InlineKeyboard{InlineKeyboard: k}}
	}
	return &chatv1.Message{Body: &chatv1.Message_Keyboard{Keyboard: k}}
}

func buttons(from []flow.Button) []*chatv1.Button {
	shown := make([]*chatv1.Button, len(from))
	for i, b := range from {
		shown[i] = &chatv1.Button{
			Text: b.Text, ActionType: actionType(b.ActionType), ActionBody: b.ActionBody,
			Columns: uint32(b.Columns), BgColor: b.BgColor, TextColor: b.TextColor, //nolint:gosec // 1 to 6
		}
	}
	return shown
}

func cards(a flow.Cards) *chatv1.Message {
	shown := make([]*chatv1.Card, len(a.Cards))
	for i, c := range a.Cards {
		shown[i] = &chatv1.Card{Title: c.Title, Text: c.Text, Buttons: buttons(c.Buttons)}
		if c.URL != "" {
			shown[i].Image = &chatv1.Image{Url: c.URL, Alt: c.Alt}
		}
	}
	return &chatv1.Message{Body: &chatv1.Message_Cards{Cards: &chatv1.Cards{Cards: shown}}}
}

func formOf(a flow.Form) *chatv1.Message {
	f := &chatv1.Form{Text: a.Text, ParseMode: parseMode(a.Mode), Submit: a.Submit, Fields: make([]*chatv1.FormField, len(a.Fields))}
	for i, of := range a.Fields {
		kind, _ := form.Kind(of.Kind)
		style, _ := form.Style(of.Style)
		f.Fields[i] = &chatv1.FormField{
			Name: of.Name, Label: of.Label, Kind: kind, Required: of.Required, Placeholder: of.Placeholder,
			Choices: of.Choices, Min: of.Min, Max: of.Max, Scale: uint32(of.Scale), Style: style, //nolint:gosec // 2 to 10
		}
	}
	return &chatv1.Message{Body: &chatv1.Message_Form{Form: f}}
}

func parseMode(m flow.ParseMode) chatv1.ParseMode {
	switch m {
	case flow.HTML:
		return chatv1.ParseMode_PARSE_MODE_HTML
	case flow.Markdown:
		return chatv1.ParseMode_PARSE_MODE_MARKDOWN
	case flow.Plain:
	}
	return chatv1.ParseMode_PARSE_MODE_UNSPECIFIED
}

func actionType(t flow.ActionType) chatv1.ActionType {
	switch t {
	case flow.OpenURL:
		return chatv1.ActionType_ACTION_TYPE_OPEN_URL
	case flow.None:
		return chatv1.ActionType_ACTION_TYPE_NONE
	case flow.Reply:
	}
	return chatv1.ActionType_ACTION_TYPE_REPLY
}
