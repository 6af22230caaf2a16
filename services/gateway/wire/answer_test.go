package wire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

func TestFormAnswer(t *testing.T) {
	c := subject.Conversation{Bot: "1", ID: "01977f3e-8a7b-7c1d-9e2f-0123456789ab"}
	const text = `,"text":"Name: Olena"`
	many := func(n int) string {
		values := map[string]string{}
		for i := range n {
			values[fmt.Sprintf("v%d", i)] = "x"
		}
		data, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	tests := map[string]struct {
		frame string // what is behind the id and the type
		code  string // empty: it is taken
		field string
	}{
		"of a message":           {`"form":"` + c.ID + `/t/0","values":{"name":"Olena"}` + text, "", ""},
		"before the chat":        {`"form":"prechat","values":{"name":"Olena"}` + text, "", ""},
		"out of hours":           {`"form":"offline","values":{"name":"Olena"}` + text, "", ""},
		"a rating":               {`"form":"rating","values":{"rating":"5"}` + text, "", ""},
		"nothing filled in":      {`"form":"rating"` + text, "", ""},
		"a name of any script":   {`"form":"rating","values":{"ім-я_2":"x"}` + text, "", ""},
		"as many as can be":      {`"form":"rating","values":` + many(20) + text, "", ""},
		"as long as can be":      {`"form":"rating","values":{"a":"` + strings.Repeat("я", 1000) + `"}` + text, "", ""},
		"no form":                {`"values":{"name":"Olena"}` + text, wire.BadRequest, "form"},
		"another word":           {`"form":"survey"` + text, wire.BadRequest, "form"},
		"of another visitor":     {`"form":"01977f3e-0000-7c1d-9e2f-0123456789ab/t/0"` + text, wire.BadRequest, "form"},
		"of no message":          {`"form":"` + c.ID + `/"` + text, wire.BadRequest, "form"},
		"a line in the id":       {`"form":"` + c.ID + `/a\nb"` + text, wire.BadRequest, "form"},
		"a long id":              {`"form":"` + c.ID + `/` + strings.Repeat("x", 264) + `"` + text, wire.BadRequest, "form"},
		"too many":               {`"form":"rating","values":` + many(21) + text, wire.TooLarge, "values"},
		"a name with a blank":    {`"form":"rating","values":{"a b":"x"}` + text, wire.BadRequest, "values"},
		"a name of a digit":      {`"form":"rating","values":{"1":"x"}` + text, wire.BadRequest, "values"},
		"no name":                {`"form":"rating","values":{"":"x"}` + text, wire.BadRequest, "values"},
		"an empty value":         {`"form":"rating","values":{"a":""}` + text, wire.BadRequest, "values.a"},
		"null":                   {`"form":"rating","values":{"a":null}` + text, wire.BadRequest, "values.a"},
		"a long value":           {`"form":"rating","values":{"a":"` + strings.Repeat("я", 1001) + `"}` + text, wire.TooLarge, "values.a"},
		"a number":               {`"form":"rating","values":{"a":5}` + text, wire.BadRequest, "values"},
		"a list":                 {`"form":"rating","values":["a"]` + text, wire.BadRequest, "values"},
		"no words":               {`"form":"rating","values":{"a":"x"}`, wire.BadRequest, "text"},
		"blank words":            {`"form":"rating","text":" "`, wire.BadRequest, "text"},
		"long words":             {`"form":"rating","text":"` + strings.Repeat("я", 4097) + `"`, wire.TooLarge, "text"},
		"a field of another":     {`"form":"rating","action_body":"x"` + text, wire.BadRequest, "action_body"},
		"a value twice":          {`"form":"rating","values":{"a":"x","a":"y"}` + text, wire.BadRequest, ""},
		"in another letter case": {`"form":"rating","Values":{"a":"x"}` + text, wire.BadRequest, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f, problem := wire.DecodeFrame([]byte(`{"id":"` + c.ID + `","type":"form_answer",` + tt.frame + `}`))
			if problem == nil {
				_, problem = f.Message(c)
			}
			switch {
			case problem == nil && tt.code != "":
				t.Errorf("taken, want %s of %q", tt.code, tt.field)
			case problem != nil && (problem.Code != tt.code || problem.Field != tt.field):
				t.Errorf("refused by %v, want %q of %q", problem, tt.code, tt.field)
			}
		})
	}
	for _, field := range []string{`"form":"rating"`, `"values":{}`} {
		f, problem := wire.DecodeFrame([]byte(`{"id":"` + c.ID + `","type":"text","text":"x",` + field + `}`))
		if problem == nil {
			_, problem = f.Message(c)
		}
		if problem == nil || !strings.Contains(field, problem.Field) {
			t.Errorf("a text with %s: %v, want it refused", field, problem)
		}
	}
}

func TestFormAnswerIsKept(t *testing.T) {
	c := subject.Conversation{Bot: "1", ID: "01977f3e-8a7b-7c1d-9e2f-0123456789ab"}
	f, problem := wire.DecodeFrame([]byte(`{"id":"` + c.ID + `","type":"form_answer","form":"prechat","values":{"name":"Olena"},"text":"Name: Olena"}`))
	if problem != nil {
		t.Fatal(problem)
	}
	m, problem := f.Message(c)
	if problem != nil {
		t.Fatal(problem)
	}
	a := m.GetFormAnswer()
	if a.GetForm() != "prechat" || a.GetText() != "Name: Olena" || !cmp.Equal(a.GetValues(), map[string]string{"name": "Olena"}) {
		t.Errorf("%v, want the answer of Olena", a)
	}
}
