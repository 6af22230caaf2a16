package form_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/form"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
)

// good has a field of every kind.
func good() *chatv1.Form {
	return &chatv1.Form{
		Text: "Як з вами\nзв'язатися?", ParseMode: chatv1.ParseMode_PARSE_MODE_MARKDOWN, Submit: "Далі",
		Fields: []*chatv1.FormField{
			{Name: "ім-я", Label: "Name", Required: true, Placeholder: "Anna"},
			{Name: "note", Label: "Note", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_LONG_TEXT},
			{Name: "email", Label: "E-mail", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_EMAIL},
			{Name: "guests", Label: "Guests", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_NUMBER, Min: "-1.5", Max: "20"},
			{Name: "day", Label: "Day", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_DATE, Min: "2026-02-28", Max: "2026-02-28"},
			{Name: "topic", Label: "Topic", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_CHOICE, Choices: []string{"a", "b"}},
			{Name: "_ok", Label: "OK?", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_CONSENT},
			{Name: "where", Label: "Where", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_LOCATION},
			{Name: "rating", Label: "How?", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_RATING, Style: chatv1.RatingStyle_RATING_STYLE_FACES},
			{Name: "nps", Label: "NPS", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_RATING, Scale: 10, Style: chatv1.RatingStyle_RATING_STYLE_NUMBERS},
		},
	}
}

func TestCheckAccepts(t *testing.T) {
	for name, f := range map[string]*chatv1.Form{
		"every kind":            good(),
		"one field, no label":   {Text: "How was it?", Fields: []*chatv1.FormField{{Name: "rating", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_RATING}}},
		"name of many letters":  {Fields: []*chatv1.FormField{{Name: strings.Repeat("ї", form.MaxName)}}},
		"name with marks":       {Fields: []*chatv1.FormField{{Name: "и\u0306мя2"}}},
		"numbers of any length": {Fields: []*chatv1.FormField{{Name: "n", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_NUMBER, Min: "100000000000000000000001", Max: "100000000000000000000002"}}},
	} {
		if got := form.Check(f); len(got) > 0 {
			t.Errorf("%s: %v, want nothing", name, got)
		}
	}
}

