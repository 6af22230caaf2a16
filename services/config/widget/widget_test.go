package widget

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/config/invalid"
)

func colors(t *testing.T, tree map[string]any) *structpb.Struct {
	t.Helper()
	s, err := structpb.NewStruct(tree)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// good returns a bot with every field set and right.
func good(t *testing.T) *configv1.Bot {
	t.Helper()
	return &configv1.Bot{
		Id: "shop_2-a", Name: "Крамниця", Uploads: &configv1.UploadSettings{Enabled: true, MaxBytes: 25 << 20, Types: []string{"image/png", "application/pdf"}},
		AllowedOrigins: []string{"https://shop.example.com", "http://localhost:5173"},
		Widget: &configv1.WidgetSettings{
			Title: strings.Repeat("ї", 60), Subtitle: "ми тут", LanguageCode: "uk-UA",
			Position: &configv1.LauncherPosition{X: "left", Y: "top", Offset: 200}, AvatarUrl: "https://cdn.example.com/a.png?v=2",
			Colors: colors(t, map[string]any{
				"device":               map[string]any{"bg": "linear-gradient(130deg, #734FE1, #D14EE0)", "dot": "#B8A6EE", "border": "#E4E4E4", "container": "linear-gradient(130deg, #594DA0, #7D5BAA)"},
				"header":               map[string]any{"bg": "linear-gradient(130deg, #734FE1, #D14EE0)", "dot": "#B8A6EE", "text": "#ffffff"},
				"userInput":            map[string]any{"bg": "linear-gradient(130deg, #594DA0, #7D5BAA)", "border": "transparent", "text": "#FFFFFF"},
				"sentMessage":          map[string]any{"bg": "#4e8cff", "text": "#ffffff"},
				"receivedMessage":      map[string]any{"bg": "#eaeaea", "text": "#222222"},
				"keyboardButton":       map[string]any{"bg": "#BB0044", "border": "#BB0044", "text": "#FFFFFF"},
				"inlineKeyboardButton": map[string]any{"bg": "#4e8cff", "text": "#4e8cff"},
				"poweredLink":          map[string]any{"color": "#FFFFFF"},
				"launcher":             map[string]any{"bg": "rebeccapurple", "text": "#fff"},
				"messageList":          map[string]any{"text": "#222"},
			}),
		},
	}
}

func TestValidateAccepts(t *testing.T) {
	for name, b := range map[string]*configv1.Bot{
		"everything": good(t),
		"bare":       {Id: "1", Name: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := Validate(b); err != nil {
				t.Errorf("Validate() = %v, want nil", err)
			}
		})
	}
}

