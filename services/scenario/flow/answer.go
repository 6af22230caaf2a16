package flow

import (
	"maps"
	"slices"

	"github.com/switchboard-chat/switchboard/internal/form"
)

const (
	offlineAlias = "offline" // where an offline form's answer leads
	offlineTopic = "offline" // what operators see where there is no such entry point

	nameRating  = "rating" // what a rating is saved in
	nameComment = "rating_comment"
)

// filled handles what the visitor put into a form. The forms of the settings are told also while an operator
// answers: what they ask is nothing that somebody talks about.
func (r *run) filled(e Answer) {
	switch e.Form {
	case form.Prechat:
		r.keep(e.Values)
	case form.Rating:
		r.rate(e.Values)
	case form.Offline:
		r.keep(e.Values)
		r.leaveWord(e)
	default:
		if !r.s.WithOperator {
			r.hear(said{text: clean(e.Text), filled: true, values: cleanValues(e.Values)})
		}
	}
}

// rate keeps how the visitor found it.
func (r *run) rate(values map[string]string) {
	kept := make(map[string]string, 2)
	if value, ok := (field{kind: "rating", scale: form.MaxScale}).check(values[nameRating]); ok {
		kept[nameRating] = value
	}
	if value := values[nameComment]; value != "" {
		kept[nameComment] = value
	}
	r.keep(kept)
}

// leaveWord goes on where the scenario wants to after an offline form, or hands over to an operator, so that
// nobody's message is lost.
func (r *run) leaveWord(e Answer) {
	if r.s.WithOperator {
		return
	}
	r.s.LastInput = clean(e.Text)
	if id, ok := r.flow.aliases[offlineAlias]; ok {
		r.s.Started = true
		r.walk(id)
		return
	}
	r.s.WithOperator = true
	r.act(Connect{Topic: offlineTopic})
}

// Unscripted is what to do for a bot that has no scenario: nothing, unless somebody has left a message out of
// hours, which an operator gets. It keeps in s who answers, and what was put into the forms of the settings.
func Unscripted(s *State, e Event, withOperator bool) []Action {
	s.WithOperator = withOperator
	a, ok := e.(Answer)
	if !ok || !form.IsSettings(a.Form) {
		return nil
	}
	r := run{flow: &Flow{}, s: *s}
	r.filled(a)
	*s = r.s
	return r.actions
}

// keep saves what was put into a form of the settings. Its fields are not known here, and what comes is the
// visitor's: what the scenario itself has said stays as it is.
func (r *run) keep(values map[string]string) {
	values = cleanValues(values)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if checkOwnName(name) == nil && !r.flow.kept[name] {
			r.set(name, values[name])
		}
	}
}

// cleanValues are at most as many as a form has, in the order of their names, and fit to be kept.
func cleanValues(values map[string]string) map[string]string {
	kept := make(map[string]string, min(len(values), form.MaxValues))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if len(kept) == form.MaxValues {
			break
		}
		kept[name] = cut(clean(values[name]), form.MaxValue)
	}
	return kept
}
