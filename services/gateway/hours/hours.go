// Package hours says when people answer. It does no I/O.
package hours

import (
	"cmp"
	"slices"
	"strconv"
	"time"
	_ "time/tzdata" // so that the time zones are the same on every machine

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// horizon is how far ahead there is something to say.
const horizon = 14 * 24 * time.Hour

// State is whether people answer at a moment, and when that changes.
type State struct {
	Open bool
	// Changes is when Open changes, at most two weeks ahead; zero is later, or never.
	Changes time.Time
	// Opens is when people are there again after that moment: next, or, where Open, after the next pause. At most two
	// weeks ahead; zero is later, or never.
	Opens time.Time
}

// At is the state at now. Hours that name no time zone of this machine's, which nobody stores, are closed.
func At(h *configv1.BusinessHours, now time.Time) State {
	loc, err := time.LoadLocation(h.GetTimezone())
	if err != nil {
		return State{}
	}
	var s State
	known := now.Add(horizon)
	for _, o := range openings(h, loc, now) {
		switch {
		case !o.end.After(now):
			continue
		case !o.start.After(now):
			s.Open = true
			if o.end.After(known) {
				return s
			}
			s.Changes = o.end
			continue
		case o.start.After(known):
			return s
		}
		s.Opens = o.start
		if !s.Open {
			s.Changes = o.start
		}
		return s
	}
	return s
}

// Changed reports whether people came or went behind since and up to now.
func Changed(h *configv1.BusinessHours, since, now time.Time) bool {
	if at := At(h, since); !at.Changes.IsZero() {
		return !at.Changes.After(now)
	}
	return now.Sub(since) > horizon // nothing is known of so long a time
}

// opening is a stretch of time, without its end.
type opening struct{ start, end time.Time }

// openings are those around now and ahead, in order, none of which touches another.
func openings(h *configv1.BusinessHours, loc *time.Location, now time.Time) []opening {
	year, month, day := now.In(loc).Date()
	var all []opening
	for n := -1; n <= int(horizon/(24*time.Hour))+1; n++ {
		date := time.Date(year, month, day+n, 0, 0, 0, 0, time.UTC)
		if slices.Contains(h.GetClosedDates(), date.Format(time.DateOnly)) {
			continue
		}
		for _, s := range h.GetSpans() {
			if time.Weekday(s.GetWeekday()%7) != date.Weekday() {
				continue
			}
			start, _ := shown(date.Add(clock(s.GetFrom())), loc)
			if _, end := shown(date.Add(clock(s.GetTo())), loc); start.Before(end) {
				all = append(all, opening{start, end})
			}
		}
	}
	slices.SortFunc(all, func(a, b opening) int { return cmp.Or(a.start.Compare(b.start), a.end.Compare(b.end)) })
	var merged []opening
	for _, o := range all {
		if n := len(merged); n > 0 && !o.start.After(merged[n-1].end) {
			if o.end.After(merged[n-1].end) {
				merged[n-1].end = o.end
			}
			continue
		}
		merged = append(merged, o)
	}
	return merged
}

// clock is "HH:MM" as the time since midnight; "24:00" is a day.
func clock(s string) time.Duration {
	if len(s) != len("00:00") {
		return 0
	}
	h, _ := strconv.Atoi(s[:2]) // they were checked when they were stored
	m, _ := strconv.Atoi(s[3:])
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
}

// shown is when a place's clocks show what wall says, which is in UTC: from when they show it first to when they show it
// last, which differ where the clocks are put back. What they leave out is the moment at which they do.
func shown(wall time.Time, loc *time.Location) (first, last time.Time) {
	offset := func(t time.Time) time.Duration {
		_, seconds := t.In(loc).Zone()
		return time.Duration(seconds) * time.Second
	}
	before, after := offset(wall.Add(-26*time.Hour)), offset(wall.Add(26*time.Hour))
	var found []time.Time
	for _, o := range []time.Duration{max(before, after), min(before, after)} {
		if t := wall.Add(-o); offset(t) == o {
			found = append(found, t)
		}
	}
	if len(found) == 0 {
		_, jump := wall.Add(-max(before, after)).In(loc).ZoneBounds()
		return jump, jump
	}
	return found[0], found[len(found)-1]
}
