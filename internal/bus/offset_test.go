package bus_test

import (
	"testing"

	"github.com/switchboard-chat/switchboard/internal/bus"
)

func TestParseOffset(t *testing.T) {
	tests := map[string]bool{
		"0mi1abc23-1":                    true,
		"0mi1abc23-0":                    true,
		"0mi1abc23-18446744073709551615": true,
		"0mi1abc23-18446744073709551616": false,
		"0mi1abc23-01":                   false,
		"0mi1abc23--1":                   false,
		"0MI1ABC23-1":                    false,
		"0mi1-1":                         false,
		"-1":                             false,
		"":                               false,
	}
	for s, ok := range tests {
		t.Run(s, func(t *testing.T) {
			if _, err := bus.ParseOffset(s); (err == nil) != ok {
				t.Errorf("ParseOffset(%q) = %v, want ok %t", s, err, ok)
			}
		})
	}
}

func FuzzParseOffset(f *testing.F) {
	f.Add("0mi1abc23-42")
	f.Fuzz(func(t *testing.T, s string) {
		if o, err := bus.ParseOffset(s); err == nil && o.String() != s {
			t.Errorf("ParseOffset(%q) = %v", s, o)
		}
	})
}
