package scenario_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/subject"
	scenariov1 "github.com/switchboard-chat/switchboard/proto/switchboard/scenario/v1"
	"github.com/switchboard-chat/switchboard/services/scenario"
)

// saying is a scenario that answers everything with one text.
func saying(text string) string {
	return fmt.Sprintf(`{"format": 1, "nodes": [
		{"id": "start", "type": "start", "next": "ask"},
		{"id": "ask", "type": "input", "text": %q, "save_as": "said", "next": "ask"}
	]}`, text)
}

func TestPublish(t *testing.T) {
	h := newHouse(t)
	_, err := h.api.GetScenario(h.admin(), &scenariov1.GetScenarioRequest{Bot: "1"})
	wantCode(t, err, codes.NotFound, "no scenario")
	for want := range int64(3) {
		if got := h.publish("1", saying("v")); got != want+1 {
			t.Errorf("version %d, want %d", got, want+1)
		}
	}
	h.publish("2", saying("other"))
	res, err := h.api.GetScenario(h.admin(), &scenariov1.GetScenarioRequest{Bot: "1"})
	if s := res.GetScenario(); err != nil || s.GetVersion() != 3 || s.GetJson() != saying("v") || s.GetBot() != "1" || s.GetPublishedAt() == nil {
		t.Errorf("GetScenario() = %v, %v, want version 3", res, err)
	}
}

