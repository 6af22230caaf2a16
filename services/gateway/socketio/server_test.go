package socketio_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
	"github.com/switchboard-chat/switchboard/services/gateway/socketio"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// app tells what it was connected with, sends events back, and reports what it is told.
type app struct {
	connected    chan *socketio.Socket
	disconnected chan string
	answers      chan string
}

func (a app) Connecting(s *socketio.Socket, auth json.RawMessage) (any, *socketio.Refusal) {
	switch string(auth) {
	case `{"token":"wrong"}`:
		return nil, &socketio.Refusal{Message: "not you", Data: map[string]int{"code": 7}}
	case `{"pid":"p"}`:
		s.ID, s.PID = "same", "p"
	}
	if auth == nil {
		auth = json.RawMessage("{}")
	}
	return string(auth), nil
}

func (a app) Connected(s *socketio.Socket) {
	s.Emit("auth", []byte(s.App.(string)))
	a.connected <- s
}

func (a app) Event(s *socketio.Socket, name string, args socketio.Args, ack func(socketio.Args)) {
	switch name {
	case "echo":
		s.EmitArgs("back", args)
	case "ack":
		ack(args)
		ack(args) // the second one goes nowhere
	case "ask":
		err := s.Ask(patience, "question", args, func(answer socketio.Args, err error) {
			if err != nil {
				a.answers <- err.Error()
				return
			}
			s.EmitArgs("answered", answer)
		})
		if err != nil {
			a.answers <- err.Error()
		}
	case "kick":
		s.Disconnect()
	}
}

func (a app) Disconnected(_ *socketio.Socket, reason string) { a.disconnected <- reason }

func serve(t *testing.T, cfg socketio.Config) (app, string) {
	t.Helper()
	a := app{make(chan *socketio.Socket, 16), make(chan string, 16), make(chan string, 128)}
	cfg.Engine.CloseWait = 100 * time.Millisecond
	s := socketio.NewServer(cfg, a)
	s.Handle("/custom", a)
	srv := httptest.NewServer(s)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		srv.Close()
	})
	return a, "ws" + strings.TrimPrefix(srv.URL, "http") + "/?transport=websocket&EIO="
}

// client is a peer on a WebSocket. Bytes are written and read as "<kind> text".
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func dial(t *testing.T, url string) client {
	t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	c := client{t, ws}
	if open := c.read(); !strings.HasPrefix(open, `0{"sid"`) {
		t.Fatalf("opened with %s", open)
	}
	return c
}

const bytesMark = "bytes "

func (c client) read() string {
	c.t.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	kind, data, err := c.ws.ReadMessage()
	switch {
	case err != nil:
		return "closed: " + err.Error()
	case kind == websocket.BinaryMessage:
		return bytesMark + string(data)
	}
	return string(data)
}

func (c client) write(s string) {
	c.t.Helper()
	kind := websocket.TextMessage
	if rest, ok := strings.CutPrefix(s, bytesMark); ok {
		kind, s = websocket.BinaryMessage, rest
	}
	if err := c.ws.WriteMessage(kind, []byte(s)); err != nil {
		c.t.Fatal(err)
	}
}

