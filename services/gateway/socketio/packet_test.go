package socketio

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
		`2/,["hey"]`:           {Type: Event, Namespace: "/", AckID: NoAck, Data: []byte(`["hey"]`)},
		`30[]`:                 {Type: Ack, Namespace: "/", AckID: 0, Data: []byte(`[]`)},
		`51-["hey",{"_placeholder":true,"num":0}]`: {Type: BinaryEvent, Attachments: 1, Namespace: "/", AckID: NoAck, Data: []byte(`["hey",{"_placeholder":true,"num":0}]`)},
		`62-/admin,7[1]`: {Type: BinaryAck, Attachments: 2, Namespace: "/admin", AckID: 7, Data: []byte(`[1]`)},
	}
	for in, want := range tests {
		t.Run(in, func(t *testing.T) {
			got, err := Parse([]byte(in))
			if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || d != "" {
				t.Errorf("Parse: %v (-want +got)\n%s", err, d)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"nothing": ``, "unknown type": `9`, "not a type": `x["a"]`, "binary event without number": `5["a",{"_placeholder":true,"num":0}]`, "number without dash": `51["a"]`, "endless number": `512345-["a"]`, "number alone": `51`,
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
	for _, s := range []string{`51-["a",{"_placeholder":true,"num":0}]`, `61-4[ "a\\\"]" , [1,{"b":"]"}] ]`, `0{"a":1}`, `2/n,1["a",{"b":[]}]`, `30[]`, `1`, `4{"message":"no"}`} {
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
		if p.Type == Event || p.Type == BinaryEvent || p.Type == Ack || p.Type == BinaryAck {
			var want []json.RawMessage
			if err := json.Unmarshal(p.Data, &want); err != nil {
				t.Fatal(err)
			}
			if got := elements(p.Data); !slices.EqualFunc(got, want, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
				t.Errorf("%q splits into %q, want %q", p.Data, got, want)
			}
			_, _, _ = decodeEvent(p.Data) // must not panic
			_, _ = begin(p, 10)           // neither
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

func TestDecodeEvent(t *testing.T) {
	tests := map[string]struct {
		name string
		args int // -1 = refused
	}{
		`["hey"]`:               {"hey", 0},
		`["hey",1,[2,3],"4,5"]`: {"hey", 3},
		` [ "hey" , {} ] `:      {"hey", 1},
		`["\u0068ey"]`:          {"hey", 0},
		`[7,1]`:                 {"7", 1},
		`[]`:                    {"", -1},
		`[null]`:                {"", -1},
		`[["a"]]`:               {"", -1},
		`["connect"]`:           {"", -1},
		`["disconnecting",1]`:   {"", -1},
	}
	for in, want := range tests {
		name, args, err := decodeEvent([]byte(in))
		if want.args < 0 {
			if !errors.Is(err, ErrParse) {
				t.Errorf("decodeEvent(%s) = %s, %s, %v; want ErrParse", in, name, args, err)
			}
			continue
		}
		if err != nil || name != want.name || len(args) != want.args {
			t.Errorf("decodeEvent(%s) = %s, %s, %v", in, name, args, err)
		}
	}
}