func TestValidateNamesTheField(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*configv1.Bot)
		want  string // how the only problem begins
	}{
		"upload too small": {func(b *configv1.Bot) { b.Uploads.MaxBytes = 1023 }, "uploads.max_bytes: expected 1024 to 26214400"},
		"upload too large": {func(b *configv1.Bot) { b.Uploads.MaxBytes = 25<<20 + 1 }, "uploads.max_bytes: "},
		"upload negative":  {func(b *configv1.Bot) { b.Uploads.MaxBytes = -1 }, "uploads.max_bytes: "},
		"upload of svg":    {func(b *configv1.Bot) { b.Uploads.Types = []string{"image/png", "image/svg+xml"} }, `uploads.types[1]: "image/svg+xml", expected one of`},
		"upload twice":     {func(b *configv1.Bot) { b.Uploads.Types = []string{"image/png", "image/png"} }, "uploads.types[1]: is the same as uploads.types[0]"},
		"upload by end":    {func(b *configv1.Bot) { b.Uploads.Types = []string{".png"} }, "uploads.types[0]: "},
		"uploads many":     {func(b *configv1.Bot) { b.Uploads.Types = make([]string, 100) }, "uploads.types: 100 entries"},
		"id empty":         {func(b *configv1.Bot) { b.Id = "" }, "id: expected 1 to 64"},
		"id splits":        {func(b *configv1.Bot) { b.Id = "a.b" }, "id: "},
		"id long":          {func(b *configv1.Bot) { b.Id = strings.Repeat("a", 65) }, "id: "},
		"name empty":       {func(b *configv1.Bot) { b.Name = "" }, "name: expected 1 to 100"},
		"name blank":       {func(b *configv1.Bot) { b.Name = " \u00a0" }, "name: expected 1 to 100"},
		"name long":        {func(b *configv1.Bot) { b.Name = strings.Repeat("ї", 101) }, "name: 101 characters, expected at most 100"},
		"name two lines":   {func(b *configv1.Bot) { b.Name = "a\nb" }, "name: has a line break"},
		"name not UTF-8":   {func(b *configv1.Bot) { b.Name = "a\xff" }, "name: expected valid UTF-8"},
		"title long":       {func(b *configv1.Bot) { b.Widget.Title += "ї" }, "widget.title: 61 characters"},
		"subtitle long":    {func(b *configv1.Bot) { b.Widget.Subtitle = strings.Repeat("x", 101) }, "widget.subtitle: 101"},
		"language":         {func(b *configv1.Bot) { b.Widget.LanguageCode = "Ukrainian" }, "widget.language_code: expected a BCP 47"},
		"position x":       {func(b *configv1.Bot) { b.Widget.Position.X = "top" }, `widget.position.x: expected "left" or`},
		"position y":       {func(b *configv1.Bot) { b.Widget.Position.Y = "right" }, `widget.position.y: expected "top" or`},
		"offset negative":  {func(b *configv1.Bot) { b.Widget.Position.Offset = -1 }, "widget.position.offset: expected 0 to 200"},
		"offset big":       {func(b *configv1.Bot) { b.Widget.Position.Offset = 201 }, "widget.position.offset: "},
		"avatar http":      {func(b *configv1.Bot) { b.Widget.AvatarUrl = "http://example.com/a.png" }, "widget.avatar_url: "},
		"avatar script":    {func(b *configv1.Bot) { b.Widget.AvatarUrl = "javascript:alert(1)" }, "widget.avatar_url: "},
		"avatar relative":  {func(b *configv1.Bot) { b.Widget.AvatarUrl = "/a.png" }, "widget.avatar_url: "},
		"avatar password":  {func(b *configv1.Bot) { b.Widget.AvatarUrl = "https://a:b@example.com/" }, "widget.avatar_url: "},
		"avatar no host":   {func(b *configv1.Bot) { b.Widget.AvatarUrl = "https://:443/a.png" }, "widget.avatar_url: "},
		"avatar not UTF-8": {func(b *configv1.Bot) { b.Widget.AvatarUrl = "https://example.com/\xff" }, "widget.avatar_url: "},
		"origin":           {func(b *configv1.Bot) { b.AllowedOrigins[1] = "example.com" }, "allowed_origins[1]: start with https:// or http://, such as https://example.com"},
		"origin twice":     {func(b *configv1.Bot) { b.AllowedOrigins[1] = b.AllowedOrigins[0] }, "allowed_origins[1]: is the same as allowed_origins[0]"},
		"many origins":     {func(b *configv1.Bot) { b.AllowedOrigins = make([]string, 101) }, "allowed_origins: 101 entries"},
		"colour group":     {func(b *configv1.Bot) { b.Widget.Colors = colors(t, map[string]any{"heder": map[string]any{}}) }, "widget.colors.heder: unknown, did you mean header?"},
		"colour case":      {func(b *configv1.Bot) { b.Widget.Colors = colors(t, map[string]any{"sentmessage": "x"}) }, "widget.colors.sentmessage: unknown, did you mean sentMessage?"},
		"colour name": {func(b *configv1.Bot) {
			b.Widget.Colors = colors(t, map[string]any{"header": map[string]any{"txt": "red"}})
		}, "widget.colors.header.txt: unknown, did you mean text? header has bg, dot, text"},
		"colour bare":   {func(b *configv1.Bot) { b.Widget.Colors = colors(t, map[string]any{"header": "red"}) }, "widget.colors.header: expected an object with bg, dot, text"},
		"colour number": {func(b *configv1.Bot) { b.Widget.Colors = colors(t, map[string]any{"header": map[string]any{"bg": 7}}) }, "widget.colors.header.bg: expected a CSS colour or gradient"},
		"colour null": {func(b *configv1.Bot) {
			b.Widget.Colors = colors(t, map[string]any{"header": map[string]any{"bg": nil}})
		}, "widget.colors.header.bg: expected"},
		"block of nobody":       {block(&configv1.Block{}), "blocks[0]: expected network, visitor or conversation"},
		"block of no address":   {block(&configv1.Block{Who: &configv1.Block_Network{Network: "10.0.0"}}), "blocks[0].network: "},
		"block with host bits":  {block(&configv1.Block{Who: &configv1.Block_Network{Network: "10.0.0.7/8"}}), `blocks[0].network: "10.0.0.7/8" is not the beginning of its range, expected "10.0.0.0/8"`},
		"block of everybody":    {block(&configv1.Block{Who: &configv1.Block_Network{Network: "0.0.0.0/0"}}), "blocks[0].network: "},
		"block of a zone":       {block(&configv1.Block{Who: &configv1.Block_Network{Network: "fe80::1%eth0"}}), "blocks[0].network: "},
		"block of a visitor":    {block(&configv1.Block{Who: &configv1.Block_Visitor{Visitor: "x"}}), "blocks[0].visitor: expected a canonical"},
		"block of conversation": {block(&configv1.Block{Who: &configv1.Block_Conversation{}}), "blocks[0].conversation: expected a canonical"},
		"many blocks":           {func(b *configv1.Bot) { b.Blocks = make([]*configv1.Block, 1001) }, "blocks: 1001 entries"},
		"block message long":    {func(b *configv1.Bot) { b.BlockMessage = strings.Repeat("x", 501) }, "block_message: 501 characters"},
		"text gradient": {func(b *configv1.Bot) {
			b.Widget.Colors = colors(t, map[string]any{"header": map[string]any{"text": "linear-gradient(red, blue)"}})
		}, "widget.colors.header.text: expected a CSS colour, such"},
	} {
		t.Run(name, func(t *testing.T) {
			b := good(t)
			tt.spoil(b)
			err := Validate(b)
			v, ok := errors.AsType[invalid.Problems](err)
			if !ok || len(v) != 1 || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("Validate() = %v (%T), want one problem that begins with %q", err, err, tt.want)
			}
		})
	}
}

