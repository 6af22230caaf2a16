package flow_test

import (
	"os"
	"testing"

	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

// BenchmarkNext is what one event costs: a greeting, a button, an answer that is checked and saved.
func BenchmarkNext(b *testing.B) {
	f := welcome(b)
	params := map[string]any{"name": "Olena", "page_url": "https://shop.example.com/teas", "order_id": "10482"}
	events := map[string]struct {
		state flow.State
		event flow.Event
	}{
		"start":  {flow.State{}, flow.Start{}},
		"press":  {flow.State{Started: true, Node: "menu"}, flow.Press{Text: "📞 Call me back", Body: "call"}},
		"answer": {flow.State{Started: true, Node: "ask_phone"}, flow.Text{Text: "+38 (050) 123-45-67"}},
		"silent": {flow.State{Started: true, Node: "menu", WithOperator: true}, flow.Text{Text: "Hello?"}},
	}
	for name, e := range events {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.Next(e.state, flow.Input{Event: e.event, Params: params})
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("testdata/nodes.json")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := flow.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}
