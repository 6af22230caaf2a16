package challenge

import (
	"testing"
	"time"

	"github.com/switchboard-chat/switchboard/services/gateway/limit"
)

// An attack begins above the rate, ends five minutes after the last time that it was exceeded, and costs newcomers the
// more the stronger it is.
func TestAttacks(t *testing.T) {
	a := NewAttacks(limit.Rate{PerSecond: 10, Burst: 50})
	now := time.Unix(1_800_000_000, 0)
	come := func(n int, within time.Duration) (began int) {
		for range n {
			now = now.Add(within / time.Duration(n))
			if a.Newcomer("1", now) {
				began++
			}
		}
		return began
	}
	if come(600, time.Minute); a.On("1", now) || a.Difficulty("1", now) != MinDifficulty {
		t.Errorf("at the rate: on %v, difficulty %d", a.On("1", now), a.Difficulty("1", now))
	}
	for times, want := range map[int]int{2: 15, 8: 17, 32: 19, 1000: MaxDifficulty} {
		began := come(times*10*20, 20*time.Second)
		if !a.On("1", now) || a.Difficulty("1", now) != want || began > 1 {
			t.Errorf("%d times as many: on %v, began %d times, difficulty %d, want %d", times, a.On("1", now), began, a.Difficulty("1", now), want)
		}
	}
	if a.On("2", now) || a.Difficulty("2", now) != MinDifficulty {
		t.Error("another bot is under attack, too")
	}
	now = now.Add(Calm - time.Second)
	if !a.On("1", now) || a.Difficulty("1", now) != MinDifficulty {
		t.Errorf("almost calm: on %v, difficulty %d", a.On("1", now), a.Difficulty("1", now))
	}
	if now = now.Add(2 * time.Second); a.On("1", now) {
		t.Error("calm: still on")
	}
	if come(100, time.Millisecond) != 1 {
		t.Error("a second attack does not begin")
	}
	never := NewAttacks(limit.Unlimited())
	for range 10_000 {
		never.Newcomer("1", now)
	}
	if never.On("1", now) {
		t.Error("on without a rate")
	}
}
