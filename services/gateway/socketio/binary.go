package socketio

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Args are the arguments of an event or of an acknowledgement. They are valid as long as the call that
// they are given to.
type Args struct {
	JSON   []json.RawMessage // {"_placeholder":true,"num":n} in it, at whatever depth, stands for Binary[n]
	Binary [][]byte
}

// JSON are arguments without bytes.
func JSON(args ...[]byte) Args {
	all := make([]json.RawMessage, len(args))
	for i, a := range args {
		all[i] = a
	}
	return Args{JSON: all}
}

// maxDepth of a payload with placeholders, which are looked for by recursion, on the stack of its reader.
const maxDepth = 64

// partial is a binary packet whose attachments have not all come.
type partial struct {
	packet      Packet
	attachments [][]byte
	size        int64
}

// begin keeps a copy of p, whose attachments are to come.
func begin(p Packet, limit int) (*partial, error) {
	if p.Attachments > limit {
		return nil, fmt.Errorf("%w: %d attachments, at most %d", ErrParse, p.Attachments, limit)
	}
	if deeper(p.Data, maxDepth) {
		return nil, fmt.Errorf("%w: nested deeper than %d", ErrParse, maxDepth)
	}
	if err := checkPlaceholders(p.Data, p.Attachments); err != nil {
		return nil, err
	}
	p.Data = bytes.Clone(p.Data)
	return &partial{packet: p, size: int64(len(p.Data))}, nil
}

// deeper reports whether valid JSON is nested deeper than limit.
func deeper(b []byte, limit int) bool {
	depth := 0
	for i := 0; i < len(b) && depth <= limit; i++ {
		switch b[i] {
		case '"':
			i = endOfString(b, i)
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
	}
	return depth > limit
}

// add keeps a copy of an attachment. All together may be as long as one message.
func (b *partial) add(data []byte, limit int64) error {
	if b.size += int64(len(data)); b.size > limit {
		return fmt.Errorf("%w: attachments beyond %d bytes", ErrParse, limit)
	}
	b.attachments = append(b.attachments, bytes.Clone(data))
	return nil
}

func (b *partial) complete() bool { return len(b.attachments) == b.packet.Attachments }

// checkPlaceholders refuses a placeholder whose number is not that of an attachment.
func checkPlaceholders(data []byte, attachments int) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("%w: %w", ErrParse, err)
	}
	if !placeholdersWithin(v, float64(attachments)) {
		return fmt.Errorf("%w: illegal attachments", ErrParse)
	}
	return nil
}

func placeholdersWithin(v any, limit float64) bool {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if !placeholdersWithin(e, limit) {
				return false
			}
		}
	case map[string]any:
		if v["_placeholder"] == true {
			n, ok := v["num"].(float64)
			return ok && n >= 0 && n < limit && n == float64(int(n))
		}
		for _, e := range v {
			if !placeholdersWithin(e, limit) {
				return false
			}
		}
	}
	return true
}