// Each dialogue is what a client sends (">") and receives ("<", a prefix).
func TestDialogues(t *testing.T) {
	const connect, placeholder = `>40`, `{"_placeholder":true,"num":0}`
	tests := map[string][]string{
		"connect":                        {`>40`, `<40{"sid":"`, `<42["auth",{}]`},
		"connect with a payload":         {`>40{"token":"123"}`, `<40{"sid":"`, `<42["auth",{"token":"123"}]`},
		"custom namespace":               {`>40/custom,`, `<40/custom,{"sid":"`, `<42/custom,["auth",{}]`},
		"custom namespace, payload":      {`>40/custom,{"token":"abc"}`, `<40/custom,{"sid":"`, `<42/custom,["auth",{"token":"abc"}]`},
		"unknown namespace":              {`>40/random`, `<44/random,{"message":"Invalid namespace"}`, `>40`, `<40{`},
		"refused, and then not":          {`>40{"token":"wrong"}`, `<44{"message":"not you","data":{"code":7}}`, `>40`, `<40{`},
		"recovery":                       {`>40{"pid":"p"}`, `<40{"sid":"same","pid":"p"}`},
		"event":                          {connect, `<40`, `<42`, `>42["echo",1,"2",{"3":[true]}]`, `<42["back",1,"2",{"3":[true]}]`},
		"event without arguments":        {connect, `<40`, `<42`, `>42["echo"]`, `<42["back"]`},
		"acknowledgement":                {connect, `<40`, `<42`, `>42456["ack",1,"2",{"3":[false]}]`, `<43456[1,"2",{"3":[false]}]`, `>42["echo"]`, `<42["back"]`},
		"binary":                         {connect, `<40`, `<42`, `>452-["echo",` + placeholder + `,{"a":{"_placeholder":true,"num":1}}]`, ">bytes \x01\x02", ">bytes ", `<452-["back",` + placeholder + `,{"a":{"_placeholder":true,"num":1}}]`, "<bytes \x01\x02", "<bytes "},
		"binary without attachments":     {connect, `<40`, `<42`, `>450-["echo",1]`, `<42["back",1]`},
		"binary acknowledgement":         {connect, `<40`, `<42`, `>451-789["ack",` + placeholder + `]`, ">bytes x", `<461-789[` + placeholder + `]`, "<bytes x"},
		"question":                       {connect, `<40`, `<42`, `>42["ask",1]`, `<420["question",1]`, `>430["yes"]`, `<42["answered","yes"]`, `>42["ask"]`, `<421["question"]`},
		"binary answer":                  {connect, `<40`, `<42`, `>42["ask"]`, `<420["question"]`, `>461-0[` + placeholder + `]`, ">bytes y", `<451-["answered",` + placeholder + `]`, "<bytes y"},
		"answer to nothing":              {connect, `<40`, `<42`, `>439[1]`, `>42["echo"]`, `<42["back"]`},
		"in a custom namespace":          {`>40/custom,`, `<40/custom,{`, `<42/custom`, `>42/custom,7["ack",1]`, `<43/custom,7[1]`, `>42/custom,["echo"]`, `<42/custom,["back"]`},
		"two namespaces":                 {`>40`, `<40`, `<42`, `>40/custom`, `<40/custom,{`, `<42/custom`, `>41/custom`, `>42["echo"]`, `<42["back"]`},
		"disconnected, and back":         {`>40`, `<40`, `<42`, `>41`, `>40`, `<40`, `<42`},
		"server disconnects":             {`>40`, `<40`, `<42`, `>42["kick"]`, `<41`, `>40`, `<40`},
		"garbage":                        {`>4abc`, `<closed: websocket: close 1002`},
		"garbage later":                  {connect, `<40`, `<42`, `>4abc`, `<closed`},
		"an event that is an object":     {connect, `<40`, `<42`, `>42{}`, `<closed`},
		"an ack id that is none":         {connect, `<40`, `<42`, `>42abc["ack",1]`, `<closed`},
		"reserved name":                  {connect, `<40`, `<42`, `>42["connect"]`, `<closed`},
		"event before CONNECT":           {`>42["echo"]`, `<closed`},
		"event after disconnect":         {`>40`, `<40`, `<42`, `>41`, `>42["echo"]`, `<closed`},
		"event to another namespace":     {`>40`, `<40`, `<42`, `>42/custom,["echo"]`, `<closed`},
		"CONNECT twice":                  {`>40`, `<40`, `<42`, `>40`, `<closed`},
		"CONNECT_ERROR from a client":    {`>40`, `<40`, `<42`, `>44{}`, `<closed`},
		"bytes out of the blue":          {connect, `<40`, `<42`, `>bytes x`, `<closed`},
		"text for an attachment":         {connect, `<40`, `<42`, `>451-["echo",` + placeholder + `]`, `>42["echo"]`, `<closed`},
		"placeholder beyond attachments": {connect, `<40`, `<42`, `>451-["echo",{"_placeholder":true,"num":1}]`, `<closed`},
		"negative placeholder":           {connect, `<40`, `<42`, `>451-["echo",{"_placeholder":true,"num":-1}]`, `<closed`},
		"placeholder that is no number":  {connect, `<40`, `<42`, `>451-["echo",[{"_placeholder":true,"num":"0"}]]`, `<closed`},
		"too many attachments":           {connect, `<40`, `<42`, `>4511-["echo"]`, `<closed`},
		"attachments too long":           {connect, `<40`, `<42`, `>452-["echo"]`, `>bytes ` + strings.Repeat("x", 600), `>bytes ` + strings.Repeat("x", 600), `<closed`},
	}
	for name, dialogue := range tests {
		t.Run(name, func(t *testing.T) {
			_, url := serve(t, socketio.Config{Engine: engineio.Config{MaxPayload: 1000}})
			play(t, dial(t, url+"4"), dialogue)
		})
	}
}

func play(t *testing.T, c client, dialogue []string) {
	t.Helper()
	for i, line := range dialogue {
		if line[0] == '>' {
			c.write(line[1:])
			continue
		}
		want, exact := line[1:], strings.HasPrefix(line, "<42")
		if got := c.read(); !strings.HasPrefix(got, want) || exact && strings.Contains(want, "[") && got != want {
			t.Fatalf("line %d: received %s, want %s", i, got, want)
		}
	}
}

// A client of Engine.IO revision 3 is in the main namespace at once, with its query for a payload.
func TestRevision3(t *testing.T) {
	tests := map[string]struct {
		query    string
		dialogue []string
	}{
		"connect":           {"", []string{`<40`, `<42["auth",{}]`, `>42["echo",1]`, `<42["back",1]`}},
		"query":             {"&token=123&t=x", []string{`<40`, `<42["auth",{"token":"123"}]`}},
		"refused":           {"&token=wrong", []string{`<44{"code":7}`}},
		"acknowledgement":   {"", []string{`<40`, `<42`, `>427["ack",1]`, `<437[1]`}},
		"namespace":         {"", []string{`<40`, `<42`, `>40/custom?token=abc`, `<40/custom,`, `<42/custom,["auth",{"token":"abc"}]`, `>42/custom,["echo"]`, `<42/custom,["back"]`}},
		"unknown namespace": {"", []string{`<40`, `<42`, `>40/random`, `<44/random,"Invalid namespace"`}},
		"binary":            {"", []string{`<40`, `<42`, `>451-["echo",{"_placeholder":true,"num":0}]`, ">bytes \x04x", `<451-["back"`, "<bytes \x04x"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, url := serve(t, socketio.Config{Engine: engineio.Config{AllowEIO3: true}})
			play(t, dial(t, url+"3"+tt.query), tt.dialogue)
		})
	}
}

