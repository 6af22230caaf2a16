package flow_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

var example = regexp.MustCompile("(?s)```json\n(.*?)```")

// TestDocumentation makes a scenario of all examples of the format's documentation.
func TestDocumentation(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/scenario-format.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := example.FindAllSubmatch(doc, -1)
	if len(examples) < 2 {
		t.Fatal("no examples in the documentation")
	}
	var file map[string]any
	if err := json.Unmarshal(examples[0][1], &file); err != nil {
		t.Fatal(err)
	}
	nodes := []json.RawMessage{}
	for _, e := range examples[1:] {
		nodes = append(nodes, e[1])
	}
	file["nodes"] = nodes
	data, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := flow.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range f.Warnings() {
		t.Error(w)
	}
}
