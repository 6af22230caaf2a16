package flow_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

// welcome is the sample bot's scenario.
func welcome(tb testing.TB) *flow.Flow {
	tb.Helper()
	data, err := os.ReadFile("../../../samples/welcome.json")
	if err != nil {
		tb.Fatal(err)
	}
	var sample struct{ Scenario json.RawMessage }
	if err := json.Unmarshal(data, &sample); err != nil {
		tb.Fatal(err)
	}
	f, err := flow.Parse(sample.Scenario)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func TestWelcomeHasNoWarnings(t *testing.T) {
	for _, w := range welcome(t).Warnings() {
		t.Error(w)
	}
}
