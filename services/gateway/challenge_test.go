package gateway_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/bits"
	"net/http"
	"strings"
	"testing"
	"time"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
	"github.com/switchboard-chat/switchboard/services/gateway/wire"
)

func guarded(t *testing.T, cfg gateway.Config, when configv1.Challenge) *site {
	t.Helper()
	s := newSiteWith(t, cfg)
	s.set(&configv1.Bot{Id: "1", Name: "Shop", AllowedOrigins: []string{shop, "https://mall.example.com"}, Version: 2, Challenge: when})
	s.set(&configv1.Bot{Id: "2", Name: "Another", AllowedOrigins: []string{shop}, Version: 1, Challenge: when})
	return s
}

// arrive asks for a token as a newcomer of the bot; solution may be empty.
func (s *site) arrive(bot, site, solution string) (status int, got wire.Problem) {
	s.t.Helper()
	status, body := s.token(fmt.Sprintf(`{"bot_id": %q, "site": %q, "challenge": %q}`, bot, site, solution))
	var a struct{ Error wire.Problem }
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		s.t.Fatal(err)
	}
	return status, a.Error
}

// solved is what a client makes of a challenge; a worthless one has too few bits.
func solved(t *testing.T, p wire.Problem, worthless bool) string {
	t.Helper()
	if p.Code != "challenge" || p.Challenge == nil {
		t.Fatalf("got %+v, want a challenge", p)
	}
	for n := 0; ; n++ {
		s := fmt.Sprintf("%s:%d", p.Challenge.Nonce, n)
		sum := sha256.Sum256([]byte(s))
		if zeros := bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:])); (zeros >= p.Challenge.Difficulty) != worthless {
			return s
		}
	}
}

// A newcomer gets in by work that was done for this bot and site, and only once for it, by both doors. Whoever
// is known is never asked.
func TestChallenge(t *testing.T) {
	s := guarded(t, gateway.Config{}, configv1.Challenge_CHALLENGE_ALWAYS)
	status, asked := s.arrive("1", shop, "")
	if status != http.StatusForbidden || asked.Challenge.Difficulty != 14 {
		t.Errorf("asked %d %+v, want 403 and 14 bits", status, asked)
	}
	solution := solved(t, asked, false)
	another := func() wire.Problem { _, p := s.arrive("1", shop, ""); return p }
	for name, tt := range map[string]struct{ bot, site, solution, why string }{
		"forged":       {"1", shop, strings.Repeat("A", 34) + ":1", "not a solution"},
		"rubbish":      {"1", shop, "x", "not a solution"},
		"too easy":     {"1", shop, solved(t, another(), true), "not enough zero bits"},
		"another bot":  {"2", shop, solved(t, another(), false), "not a solution"},
		"another site": {"1", "https://mall.example.com", solved(t, another(), false), "not a solution"},
	} {
		if status, p := s.arrive(tt.bot, tt.site, tt.solution); status != http.StatusForbidden || p.Code != "challenge" || !strings.Contains(p.Message, tt.why) {
			t.Errorf("%s: %d %+v, want a challenge again, as it is %s", name, status, p, tt.why)
		}
	}
	if status, p := s.arrive("1", shop, solution); status != http.StatusOK {
		t.Fatalf("solved: %d %+v", status, p)
	}
	if _, p := s.arrive("1", shop, solution); p.Code != "challenge" || !strings.Contains(p.Message, "used before") {
		t.Errorf("a second time: %+v", p)
	}

	c := s.dial(shop)
	refused := c.connect(map[string]any{"bot_id": "1"})
	var answer struct{ Data wire.Problem }
	if err := json.Unmarshal([]byte(strings.TrimPrefix(refused, "44")), &answer); err != nil || answer.Data.Field != "auth.challenge" {
		t.Fatalf("CONNECT: %s %v", refused, err)
	}
	if got := c.connect(map[string]any{"bot_id": "1", "challenge": solved(t, answer.Data, false)}); !strings.HasPrefix(got, "40{") {
		t.Fatalf("CONNECT with a solution: %s", got)
	}
	session := c.next()
	if a := s.ask(map[string]string{"token": session.field("token")}); !a.Renewed {
		t.Errorf("a renewal: %+v", a)
	}
	if got := s.dial(shop).connect(map[string]any{"token": session.field("token")}); !strings.HasPrefix(got, "40{") {
		t.Errorf("CONNECT with a token: %s", got)
	}
	if a := s.ask(map[string]string{"user_token": s.identity("olena", 0, time.Minute)}); a.Token == "" {
		t.Errorf("a verified user: %+v", a)
	}
}

// An attack begins by itself; who is known goes on talking. Off means off, so an office behind one address
// comes in as it is.
func TestUnderAttack(t *testing.T) {
	for name, tt := range map[string]struct {
		when configv1.Challenge
		want bool
	}{
		"off":          {configv1.Challenge_CHALLENGE_UNSPECIFIED, false},
		"said off":     {configv1.Challenge_CHALLENGE_OFF, false},
		"under attack": {configv1.Challenge_CHALLENGE_UNDER_ATTACK, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := guarded(t, gateway.Config{Attack: limit.Rate{PerSecond: 0.001, Burst: 20}}, tt.when)
			_, session := s.visit()
			asked := 0
			for range 50 {
				if status, p := s.arrive("1", shop, ""); p.Code == "challenge" {
					asked++
				} else if status != http.StatusOK {
					t.Fatalf("refused %d %+v", status, p)
				}
			}
			if want := map[bool]int{true: 30}[tt.want]; asked != want {
				t.Errorf("%d of 50 were asked to work, want %d", asked, want)
			}
			if _, p := s.arrive("2", shop, ""); p.Code != "" {
				t.Errorf("another bot: %+v", p)
			}
			if a := s.ask(map[string]string{"token": session.field("token")}); !a.Renewed {
				t.Errorf("a renewal: %+v", a)
			}
			if tt.want {
				_, p := s.arrive("1", shop, "")
				if status, p := s.arrive("1", shop, solved(t, p, false)); status != http.StatusOK {
					t.Errorf("solved: %d %+v", status, p)
				}
			}
		})
	}
}

// One address cannot make an attack of itself, whatever it tries: it is told to wait.
func TestOneAddressIsNoAttack(t *testing.T) {
	const begins = 5
	cfg := gateway.Config{Attack: limit.Rate{PerSecond: 0.001, Burst: 2 * begins}, Conversations: limit.Rate{PerSecond: 0.001, Burst: begins}}
	s := guarded(t, cfg, configv1.Challenge_CHALLENGE_UNDER_ATTACK)
	for n := range 10 * begins {
		want := ""
		if n >= begins {
			want = wire.RateLimited
		}
		if _, p := s.arrive("1", shop, ""); p.Code != want {
			t.Fatalf("newcomer %d: %+v, want %q", n, p, want)
		}
	}
}

// Who is asked to work has not lost the work to the limit: both count the same newcomer once.
func TestWorkIsNotInVain(t *testing.T) {
	const begins = 5
	s := guarded(t, gateway.Config{Conversations: limit.Rate{PerSecond: 0.001, Burst: begins}}, configv1.Challenge_CHALLENGE_ALWAYS)
	for n := range begins {
		_, asked := s.arrive("1", shop, "")
		if status, p := s.arrive("1", shop, solved(t, asked, false)); status != http.StatusOK {
			t.Fatalf("newcomer %d with a solution: %d %+v", n, status, p)
		}
	}
	if _, p := s.arrive("1", shop, ""); p.Code != wire.RateLimited {
		t.Errorf("one more: %+v, want that it waits", p)
	}
}
