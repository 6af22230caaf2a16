package history_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

// Everything is recorded, whoever's it is, with its offset and in the order of the log.
func TestRecordsEverything(t *testing.T) {
	nc := natstest.Connect(t)
	log, c := openLog(t, nc), conversation()
	var want []string
	for i, from := range []subject.From{subject.Visitor, subject.Bot, subject.Owner, subject.Operator, subject.System} {
		m := text(c, fmt.Sprintf("%d-%s", i, from))
		if from == subject.Owner {
			m.Body = &chatv1.Message_OwnerChange{OwnerChange: &chatv1.OwnerChange{Owner: &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_QUEUE}}}
		}
		must[bus.Stored](t)(log.Append(t.Context(), c, from, m, nil))
		want = append(want, fmt.Sprintf("%d-%s", i, from))
	}
	api, _ := run(t, nc, log, openStore(t))
	page := recorded(t, api, c, want)
	for i, m := range page.GetMessages() {
		if got, want := m.GetOffset(), log.At(uint64(i+1)).String(); got != want {
			t.Errorf("offset of %s is %s, want %s", m.GetId(), got, want)
		}
	}
}

// The whole log delivered again, as after lost acknowledgements, changes nothing.
func TestRedeliveryIsHarmless(t *testing.T) {
	nc := natstest.Connect(t)
	log, store, c := openLog(t, nc), openStore(t), conversation()
	say(t, log, c, numbered(1, 20)...)
	api, stop := run(t, nc, log, store)
	before := recorded(t, api, c, numbered(1, 20))
	stop()

	js := must[nats.JetStreamContext](t)(nc.JetStream())
	if err := js.DeleteConsumer(bus.StreamName, "history"); err != nil { // all of it is delivered again
		t.Fatal(err)
	}
	api, _ = run(t, nc, log, store)
	say(t, log, c, "m021")
	after := recorded(t, api, c, numbered(1, 21))
	for i, m := range before.GetMessages() {
		if got := after.GetMessages()[i].GetOffset(); got != m.GetOffset() {
			t.Errorf("%s moved from %s to %s", m.GetId(), m.GetOffset(), got)
		}
	}
}

// A store that is away holds the record up, and nothing overtakes what waits.
func TestStoreOutageLosesNothing(t *testing.T) {
	nc := natstest.Connect(t)
	log, store, c := openLog(t, nc), &flaky{Store: openStore(t)}, conversation()
	api, _ := run(t, nc, log, store)
	store.set(true)
	say(t, log, c, numbered(1, 40)...)
	recorded(t, api, c, nil)
	store.set(false)
	recorded(t, api, c, numbered(1, 40))
}

// What is not a message becomes a dead letter alone.
func TestPoisonIsBuriedAlone(t *testing.T) {
	nc := natstest.Connect(t)
	log, c := openLog(t, nc), conversation()
	say(t, log, c, "m001")
	js := must[nats.JetStreamContext](t)(nc.JetStream())
	must[*nats.PubAck](t)(js.Publish(c.Of(subject.Visitor), []byte{0xff, 0xff}))
	say(t, log, c, "m002")
	nameless := text(c, "")
	nameless.Id = ""
	must[bus.Stored](t)(log.Append(t.Context(), c, subject.Visitor, nameless, nil)) // recorded under its place
	api, _ := run(t, nc, log, openStore(t))
	eventually.Succeeds(t, "three records", func() error {
		res, err := api.ListMessages(operator(t.Context()), &historyv1.ListMessagesRequest{Bot: c.Bot, Conversation: c.ID})
		if err == nil && len(res.GetMessages()) != 3 {
			err = fmt.Errorf("%d messages", len(res.GetMessages()))
		}
		return err
	})
	eventually.Succeeds(t, "one dead letter", func() error {
		dead, err := log.DeadLetters(t.Context(), "history", 0, 10)
		if err == nil && (len(dead) != 1 || dead[0].Sequence != 2) {
			err = fmt.Errorf("dead letters %+v", dead)
		}
		return err
	})
}

// NATS goes away and comes back with all it had.
func TestNATSRestartLosesNothing(t *testing.T) {
	server := natstest.StartServer(t)
	nc := server.Connect()
	log, c := openLog(t, nc), conversation()
	api, _ := run(t, nc, log, openStore(t))
	generation := log.Generation()
	say(t, log, c, numbered(1, 5)...)
	recorded(t, api, c, numbered(1, 5))
	server.Stop()
	server.Start()
	say(t, log, c, numbered(6, 10)...)
	recorded(t, api, c, numbered(1, 10))
	if got := log.Generation(); got != generation {
		t.Errorf("generation %s became %s though nothing was lost", generation, got)
	}
}

// NATS comes back without its newest events, and gives their sequences out again.
func TestLostEndBeginsAGeneration(t *testing.T) {
	tests := map[string]struct{ lost, again int }{
		"shorter than was seen":    {lost: 5, again: 2},
		"grown past what was seen": {lost: 2, again: 6},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			server := natstest.StartServer(t)
			nc := server.Connect()
			log, c, store := openLog(t, nc), conversation(), openStore(t)
			api, stop := run(t, nc, log, store)
			say(t, log, c, numbered(1, 10)...)
			recorded(t, api, c, numbered(1, 10))

			server.Stop()
			disk := t.TempDir()
			if err := os.CopyFS(disk, os.DirFS(server.StoreDir)); err != nil {
				t.Fatal(err)
			}
			server.Start()
			old := log.Generation()
			say(t, log, c, numbered(11, 10+tt.lost)...)
			recorded(t, api, c, numbered(1, 10+tt.lost))
			if tt.again > tt.lost {
				stop() // so that the log grows unseen
			}

			server.Stop()
			server.StoreDir = disk // the power cut takes back what was stored since
			server.Start()
			other := conversation()
			say(t, log, other, numbered(1, tt.again)...)
			if tt.again > tt.lost {
				api, _ = run(t, nc, log, store)
			}
			page := recorded(t, api, other, numbered(1, tt.again))
			if log.Generation() <= old {
				t.Errorf("generation %s, want one after %s", log.Generation(), old)
			}
			for _, m := range page.GetMessages() {
				if o := must[bus.Offset](t)(bus.ParseOffset(m.GetOffset())); o.Generation == old {
					t.Errorf("%s is recorded at %v, of the generation that has ended", m.GetId(), o)
				}
			}
			// What history has seen stays, and what is said next comes after it.
			say(t, log, c, "m100")
			recorded(t, api, c, append(numbered(1, 10+tt.lost), "m100"))
		})
	}
}
