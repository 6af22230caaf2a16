package engineio

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/gorilla/websocket"
)

// Types of packets.
const (
	typeOpen    = '0'
	typeClose   = '1'
	typePing    = '2'
	typePong    = '3'
	typeMessage = '4'
	typeUpgrade = '5'
	typeNoop    = '6'
	typeBinary  = 'b' // of a message in a payload, in base64
)

// A Packet is an encoded packet for a session. The same packet may be sent to many sessions.
type Packet struct {
	prepared *websocket.PreparedMessage // the frame of data, if it was made before
	data     []byte                     // the packet as text, or the bytes of a binary message
	binary   bool
	volatile bool
}

// Message makes a packet of a text message for one session.
func Message(data []byte) Packet {
	return Packet{data: append([]byte{typeMessage}, data...)}
}

// BinaryMessage makes a packet of a binary message. It keeps data.
func BinaryMessage(data []byte) Packet { return Packet{data: data, binary: true} }

// SharedMessage makes a packet of a text message for many sessions: its WebSocket frame is made once.
func SharedMessage(data []byte) (Packet, error) {
	p := Message(data)
	var err error
	p.prepared, err = websocket.NewPreparedMessage(websocket.TextMessage, p.data)
	return p, err
}

// Volatile is the packet as one that a session which is behind does not get.
func (p Packet) Volatile() Packet {
	p.volatile = true
	return p
}

// control is a packet without a message.
func control(kind byte) Packet { return Packet{data: []byte{kind}} }

var errParse = errors.New("parse error")

// received is a packet from a peer.
type received struct {
	kind   byte
	binary bool
	data   []byte
}

// parseText reads a packet that came as text.
func parseText(b []byte) (received, error) {
	if len(b) == 0 || b[0] < typeOpen || b[0] > typeNoop {
		return received{}, fmt.Errorf("%w: no packet type", errParse)
	}
	return received{kind: b[0], data: b[1:]}, nil
}

// parseBinary reads a packet that came as bytes: in revision 4 it is a message, and in revision 3 it
// begins with the number of its type.
func parseBinary(b []byte, revision byte) (received, error) {
	if revision == revision4 {
		return received{kind: typeMessage, binary: true, data: b}, nil
	}
	if len(b) == 0 || b[0] > typeNoop-'0' {
		return received{}, fmt.Errorf("%w: no packet type", errParse)
	}
	return received{kind: b[0] + '0', binary: true, data: b[1:]}, nil
}

// frame is the packet as a WebSocket message.
func (p Packet) frame(revision byte) (kind int, data []byte) {
	switch {
	case !p.binary:
		return websocket.TextMessage, p.data
	case revision == revision3:
		return websocket.BinaryMessage, append([]byte{typeMessage - '0'}, p.data...)
	}
	return websocket.BinaryMessage, p.data
}

// text appends the packet as a payload has it.
func (p Packet) text(dst []byte, revision byte) []byte {
	if !p.binary {
		return append(dst, p.data...)
	}
	dst = append(dst, typeBinary)
	if revision == revision3 {
		dst = append(dst, typeMessage)
	}
	return base64.StdEncoding.AppendEncode(dst, p.data)
}
