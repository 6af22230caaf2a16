package desk_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/services/operator/desk"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

var (
	anna  = desk.Caller{ID: "anna"}
	borys = desk.Caller{ID: "borys"}
	boss  = desk.Caller{ID: "boss", Oversees: true}
	crm   = desk.Caller{ID: "crm", Integrator: true}
)

// A verdict is what a rule says: that it is so, whether beside or already, or a refusal.
const (
	yes     = "yes"
	also    = "also" // already so, or beside the owner
	early   = "not in the queue yet"
	first   = "take it first"
	hers    = "taken by Anna"
	tooLate = "the dialog is closed"
)

func verdict(t *testing.T, too bool, err error) string {
	t.Helper()
	var refusal *desk.Refusal
	switch {
	case errors.As(err, &refusal):
		return refusal.Error()
	case err != nil:
		t.Fatalf("error %v, want a refusal", err)
	case too:
		return also
	}
	return yes
}

func TestRules(t *testing.T) {
	take := desk.Take
	send := desk.Send
	write := func(d desk.Dialog, c desk.Caller) (bool, error) { return false, desk.Type(d, c) }
	end := desk.Close
	tests := []struct {
		rule                            string
		ask                             func(desk.Dialog, desk.Caller) (bool, error)
		who                             string
		caller                          desk.Caller
		opening, waiting, active, ended string // the verdict in each state; anna has what is taken
	}{
		{"take", take, "anna", anna, early, yes, also, tooLate},
		{"take", take, "borys", borys, early, yes, hers, tooLate},
		{"take", take, "boss", boss, early, yes, hers, tooLate},
		{"delete", desk.Delete, "anna", anna, early, first, yes, tooLate},
		{"delete", desk.Delete, "borys", borys, early, first, hers, tooLate},
		{"delete", desk.Delete, "boss", boss, early, also, also, tooLate},
		{"delete", desk.Delete, "crm", crm, early, also, also, tooLate},
		{"send", send, "anna", anna, early, first, yes, tooLate},
		{"send", send, "borys", borys, early, first, hers, tooLate},
		{"send", send, "boss", boss, early, first, hers, tooLate},
		{"send", send, "crm", crm, early, also, also, tooLate},
		{"type", write, "anna", anna, early, first, yes, tooLate},
		{"type", write, "borys", borys, early, first, hers, tooLate},
		{"close", end, "anna", anna, early, first, yes, also},
		{"close", end, "borys", borys, early, first, hers, also},
		{"close", end, "boss", boss, early, yes, yes, also},
		{"close", end, "crm", crm, early, yes, yes, also},
	}
	for _, tt := range tests {
		for state, want := range map[operatorv1.DialogState]string{opening: tt.opening, waiting: tt.waiting, active: tt.active, closed: tt.ended} {
			too, err := tt.ask(in(state), tt.caller)
			if got := verdict(t, too, err); !strings.Contains(got, want) {
				t.Errorf("%s by %s in state %v: %q, want %q", tt.rule, tt.who, state, got, want)
			}
		}
	}
}

func TestTakenBy(t *testing.T) {
	d := in(active)
	if got := desk.TakenBy(d).Error(); got != "the dialog has been taken by Anna" {
		t.Errorf("TakenBy() = %q", got)
	}
	d.OperatorName = ""
	if got := desk.TakenBy(d).Error(); got != "the dialog has been taken by anna" {
		t.Errorf("TakenBy() without a name = %q", got)
	}
}

func TestShowsAndReads(t *testing.T) {
	type sight struct{ shows, reads bool }
	none, history, all := sight{}, sight{reads: true}, sight{true, true}
	tests := map[string]struct {
		caller                          desk.Caller
		opening, waiting, active, ended sight
	}{
		"whose it is": {anna, none, all, all, history},
		"another":     {borys, none, all, none, none},
		"a boss":      {boss, history, all, all, history},
		"a machine":   {crm, history, all, all, history},
	}
	for name, tt := range tests {
		for state, want := range map[operatorv1.DialogState]sight{opening: tt.opening, waiting: tt.waiting, active: tt.active, closed: tt.ended} {
			d := in(state).Dialog
			if got := (sight{desk.Shows(d, tt.caller), desk.Reads(d, tt.caller)}); got != want {
				t.Errorf("%s, state %v: %+v, want %+v", name, state, got, want)
			}
		}
	}
}
