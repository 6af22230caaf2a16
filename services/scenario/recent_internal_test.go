package scenario

import (
	"fmt"
	"testing"
)

func TestRecent(t *testing.T) {
	var r recent
	id := func(i int) string { return fmt.Sprintf("0199a0f1-7e1c-7c3e-8a41-%012d", i) }
	for i := range 3 * maxRecent {
		if r.has(id(i)) {
			t.Fatalf("%s is known before it happened", id(i))
		}
		r = r.with(id(i))
		for k := range i + 1 {
			if got, want := r.has(id(k)), k > i-maxRecent; got != want {
				t.Fatalf("after %d events: has(%d) = %v, want %v", i+1, k, got, want)
			}
		}
	}
	if want := maxRecent * recentSize; len(r) != want {
		t.Errorf("%d bytes, want %d", len(r), want)
	}
	if recent("torn").has("torn") {
		t.Error("what is no list knows something")
	}
}