func block(b *configv1.Block) func(*configv1.Bot) {
	return func(bot *configv1.Bot) { bot.Blocks = []*configv1.Block{b} }
}

func TestParseNetworkAccepts(t *testing.T) {
	for _, s := range []string{"203.0.113.7", "203.0.113.0/24", "10.0.0.0/8", "2001:db8::7", "2001:db8::/32", "::1"} {
		if err := ParseNetwork(s); err != nil {
			t.Errorf("ParseNetwork(%q) = %v, want nil", s, err)
		}
	}
}

func TestValidateListsEverythingAtOnce(t *testing.T) {
	b := good(t)
	b.Id, b.Name, b.Widget.Position.Offset, b.AllowedOrigins = "", "", 999, []string{"https://a.com/", "https://b.com", "ftp://c.com"}
	before := proto.Clone(b)
	v, _ := errors.AsType[invalid.Problems](Validate(b))
	var fields []string
	for _, p := range v {
		fields = append(fields, p.Field)
	}
	want := []string{"id", "name", "widget.position.offset", "allowed_origins[0]", "allowed_origins[2]"}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if !proto.Equal(before, b) {
		t.Error("Validate changed the bot")
	}
}

func TestColorValues(t *testing.T) {
	for value, want := range map[string]string{
		"#fff": "color", "#FFFF": "color", "#12aBc9": "color", "#12abc9ff": "color",
		"red": "color", "Transparent": "color", "RebeccaPurple": "color",
		"rgb(1,2,3)": "color", "rgb( 1 , 2 , 3 )": "color", "rgba(1, 2, 3, .5)": "color", "rgb(1 2 3 / 50%)": "color", "RGB(10%, 20%, 30%)": "color",
		"hsl(120, 50%, 50%)": "color", "hsla(120deg 50% 50% / 0.3)": "color", "hsl(-0.25turn, 1%, 2%)": "color",
		"linear-gradient(130deg, #734FE1, #D14EE0)":                            "gradient",
		"linear-gradient(red, blue)":                                           "gradient",
		"linear-gradient(to right, red, blue)":                                 "gradient",
		"linear-gradient(to top  left, red 0%, rgba(0,0,0,.5) 10% 90px, blue)": "gradient",
		"linear-gradient(.5turn,hsl(1 2% 3%),#000)":                            "gradient",
		"": "", "#ff": "", "#fffff": "", "#ggg": "", "reddish": "", "left": "", "deg": "", " red": "", "red ": "", "red;": "",
		"red}": "", "red!important": "", "var(--x)": "", "url(https://evil.example)": "", "expression(1)": "", "inherit": "", "currentcolor": "",
		"rgb(1,2)": "", "rgb(1,2,3,4,5)": "", "rgb(99999,1,1)": "", "rgb(1,2,3": "", "rgb(calc(1),2,3)": "", "rgb(1,2,3)rgb(1,2,3)": "",
		"linear-gradient(red)": "", "linear-gradient()": "", "linear-gradient(90deg)": "", "linear-gradient(90deg, red)": "",
		"linear-gradient(left, red)": "", "linear-gradient(red, url(x))": "", "linear-gradient(red, blue); x: y": "", "linear-gradient(red, blue": "",
		"linear-gradient(red, blue), url(x)": "", "linear-gradient(red, blue) , linear-gradient(red, blue)": "",
		"linear-gradient(red,, blue)": "", "linear-gradient(red, linear-gradient(red, blue))": "", "linear-gradient(red 1em, blue)": "",
		"linear-gradient(red 1% 2% 3%, blue)": "", "radial-gradient(red, blue)": "", "repeating-linear-gradient(red, blue)": "",
		"linear-gradient(red" + strings.Repeat(", red", 16) + ")": "", "linear-gradient(red, /* */ blue)": "", "linear-gradient(red,\\62lue)": "",
	} {
		got := ""
		switch {
		case isColor(value) && isGradient(value):
			got = "both"
		case isColor(value):
			got = "color"
		case isGradient(value):
			got = "gradient"
		}
		if got != want {
			t.Errorf("%q is %q, want %q", value, got, want)
		}
	}
}

