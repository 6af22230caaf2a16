package gateway_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// openTo is a bot whose people are there every day of the year up to a moment, and then for the rest of it.
func openTo(version int64, at time.Time) *configv1.Bot {
	b := &configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Version: version, Widget: &configv1.WidgetSettings{
		Hours: &configv1.BusinessHours{Timezone: "UTC"},
	}}
	for d := uint32(1); d <= 7; d++ {
		for _, s := range [][2]string{{"00:00", at.Format("15:04")}, {at.Add(time.Minute).Format("15:04"), "24:00"}} {
			if s[0] < s[1] {
				b.Widget.Hours.Spans = append(b.Widget.Hours.Spans, &configv1.BusinessHours_Span{Weekday: d, From: s[0], To: s[1]})
			}
		}
	}
	return b
}

func isOpen(t *testing.T, e event) string {
	t.Helper()
	if e.name != "settings" {
		t.Fatalf("received %v, want settings", e)
	}
	var got struct {
		Hours json.RawMessage `json:"hours"`
	}
	if err := json.Unmarshal(e.args[0], &got); err != nil {
		t.Fatal(err)
	}
	return string(got.Hours)
}

// TestHoursPass tells every tab of a bot when its people go, and nobody else.
func TestHoursPass(t *testing.T) {
	s := newSite(t)
	noon := far()
	first, session := s.visit()
	s.set(openTo(2, noon))
	first.next() // settings
	second := s.dial(shop)
	second.connect(map[string]any{"token": session.field("token"), "language_code": "uk"})
	second.next() // session
	second.next() // history
	other := proto.CloneOf(openTo(3, noon.Add(6*time.Hour)))
	other.Id = "2"
	s.set(other)
	stranger := s.dial(shop)
	stranger.connect(map[string]any{"bot_id": "2"})
	stranger.next() // session
	stranger.next() // history

	s.gateway.HoursPass(noon.Add(-time.Minute), noon.Add(-time.Second)) // nothing happens, so the next event is the other's
	s.gateway.HoursPass(noon.Add(-time.Minute), noon)
	for _, c := range []*client{first, second} {
		if got := isOpen(t, c.next()); !strings.Contains(got, `"changes_at"`) {
			t.Errorf("hours %s, want when they change next", got)
		}
	}
	s.gateway.HoursPass(noon.Add(5*time.Hour), noon.Add(7*time.Hour))
	isOpen(t, stranger.next()) // its first event
	for name, c := range map[string]*client{"first": first, "second": second} {
		if ack, before := c.emit("history", map[string]any{"before": session.field("generation") + "-1"}); len(before) != 0 {
			t.Errorf("%s was told %v before %v, want nothing", name, before, ack)
		}
	}
}

// TestOtherSettings tells a page whose settings are others than the bot's what they are, and what the hours are by now.
func TestOtherSettings(t *testing.T) {
	s := newSite(t)
	_, session := s.visit()
	plain, withHours := &configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop}, Version: 2}, openTo(3, far())
	for _, now := range []*configv1.Bot{plain, withHours} {
		s.set(now)
		for name, tt := range map[string]struct {
			has  any
			told bool
		}{
			"the bot's":          {now.GetVersion(), now == withHours},
			"older ones":         {1, true},
			"what cannot be":     {"x", true},
			"of nothing":         {nil, false},
			"does not say which": {"", false},
		} {
			for _, offset := range []string{"", session.field("generation") + "-0"} {
				t.Run(fmt.Sprintf("%s of %d from %q", name, now.GetVersion(), offset), func(t *testing.T) {
					auth := map[string]any{"token": session.field("token"), "offset": offset, "settings": tt.has}
					if tt.has == "" {
						delete(auth, "settings")
					}
					c := s.dial(shop)
					if answer := c.connect(auth); !strings.HasPrefix(answer, "40") {
						t.Fatalf("CONNECT: %s", answer)
					}
					if e := c.next(); e.name != "session" {
						t.Fatalf("received %v, want session", e)
					}
					if tt.told {
						if hours := isOpen(t, c.next()); (hours != "") != (now == withHours) {
							t.Errorf("hours %q", hours)
						}
					}
					if offset == "" {
						if e := c.next(); e.name != "history" {
							t.Fatalf("received %v, want history", e)
						}
					}
					if _, before := c.emit("history", map[string]any{"before": session.field("generation") + "-1"}); len(before) != 0 {
						t.Errorf("told %v, want no more", before)
					}
				})
			}
		}
	}
}

// TestHoursPassMeanwhile saves a bot while its people come or go: nobody is told the old settings after the new ones.
func TestHoursPassMeanwhile(t *testing.T) {
	s := newSite(t)
	noon := far()
	for i := range 40 { // others keep the look at them all busy
		other := openTo(2, noon)
		other.Id = fmt.Sprintf("other%d", i)
		s.set(other)
	}
	c, _ := s.visit()
	told := int64(0)
	for version := int64(2); version < 30; version++ {
		passed := make(chan struct{})
		go func() {
			defer close(passed)
			s.gateway.HoursPass(noon.Add(-time.Minute), noon)
		}()
		s.set(openTo(version, noon))
		<-passed
		for told < version {
			var got struct {
				Version int64 `json:"version"`
			}
			if err := json.Unmarshal(c.next().args[0], &got); err != nil {
				t.Fatal(err)
			}
			if got.Version < told {
				t.Fatalf("told the settings of version %d after those of %d", got.Version, told)
			}
			told = got.Version
		}
	}
}

// far is a moment that does not come while a test runs.
func far() time.Time { return time.Now().UTC().Add(6 * time.Hour).Truncate(time.Hour) }
