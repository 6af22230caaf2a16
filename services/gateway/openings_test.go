package gateway_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

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

// TestMissedSettings tells a tab that comes back what has changed while it was away, as after a night asleep.
func TestMissedSettings(t *testing.T) {
	s := newSite(t)
	_, session := s.visit()
	back := func(with map[string]any) (settings string, was bool) {
		t.Helper()
		c := s.dial(shop)
		auth := map[string]any{"token": session.field("token"), "offset": session.field("generation") + "-0"}
		for k, v := range with {
			auth[k] = v
		}
		if answer := c.connect(auth); !strings.HasPrefix(answer, "40") {
			t.Fatalf("CONNECT: %s", answer)
		}
		if e := c.next(); e.name != "session" {
			t.Fatalf("received %v, want session", e)
		}
		if auth["offset"] == "" {
			c.next() // history
		}
		_, before := c.emit("history", map[string]any{"before": session.field("generation") + "-1"})
		if len(before) == 0 {
			return "", false
		}
		return isOpen(t, before[0]), true
	}
	if got, was := back(nil); was {
		t.Errorf("told %s, though nothing has changed", got)
	}
	bot := openTo(2, far())
	bot.UpdatedAt = timestamppb.New(time.Now().Add(time.Minute))
	s.set(bot)
	if got, was := back(nil); !was || !strings.Contains(got, `"changes_at"`) {
		t.Errorf("told %q, want the new settings", got)
	}
	if got, was := back(map[string]any{"offset": ""}); was {
		t.Errorf("a page that was just loaded is told %s", got)
	}
	old := try[string](t)(s.oldToken(session.field("token"), time.Now().Add(-48*time.Hour)))
	bot = proto.CloneOf(bot)
	bot.Version, bot.UpdatedAt = 3, timestamppb.New(time.Now().Add(-time.Hour*24*20))
	s.set(bot)
	if _, was := back(nil); was {
		t.Error("told of hours that have not changed since a moment ago")
	}
	if got, was := back(map[string]any{"token": old}); !was || !strings.Contains(got, `"changes_at"`) {
		t.Errorf("after two days told %q, want what the hours are now", got)
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

// oldToken is a visitor's token as it was signed at a moment.
func (s *site) oldToken(token string, at time.Time) (string, error) {
	who, err := s.tokens.ParseVisitor(token)
	if err != nil {
		return "", err
	}
	who.Expires = at.Add(30 * 24 * time.Hour)
	return s.tokens.SignVisitor(who)
}

// far is a moment that does not come while a test runs.
func far() time.Time { return time.Now().UTC().Add(6 * time.Hour).Truncate(time.Hour) }
