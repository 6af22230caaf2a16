package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

// visitor is a browser of the shop reduced to its packets.
type visitor struct {
	t     *testing.T
	ws    *websocket.Conn
	acks  int
	c     subject.Conversation
	token string
	owner string
	seen  []shown // every stored event it was shown, in the order of the showing
}

// shown is a stored event as the browser gets it.
type shown struct {
	ID, Type, Author, Text, Offset string
	Epoch                          uint64
	Owner                          struct{ Kind, ID, Name string }
}

// String is what a transcript says of the event.
func (s shown) String() string {
	if s.Type == "owner" {
		return s.Type + ": " + strings.TrimSpace(s.Owner.Kind+" "+s.Owner.Name)
	}
	return s.Author + ": " + s.Text
}

// visit connects a new visitor, or with a token one who has been here.
func (d *deployment) visit(token string) *visitor {
	d.t.Helper()
	h := map[string][]string{"Origin": {shop}}
	ws, res, err := websocket.DefaultDialer.DialContext(d.t.Context(), "ws"+strings.TrimPrefix(d.url, "http")+"/socket.io/?EIO=4&transport=websocket", h)
	if err != nil {
		d.t.Fatal(err)
	}
	_ = res.Body.Close()
	d.t.Cleanup(func() { _ = ws.Close() })
	v := &visitor{t: d.t, ws: ws}
	v.packet("0{")
	auth, _ := json.Marshal(map[string]any{
		"bot_id": bot, "token": token, "params_from_site": map[string]any{"name": "Olena"},
	}) // strings always encode
	v.write("40" + string(auth))
	v.packet("40{")
	var session struct {
		Token, Conversation string
		Owner               struct{ Kind string }
	}
	v.event("session", &session)
	v.token, v.owner = session.Token, session.Owner.Kind
	v.c = subject.Conversation{Bot: bot, ID: session.Conversation}
	var past struct{ Messages []shown }
	v.event("history", &past)
	v.seen = past.Messages
	return v
}

// say sends an utterance; its id is the message's without the conversation.
func (v *visitor) say(text string) (id string) {
	v.t.Helper()
	id = uuid.Must(uuid.NewV7()).String()
	v.acks++
	v.write(fmt.Sprintf(`42%d["message",{"id":%q,"type":"text","text":%q}]`, v.acks, id, text))
	return id
}

// sees waits for the next stored event and wants it to be this one.
func (v *visitor) sees(want string) shown {
	v.t.Helper()
	var got shown
	v.event("message", &got)
	v.seen = append(v.seen, got)
	if got.String() != want {
		v.t.Fatalf("the visitor sees %q after %v, want %q", got, v.seen[:len(v.seen)-1], want)
	}
	return got
}

// event waits for the next event, which must have this name.
func (v *visitor) event(name string, into any) {
	v.t.Helper()
	s := v.packet("42")
	args := []json.RawMessage{}
	var got string
	if json.Unmarshal([]byte(s[2:]), &args) != nil || len(args) < 2 || json.Unmarshal(args[0], &got) != nil || got != name {
		v.t.Fatalf("received %s, want the event %s", s, name)
	}
	if err := json.Unmarshal(args[1], into); err != nil {
		v.t.Fatalf("received %s: %v", s, err)
	}
}

// packet waits for the next packet but pings and acknowledgements, and wants its beginning to be this.
func (v *visitor) packet(prefix string) string {
	v.t.Helper()
	_ = v.ws.SetReadDeadline(time.Now().Add(patience)) // it fails only where the next read does
	for {
		_, data, err := v.ws.ReadMessage()
		switch s := string(data); {
		case err != nil:
			v.t.Fatalf("waiting for %s after %v: %v", prefix, v.seen, err)
		case s == "2":
			v.write("3")
		case strings.HasPrefix(s, "43"):
			if strings.Contains(s, `"code"`) {
				v.t.Fatalf("refused: %s", s)
			}
		case strings.HasPrefix(s, prefix):
			return s
		default:
			v.t.Fatalf("received %s, want %s", s, prefix)
		}
	}
}

func (v *visitor) write(s string) {
	v.t.Helper()
	if err := v.ws.WriteMessage(websocket.TextMessage, []byte(s)); err != nil {
		v.t.Fatal(err)
	}
}
