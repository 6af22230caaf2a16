package socketio

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Type is the type of a packet.
type Type byte

// The packet types of revision 5; binary packets are not understood.
const (
	Connect      Type = '0'
	Disconnect   Type = '1'
	Event        Type = '2'
	Ack          Type = '3'
	ConnectError Type = '4'
	binaryEvent  Type = '5'
	binaryAck    Type = '6'
)

// NoAck is the ack id of a packet without one.
const NoAck = -1

// ErrParse reports bytes that are no packet.
var ErrParse = errors.New("parse error")

const maxAckDigits = 15

// A Packet is a decoded packet.
type Packet struct {
	Type      Type
	Namespace string // "/" is the main one
	AckID     int64  // NoAck = none
	Data      []byte // JSON, or empty; a part of what was parsed
}

// Parse decodes a packet: <type>[<namespace>,][<ack id>][JSON]. The JSON is checked to be of the
// kind that the type asks for, no deeper.
func Parse(b []byte) (Packet, error) {
	if len(b) == 0 {
		return Packet{}, fmt.Errorf("%w: empty packet", ErrParse)
	}
	p := Packet{Type: Type(b[0]), Namespace: "/", AckID: NoAck}
	rest := b[1:]
	switch p.Type {
	case Connect, Disconnect, Event, Ack, ConnectError:
	case binaryEvent, binaryAck:
		return Packet{}, fmt.Errorf("%w: binary packets are not understood", ErrParse)
	default:
		return Packet{}, fmt.Errorf("%w: unknown packet type %q", ErrParse, b[0])
	}
	if len(rest) > 0 && rest[0] == '/' {
		i := 0
		for i < len(rest) && rest[i] != ',' {
			i++
		}
		p.Namespace, rest = string(rest[:i]), rest[min(i+1, len(rest)):]
	}
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if n > maxAckDigits {
		return Packet{}, fmt.Errorf("%w: ack id of %d digits", ErrParse, n)
	}
	if n > 0 {
		p.AckID, _ = strconv.ParseInt(string(rest[:n]), 10, 64) // digits only, and few
	}
	p.Data = rest[n:]
	return p, p.check()
}

func (p Packet) check() error {
	want := byte(0)
	switch p.Type {
	case Event, Ack:
		want = '['
	case Connect:
		if len(p.Data) > 0 {
			want = '{'
		}
	}
	switch {
	case want != 0 && (len(p.Data) == 0 || p.Data[0] != want):
		return fmt.Errorf("%w: a packet of type %c needs JSON that begins with %c", ErrParse, p.Type, want)
	case len(p.Data) > 0 && !json.Valid(p.Data):
		return fmt.Errorf("%w: the payload is not JSON", ErrParse)
	case p.Type == Disconnect && len(p.Data) > 0:
		return fmt.Errorf("%w: a disconnect has no payload", ErrParse)
	}
	return nil
}

// Append encodes the packet behind dst.
func (p Packet) Append(dst []byte) []byte {
	dst = append(dst, byte(p.Type))
	if p.Namespace != "/" && p.Namespace != "" {
		dst = append(append(dst, p.Namespace...), ',')
	}
	if p.AckID != NoAck {
		dst = strconv.AppendInt(dst, p.AckID, 10)
	}
	return append(dst, p.Data...)
}

// EncodeEvent is an event of the main namespace: its name and its arguments, which are JSON.
func EncodeEvent(name string, args ...[]byte) []byte {
	n := len(name) + 6
	for _, a := range args {
		n += len(a) + 1
	}
	out := append(make([]byte, 0, n), byte(Event), '[')
	out = strconv.AppendQuote(out, name)
	for _, a := range args {
		out = append(append(out, ','), a...)
	}
	return append(out, ']')
}

// decodeEvent splits an event's payload into its name and its arguments.
func decodeEvent(data []byte) (name string, args []json.RawMessage, err error) {
	var all []json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrParse, err)
	}
	if len(all) == 0 {
		return "", nil, fmt.Errorf("%w: an event needs a name", ErrParse)
	}
	if err := json.Unmarshal(all[0], &name); err != nil {
		return "", nil, fmt.Errorf("%w: an event's name is a string", ErrParse)
	}
	return name, all[1:], nil
}
