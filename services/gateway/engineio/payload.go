package engineio

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// A payload is several packets in the body of a request or a response.

const separator = 0x1e

// appendPayload encodes packets behind dst.
func appendPayload(dst []byte, packets []Packet, revision byte) []byte {
	for i, p := range packets {
		if revision == revision3 {
			text := p.text(nil, revision)
			dst = strconv.AppendInt(dst, int64(utf16Len(text)), 10)
			dst = append(append(dst, ':'), text...)
			continue
		}
		if i > 0 {
			dst = append(dst, separator)
		}
		dst = p.text(dst, revision)
	}
	return dst
}

// eachPacket calls do with the packets of a payload, in order, until one is wrong or do fails. There
// may be no more than most. What they hold is a part of payload, or its own.
func eachPacket(payload []byte, revision byte, asBytes bool, most int, do func(received) error) error {
	next := nextPacket
	switch {
	case revision == revision3 && asBytes:
		next = nextPacketOfBytes
	case revision == revision3:
		next = nextPacketOf3
	}
	for n, more := 0, true; more; n++ {
		if n == most {
			return fmt.Errorf("%w: more than %d packets", errParse, most)
		}
		var p received
		var err error
		if p, payload, more, err = next(payload); err != nil {
			return err
		}
		if err := do(p); err != nil {
			return err
		}
	}
	return nil
}

// nextPacket cuts the first packet off a payload of revision 4: packets with a separator between them.
func nextPacket(payload []byte) (p received, rest []byte, more bool, err error) {
	one, rest, more := bytes.Cut(payload, []byte{separator})
	if len(one) > 0 && one[0] == typeBinary {
		p, err = parseBase64(typeMessage, one[1:])
		return p, rest, more, err
	}
	p, err = parseText(one)
	return p, rest, more, err
}

func parseBase64(kind byte, b []byte) (received, error) {
	data, err := base64.StdEncoding.AppendDecode(nil, b)
	if err != nil {
		return received{}, fmt.Errorf("%w: %w", errParse, err)
	}
	return received{kind: kind, binary: true, data: data}, nil
}

const maxLength = 9 // digits of the length of a packet of revision 3

// nextPacketOf3 cuts the first packet off a payload of revision 3: <length>:<packet>, the length in
// characters as JavaScript counts them.
func nextPacketOf3(payload []byte) (p received, rest []byte, more bool, err error) {
	digits, _, ok := bytes.Cut(payload[:min(len(payload), maxLength+1)], []byte{':'})
	n, perr := strconv.ParseUint(string(digits), 10, 32)
	if !ok || perr != nil {
		return p, nil, false, fmt.Errorf("%w: no length", errParse)
	}
	rest = payload[len(digits)+1:]
	end, ok := utf16Index(rest, int(n))
	if !ok {
		return p, nil, false, fmt.Errorf("%w: shorter than its length", errParse)
	}
	one, rest := rest[:end], rest[end:]
	if len(one) > 1 && one[0] == typeBinary {
		if one[1] < typeOpen || one[1] > typeNoop {
			return p, nil, false, fmt.Errorf("%w: no packet type", errParse)
		}
		p, err = parseBase64(one[1], one[2:])
	} else {
		p, err = parseText(one)
	}
	return p, rest, len(rest) > 0, err
}

// nextPacketOfBytes cuts the first packet off a binary payload of revision 3: 0 (text) or 1 (bytes),
// the digits of the length in bytes as numbers, 255, the packet.
func nextPacketOfBytes(payload []byte) (p received, rest []byte, more bool, err error) {
	i := bytes.IndexByte(payload[:min(len(payload), maxLength+2)], 255)
	if i < 2 || payload[0] > 1 {
		return p, nil, false, fmt.Errorf("%w: no length", errParse)
	}
	n := 0
	for _, d := range payload[1:i] {
		if d > 9 {
			return p, nil, false, fmt.Errorf("%w: no length", errParse)
		}
		n = n*10 + int(d)
	}
	rest = payload[i+1:]
	if n > len(rest) {
		return p, nil, false, fmt.Errorf("%w: shorter than its length", errParse)
	}
	one, rest := rest[:n], rest[n:]
	if payload[0] == 1 {
		p, err = parseBinary(one, revision3)
	} else {
		p, err = parseText(one)
	}
	return p, rest, len(rest) > 0, err
}

// utf16Len is the length of a JavaScript string.
func utf16Len(b []byte) int {
	n := 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		n += units(r)
		b = b[size:]
	}
	return n
}

// utf16Index is where the first n units of b end. False if there are not as many, or n is in the middle
// of a character.
func utf16Index(b []byte, n int) (int, bool) {
	i := 0
	for n > 0 && i < len(b) {
		r, size := utf8.DecodeRune(b[i:])
		n -= units(r)
		i += size
	}
	return i, n == 0
}

func units(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}
