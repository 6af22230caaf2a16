package fault

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
)

const (
	site      = "http://shop.localhost:8088" // an allowed origin of the bot
	botID     = "fault"
	reconnect = 100 * time.Millisecond
	patience  = 30 * time.Second // with a connection that has not said yet how often it pings
)

// shown is an event as a visitor has seen it.
type shown struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Author string `json:"author"`
	Text   string `json:"text"`
	Offset string `json:"offset"`
}

// visitor is a client of the widget's protocol that behaves as the widget does: it keeps what it says
// until that is acknowledged, says it again with the same id after a reconnection, and resumes from
// the last offset that it has seen.
type visitor struct {
	gateways []string // host:port; each connection goes to another one

	answered func() // called once a question has its replies

	token, conversation string
	offset              string
	seen                map[string]shown
	sent                []string          // message ids, in the order of saying
	acked               map[string]string // offsets by message id
	ws                  *websocket.Conn
	packets             <-chan packet // what ws receives
	silence             time.Duration // after which the connection is dead: the server pings more often
	acks                int
	connections         int
	greeted             bool   // this connection has its session
	last                uint64 // sequence of the newest event

	ends     map[int]int // by close code, how many connections have ended; 0 = without one
	problems []string    // what the server has refused
}

// packet is what a connection has received, or why it ended.
type packet struct {
	data []byte
	err  error
}

func newVisitor(gateways []string) *visitor {
	return &visitor{
		gateways: gateways, answered: func() {},
		seen: map[string]shown{}, acked: map[string]string{}, ends: map[int]int{},
	}
}

// errBroken reports that the connection ended, which a visitor survives. Any other error is a
// promise that was not kept.
var errBroken = errors.New("connection ended")

// errSilent is how a connection ends on which not so much as a ping has come in time.
var errSilent = fmt.Errorf("%w: silence", errBroken)

