package subject_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

const id = "019a9c1e-7f00-7000-8000-000000000001"

func TestValidate(t *testing.T) {
	tests := map[string]struct {
		c    subject.Conversation
		want error
	}{
		"number":            {subject.Conversation{Bot: "1", ID: id}, nil},
		"slug":              {subject.Conversation{Bot: "Shop_1-eu", ID: id}, nil},
		"no bot":            {subject.Conversation{ID: id}, subject.ErrInvalid},
		"long bot":          {subject.Conversation{Bot: strings.Repeat("a", 65), ID: id}, subject.ErrInvalid},
		"bot wildcard":      {subject.Conversation{Bot: "*", ID: id}, subject.ErrInvalid},
		"bot with a dot":    {subject.Conversation{Bot: "a.b", ID: id}, subject.ErrInvalid},
		"bot not ASCII":     {subject.Conversation{Bot: "крамниця", ID: id}, subject.ErrInvalid},
		"no conversation":   {subject.Conversation{Bot: "1"}, subject.ErrInvalid},
		"wildcard":          {subject.Conversation{Bot: "1", ID: ">"}, subject.ErrInvalid},
		"upper-case UUID":   {subject.Conversation{Bot: "1", ID: strings.ToUpper(id)}, subject.ErrInvalid},
		"UUID in braces":    {subject.Conversation{Bot: "1", ID: "{" + id + "}"}, subject.ErrInvalid},
		"protocol injected": {subject.Conversation{Bot: "1", ID: id + "\r\nPUB"}, subject.ErrInvalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if err := tt.c.Validate(); !errors.Is(err, tt.want) {
				t.Errorf("Validate() = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestParse(t *testing.T) {
	tests := map[string]error{
		"chat.1." + id + ".visitor":   nil,
		"chat.1." + id + ".owner":     nil,
		"chat.1." + id + ".live":      subject.ErrInvalid, // live events are never stored
		"chat.1." + id + ".*":         subject.ErrInvalid,
		"chat.1." + id:                subject.ErrInvalid,
		"chat.1." + id + ".visitor.x": subject.ErrInvalid,
		"feed.1." + id + ".visitor":   subject.ErrInvalid,
	}
	for s, want := range tests {
		t.Run(s, func(t *testing.T) {
			if _, _, err := subject.Parse(s); !errors.Is(err, want) {
				t.Errorf("Parse(%q) = %v, want %v", s, err, want)
			}
		})
	}
	c, from, err := subject.ParseFeed("feed.1." + id + ".live")
	if err != nil || c != (subject.Conversation{Bot: "1", ID: id}) || from != subject.Live {
		t.Errorf("ParseFeed = %+v, %q, %v", c, from, err)
	}
}

func TestParseLease(t *testing.T) {
	c := subject.Conversation{Bot: "1", ID: id}
	if got, err := subject.ParseLease(c.Lease()); err != nil || got != c {
		t.Errorf("ParseLease = %+v, %v, want %+v", got, err, c)
	}
	for _, s := range []string{"lease.1", "lease.*." + id, "lease.1." + id + ".x", "feed.1." + id} {
		if _, err := subject.ParseLease(s); !errors.Is(err, subject.ErrInvalid) {
			t.Errorf("ParseLease(%q) = %v, want ErrInvalid", s, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("chat.1." + id + ".visitor")
	f.Add("feed.1." + id + ".live")
	f.Add("chat.a.b.*")
	f.Fuzz(func(t *testing.T, s string) {
		if c, from, err := subject.Parse(s); err == nil && c.Of(from) != s {
			t.Errorf("Parse(%q) = %+v, %q, which builds %q", s, c, from, c.Of(from))
		}
		if c, from, err := subject.ParseFeed(s); err == nil && strings.TrimSuffix(c.Feed(), "*")+string(from) != s {
			t.Errorf("ParseFeed(%q) = %+v, %q", s, c, from)
		}
		if d, err := subject.Dead("scenario", s); err == nil && strings.ContainsAny(d, "*> \r\n") {
			t.Errorf("Dead(%q) = %q", s, d)
		}
	})
}
