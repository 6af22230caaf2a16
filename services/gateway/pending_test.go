package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchboard-chat/switchboard/internal/blob"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/services/gateway"
)

// sweeping is a site that sweeps uploads of that age, again and again.
func sweeping(t *testing.T, age time.Duration) *site {
	t.Helper()
	cfg := crowded()
	cfg.UploadAge, cfg.SweepEvery = age, max(age/10, time.Millisecond)
	return uploads(t, cfg, on)
}

// text uploads one and returns its id.
func (s *site) text(session event) string {
	s.t.Helper()
	status, up, code := s.upload(session.field("token"), "a.txt", strings.NewReader("hello"))
	if status != http.StatusCreated {
		s.t.Fatalf("upload: %d %s", status, code)
	}
	return up.ID
}

// there asks for nothing but whether the upload is: it may go while it is read.
func (s *site) there(id string) bool {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodHead, s.url+"/widget/v2/files/"+id, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// disappears waits until the upload is not there any more.
func (s *site) disappears(id string) {
	s.t.Helper()
	eventually.Succeeds(s.t, "the upload is swept", func() error {
		if s.there(id) {
			return errors.New("it is still there")
		}
		return nil
	})
}

// What no message names is deleted, and what one names stays, however old.
func TestUploadsAreSwept(t *testing.T) {
	s := sweeping(t, 300*time.Millisecond)
	c, session := s.visit()
	first := s.text(session)
	frame := named("file", first)
	if ack, _ := c.emit("message", frame); ack.field("ok") != "true" {
		t.Fatalf("message: %s", ack.args)
	}
	left := s.text(session) // younger than the one that is named
	s.disappears(left)
	if ack, _ := c.emit("message", named("file", left)); !strings.Contains(string(ack.args[0]), "there is no such upload") {
		t.Errorf("naming what has been swept: %s", ack.args)
	}
	if !s.there(first) {
		t.Fatal("the upload that a message names has been swept")
	}
	frame["attempt"] = 2
	if ack, _ := c.emit("message", frame); ack.field("ok") != "true" || ack.field("duplicate") != "true" {
		t.Errorf("the message again: %s", ack.args)
	}
	if ack, _ := c.emit("message", named("file", first)); ack.field("ok") != "true" {
		t.Errorf("another message that names it: %s", ack.args)
	}
	last := s.text(session)
	s.disappears(last)
	if !s.there(first) {
		t.Error("the upload that messages name has been swept")
	}
	eventually.Succeeds(t, "nothing waits any more", func() error {
		js := try[jetstream.JetStream](t)(jetstream.New(s.log.Conn()))
		kv := try[jetstream.KeyValue](t)(js.KeyValue(t.Context(), "uploads"))
		if keys, err := kv.Keys(t.Context()); !errors.Is(err, jetstream.ErrNoKeysFound) {
			return errors.New(strings.Join(keys, ", "))
		}
		return nil
	})
}

// A message that is refused, or of another conversation, makes nothing stay.
func TestRefusedMessageKeepsNoUpload(t *testing.T) {
	s := sweeping(t, 300*time.Millisecond)
	c, session := s.visit()
	stranger, _ := s.visit()
	id := s.text(session)
	if ack, _ := stranger.emit("message", named("file", id)); ack.field("ok") != "false" {
		t.Errorf("a stranger's: %s", ack.args)
	}
	bad := named("file", id)
	bad["params_from_site"] = map[string]any{"a": strings.Repeat("x", 9_000)}
	if ack, _ := c.emit("message", bad); ack.field("ok") != "false" {
		t.Errorf("with large parameters: %s", ack.args)
	}
	s.disappears(id)
}

// Where a message and the sweeper meet, either the message is accepted and the upload stays, or it is refused and
// the upload goes.
func TestUploadNamedWhileSwept(t *testing.T) {
	s := sweeping(t, time.Millisecond)
	c, session := s.visit()
	accepted, refused := 0, 0
	for range 150 {
		id := s.text(session)
		ack, _ := c.emit("message", named("file", id))
		for strings.Contains(string(ack.args[0]), `"unavailable"`) { // at that very moment
			ack, _ = c.emit("message", named("file", id))
		}
		if ack.field("ok") == "true" {
			accepted++
			if !s.there(id) {
				t.Fatal("an upload that a message names has been swept")
			}
			continue
		}
		refused++
		s.disappears(id)
	}
	t.Logf("%d accepted, %d refused", accepted, refused)
}

// Several messages that name one upload at once all have it.
func TestUploadNamedAtOnce(t *testing.T) {
	s := sweeping(t, time.Hour)
	_, session := s.visit()
	id := s.text(session)
	var wg sync.WaitGroup
	for range 6 {
		c := s.reconnect(session)
		wg.Go(func() {
			for {
				ack, _ := c.emit("message", named("file", id))
				if ack.field("ok") == "true" {
					return
				}
				if !strings.Contains(string(ack.args[0]), `"unavailable"`) {
					t.Errorf("refused: %s", ack.args)
					return
				}
			}
		})
	}
	wg.Wait()
}

// What a gateway has begun to sweep when it was killed is swept by another.
func TestSweepIsFinishedByAnother(t *testing.T) {
	s := uploads(t, gateway.Config{UploadAge: time.Hour, SweepEvery: time.Hour}, on)
	c, session := s.visit()
	js := try[jetstream.JetStream](t)(jetstream.New(s.log.Conn()))
	begun := s.text(session)
	kv := try[jetstream.KeyValue](t)(js.KeyValue(t.Context(), "uploads"))
	_ = try[uint64](t)(kv.Put(t.Context(), begun, []byte("sweeping")))
	if ack, _ := c.emit("message", named("file", begun)); !strings.Contains(string(ack.args[0]), `"unavailable"`) {
		t.Errorf("naming it meanwhile: %s", ack.args)
	}
	crashed := s.text(session) // by a gateway that was killed while it named it
	if ack, _ := c.emit("message", named("file", crashed)); ack.field("ok") != "true" {
		t.Fatal(string(ack.args[0]))
	}
	_ = try[uint64](t)(kv.Put(t.Context(), crashed, []byte("named")))
	if ack, _ := c.emit("message", named("file", crashed)); ack.field("ok") != "true" {
		t.Errorf("naming it once more: %s", ack.args)
	}
	other := try[*gateway.Gateway](t)(gateway.New(gateway.Config{UploadAge: time.Nanosecond, SweepEvery: time.Millisecond}, gateway.Deps{
		Log: s.log, Settings: s.cache, Tokens: s.tokens, Blobs: s.blobs,
	}))
	defer s.run(other.Run)()
	s.disappears(begun)
	eventually.Succeeds(t, "nothing waits any more", func() error {
		if keys, err := kv.Keys(t.Context()); !errors.Is(err, jetstream.ErrNoKeysFound) {
			return errors.New(strings.Join(keys, ", "))
		}
		return nil
	})
	if !s.there(crashed) {
		t.Error("an upload that a message names has been swept")
	}
}

// away is a store that does not answer, and says of what.
type away struct{ blob.Store }

func (away) Stat(_ context.Context, key string) (blob.Info, error) {
	return blob.Info{}, fmt.Errorf("stat %s: away", key)
}

func (away) Delete(_ context.Context, key string) error { return fmt.Errorf("delete %s: away", key) }

// Whoever has the id of an upload may read it, so no log has it.
func TestUploadsAreNotLogged(t *testing.T) {
	l := logged(t)
	s := uploads(t, crowded(), on)
	_, session := s.visit()
	id := s.text(session)
	other := try[*gateway.Gateway](t)(gateway.New(gateway.Config{UploadAge: time.Nanosecond, SweepEvery: time.Millisecond}, gateway.Deps{
		Log: s.log, Settings: s.cache, Tokens: s.tokens, Blobs: away{s.blobs},
	}))
	mux := http.NewServeMux()
	other.Mount(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/widget/v2/files/"+id, nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("GET: %d", w.Code)
	}
	defer s.run(other.Run)()
	eventually.Succeeds(t, "both say what is wrong", func() error {
		for _, what := range []string{"file not read", "uploads not swept"} {
			if !strings.Contains(l.String(), what) {
				return errors.New(l.String())
			}
		}
		return nil
	})
	if strings.Contains(l.String(), id) {
		t.Errorf("%s is logged:\n%s", id, l)
	}
}
