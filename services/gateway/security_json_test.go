package gateway_test

import (
	"encoding/json"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

func deep(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func deepObject(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }

// What is nested deeply is refused before anybody follows it down, whoever sends it.
func TestDeepJSON(t *testing.T) {
	s := newSiteWith(t, crowded())
	_, session := s.visit()
	const ended, refused = "closed: websocket: close 1002", "44{"
	for name, tt := range map[string]struct {
		packet, want string
		inside       bool // the namespace
	}{
		"CONNECT":               {`40{"token":` + deep(30_000) + `}`, ended, false},
		"CONNECT, less":         {`40{"token":` + deep(4_000) + `}`, refused, false},
		"CONNECT, parameters":   {`40{"bot_id":"1","params_from_site":{"a":` + deep(3_000) + `}}`, refused, false},
		"CONNECT, of objects":   {`40` + deepObject(9_000), refused, false},
		"an event":              {`421["message",` + deep(9_000) + `]`, `431[{"ok":false`, true},
		"an event's parameters": {`421["message",{"id":"x","params_from_site":` + deepObject(4_000) + `}]`, `431[{"ok":false`, true},
		"an unknown event":      {`42["dance",` + deep(9_000) + `]`, `42["problem"`, true},
		"an event too early":    {`42["message",` + deep(9_000) + `]`, ended, false},
		"an event's name":       {`42[` + deep(9_000) + `]`, ended, true},
		"bytes, before CONNECT": {`451-["message",` + deep(9_000) + `]`, ended, false},
		"bytes":                 {`451-["message",` + deep(9_000) + `]`, ended, true},
		"an acknowledgement":    {`461-1[` + deep(9_000) + `]`, ended, true},
		"a namespace":           {"40/\xff,", ended, false},
		"never closed":          {`40{"a":` + strings.Repeat("[", 60_000), ended, false},
		"never opened":          {`40{"a":` + strings.Repeat("]", 60_000), ended, false},
		"strings":               {`42["message",` + strings.Repeat(`["`, 15_000), ended, false},
	} {
		c := s.socket(overSocket, http.Header{"Origin": {shop}})
		c.read()
		if tt.inside {
			c = s.reconnect(session)
		}
		c.write(tt.packet)
		if got := c.read(); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %.200s, want %s", name, got, tt.want)
		}
	}
	for name, body := range map[string]string{
		"token":             deep(4_000),
		"token, a field":    `{"bot_id":"1","site":` + deep(3_500) + `}`,
		"token, of objects": deepObject(1_300),
	} {
		if status, answer, _ := s.request(http.MethodPost, "/widget/v2/token", nil, body); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
	sid := s.session(http.Header{"Origin": {shop}})
	if status, body, _ := s.request(http.MethodPost, "/socket.io/?"+overPolling+sid, http.Header{"Origin": {shop}}, `451-["message",`+deep(9_000)+`]`); status != http.StatusBadRequest {
		t.Errorf("posted: %d %s", status, body)
	}
	c, _ := s.visit()
	if ack, _ := c.emit("message", say(newID(), `[[[[{{{{"`)); ack.field("ok") != "true" { // which is a text
		t.Errorf("brackets in a text: %s", ack.args)
	}
}

// Nor do many of them grow our stacks: each costs no more than it has bytes.
func TestDeepJSONCostsNoStack(t *testing.T) {
	s := newSiteWith(t, crowded())
	packet := `451-["message",` + deep(9_000) + `]`
	before := stacks()
	for range 50 {
		c := s.socket(overSocket, http.Header{"Origin": {shop}})
		c.read()
		c.write(packet)
		c.read()
	}
	if after := stacks(); after > before+4<<20 {
		t.Errorf("stacks have grown by %d KiB", (after-before)>>10)
	}
}

func stacks() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.StackSys
}

// What JSON can say and a program stumbles over is refused, or is what it says; the connection goes on.
func TestStrangeJSON(t *testing.T) {
	s := newSiteWith(t, crowded())
	_, session := s.visit()
	id := func() string { return `"id":"` + newID() + `"` }
	big := strings.Repeat("9", 5_000)
	for name, tt := range map[string]struct{ frame, want string }{
		"a number beyond all":         {`{` + id() + `,"type":"text","text":"x","attempt":1e999}`, "bad_request"},
		"a number of many digits":     {`{` + id() + `,"type":"text","text":"x","attempt":` + big + `}`, "bad_request"},
		"a number in parameters":      {`{` + id() + `,"type":"params","params_from_site":{"a":1e999}}`, "bad_request"},
		"many digits in parameters":   {`{` + id() + `,"type":"params","params_from_site":{"a":` + big + `}}`, "bad_request"},
		"a tiny number":               {`{` + id() + `,"type":"params","params_from_site":{"a":1e-999}}`, `"ok":true`},
		"an attempt that is none":     {`{` + id() + `,"type":"text","text":"x","attempt":-1}`, `"ok":true`},
		"not a number":                {`{` + id() + `,"type":"params","params_from_site":{"a":NaN}}`, "closed"},
		"half a pair":                 {`{` + id() + `,"type":"text","text":"a\ud800b"}`, `"ok":true`},
		"a pair, turned round":        {`{` + id() + `,"type":"text","text":"\udc00\ud800"}`, `"ok":true`},
		"half a pair, in an id":       {`{"id":"\ud800","type":"text","text":"x"}`, "bad_request"},
		"half a pair, in a key":       {`{` + id() + `,"\ud800":"text"}`, "bad_request"},
		"NUL in a text":               {`{` + id() + `,"type":"text","text":"a\u0000b"}`, `"ok":true`},
		"NUL in an id":                {`{"id":"` + newID() + `\u0000","type":"text","text":"x"}`, "bad_request"},
		"NUL in a type":               {`{` + id() + `,"type":"text\u0000","text":"x"}`, "bad_request"},
		"NUL in a parameter":          {`{` + id() + `,"type":"params","params_from_site":{"a\u0000b":"c\u0000d"}}`, `"ok":true`},
		"NUL, as it is":               {`{` + id() + ",\"type\":\"text\",\"text\":\"a\x00b\"}", "closed"},
		"a key twice":                 {`{` + id() + `,"type":"text","text":"x","type":"end"}`, "bad_request"},
		"an id twice":                 {`{` + id() + `,` + id() + `,"type":"text","text":"x"}`, "bad_request"},
		"a parameter twice":           {`{` + id() + `,"type":"params","params_from_site":{"a":1,"a":2}}`, "bad_request"},
		"a parameter twice, deeper":   {`{` + id() + `,"type":"params","params_from_site":{"a":[{"b":1,"\u0062":2}]}}`, "bad_request"},
		"parameters twice":            {`{` + id() + `,"type":"params","params_from_site":{},"params_from_site":{}}`, "bad_request"},
		"a key in upper case":         {`{` + id() + `,"TYPE":"text","text":"x"}`, "bad_request"},
		"a key in another upper case": {`{` + id() + `,"type":"text","text":"x","attempt":1,"param\u017f_from_\u017fite":{}}`, "bad_request"},
		"a prototype":                 {`{` + id() + `,"type":"params","params_from_site":{"__proto__":{"x":1},"constructor":1}}`, `"ok":true`},
		"an array of arrays":          {`[[]]`, "bad_request"},
		"null":                        {`null`, "bad_request"},
		"null for everything":         {`{"id":null,"type":null}`, "bad_request"},
	} {
		c := s.reconnect(session)
		c.write(`429["message",` + tt.frame + `]`)
		got := c.read()
		for strings.HasPrefix(got, `42["message"`) {
			got = c.read()
		}
		if !strings.Contains(got, tt.want) || tt.want != "closed" && !strings.HasPrefix(got, "439[") {
			t.Errorf("%s: %.300s, want %s", name, got, tt.want)
		}
	}
	again := s.dial(shop)
	again.connect(map[string]any{"token": session.field("token")})
	again.next()
	history := string(again.next().args[0])
	if !utf8.ValidString(history) || !json.Valid([]byte(history)) || !strings.Contains(history, "a\ufffdb") || !strings.Contains(history, `a\u0000b`) {
		t.Errorf("history: %q", history)
	}
	for name, auth := range map[string]string{
		"a token twice":         `{"token":"x","token":"` + session.field("token") + `"}`,
		"a token in upper case": `{"Token":"` + session.field("token") + `"}`,
		"a parameter twice":     `{"token":"` + session.field("token") + `","params_from_site":{"a":1,"a":2}}`,
		"not UTF-8":             "{\"bot_id\":\"1\xff\"}",
	} {
		c := s.socket(overSocket, http.Header{"Origin": {shop}})
		c.read()
		c.write("40" + auth)
		if got := c.read(); !strings.HasPrefix(got, "44{") || !strings.Contains(got, `"bad_request"`) {
			t.Errorf("CONNECT, %s: %s", name, got)
		}
	}
	for name, body := range map[string]string{
		"a bot twice":         `{"bot_id":"2","bot_id":"1","site":"` + shop + `"}`,
		"a bot in upper case": `{"BOT_ID":"1","site":"` + shop + `"}`,
		"not UTF-8":           "{\"bot_id\":\"1\",\"site\":\"" + shop + "\xff\"}",
		"something behind":    `{"bot_id":"1","site":"` + shop + `"}{"bot_id":"2"}`,
		"an array":            `["1"]`,
		"a mark before":       "\ufeff" + `{"bot_id":"1","site":"` + shop + `"}`,
	} {
		if status, answer, _ := s.request(http.MethodPost, "/widget/v2/token", nil, body); status != http.StatusBadRequest || !strings.Contains(answer, "bad_request") {
			t.Errorf("token, %s: %d %s", name, status, answer)
		}
	}
}