// FuzzColor: whatever is accepted stays inside its declaration and calls nothing else.
func FuzzColor(f *testing.F) {
	f.Add("#fff")
	f.Add("linear-gradient(to top left, red 0%, rgba(0,0,0,.5) 10% 90px, blue)")
	f.Add("hsl(-0.25turn, 1%, 2%)")
	f.Fuzz(func(t *testing.T, s string) {
		if !isColor(s) && !isGradient(s) {
			return
		}
		low := strings.ToLower(s)
		if strings.ContainsAny(s, ";{}\\\"'<>@*:!&\x00") || strings.Count(s, "(") != strings.Count(s, ")") ||
			strings.Contains(low, "url") || strings.Contains(low, "var") || strings.Contains(low, "expr") {
			t.Errorf("%q was accepted", s)
		}
	})
}

func TestEveryKnownColorIsAccepted(t *testing.T) {
	for group, names := range tree() {
		for _, n := range names {
			b := &configv1.Bot{Id: "1", Name: "x", Widget: &configv1.WidgetSettings{
				Colors: colors(t, map[string]any{group: map[string]any{n: "red"}}),
			}}
			if err := Validate(b); err != nil {
				t.Errorf("%s: %v", fmt.Sprint(group, ".", n), err)
			}
		}
	}
}
