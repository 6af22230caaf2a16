package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// A dialect is what a client says to one kind of server.
type dialect interface {
	// join makes the connection a session: the one that it has been before, if it has been one.
	join(c *conn) error
	// ask says something and returns once the answer is there.
	ask(c *conn) error
	// tell says something that many are told.
	tell(c *conn) error
}

const (
	site = "http://shop.localhost:8088" // an allowed origin of the bots
	text = "Good morning! I ordered a kettle on Monday, and it has not come yet. Could you have a look where it is, please? The number of my order is 4711."
)

// utterance is what is said, about 200 bytes of it.
func utterance() (id string, data []byte, err error) {
	u, err := uuid.NewV7()
	if err != nil {
		return "", nil, err
	}
	data, err = json.Marshal(map[string]string{"id": u.String(), "type": "text", "text": text})
	return u.String(), data, err
}

func event(ack, name string, data []byte) []byte {
	return append(append([]byte("42"+ack+`["`+name+`",`), data...), ']')
}

// echoes is spoken by the servers that send a message back: ours with nothing behind it, and node's.
type echoes struct{ recovery bool }

func (e echoes) join(c *conn) error {
	if _, err := c.await("0{", ""); err != nil {
		return err
	}
	auth := ""
	if c.token != "" {
		auth = fmt.Sprintf(`{"pid":%q,"offset":%q}`, c.token, c.offset)
	}
	if err := c.write([]byte("40" + auth)); err != nil {
		return err
	}
	data, err := c.await("40", "")
	if err != nil || !e.recovery {
		return err
	}
	var welcome struct {
		PID string `json:"pid"`
	}
	if err := json.Unmarshal(data[2:], &welcome); err != nil {
		return err
	}
	if c.recovered = c.token == welcome.PID; c.recovered {
		return nil
	}
	c.token = welcome.PID
	data, err = c.await(`42["hello"`, "")
	if err != nil {
		return err
	}
	return lastString(data, &c.offset)
}

func (echoes) ask(c *conn) error {
	id, data, err := utterance()
	if err != nil {
		return err
	}
	if err := c.write(event("", "message", data)); err != nil {
		return err
	}
	_, err = c.await(`42["message-back"`, id)
	return err
}

func (echoes) tell(c *conn) error {
	_, data, err := utterance()
	if err != nil {
		return err
	}
	return c.write(event("", "shout", data))
}

// visitors is what the widget speaks with the gateway.
type visitors struct {
	bot   string
	shown string // part of the event that answers: the visitor's own, or the bot's
	token string // of a conversation that all share; empty = each has its own
}

const (
	asStored   = `"author":"visitor"`
	asAnswered = `"author":"bot"`
)

func (v visitors) join(c *conn) error {
	if _, err := c.await("0{", ""); err != nil {
		return err
	}
	auth := map[string]string{"bot_id": v.bot}
	switch {
	case c.token != "":
		auth = map[string]string{"token": c.token, "offset": c.offset}
	case v.token != "":
		auth = map[string]string{"token": v.token}
	}
	data, err := json.Marshal(auth)
	if err != nil {
		return err
	}
	if err := c.write(append([]byte("40"), data...)); err != nil {
		return err
	}
	data, err = c.await(`42["session"`, "")
	if err != nil {
		return err
	}
	var session struct {
		Token   string `json:"token"`
		Resumed bool   `json:"resumed"`
	}
	if err := json.Unmarshal(data[len(`42["session",`):len(data)-1], &session); err != nil {
		return err
	}
	if c.token, c.recovered = session.Token, session.Resumed; c.recovered {
		return nil
	}
	data, err = c.await(`42["history"`, "")
	if err != nil {
		return err
	}
	return lastString(data, &c.offset)
}

func (v visitors) ask(c *conn) error {
	id, data, err := utterance()
	if err != nil {
		return err
	}
	c.acks++
	if err := c.write(event(strconv.Itoa(c.acks), "message", data)); err != nil {
		return err
	}
	for acknowledged, shown := false, false; !acknowledged || !shown; {
		data, err := c.await("4", id)
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(string(data), "43"):
			acknowledged = true
		case strings.Contains(string(data), v.shown):
			shown = true
		}
	}
	return nil
}

func (visitors) tell(c *conn) error {
	_, data, err := utterance()
	if err != nil {
		return err
	}
	return c.write(event("", "message", data))
}

// bare is spoken by the bare hops: frames with nothing around what is said.
type bare struct{}

func (bare) join(*conn) error { return nil }

func (bare) ask(c *conn) error {
	id, data, err := utterance()
	if err != nil {
		return err
	}
	if err := c.write(data); err != nil {
		return err
	}
	_, err = c.await(`{"id":"`+id+`/0"`, asAnswered)
	return err
}

func (bare) tell(*conn) error { return errors.New("nobody is told anything here") }

// lastString is the last argument of an event, its offset.
func lastString(packet []byte, into *string) error {
	var args []json.RawMessage
	if err := json.Unmarshal(packet[2:], &args); err != nil {
		return err
	}
	return json.Unmarshal(args[len(args)-1], into)
}
