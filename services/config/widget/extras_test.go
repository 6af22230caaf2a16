package widget

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/config/invalid"
)

// rich is a bot with everything that the widget can show.
func rich() *configv1.Bot {
	return &configv1.Bot{Id: "1", Name: "Shop", Widget: &configv1.WidgetSettings{
		ButtonType: "multi", Theme: "dark",
		MultiChannel: &configv1.MultiChannel{ButtonTitle: "Напишіть нам", Messengers: map[string]string{
			"viber": "viber://pa?chatURI=shop", "telegram": "tg://resolve?domain=shop", "facebook": "https://m.me/shop", "whatsapp": "",
		}},
		Launcher: &configv1.LauncherIcons{Type: "icon", OpenIcon: "support_agent", CloseIcon: "expand_more"},
		Rules: []*configv1.ProactiveRule{
			{Id: "late", AfterSeconds: 30, ScrollPercent: 50, ExitIntent: true, Url: "*/checkout*", Text: "Потрібна допомога?", Alias: "help", SnoozeHours: 8760},
			{Id: "open", Url: "https://shop.example.com/*", Open: true},
		},
		Prechat: &chatv1.Form{Text: "Who are you?", Fields: []*chatv1.FormField{{Name: "name", Required: true}}},
		Offline: &chatv1.Form{Text: "Nobody is here", Fields: []*chatv1.FormField{{Name: "email", Kind: chatv1.FormFieldKind_FORM_FIELD_KIND_EMAIL}}},
		Hours: &configv1.BusinessHours{
			Timezone:    "Europe/Kyiv",
			Spans:       []*configv1.BusinessHours_Span{{Weekday: 1, From: "00:00", To: "24:00"}, {Weekday: 7, From: "09:30", To: "09:31"}},
			ClosedDates: []string{"2026-12-25", "2028-02-29"},
		},
		Transcript: &configv1.TranscriptSettings{Download: true, Email: true}, EndChat: true, AskRating: true, LinkPreviews: true,
		CustomCode: &configv1.CustomCode{Css: strings.Repeat("x", 64<<10), Html: "<b>ї</b>", Js: "alert(1)\n", Sources: []string{"https://cdn.example.com", "http://[::1]:8080"}},
	}}
}