func TestPublishAtOnce(t *testing.T) {
	const n = 6
	h := newHouse(t)
	var (
		wg       sync.WaitGroup
		mu       sync.Mutex
		versions []int64
	)
	for i := range n {
		wg.Go(func() {
			res, err := h.api.PublishScenario(h.admin(), &scenariov1.PublishScenarioRequest{Bot: "1", Json: saying(fmt.Sprint("v", i))})
			if err != nil {
				t.Errorf("PublishScenario: %v", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			versions = append(versions, res.GetScenario().GetVersion())
		})
	}
	wg.Wait()
	slices.Sort(versions)
	if !slices.Equal(versions, []int64{1, 2, 3, 4, 5, 6}) {
		t.Errorf("versions %v, want 1 to %d, each once", versions, n)
	}
	eventually.Succeeds(t, "the newest is announced", func() error {
		if got := h.cache.ScenarioVersion("1"); got != n {
			return fmt.Errorf("version %d", got)
		}
		return nil
	})
}

func TestPublishBadInput(t *testing.T) {
	h := newHouse(t)
	tests := map[string]struct {
		bot, json string
		fields    []string
	}{
		"no bot":            {"", saying("v"), []string{"bot"}},
		"a bot of subjects": {"1.>", saying("v"), []string{"bot"}},
		"no JSON":           {"1", "", []string{"json"}},
		"an unknown target": {"1", `{"format": 1, "nodes": [{"id": "start", "type": "start", "next": "gone"}]}`, []string{`json.nodes["start"].next`}},
		"all at once":       {"", `{"format": 1, "nodes": [{"id": "start", "type": "start"}]}`, []string{"bot", `json.nodes["start"].next`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := h.api.PublishScenario(h.admin(), &scenariov1.PublishScenarioRequest{Bot: tt.bot, Json: tt.json})
			wantCode(t, err, codes.InvalidArgument, "")
			var fields []string
			for _, d := range status.Convert(err).Details() {
				if bad, ok := d.(*errdetails.BadRequest); ok {
					for _, v := range bad.GetFieldViolations() {
						fields = append(fields, v.GetField())
					}
				}
			}
			if !slices.Equal(fields, tt.fields) {
				t.Errorf("fields %q, want %q", fields, tt.fields)
			}
		})
	}
	_, err := h.api.PublishScenario(t.Context(), &scenariov1.PublishScenarioRequest{Bot: "1", Json: saying("v")})
	wantCode(t, err, codes.Unauthenticated, "")
	_, err = h.api.PublishScenario(h.admin("2"), &scenariov1.PublishScenarioRequest{Bot: "1", Json: saying("v")})
	wantCode(t, err, codes.PermissionDenied, `"1"`)
	_, err = h.api.GetScenario(h.admin("2"), &scenariov1.GetScenarioRequest{Bot: "1"})
	wantCode(t, err, codes.PermissionDenied, `"1"`)
	if err := h.EnsureScenario(t.Context(), "1", "{"); status.Code(err) != codes.InvalidArgument {
		t.Errorf("EnsureScenario of no scenario: %v, want INVALID_ARGUMENT", err)
	}
}

// TestVersionChange publishes in the middle of a conversation: it goes on in the new version where
// it is, and where that node is gone it starts again.
func TestVersionChange(t *testing.T) {
	h, c := open(t, story), conversation()
	h.says(c, "m1", "Hi")
	h.answers(c, 2)
	h.publish("1", strings.Replace(story, "I fetch somebody for the", "Somebody comes for your", 1))
	h.says(c, "m2", "kettle")
	h.wantSaid(c, "Hello, Olena!", "What is it about?", "Somebody comes for your kettle.")

	d := conversation()
	h.says(d, "m1", "Hi")
	h.answers(d, 2)
	h.publish("1", strings.ReplaceAll(story, `"ask"`, `"question"`))
	h.says(d, "m2", "kettle")
	h.wantSaid(d, "Hello, Olena!", "What is it about?", "Hello, Olena!", "What is it about?")
}

// TestNoWayBack has a second process that has not heard of a version in which the conversation is
// already: it does not go back.
func TestNoWayBack(t *testing.T) {
	h, c := open(t, saying("old")), conversation()
	h.publish("1", saying("new"))
	h.says(c, "m1", "Hi")
	h.wantSaid(c, "new")
	h.stop()
	if err := h.js.DeleteKeyValue(t.Context(), "settings"); err != nil {
		t.Fatal(err)
	}
	late := newHouseOn(h)
	if err := late.bucket.PutScenarioVersion(t.Context(), "1", 1); err != nil {
		t.Fatal(err)
	}
	eventually.Succeeds(t, "the old version is announced", func() error {
		if late.cache.ScenarioVersion("1") != 1 {
			return errNotYet
		}
		return nil
	})
	late.run()
	late.says(c, "m2", "Hi")
	late.wantSaid(c, "new", "new")
	other := conversation() // one that has not come so far
	late.says(other, "m1", "Hi")
	late.wantSaid(other, "old")
}

func TestNoScenario(t *testing.T) {
	h, c := newHouse(t), conversation()
	h.run()
	h.says(c, "m1", "Is anybody there?")
	h.wantSaid(c)
	h.publish("1", saying("Now I am."))
	h.wantSaid(c) // what went unanswered stays so
	h.says(c, "m2", "And now?")
	h.wantSaid(c, "Now I am.")
	other := subject.Conversation{Bot: "2", ID: newID()}
	h.says(other, "m1", "Hi")
	h.wantSaid(other)
	if n := len(h.door.attempts()); n != 1 {
		t.Errorf("%d attempts, want one", n)
	}
}

// TestUnannounced has a scenario in the store that nobody has announced, as after NATS has lost the
// settings: the first conversation finds it.
func TestUnannounced(t *testing.T) {
	h, c := newHouse(t), conversation()
	h.publish("1", saying("v1"))
	if err := h.js.DeleteKeyValue(t.Context(), "settings"); err != nil {
		t.Fatal(err)
	}
	fresh := newHouseOn(h)
	fresh.run()
	fresh.says(c, "m1", "Hi")
	fresh.wantSaid(c, "v1")
	eventually.Succeeds(t, "the version is announced", func() error {
		if fresh.cache.ScenarioVersion("1") != 1 {
			return errNotYet
		}
		return nil
	})
}

func TestEnsureScenario(t *testing.T) {
	h := newHouse(t)
	for range 2 {
		if err := h.EnsureScenario(t.Context(), "1", saying("v1")); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.EnsureScenario(t.Context(), "1", saying("v2")); err != nil {
		t.Fatal(err)
	}
	res, err := h.api.GetScenario(h.admin(), &scenariov1.GetScenarioRequest{Bot: "1"})
	if err != nil || res.GetScenario().GetVersion() != 1 || res.GetScenario().GetJson() != saying("v1") {
		t.Errorf("GetScenario() = %v, %v, want the first, once", res, err)
	}
}

func TestNewNeedsItsDependencies(t *testing.T) {
	h := newHouse(t)
	for name, change := range map[string]func(*scenario.Deps){
		"no store":       func(d *scenario.Deps) { d.Store = nil },
		"no log":         func(d *scenario.Deps) { d.Log = nil },
		"no gateway":     func(d *scenario.Deps) { d.Gateway = nil },
		"no intake":      func(d *scenario.Deps) { d.Intake = nil },
		"a negative age": func(d *scenario.Deps) { d.SessionAge = -1 },
	} {
		deps := h.deps
		change(&deps)
		if s, err := scenario.New(t.Context(), deps); err == nil {
			t.Errorf("%s: New() = %v, want an error", name, s)
		}
	}
}
