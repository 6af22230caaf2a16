package fault

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/switchboard-chat/switchboard/internal/subject"
)

// TestUnrulyClients send every message several times, in any order, through two gateways at once,
// without waiting for an answer, and say anything about which attempt it is. Each message is stored
// once, and every acknowledgement of it names the same place.
func TestUnrulyClients(t *testing.T) {
	d := newDeployment(t, shape{gateway: []string{"-limit-messages", "0"}})
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	const clients = 20
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	all := make([]*unruly, clients)
	g, gctx := errgroup.WithContext(ctx)
	for i := range all {
		u := &unruly{chance: rand.New(rand.NewPCG(seed, uint64(i))), places: map[string]string{}, fresh: map[string]int{}}
		all[i] = u
		g.Go(func() error { return u.misbehave(gctx, d.doors) })
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, u := range all {
		u.check(ctx, t, d.record, d.log(t))
	}
}

// unruly is a client with two tabs.
type unruly struct {
	chance       *rand.Rand
	conversation string
	places       map[string]string // acknowledged, by id
	fresh        map[string]int    // how often an id was acknowledged as new
}

const (
	ids    = 8 // messages of an unruly client
	copies = 4 // of each
)

func (u *unruly) misbehave(ctx context.Context, doors []string) error {
	first := newVisitor(doors)
	defer first.close()
	none := func(int) bool { return false }
	if err := first.talk(ctx, none, nil); err != nil { // only the start
		return err
	}
	u.conversation = first.conversation
	tabs := []*visitor{first, newVisitor(doors)}
	tabs[1].connections, tabs[1].token, tabs[1].conversation = 1, first.token, first.conversation
	defer tabs[1].close()
	messages := make([]string, ids)
	for i := range messages {
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		messages[i] = id.String()
	}
	if err := u.round(ctx, tabs, messages); err != nil {
		return err
	}
	select { // until the log does not know the ids any more: that is the fault
	case <-time.After(duplicateWindow * 3 / 2):
	case <-ctx.Done():
		return ctx.Err()
	}
	return u.round(ctx, tabs, messages)
}

// round sends all copies through both tabs, and then reads what is answered.
func (u *unruly) round(ctx context.Context, tabs []*visitor, messages []string) error {
	var frames []string
	for range copies {
		frames = append(frames, messages...)
	}
	u.chance.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
	waiting := map[*visitor]int{}
	for _, id := range frames {
		tab := tabs[u.chance.IntN(len(tabs))]
		if err := tab.connect(ctx); err != nil {
			return err
		}
		frame := map[string]any{"id": id, "type": "text", "text": "text of " + id}
		if attempt := []any{nil, -1, 0, 1, 2, 1_000_000}[u.chance.IntN(6)]; attempt != nil {
			frame["attempt"] = attempt
		}
		data, err := json.Marshal([]any{"message", frame})
		if err != nil {
			return err
		}
		tab.acks++
		if err := tab.write("42" + strconv.Itoa(tab.acks) + string(data)); err != nil {
			return err
		}
		waiting[tab]++
	}
	for tab, n := range waiting {
		for n > 0 {
			err := tab.read(func(_ int, args []json.RawMessage) error {
				n--
				return u.acknowledged(args[0])
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (u *unruly) acknowledged(data json.RawMessage) error {
	var ack struct {
		OK        bool
		ID        string
		Offset    string
		Duplicate bool
	}
	if err := json.Unmarshal(data, &ack); err != nil {
		return err
	}
	if before := u.places[ack.ID]; !ack.OK || before != "" && before != ack.Offset {
		return fmt.Errorf("acknowledged %s, and before at %q", data, before)
	}
	u.places[ack.ID] = ack.Offset
	if !ack.Duplicate {
		u.fresh[ack.ID]++
	}
	return nil
}

// check compares what was acknowledged with what every source has of the client.
func (u *unruly) check(ctx context.Context, t *testing.T, sources ...source) {
	t.Helper()
	for id, n := range u.fresh {
		if n != 1 {
			t.Errorf("%s was acknowledged as new %d times", id, n)
		}
	}
	if len(u.places) != ids || len(u.fresh) != ids {
		t.Errorf("conversation %s: %d messages were acknowledged, %d as new; want %d", u.conversation, len(u.places), len(u.fresh), ids)
	}
	const stored = 2 + 3*ids // the start has one reply, a message two
	for i, read := range sources {
		events, err := readAll(ctx, read, subject.Conversation{Bot: botID, ID: u.conversation}, stored)
		if err != nil {
			t.Fatal(err)
		}
		places := map[string]string{}
		for _, e := range events {
			if e.Author == "visitor" && e.Type == "text" {
				places[e.ID] = e.Offset
				if id, ok := strings.CutPrefix(e.Text, "text of "); !ok || e.ID != u.conversation+"/"+id {
					t.Errorf("source %d: %+v has the text of another", i, e)
				}
			}
		}
		if diff := cmp.Diff(u.places, places); diff != "" || len(events) != stored {
			t.Errorf("conversation %s: source %d has %d events, want %d (-acknowledged +stored):\n%s", u.conversation, i, len(events), stored, diff)
		}
	}
}
