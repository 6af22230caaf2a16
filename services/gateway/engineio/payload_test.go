package engineio

import (
	"bytes"
	"testing"
)

// What is decoded from a payload encodes to one that decodes to the same.
func FuzzPayload(f *testing.F) { fuzzPayload(f, revision4, false, "4a\x1eb4AQI=\x1e2", "4", "", "b") }

func FuzzPayload3(f *testing.F) {
	fuzzPayload(f, revision3, false, "6:4hello10:b4AQIDBA==", "2:4я", "0:", "9:")
}

func FuzzPayload3Bytes(f *testing.F) {
	fuzzPayload(f, revision3, true, "\x00\x06\xff4hello\x01\x05\xff\x04\x01\x02\x03\x04", "\x00\xff", "\x01\x01\xff\x04")
}

func fuzzPayload(f *testing.F, revision byte, asBytes bool, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	decode := func(payload []byte, asBytes bool) (packets []Packet, err error) {
		err = eachPacket(payload, revision, asBytes, 100, func(p received) error {
			if p.binary {
				packets = append(packets, BinaryMessage(bytes.Clone(p.data)))
			} else {
				packets = append(packets, Packet{data: append([]byte{p.kind}, p.data...)})
			}
			return nil
		})
		return packets, err
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		packets, err := decode(payload, asBytes)
		if err != nil || len(packets) > 100 {
			return
		}
		if asBytes { // text in it may hold what ends a packet elsewhere
			return
		}
		again, err := decode(appendPayload(nil, packets, revision), false)
		if err != nil || len(again) != len(packets) {
			t.Fatalf("%q: %d packets, then %d, %v", payload, len(packets), len(again), err)
		}
		for i := range packets {
			if !bytes.Equal(packets[i].data, again[i].data) || packets[i].binary != again[i].binary {
				t.Errorf("%q: packet %d is %q, then %q", payload, i, packets[i].data, again[i].data)
			}
		}
	})
}
