package flow_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/switchboard-chat/switchboard/services/scenario/flow"
)

// chain is a scenario of n messages one after another, and a question at the end.
func chain(n int) string {
	nodes := []string{}
	for i := range n {
		next := fmt.Sprintf("m%d", i+1)
		if i == n-1 {
			next = "q"
		}
		id := fmt.Sprintf("m%d", i)
		if i == 0 {
			id = "a"
		}
		nodes = append(nodes, fmt.Sprintf(`{"id": %q, "type": "message", "text": "x", "next": %q}`, id, next))
	}
	return file(append(nodes, `{"id": "q", "type": "input", "text": "?", "next": "a"}`)...)
}

func TestParseRefusesMoreStepsThanNextWalks(t *testing.T) {
	const fits = flow.MaxSteps - 2 // the start and the question are steps as well
	f, err := flow.Parse([]byte(chain(fits)))
	if err != nil {
		t.Fatal(err)
	}
	s, actions := step(t, f, flow.State{}, flow.Input{Event: flow.Start{}})
	if s.Node != "q" || len(actions) != fits+1 {
		t.Errorf("Next() waits at %q after %d actions, want q after %d", s.Node, len(actions), fits+1)
	}
	_, err = flow.Parse([]byte(chain(fits + 1)))
	want := `node "start": 101 nodes follow one another from here without waiting for the visitor; expected at most 100`
	if err == nil || err.Error() != want {
		t.Errorf("Parse() = %v, want %s", err, want)
	}
}

func TestParseBoundsNodes(t *testing.T) {
	many := make([]string, flow.MaxNodes)
	for i := range many {
		many[i] = fmt.Sprintf(`{"id": "n%d", "type": "message", "text": "x"}`, i)
	}
	many[0] = leaf
	f, err := flow.Parse([]byte(file(many[:flow.MaxNodes-1]...)))
	if err != nil {
		t.Fatalf("Parse() of %d nodes: %v", flow.MaxNodes, err)
	}
	if got := len(f.Warnings()); got != flow.MaxNodes-2 {
		t.Errorf("%d warnings, want one for each of the %d nodes that nothing leads to", got, flow.MaxNodes-2)
	}
	if _, err := flow.Parse([]byte(file(many...))); err == nil || !strings.Contains(err.Error(), "nodes: expected 1 to 2000, got 2001") {
		t.Errorf("Parse() = %v, want a refusal of 2001 nodes", err)
	}
}

func TestParseBoundsItsReport(t *testing.T) {
	nodes := []string{leaf}
	for i := range 150 {
		nodes = append(nodes, fmt.Sprintf(`{"id": "n%d", "type": "message", "text": "x", "next": "nowhere%d"}`, i, i))
	}
	_, err := flow.Parse([]byte(file(nodes...)))
	var refused *flow.ParseError
	if !errors.As(err, &refused) {
		t.Fatalf("Parse() = %v, want a *ParseError", err)
	}
	if len(refused.Problems) != 100 || refused.More != 50 || !strings.HasSuffix(err.Error(), "\nand 50 more") {
		t.Errorf("%d problems and %d more, want 100 and 50", len(refused.Problems), refused.More)
	}
	if diff := cmp.Diff(flow.Problem{Node: "n0", Field: "next", Message: `there is no node "nowhere0"`}, refused.Problems[0]); diff != "" {
		t.Errorf("first problem differs (-want +got):\n%s", diff)
	}
}

func TestWarnings(t *testing.T) {
	f, err := flow.Parse([]byte(file(
		`{"id": "a", "type": "connect_operator", "closed_alias": "thanks", "next": "b"}`,
		`{"id": "b", "type": "message", "text": "x"}`,
		`{"id": "c", "type": "message", "text": "x", "next": "b"}`,
		`{"id": "d", "type": "entry", "alias": "thanks", "next": "e"}`,
		`{"id": "e", "type": "message", "text": "x"}`,
	)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`node "a": next: is never used, because closed_alias says where to go on`,
		`node "c": nothing leads here`,
	}
	if diff := cmp.Diff(want, f.Warnings()); diff != "" {
		t.Errorf("warnings differ (-want +got):\n%s", diff)
	}
}

// TestStateIsBounded has a page and a visitor who send as much as they can.
func TestStateIsBounded(t *testing.T) {
	nodes := []string{}
	for i := range 40 {
		id, next := fmt.Sprintf("q%d", i), fmt.Sprintf("q%d", i+1)
		if i == 0 {
			id = "a"
		}
		if i == 39 {
			next = "a"
		}
		nodes = append(nodes, fmt.Sprintf(`{"id": %q, "type": "input", "text": "{{a}}{{v0}}?", "save_as": "v%d", "next": %q}`, id, i, next))
	}
	f, err := flow.Parse([]byte(file(nodes...)))
	if err != nil {
		t.Fatal(err)
	}
	params := map[string]any{"deep": nest(5000), "list": make([]any, 100_000)}
	for i := range 1000 {
		params[fmt.Sprintf("p%d", i)] = strings.Repeat("x", 1000)
	}
	var s flow.State
	for range 60 {
		s, _ = step(t, f, s, flow.Input{Event: flow.Text{Text: strings.Repeat("я\xff", 4000)}, Params: params})
	}
	if n := len(encode(t, s)); n > 100<<10 {
		t.Errorf("the state has %d bytes, want at most 100 KiB", n)
	}
}

func nest(n int) any {
	var v any = "bottom"
	for range n {
		v = map[string]any{"in": []any{v}}
	}
	return v
}

// TestParseIsQuick has the worst files of the largest size that we could think of; quadratic work would
// take minutes.
func TestParseIsQuick(t *testing.T) {
	const bound = time.Minute // generous: they take 0.1 s
	var rules, fields, unknown []string
	for i := range flow.MaxNodes - 2 {
		id := fmt.Sprintf("%060d", i)
		rules = append(rules, fmt.Sprintf(`{"id": %q, "type": "condition", "else": "%060d", "rules": [{"next": "a", "conditions": [{"field": "x", "operator": "empty"}]}]}`, id, (i+1)%(flow.MaxNodes-2)))
		unknown = append(unknown, fmt.Sprintf(`{"id": %q, "type": "message", "text": "x", "next": "%060dx"}`, id, i))
	}
	for i := range 80_000 {
		fields = append(fields, fmt.Sprintf(`"f%d": 0`, i))
	}
	tests := map[string]string{
		"loops":          file(append(rules, `{"id": "a", "type": "exit", "alias": "x"}`)...),
		"unknown nodes":  file(append(unknown, leaf)...),
		"unknown fields": `{"format": 1, ` + strings.Join(fields, ",") + `}`,
		"one list":       `{"format": 1, "nodes": [` + strings.Repeat("{},", 300_000) + `{}]}`,
		"nesting":        strings.Repeat(`{"nodes":[`, 4_000) + strings.Repeat(`]}`, 4_000),
		"placeholders":   file(`{"id": "a", "type": "message", "text": "` + strings.Repeat("{{a}}", 200_000) + `"}`),
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			_, err := flow.Parse([]byte(data))
			if err == nil {
				t.Error("Parse() took it")
			}
			took := time.Since(begin)
			t.Logf("%d bytes in %v: %.80v", len(data), took, err)
			if took > bound {
				t.Errorf("took %v, want less than %v", took, bound)
			}
		})
	}
}