func receive[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

// A connection that is in no namespace is closed, be it at its beginning or later.
func TestConnectTimeout(t *testing.T) {
	for name, dialogue := range map[string][]string{
		"nothing":    {},
		"refused":    {`>40{"token":"wrong"}`, `<44`},
		"elsewhere":  {`>40/random`, `<44`},
		"left again": {`>40`, `<40`, `<42`, `>41`},
	} {
		t.Run(name, func(t *testing.T) {
			_, url := serve(t, socketio.Config{ConnectTimeout: 50 * time.Millisecond})
			c := dial(t, url+"4")
			play(t, c, dialogue)
			if got := c.read(); !strings.Contains(got, "connect timeout") {
				t.Errorf("received %s", got)
			}
		})
	}
}

func TestDisconnectedIsCalledOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		dialogue []string
		reason   string
	}{
		"client leaves":   {[]string{`>40`, `<40`, `<42`, `>41`}, "client namespace disconnect"},
		"server takes":    {[]string{`>40`, `<40`, `<42`, `>42["kick"]`}, "server namespace disconnect"},
		"transport close": {[]string{`>40`, `<40`, `<42`, `>1`}, "client close"},
		"parse error":     {[]string{`>40`, `<40`, `<42`, `>4x`}, "parse error"},
	} {
		t.Run(name, func(t *testing.T) {
			a, url := serve(t, socketio.Config{})
			c := dial(t, url+"4")
			play(t, c, tt.dialogue)
			if got := receive(t, a.disconnected); !strings.HasPrefix(got, tt.reason) {
				t.Errorf("disconnected by %q", got)
			}
			_ = c.ws.Close()
		})
	}
}

// Questions are answered in any case, once: that the client does not, or has gone.
func TestQuestionsWithoutAnswer(t *testing.T) {
	a, url := serve(t, socketio.Config{MaxAsked: 2})
	c := dial(t, url+"4")
	play(t, c, []string{`>40`, `<40`, `<42`, `>42["ask"]`, `<420["question"]`, `>42["ask"]`, `<421["question"]`, `>42["ask"]`})
	if got := receive(t, a.answers); got != socketio.ErrTooManyAsked.Error() {
		t.Errorf("the third: %s", got)
	}
	s := receive(t, a.connected)
	_ = c.ws.Close()
	for range 2 {
		if got := receive(t, a.answers); got != socketio.ErrDisconnected.Error() {
			t.Errorf("answered by %s", got)
		}
	}
	receive(t, a.disconnected)
	if err := s.Ask(patience, "question", socketio.Args{}, nil); !errors.Is(err, socketio.ErrDisconnected) {
		t.Errorf("asked afterwards: %v", err)
	}
}

func TestQuestionTimesOut(t *testing.T) {
	a, url := serve(t, socketio.Config{})
	c := dial(t, url+"4")
	play(t, c, []string{`>40`, `<40`, `<42`})
	got := make(chan error, 1)
	s := receive(t, a.connected)
	if err := s.Ask(time.Millisecond, "question", socketio.JSON([]byte("1")), func(_ socketio.Args, err error) { got <- err }); err != nil {
		t.Fatal(err)
	}
	if err := receive(t, got); !errors.Is(err, socketio.ErrTimeout) {
		t.Errorf("answered by %v", err)
	}
	play(t, c, []string{`<420["question",1]`, `>430["late"]`, `>42["echo"]`, `<42["back"]`})
}

func BenchmarkEcho(b *testing.B) {
	a := app{make(chan *socketio.Socket, 1), make(chan string, 1), nil}
	srv := httptest.NewServer(socketio.NewServer(socketio.Config{}, a))
	defer srv.Close()
	ws, res, err := websocket.DefaultDialer.DialContext(b.Context(), "ws"+strings.TrimPrefix(srv.URL, "http")+"/?EIO=4&transport=websocket", http.Header{})
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body.Close()
	defer ws.Close()
	step := func(msg string) {
		if msg != "" {
			if err := ws.WriteMessage(websocket.TextMessage, []byte(msg)); err != nil {
				b.Fatal(err)
			}
		}
		if _, _, err := ws.ReadMessage(); err != nil {
			b.Fatal(err)
		}
	}
	step("")
	step("40")
	step("")
	msg := `421["ack","` + strings.Repeat("x", 200) + `"]`
	b.ReportAllocs()
	for b.Loop() {
		step(msg)
	}
}
