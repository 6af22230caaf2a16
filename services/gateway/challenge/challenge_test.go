package challenge

import (
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"
)

const site = "https://shop.example.com"

func key(s string) []byte { return []byte(strings.Repeat(s, 32)) }

// solve is what a client does: the first counter from start on whose hash has at least, or fewer than, so many
// zero bits.
func solve(nonce string, start int, good func(zeros int) bool) string {
	for n := start; ; n++ {
		s := nonce + ":" + strconv.Itoa(n)
		if good(zeros(sha256.Sum256([]byte(s)))) {
			return s
		}
	}
}

func atLeast(n int) func(int) bool { return func(zeros int) bool { return zeros >= n } }
func below(n int) func(int) bool   { return func(zeros int) bool { return zeros < n } }

func TestCheck(t *testing.T) {
	const bits = 8
	now := time.Now()
	i, other := New(key("a")), New(key("b"))
	issue := func() string { return i.Issue("1", site, bits, now).Nonce }
	nonce := issue()
	good := solve(nonce, 0, atLeast(bits))
	if len(nonce) != 34 {
		t.Errorf("a nonce of %d characters, want 34: a hash is of one block", len(nonce))
	}
	easier := []byte(issue())
	easier[17]++ // the last byte of the head is in there
	forged := other.Issue("1", site, bits, now).Nonce
	for name, tt := range map[string]struct {
		solution, bot, site string
		at                  time.Time
		want                error
	}{
		"solved":             {good, "1", site, now.Add(Lifetime / 2), nil},
		"expired":            {solve(issue(), 0, atLeast(bits)), "1", site, now.Add(Lifetime + time.Second), ErrExpired},
		"another bot":        {solve(issue(), 0, atLeast(bits)), "2", site, now, ErrInvalid},
		"another site":       {solve(issue(), 0, atLeast(bits)), "1", "https://mall.example.com", now, ErrInvalid},
		"bot and site moved": {solve(i.Issue("1h", site[1:], bits, now).Nonce, 0, atLeast(bits)), "1", site, now, ErrInvalid},
		"too easy":           {solve(issue(), 0, below(bits)), "1", site, now, ErrWrong},
		"made easier":        {solve(string(easier), 0, atLeast(bits)), "1", site, now, ErrInvalid},
		"forged":             {solve(forged, 0, atLeast(bits)), "1", site, now, ErrInvalid},
		"no counter":         {issue(), "1", site, now, ErrInvalid},
		"an empty counter":   {issue() + ":", "1", site, now, ErrInvalid},
		"another spelling":   {issue() + ":007", "1", site, now, ErrInvalid},
		"a sign":             {issue() + ":+7", "1", site, now, ErrInvalid},
		"a long counter":     {issue() + ":12345678901234567", "1", site, now, ErrInvalid},
		"rubbish":            {"x", "1", site, now, ErrInvalid},
		"line breaks":        {nonce[:10] + "\n" + nonce[10:] + ":1", "1", site, now, ErrInvalid},
		"endless":            {strings.Repeat("x", 1<<16), "1", site, now, ErrInvalid},
	} {
		if err := i.Check(tt.solution, tt.bot, tt.site, tt.at); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	again := solve(nonce, 1+mustCounter(good), atLeast(bits))
	for name, s := range map[string]string{"the same": good, "another counter": again} {
		if err := i.Check(s, "1", site, now); !errors.Is(err, ErrUsed) {
			t.Errorf("%s a second time: %v, want ErrUsed", name, err)
		}
	}
	if err := New(key("a")).Check(good, "1", site, now); err != nil {
		t.Errorf("at another gateway: %v", err)
	}
}

func mustCounter(solution string) int {
	n, err := strconv.Atoi(solution[strings.LastIndex(solution, ":")+1:])
	if err != nil {
		panic(err)
	}
	return n
}

// What has been used is forgotten when it has expired, and no sooner, however many there are.
func TestUsedAreBounded(t *testing.T) {
	i, now := New(key("a")), time.Now()
	i.max = 10
	solution := func(now time.Time) string { return solve(i.Issue("1", site, 1, now).Nonce, 0, atLeast(1)) }
	first := solution(now)
	for n := range i.max {
		s := first
		if n > 0 {
			s = solution(now)
		}
		if err := i.Check(s, "1", site, now); err != nil {
			t.Fatal(err)
		}
	}
	if err := i.Check(solution(now), "1", site, now); !errors.Is(err, ErrBusy) {
		t.Errorf("one more: %v, want ErrBusy", err)
	}
	if err := i.Check(first, "1", site, now); !errors.Is(err, ErrUsed) {
		t.Errorf("the first again: %v, want ErrUsed", err)
	}
	later := now.Add(Lifetime + time.Second)
	if err := i.Check(solution(later), "1", site, later); err != nil || len(i.used) != 1 {
		t.Errorf("later: %v with %d remembered, want 1", err, len(i.used))
	}
}

// Nothing but what was issued is ever taken, and once.
func FuzzCheck(f *testing.F) {
	now := time.Unix(1_800_000_000, 0)
	issuer := New(key("k"))
	issued := issuer.Issue("1", site, MinDifficulty, now)
	f.Add(issued.Nonce+":0", "1", site)
	f.Add("", "", "")
	f.Add(":", "1", "x")
	f.Fuzz(func(t *testing.T, solution, bot, from string) {
		if err := issuer.Check(solution, bot, from, now); err == nil {
			nonce, _, _ := strings.Cut(solution, ":")
			if nonce != issued.Nonce || bot != "1" || from != site {
				t.Fatalf("Check(%q, %q, %q) takes what was not issued", solution, bot, from)
			}
			if err := issuer.Check(solution, bot, from, now); !errors.Is(err, ErrUsed) {
				t.Fatalf("Check(%q) the second time: %v", solution, err)
			}
		}
	})
}

// Whoever comes again and again while there is room for nobody costs no look at all that is remembered.
func TestFullIsCheap(t *testing.T) {
	i, now := New(key("a")), time.Now()
	for n := range i.max {
		i.used[[headLength]byte{byte(n), byte(n >> 8), byte(n >> 16)}] = now.Add(Lifetime)
	}
	s := solve(i.Issue("1", site, 1, now).Nonce, 0, atLeast(1))
	const times = 10_000 // a look at each is a millisecond
	start := time.Now()
	for range times {
		if err := i.Check(s, "1", site, now); !errors.Is(err, ErrBusy) {
			t.Fatal(err)
		}
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("%d times took %v", times, took)
	}
}
