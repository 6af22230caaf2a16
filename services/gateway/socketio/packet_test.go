package socketio

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	tests := map[string]Packet{
		`0`:                    {Type: Connect, Namespace: "/", AckID: NoAck},
		`0{"token":"x"}`:       {Type: Connect, Namespace: "/", AckID: NoAck, Data: []byte(`{"token":"x"}`)},
		`0/admin,{"token":1}`:  {Type: Connect, Namespace: "/admin", AckID: NoAck, Data: []byte(`{"token":1}`)},
		`0/admin`:              {Type: Connect, Namespace: "/admin", AckID: NoAck},
		`1`:                    {Type: Disconnect, Namespace: "/", AckID: NoAck},
		`1/admin,`:             {Type: Disconnect, Namespace: "/admin", AckID: NoAck},
		`2["hey","Jude"]`:      {Type: Event, Namespace: "/", AckID: NoAck, Data: []byte(`["hey","Jude"]`)},
		`212["hey"]`:           {Type: Event, Namespace: "/", AckID: 12, Data: []byte(`["hey"]`)},
		`2/admin,456["hey",1]`: {Type: Event, Namespace: "/admin", AckID: 456, Data: []byte(`["hey",1]`)},
		`30[]`:                 {Type: Ack, Namespace: "/", AckID: 0, Data: []byte(`[]`)},
	}
	for in, want := range tests {
		t.Run(in, func(t *testing.T) {
			got, err := Parse([]byte(in))
			if want.Data == nil {
				want.Data = []byte{}
			}
			if d := cmp.Diff(want, got); err != nil || d != "" {
				t.Errorf("Parse: %v (-want +got)\n%s", err, d)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing": ``, "unknown type": `9`, "not a type": `x["a"]`, "binary event": `51-["a",{"_placeholder":true,"num":0}]`,
		"event without payload": `2`, "event that is an object": `2{"a":1}`, "cut JSON": `2["a"`, "two values": `2["a"]["b"]`,
		"connect with an array": `0[]`, "disconnect with payload": `1["a"]`, "endless ack id": `21234567890123456789["a"]`,
	} {
		t.Run(name, func(t *testing.T) {
			if p, err := Parse([]byte(in)); !errors.Is(err, ErrParse) {
				t.Errorf("Parse(%q) = %+v, %v; want ErrParse", in, p, err)
			}
		})
	}
}

// What is parsed encodes to a packet that parses to the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`0{"a":1}`, `2/n,1["a",{"b":[]}]`, `30[]`, `1`, `4{"message":"no"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Parse(b)
		if err != nil {
			return
		}
		again, err := Parse(p.Append(nil))
		if err != nil || again.Type != p.Type || again.Namespace != p.Namespace || again.AckID != p.AckID || !bytes.Equal(again.Data, p.Data) {
			t.Errorf("%q parses to %+v, which encodes to %q and parses to %+v, %v", b, p, p.Append(nil), again, err)
		}
		if p.Type == Event {
			_, _, _ = decodeEvent(p.Data) // must not panic
		}
	})
}

func BenchmarkEncodeEvent(b *testing.B) {
	payload, offset := bytes.Repeat([]byte("1"), 200), []byte(`"0mi1abc23-12345"`)
	b.ReportAllocs()
	for b.Loop() {
		EncodeEvent("message", payload, offset)
	}
}

func BenchmarkParse(b *testing.B) {
	in := []byte(`212["message",{"id":"019a9c1e-7f00-7000-8000-000000000001","type":"text","text":"hello, is the green one in stock?"}]`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(in); err != nil {
			b.Fatal(err)
		}
	}
}
