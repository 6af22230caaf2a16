package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

// Whatever is taken as a frame becomes an event that the log can hold and that reads the same as JSON; whatever
// is not is refused with words that can be sent.
func FuzzFrame(f *testing.F) {
	const id = "01977f3e-8a7b-7c1d-9e2f-0123456789ab"
	for _, s := range []string{
		`{"id":"` + id + `","type":"text","text":"hello","params_from_site":{"a":[1,{"b":null}]}}`,
		`{"id":"` + id + `","type":"button","text":"Yes","action_body":"yes","attempt":2}`,
		`{"id":"` + id + `","type":"start","language_code":"uk","page_url":"https://shop.example.com/"}`,
		`{"id":"` + id + `","type":"params","params_from_site":{"n":1e400}}`,
		`{"id":"` + id + `","type":"text","text":"\ud800"}`,
		`{"id":"` + id + `","type":"form_answer","form":"` + id + `/x/0","values":{"name":"Olena","ім-я":"2"},"text":"Name: Olena"}`,
		`{"id":"` + id + `","type":"form_answer","form":"rating","values":{"rating":"5","a b":""},"text":"5"}`,
		`{"id":"` + id + `","id":"x"}`, `{"ID":"x"}`, `[]`, `null`, strings.Repeat(`{"a":`, 100), "\xff",
	} {
		f.Add([]byte(s))
	}
	c := subject.Conversation{Bot: "1", ID: id}
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, problem := wire.DecodeFrame(data)
		if problem == nil {
			problem = stored(t, c, frame)
		}
		if problem == nil {
			return
		}
		if said, err := json.Marshal(problem); err != nil || problem.Code == "" || problem.Message == "" || !json.Valid(said) {
			t.Errorf("refused by %s, %v", said, err)
		}
	})
}

// stored makes the frame's event and reads it back.
func stored(t *testing.T, c subject.Conversation, frame wire.Frame) *wire.Problem {
	t.Helper()
	params, problem := wire.DecodeParams(frame.Params)
	if problem != nil {
		return problem
	}
	m, problem := frame.Message(c)
	if problem != nil {
		return problem
	}
	if m.Params, problem = wire.Struct(params); problem != nil {
		return problem
	}
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatalf("%+v cannot be stored: %v", frame, err)
	}
	again := new(chatv1.Message)
	if err := proto.Unmarshal(data, again); err != nil || !proto.Equal(m, again) {
		t.Fatalf("%+v is stored as %v, %v", frame, again, err)
	}
	text, err := wire.EncodeMessage(again, 1)
	if err != nil || !json.Valid(text) {
		t.Fatalf("%+v is shown as %s, %v", frame, text, err)
	}
	return nil
}