// talk asks questions while there are more, each once the one before has its answer and the visitor
// has thought.
func (v *visitor) talk(ctx context.Context, more func(asked int) bool, think func() time.Duration) (err error) {
	defer v.close()
	if err := v.insist(ctx, func() error { return nil }); err != nil { // only connects
		return err
	}
	if err := v.say(ctx, v.conversation, map[string]any{"type": "start", "language_code": "en"}, 1); err != nil {
		return err
	}
	for i := 0; more(i); i++ {
		if think != nil {
			if err := v.insist(ctx, v.idle(think())); err != nil {
				return err
			}
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		if err := v.say(ctx, id.String(), map[string]any{"type": "text", "text": "question " + strconv.Itoa(i)}, 2); err != nil {
			return err
		}
	}
	return nil
}

// say stores one event and waits for its replies.
func (v *visitor) say(ctx context.Context, id string, frame map[string]any, replies int) error {
	attempt := 0
	stored := v.conversation + "/" + id
	v.sent = append(v.sent, stored)
	err := v.insist(ctx, func() error {
		for v.acked[stored] == "" {
			attempt++
			frame["id"], frame["attempt"] = id, attempt
			if err := v.emit(frame, stored); err != nil {
				return err
			}
		}
		for r := range replies {
			for v.seen[fmt.Sprintf("%s/%d", stored, r)].ID == "" {
				if err := v.read(nobody); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%v (attempt %d): %w", frame, attempt, err)
	}
	v.answered()
	return nil
}

// insist does something on a connection, on another one where that one broke.
func (v *visitor) insist(ctx context.Context, do func() error) error {
	for {
		err := v.connect(ctx)
		if err == nil {
			err = do()
		}
		if !errors.Is(err, errBroken) {
			return err
		}
		v.close()
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(reconnect/2 + rand.N(reconnect)):
		}
	}
}

// idle does nothing for a while but what a connection asks for.
func (v *visitor) idle(d time.Duration) func() error {
	enough := time.After(d)
	return func() error {
		for {
			select {
			case <-enough:
				return nil
			case p := <-v.packets:
				if err := v.take(p, nobody); err != nil {
					return err
				}
			case <-time.After(v.silence):
				return errSilent
			}
		}
	}
}

func (v *visitor) close() {
	if v.ws != nil {
		_ = v.ws.Close()
		for p := range v.packets {
			_ = p // nobody is interested any more
		}
		v.ws = nil
	}
}

// receive reads from a connection until it ends. Its last packet says how.
func receive(ws *websocket.Conn) <-chan packet {
	packets := make(chan packet)
	go func() {
		defer close(packets)
		for {
			_, data, err := ws.ReadMessage()
			packets <- packet{data, err} // [visitor.close] takes them all
			if err != nil {
				return
			}
		}
	}()
	return packets
}

func (v *visitor) connect(ctx context.Context) error {
	if v.ws != nil {
		return nil
	}
	gateway := v.gateways[v.connections%len(v.gateways)]
	v.connections++
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+gateway+"/socket.io/?EIO=4&transport=websocket", http.Header{"Origin": {site}})
	if err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	_ = res.Body.Close()
	v.ws, v.packets, v.silence = ws, receive(ws), patience
	auth := map[string]any{"bot_id": botID}
	if v.token != "" {
		auth = map[string]any{"token": v.token, "offset": v.offset}
	}
	data, err := json.Marshal(auth)
	if err != nil {
		return err
	}
	if err := v.write("40" + string(data)); err != nil {
		return err
	}
	for v.greeted = false; !v.greeted; {
		if err := v.read(nobody); err != nil {
			return err
		}
	}
	return nil
}

func (v *visitor) write(packet string) error {
	_ = v.ws.SetWriteDeadline(time.Now().Add(v.silence))
	if err := v.ws.WriteMessage(websocket.TextMessage, []byte(packet)); err != nil {
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	return nil
}

// emit sends a message and waits for its acknowledgement.
func (v *visitor) emit(frame map[string]any, stored string) error {
	v.acks++
	number := v.acks
	data, err := json.Marshal([]any{"message", frame})
	if err != nil {
		return err
	}
	if err := v.write("42" + strconv.Itoa(number) + string(data)); err != nil {
		return err
	}
	for answered := false; !answered; {
		err := v.read(func(ack int, args []json.RawMessage) error {
			if ack != number {
				return nil
			}
			answered = true
			return v.acknowledged(args[0], stored)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *visitor) acknowledged(data json.RawMessage, stored string) error {
	var ack struct {
		OK     bool   `json:"ok"`
		Offset string `json:"offset"`
		ID     string `json:"id"`
		Error  struct{ Code, Message string }
	}
	if err := json.Unmarshal(data, &ack); err != nil {
		return err
	}
	switch {
	case ack.OK && ack.ID == stored && ack.Offset != "":
		v.acked[stored] = ack.Offset
		return nil
	case ack.Error.Code == "unavailable" || ack.Error.Code == "rate_limited":
		v.problems = append(v.problems, string(data))
		return fmt.Errorf("%w: %s", errBroken, ack.Error.Message)
	}
	return fmt.Errorf("message %s: %s", stored, data)
}

// nobody waits for an acknowledgement.
func nobody(int, []json.RawMessage) error { return nil }

// read takes one packet; acks go to ack.
func (v *visitor) read(ack func(number int, args []json.RawMessage) error) error {
	silent := time.NewTimer(v.silence)
	defer silent.Stop()
	select {
	case p := <-v.packets:
		return v.take(p, ack)
	case <-silent.C:
		return errSilent
	}
}

func (v *visitor) take(received packet, ack func(number int, args []json.RawMessage) error) error {
	if err := received.err; err != nil {
		var end *websocket.CloseError
		if errors.As(err, &end) {
			v.ends[end.Code]++
		} else {
			v.ends[0]++
		}
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	p := received.data
	switch {
	case bytes.HasPrefix(p, []byte("0{")):
		var open struct{ PingInterval, PingTimeout int }
		if err := json.Unmarshal(p[1:], &open); err != nil {
			return err
		}
		v.silence = time.Duration(open.PingInterval+open.PingTimeout) * time.Millisecond
	case bytes.Equal(p, []byte("2")):
		return v.write("3")
	case bytes.HasPrefix(p, []byte("44")):
		v.problems = append(v.problems, string(p))
		return fmt.Errorf("%w: refused: %s", errBroken, p)
	case bytes.HasPrefix(p, []byte("43")), bytes.HasPrefix(p, []byte("42")):
		digits := bytes.IndexByte(p, '[')
		number, _ := strconv.Atoi(string(p[2:max(digits, 2)])) // 0 for an event
		var args []json.RawMessage
		if digits < 0 || json.Unmarshal(p[digits:], &args) != nil || len(args) == 0 {
			return fmt.Errorf("packet not understood: %s", p)
		}
		if p[1] == '3' {
			return ack(number, args)
		}
		return v.event(args)
	}
	return nil
}

func (v *visitor) event(args []json.RawMessage) error {
	var name string
	if err := json.Unmarshal(args[0], &name); err != nil {
		return err
	}
	switch name {
	case "session":
		var s struct{ Token, Conversation string }
		if err := json.Unmarshal(args[1], &s); err != nil {
			return err
		}
		if v.conversation != "" && s.Conversation != v.conversation {
			return fmt.Errorf("conversation %s became %s", v.conversation, s.Conversation)
		}
		v.token, v.conversation, v.greeted = s.Token, s.Conversation, true
	case "history":
		var h struct{ Messages []shown }
		if err := json.Unmarshal(args[1], &h); err != nil {
			return err
		}
		v.last = 0 // it replaces what was shown
		for _, m := range h.Messages {
			if err := v.show(m); err != nil {
				return err
			}
		}
	case "message":
		var m shown
		if err := json.Unmarshal(args[1], &m); err != nil {
			return err
		}
		var offset string
		if err := json.Unmarshal(args[2], &offset); err != nil || offset != m.Offset {
			return fmt.Errorf("message %s: offset %q and argument %q", m.ID, m.Offset, offset)
		}
		return v.show(m)
	}
	return nil
}

// show takes an event as new on this connection: what comes twice, out of order or in other words is
// a broken promise.
func (v *visitor) show(m shown) error {
	if before, ok := v.seen[m.ID]; ok && before != m {
		return fmt.Errorf("event %s was %+v and is %+v", m.ID, before, m)
	}
	seq, err := sequence(m.Offset)
	if err != nil {
		return err
	}
	if seq <= v.last {
		return fmt.Errorf("event %s at %s came after sequence %d", m.ID, m.Offset, v.last)
	}
	v.seen[m.ID], v.offset, v.last = m, m.Offset, seq
	return nil
}

func sequence(offset string) (uint64, error) {
	_, seq, ok := bytes.Cut([]byte(offset), []byte("-"))
	if !ok {
		return 0, fmt.Errorf("offset %q", offset)
	}
	return strconv.ParseUint(string(seq), 10, 64)
}
