package socketio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Type is the type of a packet.
type Type byte

// The packet types of revision 5.
const (
	Connect      Type = '0'
	Disconnect   Type = '1'
	Event        Type = '2'
	Ack          Type = '3'
	ConnectError Type = '4'
	BinaryEvent  Type = '5'
	BinaryAck    Type = '6'
)

// NoAck is the ack id of a packet without one.
const NoAck = -1

// ErrParse reports bytes that are no packet, or none that may come now.
var ErrParse = errors.New("parse error")

const (
	maxAckDigits        = 15
	maxAttachmentDigits = 4
)

// A Packet is a decoded packet.
type Packet struct {
	Type        Type
	Attachments int    // messages of bytes that follow, of a binary packet
	Namespace   string // "/" is the main one
	AckID       int64  // NoAck = none
	Data        []byte // JSON, or nil; a part of what was parsed
}

// Parse decodes a packet: <type>[<attachments>-][<namespace>,][<ack id>][JSON]. The JSON is checked to
// be of the kind that the type asks for, no deeper.
func Parse(b []byte) (Packet, error) {
	if len(b) == 0 {
		return Packet{}, fmt.Errorf("%w: empty packet", ErrParse)
	}
	p := Packet{Type: Type(b[0]), Namespace: "/", AckID: NoAck}
	rest := b[1:]
	if p.Type < Connect || p.Type > BinaryAck {
		return Packet{}, fmt.Errorf("%w: unknown packet type %q", ErrParse, b[0])
	}
	if p.binary() {
		n := digits(rest)
		if n == 0 || n > maxAttachmentDigits || n == len(rest) || rest[n] != '-' {
			return Packet{}, fmt.Errorf("%w: no number of attachments", ErrParse)
		}
		p.Attachments, _ = strconv.Atoi(string(rest[:n])) // digits only, and few
		rest = rest[n+1:]
	}
	if len(rest) > 0 && rest[0] == '/' {
		name, behind, _ := bytes.Cut(rest, []byte{','})
		if !utf8.Valid(name) {
			return Packet{}, fmt.Errorf("%w: the namespace is not UTF-8", ErrParse)
		}
		p.Namespace, rest = namespace(name), behind
	}
	n := digits(rest)
	if n > maxAckDigits {
		return Packet{}, fmt.Errorf("%w: ack id of %d digits", ErrParse, n)
	}
	if n > 0 {
		p.AckID, _ = strconv.ParseInt(string(rest[:n]), 10, 64) // digits only, and few
	}
	if n < len(rest) {
		p.Data = rest[n:]
	}
	return p, p.check()
}

func namespace(name []byte) string {
	if len(name) == 1 {
		return "/" // without allocating
	}
	return string(name)
}

func digits(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}

func (p Packet) binary() bool { return p.Type == BinaryEvent || p.Type == BinaryAck }

// check holds the payload to what the type allows. That of an error is the server's to say: the kinds of
// both revisions are let through.
func (p Packet) check() error {
	want := byte(0)
	switch p.Type {
	case Event, Ack, BinaryEvent, BinaryAck:
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
	if p.binary() {
		dst = append(strconv.AppendInt(dst, int64(p.Attachments), 10), '-')
	}
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
	return appendEvent(append(make([]byte, 0, n), byte(Event)), name, args)
}

// appendEvent appends an event's payload: ["<name>",<arguments>]. The name is printable ASCII.
func appendEvent[T ~[]byte](dst []byte, name string, args []T) []byte {
	dst = strconv.AppendQuote(append(dst, '['), name)
	for _, a := range args {
		dst = append(append(dst, ','), a...)
	}
	return append(dst, ']')
}

// appendArgs appends an acknowledgement's payload: [<arguments>].
func appendArgs[T ~[]byte](dst []byte, args []T) []byte {
	dst = append(dst, '[')
	for i, a := range args {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, a...)
	}
	return append(dst, ']')
}

// reserved are the names that a client's library keeps to itself, as the reference has them.
var reserved = []string{"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}

// decodeEvent splits an event's payload, which is a JSON array, into its name and its arguments, which
// are parts of it. A number may be a name.
func decodeEvent(data []byte) (name string, args []json.RawMessage, err error) {
	all := elements(data)
	if len(all) == 0 {
		return "", nil, fmt.Errorf("%w: an event needs a name", ErrParse)
	}
	switch first := all[0]; {
	case first[0] == '"':
		if err := json.Unmarshal(first, &name); err != nil {
			return "", nil, fmt.Errorf("%w: %w", ErrParse, err)
		}
	case first[0] == '-' || digits(first) > 0:
		name = string(first)
	default:
		return "", nil, fmt.Errorf("%w: an event's name is a string", ErrParse)
	}
	if slices.Contains(reserved, name) {
		return "", nil, fmt.Errorf("%w: %s is no name for an event", ErrParse, name)
	}
	return name, all[1:], nil
}

// elements splits a valid JSON array without decoding what is in it.
func elements(array []byte) []json.RawMessage {
	inner := bytes.TrimSpace(array)
	inner = inner[1 : len(inner)-1]
	if len(bytes.TrimSpace(inner)) == 0 {
		return nil
	}
	var all []json.RawMessage
	depth, begin := 0, 0
	for i := 0; i < len(inner); i++ {
		switch inner[i] {
		case '"':
			i = endOfString(inner, i)
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case ',':
			if depth == 0 {
				all = append(all, bytes.TrimSpace(inner[begin:i]))
				begin = i + 1
			}
		}
	}
	return append(all, bytes.TrimSpace(inner[begin:]))
}

// endOfString is where the string that begins at i ends.
func endOfString(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i
}
