package flow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

// file is a scenario with a start that leads to "a", and the nodes given.
func file(nodes ...string) string {
	return `{"format": 1, "nodes": [{"id": "start", "type": "start", "next": "a"}` + join(nodes) + `]}`
}

func join(nodes []string) string {
	var b strings.Builder
	for _, n := range nodes {
		b.WriteString(",\n" + n)
	}
	return b.String()
}

const leaf = `{"id": "a", "type": "message", "text": "Hi"}`

func TestParseProblems(t *testing.T) {
	tests := map[string]struct {
		file string
		want []string
	}{
		"empty":        {"", []string{"line 1, column 1: unexpected end of JSON input"}},
		"syntax":       {"{\n  \"format\": 1,\n  }", []string{"line 3, column 3: invalid character '}' looking for beginning of object key string"}},
		"two values":   {"{} {}", []string{"line 1, column 4: invalid character '{' after top-level value"}},
		"no object":    {"[]", []string{"expected an object, got a list"}},
		"not UTF-8":    {"{\"format\": \"\xff\"}", []string{"expected UTF-8"}},
		"too large":    {strings.Repeat(" ", flow.MaxFile+1), []string{"expected at most 1048576 bytes, got 1048577"}},
		"empty object": {"{}", []string{"format: is missing: expected 1", "nodes: is missing: the steps of the conversation", "nodes: there is no start node; expected exactly one"}},
		"format": {`{"format": 2, "nodes": [{"id": "start", "type": "start", "next": "a"}, ` + leaf + `]}`, []string{
			"format: expected 1, got 2",
		}},
		"kinds of values": {`{"format": "1", "constants": [], "nodes": {}, "note": null}`, []string{
			"format: expected a number, got a string",
			"note: expected a string, got null",
			"constants: expected an object, got a list",
			"nodes: expected a list, got an object",
			"nodes: there is no start node; expected exactly one",
		}},
		"unknown fields": {`{"format": 1, "constant": {}, "nodes": [{"id": "start", "type": "start", "next": "a", "text": "x"}, {"id": "a", "type": "message", "Text": "Hi", "text": "Hi"}]}`, []string{
			`node "start": text: a start node has no such field; did you mean "next"?`,
			`node "a": Text: a message node has no such field; did you mean "text"?`,
			`constant: a scenario has no such field; did you mean "constants"?`,
		}},
		"field twice": {file(`{"id": "a", "type": "message", "text": "Hi", "text": "Ho"}`), []string{
			`node "a": text: is there twice`,
		}},
		"constants": {`{"format": 1, "constants": {"1st": "x", "now": "x", "list": [], "huge": 1e999}, "nodes": [{"id": "start", "type": "start", "next": "a"}, ` + leaf + `]}`, []string{
			`constants: "1st" is no name: expected a letter or _, then letters, digits, _ or -, at most 64`,
			`constants: "now" is built in; expected another name`,
			`constants.list: expected a string, a number, true or false, got a list`,
			`constants.huge: expected a number that fits into 64 bits, got 1e999`,
		}},
		"ids and types": {file(leaf, leaf, `{"type": "message", "text": "x"}`, `{"id": "b c", "type": "message", "text": "x"}`, `{"id": "d"}`, `{"id": "e", "type": "mesage"}`, `7`), []string{
			`node "a": id: another node has the same id (this one is nodes[2])`,
			`nodes[3].id: is missing: the node's own name`,
			`nodes[4].id: expected 1 to 64 of latin letters, digits, _, - and ., got "b c"`,
			`node "d": type: is missing: what the node does`,
			`node "e": type: there is no such type as "mesage"; did you mean "message"?`,
			`nodes[7]: expected an object, got a number`,
		}},
		"two starts": {file(leaf, `{"id": "b", "type": "start", "next": "a"}`), []string{
			`node "b": type: there is a start node already, "start"; expected exactly one`,
		}},
		"targets": {file(`{"id": "a", "type": "input", "text": "?", "next": "chek", "max_tries": 2, "next_failed": ""}`, `{"id": "check", "type": "message", "text": "x", "next": "far away"}`, `{"id": "c", "type": "input", "text": "?"}`), []string{
			`node "a": next_failed: is empty: expected the id of a node`,
			`node "c": next: is missing: the node to go on with`,
			`node "a": next: there is no node "chek"; did you mean "check"?`,
			`node "check": next: there is no node "far away"`,
		}},
		"aliases": {file(`{"id": "a", "type": "exit", "alias": "Menu"}`, `{"id": "b", "type": "entry", "alias": "menu", "next": "m"}`, `{"id": "c", "type": "entry", "alias": "menu", "next": "m"}`, `{"id": "d", "type": "entry", "alias": "1st", "next": "m"}`, `{"id": "e", "type": "connect_operator", "closed_alias": "thanks"}`, `{"id": "f", "type": "entry", "alias": "", "next": "m"}`, `{"id": "m", "type": "message", "text": "x"}`), []string{
			`node "d": alias: "1st" is no alias: expected latin letters, digits, _ and -, not beginning with a digit, at most 64`,
			`node "f": alias: "" is no alias: expected latin letters, digits, _ and -, not beginning with a digit, at most 64`,
			`node "c": alias: node "b" has the alias "menu" already`,
			`node "a": alias: there is no entry point with the alias "Menu"; did you mean "menu"?`,
			`node "e": closed_alias: there is no entry point with the alias "thanks"`,
		}},
		"loop": {file(`{"id": "a", "type": "set", "variables": {"x": "1"}, "next": "b"}`, `{"id": "b", "type": "condition", "rules": [{"conditions": [{"field": "x", "operator": "empty"}], "next": "q"}], "else": "c"}`, `{"id": "c", "type": "exit", "alias": "again"}`, `{"id": "d", "type": "entry", "alias": "again", "next": "b"}`, `{"id": "q", "type": "input", "text": "?", "next": "a"}`), []string{
			`node "d": next: goes round for ever without waiting for the visitor: b → c → d → b; expected a keyboard, a form or an input in between`,
		}},
		"loop to itself": {file(`{"id": "a", "type": "message", "text": "x", "next": "a"}`), []string{
			`node "a": next: goes round for ever without waiting for the visitor: a → a; expected a keyboard, a form or an input in between`,
		}},
		"loop over links": {file(`{"id": "a", "type": "keyboard", "text": "x", "buttons": [{"Text": "x", "ActionType": "none"}], "next": "a"}`), []string{
			`node "a": next: goes round for ever without waiting for the visitor: a → a; expected a keyboard, a form or an input in between`,
		}},
		"validation": {file(`{"id": "a", "type": "input", "text": "?", "next": "a", "validate": {"kind": "number", "min": 5, "max": 4, "max_length": 3}}`, `{"id": "b", "type": "input", "text": "?", "next": "a", "validate": {"kind": "text", "min_length": 9, "max_length": 8, "min": 1}}`, `{"id": "c", "type": "input", "text": "?", "next": "a", "validate": {"kind": "phones"}, "max_tries": 0, "save_as": "last_input"}`, `{"id": "d", "type": "input", "text": "?", "next": "a", "validate": {"max_length": 1.5}, "next_failed": "a"}`, `{"id": "e", "type": "input", "text": "?", "next": "a", "max_tries": 2}`), []string{
			`node "a": validate.min: 5 is more than max, 4`,
			`node "a": validate.max_length: a check of the kind number has no such field`,
			`node "b": validate.min_length: 9 is more than max_length, 8`,
			`node "b": validate.min: a check of the kind text has no such field; did you mean "kind"?`,
			`node "c": save_as: "last_input" is built in; expected another name`,
			`node "c": validate.kind: expected "text", "phone", "email" or "number", got "phones"`,
			`node "c": max_tries: expected a whole number from 1 to 100, got 0`,
			`node "c": next_failed: is missing: where to go after max_tries wrong answers`,
			`node "d": validate.kind: is missing: expected "text", "phone", "email" or "number"`,
			`node "d": validate.max_length: expected a whole number from 1 to 4096, got 1.5`,
			`node "d": max_tries: is missing: after how many wrong answers to go to next_failed`,
			`node "e": next_failed: is missing: where to go after max_tries wrong answers`,
		}},
		"placeholders": {file(`{"id": "a", "type": "message", "text": "{{name", "next": "b"}`, `{"id": "b", "type": "message", "text": "{{}}", "next": "c"}`, `{"id": "c", "type": "message", "text": "{{first name}}", "next": "d"}`, `{"id": "d", "type": "set", "variables": {"x": "{{user..name}}", "a.b": ""}, "next": "e"}`, `{"id": "e", "type": "message", "text": "{{a|{{b}}}}"}`), []string{
			`node "a": text: a "{{" without its "}}"`,
			`node "b": text: placeholder {{}}: "" is no name: expected a letter or _, then letters, digits, _ or -, at most 64`,
			`node "c": text: placeholder {{first name}}: "first name" is no name: expected a letter or _, then letters, digits, _ or -, at most 64`,
			`node "d": variables.x: placeholder {{user..name}}: "user..name" is no name: after a dot, expected letters, digits, _ or -`,
			`node "d": variables: "a.b" is no name: expected a letter or _, then letters, digits, _ or -, at most 64`,
			`node "e": text: placeholder {{a|{{b}}: the text behind | may hold no other placeholder`,
		}},
		"texts": {file(`{"id": "a", "type": "message", "next": "b"}`, `{"id": "b", "type": "message", "text": " ", "next": "c"}`, `{"id": "c", "type": "message", "text": "`+strings.Repeat("é", 4097)+`", "parse_mode": "html", "image": {"alt": "x"}}`,
			`{"id": "d", "type": "input", "text": "{{x}} {{y}}", "next": "d"}`,
			`{"id": "e", "type": "keyboard", "text": "{{x| }}", "buttons": [{"Text": "x", "next": "d"}]}`,
			`{"id": "f", "type": "input", "text": "{{x|Well?}}", "next": "d"}`,
			`{"id": "g", "type": "keyboard", "text": "x", "buttons": [{"Text": "{{x}}", "next": "d"}, {"Text": "x", "ActionType": "none"}]}`), []string{
			`node "a": text: is missing: what the bot says`,
			`node "b": text: is empty: what the bot says`,
			`node "c": text: expected at most 4096 characters, got 4097`,
			`node "c": parse_mode: expected "HTML" or "Markdown" or no such field, got "html"`,
			`node "c": image.url: is missing: where the picture is`,
			`node "d": text: may turn out empty: expected words besides the placeholders, or one with a default such as {{name|there}}`,
			`node "e": text: may turn out empty: expected words besides the placeholders, or one with a default such as {{name|there}}`,
			`node "g": buttons: may all turn out empty and leave no way on: expected a reply button with words in its Text, or next_other`,
		}},
		"buttons": {file(`{"id": "a", "type": "keyboard", "text": "?", "next": "a", "next_other": "a", "retry_text": "?", "buttons": [
				{"Text": "Yes", "next": "a"}, {"Text": " yes ", "next": "a"}, {"Text": "No"},
				{"Text": "x", "ActionType": "open_url", "ActionBody": "https://example.com"},
				{"Text": "x", "ActionType": "open-url", "ActionBody": "shop.example.com", "next": "a"},
				{"Text": "x", "ActionType": "open-url"},
				{"ActionType": "none", "Columns": 7, "BgColor": "red", "TextColor": "#12345", "Rows": 1}]}`,
			`{"id": "b", "type": "keyboard", "text": "?", "buttons": [{"Text": "x", "ActionType": "none"}], "save_as": "x", "retry_text": "?", "next_other": "a"}`,
			`{"id": "c", "type": "keyboard", "buttons": []}`,
			`{"id": "d", "type": "keyboard", "text": "?", "buttons": [`+strings.Repeat(`{"Text": "x", "ActionType": "none"},`, 64)+`{"Text": "x", "ActionType": "none"}]}`), []string{
			`node "a": buttons[1].Text: answers the same as buttons[0]; expected another Text or ActionBody`,
			`node "a": buttons[2].next: is missing: the node to go on with when this button is pressed`,
			`node "a": buttons[3].ActionType: expected "reply", "open-url" or "none", got "open_url"`,
			`node "a": buttons[4].ActionBody: expected an address that begins with https:// or http://, such as https://shop.example.com/help`,
			`node "a": buttons[4].next: is for a reply button; a press of this one does not answer`,
			`node "a": buttons[5].ActionBody: is missing: the address that is opened`,
			`node "a": buttons[6].Text: is missing: the label`,
			`node "a": buttons[6].Columns: expected a whole number from 1 to 6, got 7`,
			`node "a": buttons[6].BgColor: expected a colour such as #4e8cff, got "red"`,
			`node "a": buttons[6].TextColor: expected a colour such as #4e8cff, got "#12345"`,
			`node "a": buttons[6].Rows: a button has no such field`,
			`node "a": next: is for a keyboard without reply buttons; this one goes on with the next of the button pressed, or next_other`,
			`node "a": retry_text: is never said, because next_other takes every other answer; expected one of the two`,
			`node "b": save_as: is for a keyboard with reply buttons; this one has none and does not wait`,
			`node "b": retry_text: is for a keyboard with reply buttons; this one has none and does not wait`,
			`node "b": next_other: is for a keyboard with reply buttons; this one has none and does not wait`,
			`node "c": text: is missing: what is asked`,
			`node "c": buttons: expected 1 to 64, got 0`,
			`node "d": buttons: expected 1 to 64, got 65`,
		}},
		"cards": {file(`{"id": "a", "type": "cards"}`, `{"id": "b", "type": "cards", "cards": [
				{}, {"text": "`+strings.Repeat("x", 1001)+`"}, {"title": "`+strings.Repeat("x", 201)+`"}, {"title": "x", "image": {}}, {"title": "x", "button": []},
				{"title": "x", "buttons": [{"Text": "Yes", "next": "a"}]}, {"title": "y", "buttons": [{"Text": "yes", "next": "c"}, {"Text": "z"}]},
				{"title": "x", "buttons": []}], "next": "a"}`,
			`{"id": "c", "type": "cards", "cards": [{"title": "{{x}}", "buttons": [{"Text": "x", "next": "a"}]}], "save_as": "now"}`,
			`{"id": "d", "type": "cards", "cards": [{"title": "x"}], "retry_text": "?"}`,
			`{"id": "e", "type": "cards", "cards": [{"image": {"url": "{{x}}"}, "buttons": [{"Text": "x", "next": "a"}]}], "text": "x", "next_other": "a"}`), []string{
			`node "a": cards: is missing: at least one card`,
			`node "b": cards[0].title: is missing: a card has an image, a title or a text`,
			`node "b": cards[1].text: expected at most 1000 characters, got 1001`,
			`node "b": cards[2].title: expected at most 200 characters, got 201`,
			`node "b": cards[3].image.url: is missing: where the picture is`,
			`node "b": cards[4].button: a card has no such field; did you mean "buttons"?`,
			`node "b": cards[6].buttons[0].Text: answers the same as cards[5].buttons[0]; expected another Text or ActionBody`,
			`node "b": cards[6].buttons[1].next: is missing: the node to go on with when this button is pressed`,
			`node "b": cards[7].buttons: expected 1 to 6, got 0`,
			`node "b": next: is for a cards node without reply buttons; this one goes on with the next of the button pressed, or next_other`,
			`node "c": save_as: "now" is built in; expected another name`,
			`node "c": cards: may all turn out empty: expected one with words besides the placeholders, or a text before them`,
			`node "c": cards: may all turn out empty and leave no way on: expected a reply button with words in its Text, or next_other`,
			`node "d": retry_text: is for a cards node with reply buttons; this one has none and does not wait`,
		}},
		"a form": {file(`{"id": "a", "type": "form"}`, `{"id": "b", "type": "form", "text": "?", "next": "a", "fields": [
				{"label": "x"}, {"name": "now", "label": "x"}, {"name": "c"}, {"name": "d", "label": "{{x}}"}, {"name": "d", "label": "x", "Kind": "text"},
				{"name": "e", "label": "x", "kind": "emial"}, {"name": "f", "label": "x", "kind": "choice"}, {"name": "g", "label": "x", "kind": "choice", "choices": ["a", 1]},
				{"name": "h", "label": "x", "kind": "number", "min": 2, "max": "1"}, {"name": "i", "label": "x", "kind": "date", "min": "tomorrow"},
				{"name": "j", "label": "x", "kind": "rating", "scale": 11}, {"name": "k", "label": "x", "kind": "rating", "scale": 7, "style": "faces"},
				{"name": "l", "label": "x", "kind": "rating", "style": "hearts"}, {"name": "m", "label": "x", "min": 1}, {"name": "n", "label": "x", "required": "yes"}], "save_as": "x"}`,
			`{"id": "c", "type": "form", "text": "{{x}}", "next": "a", "fields": [7], "submit": "`+strings.Repeat("x", 61)+`"}`,
			`{"id": "d", "type": "form", "text": "?", "fields": [{"name": "x"}]}`), []string{
			`node "a": text: is missing: what is asked for`,
			`node "a": fields: is missing: at least one field`,
			`node "a": next: is missing: the node to go on with`,
			`node "b": fields[4].Kind: a field has no such field; did you mean "kind"?`,
			`node "b": fields[5].kind: expected one of text, long_text, email, phone, number, date, choice, consent, location, rating, got "emial"; did you mean "email"?`,
			`node "b": fields[7].choices[1]: expected a string, got a number`,
			`node "b": fields[10].scale: expected a whole number from 2 to 10, got 11`,
			`node "b": fields[12].style: expected one of stars, faces, numbers, got "hearts"`,
			`node "b": fields[14].required: expected true or false, got a string`,
			`node "b": fields[3].label: may turn out empty: expected words besides the placeholders`,
			`node "b": fields[0].name: "", expected a letter or "_", then letters, digits, "_" and "-", at most 64 characters`,
			`node "b": fields[1].name: "now" is built into scenarios, expected another name`,
			`node "b": fields[2].label: missing, expected 1 to 200 characters; only the one field of a form needs none`,
			`node "b": fields[4].name: is the same as that of fields[3]: every field has its own`,
			`node "b": fields[6].choices: 0, expected 1 to 50`,
			`node "b": fields[8].min: 2 is more than max, 1`,
			`node "b": fields[9].min: "tomorrow", expected a day, YYYY-MM-DD, or nothing`,
			`node "b": fields[11].scale: 7, expected at most 5 with faces`,
			`node "b": fields[13].min: is for numbers and dates only`,
			`node "b": save_as: a form node has no such field`,
			`node "c": submit: expected at most 60 characters, got 61`,
			`node "c": text: may turn out empty: expected words besides the placeholders, or one with a default such as {{name|there}}`,
			`node "c": fields[0]: expected an object, got a number`,
			`node "d": next: is missing: the node to go on with`,
		}},
		"addresses": {file(addresses("javascript:alert(1)", "https://", "https:/x", "https://a b", "https://user@host/", "HTTPS://x", "https://{{x}}/", "https://shop{{x}}", "ftp://{{x}}")), []string{
			addressProblem(0), addressProblem(1), addressProblem(2), addressProblem(3), addressProblem(4), addressProblem(5),
			`node "a": buttons[6].ActionBody: a placeholder may not be part of the host: expected it behind a / or at the very beginning`,
			`node "a": buttons[7].ActionBody: a placeholder may not be part of the host: expected it behind a / or at the very beginning`,
			addressProblem(8),
		}},
		"conditions": {file(`{"id": "a", "type": "condition", "rules": [{"logic": "XOR", "next": "b", "conditions": [
				{"field": "{{x}}", "operator": "equals", "value": "1"}, {"field": "x", "operator": "equal", "value": "1"},
				{"field": "x", "operator": "empty", "value": "1"}, {"field": "x", "operator": "in_list", "value": "1"},
				{"field": "x", "operator": "in_list", "value": [[]]}, {"field": "x", "operator": "less"}, {}]}, {"conditions": []}]}`, `{"id": "b", "type": "condition", "rules": [], "else": "c"}`, `{"id": "c", "type": "message", "text": "x"}`), []string{
			`node "a": else: is missing: the node to go on with when no rule holds`,
			`node "a": rules[0].logic: expected "AND" or "OR", got "XOR"`,
			`node "a": rules[0].conditions[0].field: "{{x}}" is no name: expected a letter or _, then letters, digits, _ or -, at most 64, without braces`,
			`node "a": rules[0].conditions[1].operator: expected one of equals, not_equals, contains, in_list, empty, not_empty, greater, less, got "equal"; did you mean "equals"?`,
			`node "a": rules[0].conditions[2].value: is without meaning for empty`,
			`node "a": rules[0].conditions[3].value: expected a list, got a string`,
			`node "a": rules[0].conditions[4].value[0]: expected a string, a number, true or false, got a list`,
			`node "a": rules[0].conditions[5].value: is missing: what to compare with`,
			`node "a": rules[0].conditions[6].field: is missing: the name of what is compared`,
			`node "a": rules[0].conditions[6].operator: is missing: expected one of equals, not_equals, contains, in_list, empty, not_empty, greater, less`,
			`node "a": rules[1].next: is missing: the node to go on with when the rule holds`,
			`node "a": rules[1].conditions: expected 1 to 64, got 0`,
			`node "b": rules: expected 1 to 64, got 0`,
		}},
		"set": {file(`{"id": "a", "type": "set", "next": "b", "variables": {}}`, `{"id": "b", "type": "set", "next": "c", "variables": {"random": "1", "x": 1}}`, `{"id": "c", "type": "set"}`), []string{
			`node "a": variables: expected 1 to 64, got 0`,
			`node "b": variables: "random" is built in; expected another name`,
			`node "b": variables.x: expected a string, got a number`,
			`node "c": next: is missing: the node to go on with`,
			`node "c": variables: is missing: what is set, such as {"city": "Kyiv"}`,
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, err := flow.Parse([]byte(tt.file))
			var refused *flow.ParseError
			if !errors.As(err, &refused) || f != nil {
				t.Fatalf("Parse() = %v, %v, want a *ParseError", f, err)
			}
			if diff := cmp.Diff(tt.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("problems differ (-want +got):\n%s", diff)
			}
		})
	}
}

// addresses is a keyboard "a" with a link for each.
func addresses(list ...string) string {
	buttons := make([]string, len(list))
	for i, a := range list {
		buttons[i] = fmt.Sprintf(`{"Text": "x", "ActionType": "open-url", "ActionBody": %q}`, a)
	}
	return `{"id": "a", "type": "keyboard", "text": "?", "buttons": [` + strings.Join(buttons, ",") + `]}`
}

func addressProblem(i int) string {
	return fmt.Sprintf(`node "a": buttons[%d].ActionBody: expected an address that begins with https:// or http://, such as https://shop.example.com/help`, i)
}