func TestCheckNamesTheField(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*chatv1.Form)
		want  string // how the only problem begins
	}{
		"text long":           {func(f *chatv1.Form) { f.Text = strings.Repeat("ї", form.MaxText+1) }, "text: 4097 characters, expected at most 4096"},
		"text no UTF-8":       {func(f *chatv1.Form) { f.Text = "\xff" }, "text: expected valid UTF-8"},
		"parse mode":          {func(f *chatv1.Form) { f.ParseMode = 7 }, "parse_mode: 7, expected plain, HTML or Markdown"},
		"submit long":         {func(f *chatv1.Form) { f.Submit = strings.Repeat("x", 61) }, "submit: 61 characters"},
		"submit lines":        {func(f *chatv1.Form) { f.Submit = "a\nb" }, "submit: has a line break"},
		"no fields":           {func(f *chatv1.Form) { f.Fields = nil }, "fields: 0, expected 1 to 20"},
		"many fields":         {func(f *chatv1.Form) { f.Fields = make([]*chatv1.FormField, 21) }, "fields: 21, expected 1 to 20"},
		"no name":             {func(f *chatv1.Form) { f.Fields[0].Name = "" }, `fields[0].name: "", expected a letter`},
		"name of a digit":     {func(f *chatv1.Form) { f.Fields[0].Name = "1a" }, `fields[0].name: "1a"`},
		"name of two words":   {func(f *chatv1.Form) { f.Fields[0].Name = "a b" }, `fields[0].name: "a b"`},
		"name with a dot":     {func(f *chatv1.Form) { f.Fields[0].Name = "a.b" }, `fields[0].name: "a.b"`},
		"name long":           {func(f *chatv1.Form) { f.Fields[0].Name = strings.Repeat("a", 65) }, "fields[0].name: "},
		"name built in":       {func(f *chatv1.Form) { f.Fields[0].Name = "trusted" }, `fields[0].name: "trusted" is built into scenarios`},
		"name twice":          {func(f *chatv1.Form) { f.Fields[2].Name = "note" }, "fields[2].name: is the same as that of fields[1]"},
		"no label":            {func(f *chatv1.Form) { f.Fields[1].Label = "" }, "fields[1].label: missing"},
		"label long":          {func(f *chatv1.Form) { f.Fields[1].Label = strings.Repeat("x", 201) }, "fields[1].label: 201 characters"},
		"placeholder lines":   {func(f *chatv1.Form) { f.Fields[1].Placeholder = "a\r" }, "fields[1].placeholder: has a line break"},
		"unknown kind":        {func(f *chatv1.Form) { f.Fields[1].Kind = 99 }, "fields[1].kind: 99, expected text"},
		"choices of a text":   {func(f *chatv1.Form) { f.Fields[0].Choices = []string{"a"} }, "fields[0].choices: are for the kind choice only"},
		"no choices":          {func(f *chatv1.Form) { f.Fields[5].Choices = nil }, "fields[5].choices: 0, expected 1 to 50"},
		"many choices":        {func(f *chatv1.Form) { f.Fields[5].Choices = make([]string, 51) }, "fields[5].choices: 51, expected 1 to 50"},
		"empty choice":        {func(f *chatv1.Form) { f.Fields[5].Choices[1] = "" }, "fields[5].choices[1]: is empty"},
		"long choice":         {func(f *chatv1.Form) { f.Fields[5].Choices[1] = strings.Repeat("x", 201) }, "fields[5].choices[1]: 201 characters"},
		"choice twice":        {func(f *chatv1.Form) { f.Fields[5].Choices[1] = "a" }, "fields[5].choices[1]: is the same as choices[0]"},
		"scale of a text":     {func(f *chatv1.Form) { f.Fields[0].Scale = 5 }, "fields[0].scale: is for ratings only"},
		"style of a text":     {func(f *chatv1.Form) { f.Fields[0].Style = 1 }, "fields[0].style: is for ratings only"},
		"scale of one":        {func(f *chatv1.Form) { f.Fields[9].Scale = 1 }, "fields[9].scale: 1, expected 2 to 10"},
		"scale large":         {func(f *chatv1.Form) { f.Fields[9].Scale = 11 }, "fields[9].scale: 11, expected 2 to 10"},
		"too many faces":      {func(f *chatv1.Form) { f.Fields[8].Scale = 6 }, "fields[8].scale: 6, expected at most 5 with faces"},
		"unknown style":       {func(f *chatv1.Form) { f.Fields[9].Style = 9 }, "fields[9].style: 9, expected stars"},
		"min of a text":       {func(f *chatv1.Form) { f.Fields[0].Min = "1" }, "fields[0].min: is for numbers and dates only"},
		"max of a rating":     {func(f *chatv1.Form) { f.Fields[8].Max = "4" }, "fields[8].max: is for numbers and dates only"},
		"number with a comma": {func(f *chatv1.Form) { f.Fields[3].Min = "1,5" }, `fields[3].min: "1,5", expected a decimal number`},
		"number as a power":   {func(f *chatv1.Form) { f.Fields[3].Max = "1e999999999" }, `fields[3].max: "1e999999999", expected a decimal number`},
		"numbers turned":      {func(f *chatv1.Form) { f.Fields[3].Min = "20.01" }, "fields[3].min: 20.01 is more than max, 20"},
		"no such day":         {func(f *chatv1.Form) { f.Fields[4].Min, f.Fields[4].Max = "2026-02-30", "" }, `fields[4].min: "2026-02-30", expected a day`},
		"days turned":         {func(f *chatv1.Form) { f.Fields[4].Min = "2026-03-01" }, "fields[4].min: 2026-03-01 is more than max, 2026-02-28"},
	} {
		t.Run(name, func(t *testing.T) {
			f := proto.CloneOf(good())
			tt.spoil(f)
			got := form.Check(f)
			if len(got) != 1 || !strings.HasPrefix(got[0].Error(), tt.want) {
				t.Errorf("Check() = %v, want one that begins %q", got, tt.want)
			}
		})
	}
}
