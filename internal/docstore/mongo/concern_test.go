package mongo

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/mongotest"
)

// sent records the commands as they go to the server.
type sent struct {
	mu       sync.Mutex
	commands map[string]bson.Raw
}

func (s *sent) record(_ context.Context, e *event.CommandStartedEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands[e.CommandName] = append(bson.Raw(nil), e.Command...)
}

func (s *sent) last(command string) bson.Raw {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commands[command]
}

// TestConcerns looks at the commands themselves: every write waits for the journals of a majority,
// even if the URI asks for less, and every read is of what a majority has.
func TestConcerns(t *testing.T) {
	uri := mongotest.URI(t) + map[bool]string{true: "&", false: "/?"}[strings.Contains(mongotest.URI(t), "?")] + "w=1&journal=false&readConcernLevel=local"
	log := &sent{commands: map[string]bson.Raw{}}
	opts := options.Client().ApplyURI(uri).SetMonitor(&event.CommandMonitor{Started: log.record})
	s := openTest(t, opts)
	c, err := s.Collection(t.Context(), docstore.Schema{Name: "things", Fields: []docstore.Field{{Name: "n", Kind: docstore.Int}}})
	if err != nil {
		t.Fatal(err)
	}
	byID := []docstore.Cond{{Field: "_id", Op: docstore.Eq, Value: "a"}}
	for command, do := range map[string]func() error{
		"insert": func() error {
			if err := c.Insert(t.Context(), bson.D{{Key: "_id", Value: "a"}}); err != nil {
				return err
			}
			_, err := c.InsertNew(t.Context(), []any{bson.D{{Key: "_id", Value: "b"}}})
			return err
		},
		"findAndModify": func() error {
			_, err := c.Update(t.Context(), byID, docstore.Update{Inc: map[string]int64{"n": 1}, Upsert: true})
			return err
		},
		"delete":    func() error { _, err := c.Delete(t.Context(), byID); return err },
		"find":      func() error { _, err := c.Find(t.Context(), docstore.Query{Limit: 1}); return err },
		"aggregate": func() error { _, err := c.Count(t.Context(), nil); return err },
	} {
		t.Run(command, func(t *testing.T) {
			if err := do(); err != nil {
				t.Fatal(err)
			}
			name, want := "writeConcern", bson.M{"w": "majority", "j": true}
			if command == "find" || command == "aggregate" {
				name, want = "readConcern", bson.M{"level": "majority"}
			}
			var got bson.M
			if err := log.last(command).Lookup(name).Unmarshal(&got); err != nil {
				t.Fatalf("%s of %v: %v", name, log.last(command), err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		})
	}
}
