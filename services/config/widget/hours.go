package widget

import (
	"fmt"
	"regexp"
	"time"
	_ "time/tzdata" // so that the time zones are the same on every machine

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const (
	maxSpans       = 50
	maxClosedDates = 100
	endOfDay       = "24:00"
)

// clock is an hour and a minute; as texts they sort as they do in time.
var clock = regexp.MustCompile(`^(?:[01][0-9]|2[0-3]):[0-5][0-9]$`)

func (v *checker) hours(h *configv1.BusinessHours) {
	if h == nil {
		return
	}
	const root = "widget.hours"
	if !isTimezone(h.GetTimezone()) {
		v.Add(root+".timezone", "%.60q, expected a name of the IANA database, such as Europe/Kyiv", h.GetTimezone())
	}
	if n := len(h.GetSpans()); n > maxSpans {
		v.Add(root+".spans", "%d entries, expected at most %d", n, maxSpans)
	} else {
		for i, s := range h.GetSpans() {
			v.span(fmt.Sprintf("%s.spans[%d]", root, i), s)
		}
	}
	if n := len(h.GetClosedDates()); n > maxClosedDates {
		v.Add(root+".closed_dates", "%d entries, expected at most %d", n, maxClosedDates)
		return
	}
	first := make(map[string]int, len(h.GetClosedDates()))
	for i, d := range h.GetClosedDates() {
		field := fmt.Sprintf("%s.closed_dates[%d]", root, i)
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			v.Add(field, "%.40q, expected a day, YYYY-MM-DD", d)
			continue
		}
		if at, ok := first[d]; ok {
			v.Add(field, "is the same as widget.hours.closed_dates[%d]", at)
			continue
		}
		first[d] = i
	}
}

// isTimezone reports whether s names a place's time. "Local" would be that of the machine.
func isTimezone(s string) bool {
	if s == "" || s == "Local" {
		return false
	}
	_, err := time.LoadLocation(s)
	return err == nil
}

func (v *checker) span(field string, s *configv1.BusinessHours_Span) {
	if d := s.GetWeekday(); d < 1 || d > 7 {
		v.Add(field+".weekday", "%d, expected 1 for Monday to 7 for Sunday", d)
	}
	from, to := s.GetFrom(), s.GetTo()
	okFrom, okTo := clock.MatchString(from), clock.MatchString(to) || to == endOfDay
	if !okFrom {
		v.Add(field+".from", "%.20q, expected HH:MM", from)
	}
	if !okTo {
		v.Add(field+".to", "%.20q, expected HH:MM, or %s for the end of the day", to, endOfDay)
	}
	if okFrom && okTo && to <= from {
		v.Add(field+".to", "%s, expected later than from, %s; hours past midnight are a span of the next day", to, from)
	}
}
