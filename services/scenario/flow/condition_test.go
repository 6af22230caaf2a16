package flow

import (
	"fmt"
	"testing"
)

func TestOperators(t *testing.T) {
	params := map[string]any{
		"tier": "Gold ", "total": 99.5, "count": "7", "member": true, "blank": " ", "zero": 0.0,
		"tags": []any{"VIP", "b2b", 3.0}, "none": []any{}, "cart": map[string]any{"tea": 1.0}, "void": map[string]any{},
		"part": "ol", "order": "007",
	}
	tests := map[string]struct {
		test string
		want bool
	}{
		"equals, case and spaces":         {`"field": "tier", "operator": "equals", "value": "gold"`, true},
		"equals, other":                   {`"field": "tier", "operator": "equals", "value": "silver"`, false},
		"equals, number and text":         {`"field": "total", "operator": "equals", "value": "99.50"`, true},
		"equals, number":                  {`"field": "count", "operator": "equals", "value": 7`, true},
		"equals, boolean":                 {`"field": "member", "operator": "equals", "value": true`, true},
		"equals, missing and blank":       {`"field": "missing", "operator": "equals", "value": ""`, true},
		"not equals":                      {`"field": "tier", "operator": "not_equals", "value": "silver"`, true},
		"not equals, same":                {`"field": "tier", "operator": "not_equals", "value": "GOLD"`, false},
		"contains, part":                  {`"field": "tier", "operator": "contains", "value": "OL"`, true},
		"contains, placeholder":           {`"field": "tier", "operator": "contains", "value": "{{part}}"`, true},
		"contains, nothing":               {`"field": "tier", "operator": "contains", "value": "{{missing}}"`, false},
		"contains, element":               {`"field": "tags", "operator": "contains", "value": "vip"`, true},
		"contains, number element":        {`"field": "tags", "operator": "contains", "value": 3`, true},
		"contains, part of an element":    {`"field": "tags", "operator": "contains", "value": "b2"`, false},
		"in list":                         {`"field": "tier", "operator": "in_list", "value": ["silver", "gold"]`, true},
		"in list, numbers":                {`"field": "count", "operator": "in_list", "value": [6, 7.0]`, true},
		"in list, not":                    {`"field": "tier", "operator": "in_list", "value": ["silver"]`, false},
		"empty, missing":                  {`"field": "missing", "operator": "empty"`, true},
		"empty, blank":                    {`"field": "blank", "operator": "empty"`, true},
		"empty, list":                     {`"field": "none", "operator": "empty"`, true},
		"empty, object":                   {`"field": "void", "operator": "empty"`, true},
		"empty, zero is something":        {`"field": "zero", "operator": "empty"`, false},
		"not empty, object":               {`"field": "cart", "operator": "not_empty"`, true},
		"not empty, nested":               {`"field": "cart.tea", "operator": "not_empty"`, true},
		"not empty, missing":              {`"field": "cart.milk", "operator": "not_empty"`, false},
		"greater":                         {`"field": "total", "operator": "greater", "value": 99`, true},
		"greater, same":                   {`"field": "total", "operator": "greater", "value": 99.5`, false},
		"greater, as numbers":             {`"field": "count", "operator": "greater", "value": "10"`, false},
		"greater, no number":              {`"field": "tier", "operator": "greater", "value": 0`, false},
		"less":                            {`"field": "order", "operator": "less", "value": "8"`, true},
		"less, no number":                 {`"field": "missing", "operator": "less", "value": 5`, false},
		"less, no number to compare with": {`"field": "total", "operator": "less", "value": "{{tier}}"`, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := branchTaken(t, params, fmt.Sprintf(`{"next": "yes", "conditions": [{%s}]}`, tt.test)); got != tt.want {
				t.Errorf("%s = %v, want %v", tt.test, got, tt.want)
			}
		})
	}
}

func TestLogic(t *testing.T) {
	const yes, no = `{"field": "x", "operator": "not_empty"}`, `{"field": "x", "operator": "empty"}`
	tests := map[string]struct {
		rule string
		want bool
	}{
		"all of all":     {`"conditions": [` + yes + `,` + yes + `]`, true},
		"all of some":    {`"logic": "AND", "conditions": [` + yes + `,` + no + `]`, false},
		"any of some":    {`"logic": "OR", "conditions": [` + no + `,` + yes + `]`, true},
		"any of none":    {`"logic": "OR", "conditions": [` + no + `,` + no + `]`, false},
		"later rule too": {`"conditions": [` + no + `]}, {"next": "yes", "conditions": [` + yes + `]`, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := branchTaken(t, map[string]any{"x": "1"}, `{"next": "yes", `+tt.rule+`}`); got != tt.want {
				t.Errorf("%s = %v, want %v", tt.rule, got, tt.want)
			}
		})
	}
}

// branchTaken plays a scenario that is one condition and reports whether a rule held.
func branchTaken(t *testing.T, params map[string]any, rules string) bool {
	t.Helper()
	f, err := Parse([]byte(`{"format": 1, "nodes": [{"id": "start", "type": "start", "next": "if"},
		{"id": "if", "type": "condition", "else": "no", "rules": [` + rules + `]},
		{"id": "yes", "type": "message", "text": "yes"}, {"id": "no", "type": "message", "text": "no"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	_, actions := f.Next(State{}, Input{Event: Start{}, Params: params})
	return actions[0].At() == "yes"
}
