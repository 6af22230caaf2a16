package bus

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
)

type sequences struct {
	mu   sync.Mutex
	got  []uint64
	want int
	done chan struct{}
}

func (s *sequences) Stored(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, e.Sequence)
	if len(s.got) == s.want {
		close(s.done)
	}
}
func (*sequences) Live(*gatewayv1.LiveEvent) {}
func (*sequences) Reset()                    {}

// A feed that drops a third of what it hears still shows everything once.
func TestFeedRepairsWhatItMissed(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	const n = 200
	l, err := Open(t.Context(), natstest.Connect(t), Config{})
	if err != nil {
		t.Fatal(err)
	}
	c := subject.Conversation{Bot: "1", ID: uuid.Must(uuid.NewV7()).String()}
	f, heard := l.NewFeed(), &sequences{want: n, done: make(chan struct{})}
	if _, err := f.Follow(t.Context(), c, heard); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	defer func() { cancel(); wg.Wait() }()
	wg.Go(func() { f.repairs(ctx) })
	wg.Go(func() { f.watch(ctx, nil) })
	for _, ch := range f.chans {
		wg.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case m := <-ch:
					if rnd.IntN(3) == 0 {
						continue // lost
					}
					if err := f.show(m); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	parties := []subject.From{subject.Visitor, subject.Bot, subject.Operator}
	var want []uint64
	for i := range n {
		m := &chatv1.Message{Id: c.MessageID(fmt.Sprint(i))}
		s, err := l.Append(t.Context(), c, parties[i%len(parties)], m, nil)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, s.Sequence)
		f.Expect(c, s.Sequence)
	}
	select {
	case <-heard.done:
	case <-time.After(30 * time.Second):
	}
	f.Unfollow(c)
	slices.Sort(heard.got) // a loss that shows late is repaired late
	if !slices.Equal(heard.got, want) {
		t.Errorf("shown %v, want %v", heard.got, want)
	}
}

// A party's loss that nothing has given away yet is repaired with another party's: once the repair
// has shown a later event of the first one, no later one would give it away.
func TestRepairBeginsBeforeEveryLoss(t *testing.T) {
	l, err := Open(t.Context(), natstest.Connect(t), Config{})
	if err != nil {
		t.Fatal(err)
	}
	c := subject.Conversation{Bot: "1", ID: uuid.Must(uuid.NewV7()).String()}
	f, heard := l.NewFeed(), &sequences{want: -1}
	if _, err := f.Follow(t.Context(), c, heard); err != nil {
		t.Fatal(err)
	}
	defer f.Unfollow(c)
	const v, b = subject.Visitor, subject.Bot
	var want []uint64
	for i, from := range []subject.From{v, b, v, b, b, b, v, v} {
		s, err := l.Append(t.Context(), c, from, &chatv1.Message{Id: c.MessageID(fmt.Sprint(i))}, nil)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, s.Sequence)
	}
	for i := range want {
		m := <-f.chans[hash(c.ID)%feedChannels]
		if i == 2 || i == 4 { // the visitor's is lost, then the bot's
			continue
		}
		if err := f.show(m); err != nil {
			t.Fatal(err)
		}
		if r := f.takeDirty(); r != nil { // by then the log has everything
			if err := f.repairRoom(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	slices.Sort(heard.got)
	if !slices.Equal(heard.got, want) {
		t.Errorf("shown %v, want %v", heard.got, want)
	}
}

// A room that is closed while it is being followed, as a new generation does it, keeps no subscription.
func TestClosedWhileFollowing(t *testing.T) {
	l, err := Open(t.Context(), natstest.Connect(t), Config{})
	if err != nil {
		t.Fatal(err)
	}
	f := l.NewFeed()
	r := &room{c: subject.Conversation{Bot: "1", ID: uuid.Must(uuid.NewV7()).String()}, listener: &sequences{}}
	if _, err := l.Last(t.Context(), r.c); err != nil { // which subscribes to answers, once
		t.Fatal(err)
	}
	before := l.nc.NumSubscriptions()
	f.remove(r)
	if _, err := f.join(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if after := l.nc.NumSubscriptions(); after != before {
		t.Errorf("%d subscriptions, there were %d", after, before)
	}
}