func TestValidateAcceptsEverythingOfTheWidget(t *testing.T) {
	for name, change := range map[string]func(*configv1.WidgetSettings){
		"everything":      func(*configv1.WidgetSettings) {},
		"empty":           func(w *configv1.WidgetSettings) { w.Reset() },
		"never open":      func(w *configv1.WidgetSettings) { w.Hours.Spans = nil },
		"UTC":             func(w *configv1.WidgetSettings) { w.Hours.Timezone = "UTC" },
		"no code at all":  func(w *configv1.WidgetSettings) { w.CustomCode = &configv1.CustomCode{} },
		"overlapping":     func(w *configv1.WidgetSettings) { w.Hours.Spans[1] = w.Hours.Spans[0] },
		"twenty rules":    func(w *configv1.WidgetSettings) { w.Rules = many(20) },
		"no messengers":   func(w *configv1.WidgetSettings) { w.MultiChannel.Messengers = nil },
		"messenger by ID": func(w *configv1.WidgetSettings) { w.MultiChannel.Messengers["telegram"] = "https://t.me/shop?start=1" },
	} {
		b := rich()
		change(b.Widget)
		if err := Validate(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func many(n int) []*configv1.ProactiveRule {
	rules := make([]*configv1.ProactiveRule, n)
	for i := range rules {
		rules[i] = &configv1.ProactiveRule{Id: fmt.Sprint("r", i), AfterSeconds: 1, Open: true}
	}
	return rules
}

func TestValidateNamesTheFieldOfTheWidget(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil func(*configv1.WidgetSettings)
		want  string // how the only problem begins
	}{
		"button type":       {func(w *configv1.WidgetSettings) { w.ButtonType = "Icon" }, `widget.button_type: "Icon", expected "icon", "avatar", "button", "multi", or nothing`},
		"theme":             {func(w *configv1.WidgetSettings) { w.Theme = "black" }, `widget.theme: "black", expected "light"`},
		"launcher type":     {func(w *configv1.WidgetSettings) { w.Launcher.Type = "x" }, `widget.launcher.type: "x"`},
		"open icon":         {func(w *configv1.WidgetSettings) { w.Launcher.OpenIcon = "<svg>" }, `widget.launcher.open_icon: "<svg>"`},
		"close icon":        {func(w *configv1.WidgetSettings) { w.Launcher.CloseIcon = "chat" }, `widget.launcher.close_icon: "chat"`},
		"button title long": {func(w *configv1.WidgetSettings) { w.MultiChannel.ButtonTitle = strings.Repeat("ї", 61) }, "widget.multi_channel.button_title: 61 characters"},
		"messenger unknown": {func(w *configv1.WidgetSettings) {
			w.MultiChannel.Messengers = map[string]string{"signal": "https://signal.me/x"}
		}, `widget.multi_channel.messengers: "signal" is unknown, expected facebook, telegram, viber, whatsapp`},
		"messengers many":   {func(w *configv1.WidgetSettings) { w.MultiChannel.Messengers["signal"] = "" }, "widget.multi_channel.messengers: 5 entries"},
		"messenger script":  {func(w *configv1.WidgetSettings) { w.MultiChannel.Messengers["viber"] = "javascript://x/%0aalert(1)" }, "widget.multi_channel.messengers.viber: expected an address"},
		"messenger http":    {func(w *configv1.WidgetSettings) { w.MultiChannel.Messengers["viber"] = "http://example.com" }, "widget.multi_channel.messengers.viber: "},
		"messenger no host": {func(w *configv1.WidgetSettings) { w.MultiChannel.Messengers["viber"] = "https:///x" }, "widget.multi_channel.messengers.viber: "},
		"messenger opaque":  {func(w *configv1.WidgetSettings) { w.MultiChannel.Messengers["viber"] = "viber:pa" }, "widget.multi_channel.messengers.viber: "},
		"messenger user":    {func(w *configv1.WidgetSettings) { w.MultiChannel.Messengers["viber"] = "https://a@b.com" }, "widget.multi_channel.messengers.viber: "},
		"messenger spaces":  {func(w *configv1.WidgetSettings) { w.MultiChannel.Messengers["viber"] = " https://b.com" }, "widget.multi_channel.messengers.viber: "},
		"messenger long": {func(w *configv1.WidgetSettings) {
			w.MultiChannel.Messengers["viber"] = "https://b.com/" + strings.Repeat("x", 2048)
		}, "widget.multi_channel.messengers.viber: "},
		"rules many":              {func(w *configv1.WidgetSettings) { w.Rules = many(21) }, "widget.rules: 21 entries, expected at most 20"},
		"rule no id":              {func(w *configv1.WidgetSettings) { w.Rules[0].Id = "" }, `widget.rules[0].id: "", expected 1 to 32`},
		"rule id long":            {func(w *configv1.WidgetSettings) { w.Rules[0].Id = strings.Repeat("x", 33) }, "widget.rules[0].id: "},
		"rule id spaces":          {func(w *configv1.WidgetSettings) { w.Rules[0].Id = "a b" }, "widget.rules[0].id: "},
		"rule id twice":           {func(w *configv1.WidgetSettings) { w.Rules[1].Id = "late" }, "widget.rules[1].id: is the same as that of widget.rules[0]"},
		"rule late":               {func(w *configv1.WidgetSettings) { w.Rules[0].AfterSeconds = 3601 }, "widget.rules[0].after_seconds: 3601, expected 1 to 3600"},
		"rule deep":               {func(w *configv1.WidgetSettings) { w.Rules[0].ScrollPercent = 101 }, "widget.rules[0].scroll_percent: 101"},
		"rule snoozed for ever":   {func(w *configv1.WidgetSettings) { w.Rules[0].SnoozeHours = 8761 }, "widget.rules[0].snooze_hours: 8761"},
		"rule url long":           {func(w *configv1.WidgetSettings) { w.Rules[0].Url = strings.Repeat("x", 501) }, "widget.rules[0].url: expected a pattern"},
		"rule url lines":          {func(w *configv1.WidgetSettings) { w.Rules[0].Url = "*\n" }, "widget.rules[0].url: "},
		"rule text long":          {func(w *configv1.WidgetSettings) { w.Rules[0].Text = strings.Repeat("ї", 301) }, "widget.rules[0].text: 301 characters"},
		"rule alias":              {func(w *configv1.WidgetSettings) { w.Rules[0].Alias = "a b" }, `widget.rules[0].alias: "a b", expected the alias`},
		"rule without conditions": {func(w *configv1.WidgetSettings) { w.Rules[1].Url = "" }, "widget.rules[1]: expected at least one of after_seconds"},
		"rule does nothing":       {func(w *configv1.WidgetSettings) { w.Rules[1].Open, w.Rules[1].Text = false, " " }, "widget.rules[1]: expected text to be said, or open"},
		"prechat":                 {func(w *configv1.WidgetSettings) { w.Prechat.Fields[0].Name = "a b" }, `widget.prechat.fields[0].name: "a b", expected a letter`},
		"prechat empty":           {func(w *configv1.WidgetSettings) { w.Prechat.Fields = nil }, "widget.prechat.fields: 0, expected 1 to 20"},
		"offline":                 {func(w *configv1.WidgetSettings) { w.Offline.Text = strings.Repeat("x", 4097) }, "widget.offline.text: 4097 characters"},
		"form heavy": {func(w *configv1.WidgetSettings) {
			w.Prechat.Fields[0].Kind = chatv1.FormFieldKind_FORM_FIELD_KIND_CHOICE
			for i := range 50 {
				w.Prechat.Fields[0].Choices = append(w.Prechat.Fields[0].Choices, fmt.Sprint(i, strings.Repeat("ї", 190)))
			}
		}, "widget.prechat: "},
		"no time zone":        {func(w *configv1.WidgetSettings) { w.Hours.Timezone = "" }, `widget.hours.timezone: "", expected a name of the IANA`},
		"time zone unknown":   {func(w *configv1.WidgetSettings) { w.Hours.Timezone = "Europe/Shop" }, `widget.hours.timezone: "Europe/Shop"`},
		"the machine's":       {func(w *configv1.WidgetSettings) { w.Hours.Timezone = "Local" }, "widget.hours.timezone: "},
		"a file":              {func(w *configv1.WidgetSettings) { w.Hours.Timezone = "../../etc/passwd" }, "widget.hours.timezone: "},
		"spans many":          {func(w *configv1.WidgetSettings) { w.Hours.Spans = make([]*configv1.BusinessHours_Span, 51) }, "widget.hours.spans: 51 entries"},
		"weekday 0":           {func(w *configv1.WidgetSettings) { w.Hours.Spans[0].Weekday = 0 }, "widget.hours.spans[0].weekday: 0, expected 1"},
		"weekday 8":           {func(w *configv1.WidgetSettings) { w.Hours.Spans[1].Weekday = 8 }, "widget.hours.spans[1].weekday: 8"},
		"hour 24":             {func(w *configv1.WidgetSettings) { w.Hours.Spans[0].From = "24:00" }, `widget.hours.spans[0].from: "24:00", expected HH:MM`},
		"hour of one digit":   {func(w *configv1.WidgetSettings) { w.Hours.Spans[1].From = "9:00" }, `widget.hours.spans[1].from: "9:00"`},
		"minute 60":           {func(w *configv1.WidgetSettings) { w.Hours.Spans[1].To = "10:60" }, `widget.hours.spans[1].to: "10:60"`},
		"past midnight":       {func(w *configv1.WidgetSettings) { w.Hours.Spans[1].To = "02:00" }, "widget.hours.spans[1].to: 02:00, expected later than from, 09:30"},
		"no time at all":      {func(w *configv1.WidgetSettings) { w.Hours.Spans[1].To = "09:30" }, "widget.hours.spans[1].to: 09:30, expected later"},
		"closed dates many":   {func(w *configv1.WidgetSettings) { w.Hours.ClosedDates = make([]string, 101) }, "widget.hours.closed_dates: 101 entries"},
		"closed on no day":    {func(w *configv1.WidgetSettings) { w.Hours.ClosedDates[0] = "2026-02-29" }, `widget.hours.closed_dates[0]: "2026-02-29", expected a day`},
		"closed twice":        {func(w *configv1.WidgetSettings) { w.Hours.ClosedDates[1] = "2026-12-25" }, "widget.hours.closed_dates[1]: is the same as"},
		"css large":           {func(w *configv1.WidgetSettings) { w.CustomCode.Css += "x" }, "widget.custom_code.css: 65537 bytes, expected at most 65536"},
		"html no UTF-8":       {func(w *configv1.WidgetSettings) { w.CustomCode.Html = "\xff" }, "widget.custom_code.html: expected valid UTF-8"},
		"js with NUL":         {func(w *configv1.WidgetSettings) { w.CustomCode.Js = "a\x00" }, "widget.custom_code.js: expected valid UTF-8"},
		"sources many":        {func(w *configv1.WidgetSettings) { w.CustomCode.Sources = make([]string, 21) }, "widget.custom_code.sources: 21 entries"},
		"source of a path":    {func(w *configv1.WidgetSettings) { w.CustomCode.Sources[0] += "/lib" }, "widget.custom_code.sources[0]: remove the path, such as https://cdn.example.com"},
		"source a directive":  {func(w *configv1.WidgetSettings) { w.CustomCode.Sources[0] = "https://a.com; frame-ancestors *" }, "widget.custom_code.sources[0]: "},
		"source of a keyword": {func(w *configv1.WidgetSettings) { w.CustomCode.Sources[0] = "'unsafe-inline'" }, "widget.custom_code.sources[0]: "},
		"source of all":       {func(w *configv1.WidgetSettings) { w.CustomCode.Sources[0] = "https:" }, "widget.custom_code.sources[0]: "},
		"source twice":        {func(w *configv1.WidgetSettings) { w.CustomCode.Sources[1] = w.CustomCode.Sources[0] }, "widget.custom_code.sources[1]: is the same as"},
	} {
		t.Run(name, func(t *testing.T) {
			b := rich()
			tt.spoil(b.Widget)
			err := Validate(b)
			v, ok := errors.AsType[invalid.Problems](err)
			if !ok || len(v) != 1 || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("Validate() = %v (%T), want one problem that begins with %q", err, err, tt.want)
			}
		})
	}
}

// The bus carries a bot in one message.
func TestValidateBoundsTheWhole(t *testing.T) {
	b := rich()
	for range 1000 {
		b.Blocks = append(b.Blocks, &configv1.Block{Who: &configv1.Block_Network{Network: "10.0.0.1"}, Note: strings.Repeat("\U0001d11e", 200)})
	}
	b.Widget.CustomCode.Html, b.Widget.CustomCode.Js = strings.Repeat("x", 64<<10), strings.Repeat("x", 64<<10)
	if err := Validate(b); err == nil || !strings.HasPrefix(err.Error(), "widget: ") || !strings.HasSuffix(err.Error(), "expected at most 983040") {
		t.Errorf("Validate() = %v, want that it is too large", err)
	}
}
