package hours_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway/hours"
)

func span(weekday uint32, from, to string) *configv1.BusinessHours_Span {
	return &configv1.BusinessHours_Span{Weekday: weekday, From: from, To: to}
}

// week is from Monday to Friday, with an hour for lunch.
func week(timezone string, closed ...string) *configv1.BusinessHours {
	h := &configv1.BusinessHours{Timezone: timezone, ClosedDates: closed}
	for d := uint32(1); d <= 5; d++ {
		h.Spans = append(h.Spans, span(d, "14:00", "18:00"), span(d, "09:00", "13:00"))
	}
	return h
}

func around(timezone string) *configv1.BusinessHours {
	h := &configv1.BusinessHours{Timezone: timezone}
	for d := uint32(1); d <= 7; d++ {
		h.Spans = append(h.Spans, span(d, "00:00", "24:00"))
	}
	return h
}

func TestAt(t *testing.T) {
	days := func(n int) (dates []string) {
		for d := range n {
			dates = append(dates, time.Date(2026, 11, 24+d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		}
		return dates
	}
	for name, tt := range map[string]struct {
		hours *configv1.BusinessHours
		now   string
		open  bool
		times [2]string // when it changes, when it opens
	}{
		"in the morning":      {week("Europe/Kyiv"), "2026-11-24T10:00:00+02:00", true, [2]string{"2026-11-24T13:00:00+02:00", "2026-11-24T14:00:00+02:00"}},
		"at the first moment": {week("Europe/Kyiv"), "2026-11-24T09:00:00+02:00", true, [2]string{"2026-11-24T13:00:00+02:00", "2026-11-24T14:00:00+02:00"}},
		"at the last moment":  {week("Europe/Kyiv"), "2026-11-24T13:00:00+02:00", false, [2]string{"2026-11-24T14:00:00+02:00", "2026-11-24T14:00:00+02:00"}},
		"on Friday evening":   {week("Europe/Kyiv"), "2026-11-27T18:00:01+02:00", false, [2]string{"2026-11-30T09:00:00+02:00", "2026-11-30T09:00:00+02:00"}},
		"on Friday afternoon": {week("Europe/Kyiv"), "2026-11-27T17:00:00+02:00", true, [2]string{"2026-11-27T18:00:00+02:00", "2026-11-30T09:00:00+02:00"}},
		"asked elsewhere":     {week("Asia/Tokyo"), "2026-11-23T23:30:00-01:00", true, [2]string{"2026-11-24T13:00:00+09:00", "2026-11-24T14:00:00+09:00"}},
		"on a closed day":     {week("Europe/Kyiv", "2026-11-24"), "2026-11-24T10:00:00+02:00", false, [2]string{"2026-11-25T09:00:00+02:00", "2026-11-25T09:00:00+02:00"}},
		"closed for 14 days":  {week("Europe/Kyiv", days(14)...), "2026-11-24T10:00:00+02:00", false, [2]string{"2026-12-08T09:00:00+02:00", "2026-12-08T09:00:00+02:00"}},
		"closed for longer":   {week("Europe/Kyiv", days(15)...), "2026-11-24T10:00:00+02:00", false, [2]string{}},
		"never":               {&configv1.BusinessHours{Timezone: "UTC"}, "2026-11-24T10:00:00Z", false, [2]string{}},
		"always":              {around("America/New_York"), "2026-11-24T10:00:00Z", true, [2]string{}},
		"always, but one day": {
			func() *configv1.BusinessHours { h := around("UTC"); h.ClosedDates = []string{"2026-12-01"}; return h }(),
			"2026-11-24T10:00:00Z", true,
			[2]string{"2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"},
		},
		"past midnight": {
			&configv1.BusinessHours{Timezone: "UTC", Spans: []*configv1.BusinessHours_Span{span(5, "22:00", "24:00"), span(6, "00:00", "02:00")}},
			"2026-11-27T23:00:00Z", true,
			[2]string{"2026-11-28T02:00:00Z", "2026-12-04T22:00:00Z"},
		},
		"after midnight, of the day before": {
			&configv1.BusinessHours{Timezone: "UTC", Spans: []*configv1.BusinessHours_Span{span(5, "22:00", "24:00"), span(6, "00:00", "02:00")}},
			"2026-11-28T01:00:00Z", true,
			[2]string{"2026-11-28T02:00:00Z", "2026-12-04T22:00:00Z"},
		},
		"overlapping": {
			&configv1.BusinessHours{Timezone: "UTC", Spans: []*configv1.BusinessHours_Span{span(2, "08:00", "18:00"), span(2, "09:00", "10:00"), span(2, "17:00", "20:00")}},
			"2026-11-24T09:30:00Z", true,
			[2]string{"2026-11-24T20:00:00Z", "2026-12-01T08:00:00Z"},
		},
		// Kyiv leaves out 03:00 to 04:00 on 29 March and repeats it on 25 October.
		"on Friday before summer time": {week("Europe/Kyiv"), "2026-03-27T19:00:00+02:00", false, [2]string{"2026-03-30T09:00:00+03:00", "2026-03-30T09:00:00+03:00"}},
		"through the night to summer time": {
			&configv1.BusinessHours{Timezone: "Europe/Kyiv", Spans: []*configv1.BusinessHours_Span{span(7, "01:00", "05:00")}},
			"2026-03-29T02:00:00+02:00", true,
			[2]string{"2026-03-29T05:00:00+03:00", "2026-04-05T01:00:00+03:00"},
		},
		"from an hour that is left out": {
			&configv1.BusinessHours{Timezone: "Europe/Kyiv", Spans: []*configv1.BusinessHours_Span{span(7, "03:30", "05:00")}},
			"2026-03-29T02:00:00+02:00", false,
			[2]string{"2026-03-29T04:00:00+03:00", "2026-03-29T04:00:00+03:00"},
		},
		"within an hour that is left out": {
			&configv1.BusinessHours{Timezone: "Europe/Kyiv", Spans: []*configv1.BusinessHours_Span{span(7, "03:10", "03:50")}},
			"2026-03-29T02:00:00+02:00", false,
			[2]string{"2026-04-05T03:10:00+03:00", "2026-04-05T03:10:00+03:00"},
		},
		"from an hour that comes twice": {
			&configv1.BusinessHours{Timezone: "Europe/Kyiv", Spans: []*configv1.BusinessHours_Span{span(7, "03:30", "05:00")}},
			"2026-10-25T03:00:00+03:00", false,
			[2]string{"2026-10-25T03:30:00+03:00", "2026-10-25T03:30:00+03:00"},
		},
		"to an hour that comes twice": {
			&configv1.BusinessHours{Timezone: "Europe/Kyiv", Spans: []*configv1.BusinessHours_Span{span(7, "01:00", "03:30")}},
			"2026-10-25T03:45:00+03:00", true,
			[2]string{"2026-10-25T03:30:00+02:00", "2026-11-01T01:00:00+02:00"},
		},
		"always, on the day of 25 hours": {around("Europe/Kyiv"), "2026-10-25T03:30:00+02:00", true, [2]string{}},
		"half an hour's summer time": {
			&configv1.BusinessHours{Timezone: "Australia/Lord_Howe", Spans: []*configv1.BusinessHours_Span{span(7, "02:15", "03:00")}},
			"2026-10-04T01:00:00+10:30", false,
			[2]string{"2026-10-04T02:30:00+11:00", "2026-10-04T02:30:00+11:00"},
		},
		"midnight that is left out": { // Santiago goes from 24:00 to 01:00
			&configv1.BusinessHours{Timezone: "America/Santiago", Spans: []*configv1.BusinessHours_Span{span(7, "00:00", "02:00")}},
			"2026-09-05T23:00:00-04:00", false,
			[2]string{"2026-09-06T01:00:00-03:00", "2026-09-06T01:00:00-03:00"},
		},
		"no such place": {week("Europe/Shop"), "2026-11-24T10:00:00Z", false, [2]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			parse := func(s string) time.Time {
				if s == "" {
					return time.Time{}
				}
				at, err := time.Parse(time.RFC3339, s)
				if err != nil {
					t.Fatal(err)
				}
				return at
			}
			want := hours.State{Open: tt.open, Changes: parse(tt.times[0]), Opens: parse(tt.times[1])}
			if diff := cmp.Diff(want, hours.At(tt.hours, parse(tt.now))); diff != "" {
				t.Errorf("At() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestChanged(t *testing.T) {
	at := func(s string) time.Time {
		t.Helper()
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for name, tt := range map[string]struct {
		h          *configv1.BusinessHours
		since, now string
		want       bool
	}{
		"not yet":                       {week("UTC"), "2026-11-24T09:00:00Z", "2026-11-24T12:59:59Z", false},
		"at the minute":                 {week("UTC"), "2026-11-24T12:59:00Z", "2026-11-24T13:00:00Z", true},
		"not again":                     {week("UTC"), "2026-11-24T13:00:00Z", "2026-11-24T13:59:00Z", false},
		"twice":                         {week("UTC"), "2026-11-24T12:00:00Z", "2026-11-24T15:00:00Z", true},
		"always there":                  {around("UTC"), "2026-11-24T00:00:00Z", "2026-12-01T00:00:00Z", false},
		"longer ago than is looked for": {around("UTC"), "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", true},
	} {
		if got := hours.Changed(tt.h, at(tt.since), at(tt.now)); got != tt.want {
			t.Errorf("%s: Changed() = %v, want %v", name, got, tt.want)
		}
	}
}
