package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

func newBot(id string) *configv1.Bot {
	return &configv1.Bot{
		Id: id, Name: "Bot " + id, Widget: &configv1.WidgetSettings{Title: "Hello"},
		AllowedOrigins: []string{"https://shop.example.com"},
	}
}

func TestBotChangesReachOthers(t *testing.T) {
	f := start(t)
	want := newBot("1")
	want.Version = 99 // ignored
	made := f.create(want)
	if made.GetVersion() != 1 || !made.GetUpdatedAt().IsValid() {
		t.Errorf("created version %d at %v, want 1 and a time", made.GetVersion(), made.GetUpdatedAt())
	}
	f.await("the new bot", func() bool { _, ok := f.cache.Bot("1"); return ok })
	cached, _ := f.cache.Bot("1")
	if diff := cmp.Diff(made, cached, protocmp.Transform()); diff != "" {
		t.Errorf("in the cache (-made +cached):\n%s", diff)
	}

	change := proto.CloneOf(made)
	change.AllowedOrigins = append(change.AllowedOrigins, "http://localhost:5173")
	changed, err := f.bot.UpdateBot(f.admin(), &configv1.UpdateBotRequest{Bot: change})
	must(t, err)
	if got := changed.GetBot().GetVersion(); got != 2 {
		t.Errorf("updated to version %d, want 2", got)
	}
	f.await("the change", func() bool { b, _ := f.cache.Bot("1"); return len(b.GetAllowedOrigins()) == 2 })
	got, err := f.bot.GetBot(f.admin(), &configv1.GetBotRequest{Id: "1"})
	must(t, err)
	if diff := cmp.Diff(changed.GetBot(), got.GetBot(), protocmp.Transform()); diff != "" {
		t.Errorf("GetBot() (-updated +got):\n%s", diff)
	}
	want2 := []string{"tester bot.create 1", "tester bot.update 1"}
	if diff := cmp.Diff(want2, f.entries()); diff != "" {
		t.Errorf("audit (-want +got):\n%s", diff)
	}
}

func TestConcurrentUpdatesLoseNothing(t *testing.T) {
	f := start(t)
	made := f.create(newBot("1"))
	var mu sync.Mutex
	results := make(map[codes.Code]int)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			b := proto.CloneOf(made)
			b.Name = fmt.Sprint("name ", i)
			_, err := f.bot.UpdateBot(f.admin(), &configv1.UpdateBotRequest{Bot: b})
			mu.Lock()
			defer mu.Unlock()
			results[status.Code(err)]++
		})
	}
	wg.Wait()
	if diff := cmp.Diff(map[codes.Code]int{codes.OK: 1, codes.Aborted: 7}, results); diff != "" {
		t.Errorf("eight updates of one version (-want +got):\n%s", diff)
	}
}

func TestBotRefusals(t *testing.T) {
	f := start(t)
	f.create(newBot("1"))
	one := f.as(configv1.Role_ROLE_OPERATOR, "2")
	create := func(b *configv1.Bot) error {
		_, err := f.bot.CreateBot(f.admin(), &configv1.CreateBotRequest{Bot: b})
		return err
	}
	update := func(id string, version int64) error {
		b := newBot(id)
		b.Version = version
		_, err := f.bot.UpdateBot(f.admin(), &configv1.UpdateBotRequest{Bot: b})
		return err
	}
	get := func(ctx context.Context, id string) error {
		_, err := f.bot.GetBot(ctx, &configv1.GetBotRequest{Id: id})
		return err
	}
	for name, tt := range map[string]struct {
		err  error
		code codes.Code
		says string
	}{
		"create nothing":     {create(nil), codes.InvalidArgument, "bot: missing"},
		"create twice":       {create(newBot("1")), codes.AlreadyExists, `bot.id: there is a bot "1"`},
		"update unknown":     {update("7", 1), codes.NotFound, `no bot "7"`},
		"update stale":       {update("1", 7), codes.Aborted, "bot.version: the version is not the newest: 7, the newest is 1"},
		"update no version":  {update("1", 0), codes.InvalidArgument, "bot.version: expected"},
		"get unknown":        {get(f.admin(), "7"), codes.NotFound, `no bot "7"`},
		"get empty":          {get(f.admin(), ""), codes.NotFound, `no bot ""`},
		"get another's":      {get(one, "1"), codes.NotFound, `no bot "1"`},
		"get own, not there": {get(one, "2"), codes.NotFound, `no bot "2"`},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, tt.err, tt.code, tt.says) })
	}
}

func TestInvalidBotNamesEveryField(t *testing.T) {
	f := start(t)
	b := newBot("1")
	b.Name, b.AllowedOrigins = "", []string{"https://a.example", "example.com"}
	_, err := f.bot.CreateBot(f.admin(), &configv1.CreateBotRequest{Bot: b})
	wantCode(t, err, codes.InvalidArgument, "bot.name: expected 1 to 100 characters; "+
		"bot.allowed_origins[1]: start with https:// or http://, such as https://example.com")
	want := &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: "bot.name", Description: "expected 1 to 100 characters"},
		{Field: "bot.allowed_origins[1]", Description: "start with https:// or http://, such as https://example.com"},
	}}
	if diff := cmp.Diff([]any{want}, status.Convert(err).Details(), protocmp.Transform()); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
	if _, err := f.bot.GetBot(f.admin(), &configv1.GetBotRequest{Id: "1"}); status.Code(err) != codes.NotFound {
		t.Errorf("GetBot() after the refusal = %v, want NotFound", err)
	}
}

// Bots with much code of their own come in pages that clients of gRPC take without being told to.
func TestListBotsOfManyBytes(t *testing.T) {
	const usual = 4 << 20 // the most that grpc-go takes
	f := start(t)
	code := strings.Repeat("x", 64<<10)
	for i := range 24 {
		b := newBot(fmt.Sprintf("b%02d", i))
		b.Widget.CustomCode = &configv1.CustomCode{Css: code, Html: code, Js: code}
		f.create(b)
	}
	var got int
	for token := ""; ; {
		r, err := f.bot.ListBots(f.admin(), &configv1.ListBotsRequest{PageToken: token})
		must(t, err)
		if n := proto.Size(r); n > usual {
			t.Errorf("a page of %d bytes, want at most %d", n, usual)
		}
		for _, b := range r.GetBots() {
			if want := fmt.Sprintf("b%02d", got); b.GetId() != want {
				t.Fatalf("bot %s, want %s", b.GetId(), want)
			}
			got++
		}
		if token = r.GetNextPageToken(); token == "" {
			break
		}
	}
	if got != 24 {
		t.Errorf("%d bots, want 24", got)
	}
}

func TestListBotsPages(t *testing.T) {
	f := start(t)
	for _, id := range []string{"b", "a", "e", "d", "c"} {
		f.create(newBot(id))
	}
	for name, tt := range map[string]struct {
		ctx  context.Context
		size int32
		want []string // pages
	}{
		"all at once":   {f.admin(), 0, []string{"abcde"}},
		"pages":         {f.admin(), 2, []string{"ab", "cd", "e"}},
		"exact pages":   {f.as(configv1.Role_ROLE_OPERATOR, "a", "b", "c", "d"), 2, []string{"ab", "cd"}},
		"own bots only": {f.as(configv1.Role_ROLE_SUPERVISOR, "e", "b", "z"), 1, []string{"b", "e"}},
		"none":          {f.as(configv1.Role_ROLE_OPERATOR, "z"), 0, []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for token := ""; ; {
				r, err := f.bot.ListBots(tt.ctx, &configv1.ListBotsRequest{PageSize: tt.size, PageToken: token})
				must(t, err)
				page := ""
				for _, b := range r.GetBots() {
					page += b.GetId()
				}
				got = append(got, page)
				if token = r.GetNextPageToken(); token == "" || len(got) > 5 {
					break
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("pages (-want +got):\n%s", diff)
			}
		})
	}
}

type watcher interface {
	Recv() (*configv1.WatchResponse, error)
}

// next receives what the watcher hears next: a bot and its version.
func next(t *testing.T, s watcher) string {
	t.Helper()
	r, err := s.Recv()
	must(t, err)
	return fmt.Sprintf("%s v%d", r.GetBot().GetId(), r.GetBot().GetVersion())
}

func TestWatch(t *testing.T) {
	f := start(t)
	one, two := f.create(newBot("1")), f.create(newBot("2"))
	f.await("both bots", func() bool { return len(f.cache.Bots()) == 2 })

	all, err := f.bot.Watch(f.admin(), &configv1.WatchRequest{})
	must(t, err)
	own, err := f.bot.Watch(f.as(configv1.Role_ROLE_OPERATOR, "2"), &configv1.WatchRequest{})
	must(t, err)
	single, err := f.bot.Watch(f.admin(), &configv1.WatchRequest{Bot: "2"})
	must(t, err)
	for i, want := range []string{"1 v1", "2 v1"} {
		if got := next(t, all); got != want {
			t.Errorf("first picture [%d] = %s, want %s", i, got, want)
		}
	}
	for name, s := range map[string]watcher{"own": own, "single": single} {
		if got := next(t, s); got != "2 v1" {
			t.Errorf("%s: first picture = %s, want 2 v1", name, got)
		}
	}

	_, err = f.bot.UpdateBot(f.admin(), &configv1.UpdateBotRequest{Bot: one})
	must(t, err)
	if got := next(t, all); got != "1 v2" {
		t.Errorf("change = %s, want 1 v2", got)
	}
	_, err = f.bot.UpdateBot(f.admin(), &configv1.UpdateBotRequest{Bot: two})
	must(t, err)
	if got := next(t, own); got != "2 v2" {
		t.Errorf("own: change = %s, want 2 v2 and nothing of bot 1", got)
	}
	if got := next(t, single); got != "2 v2" {
		t.Errorf("single: change = %s, want 2 v2 and nothing of bot 1", got)
	}
}

func TestWatchEnds(t *testing.T) {
	f := start(t)
	f.create(newBot("1"))
	f.await("the bot", func() bool { _, ok := f.cache.Bot("1"); return ok })

	forbidden, err := f.bot.Watch(f.as(configv1.Role_ROLE_OPERATOR, "2"), &configv1.WatchRequest{Bot: "1"})
	must(t, err)
	_, err = forbidden.Recv()
	wantCode(t, err, codes.NotFound, `no bot "1"`)

	ctx, cancel := context.WithCancel(f.admin())
	left, err := f.bot.Watch(ctx, &configv1.WatchRequest{})
	must(t, err)
	next(t, left)
	cancel()
	if _, err := left.Recv(); status.Code(err) != codes.Canceled {
		t.Errorf("Recv() after leaving = %v, want Canceled", err)
	}

	open, err := f.bot.Watch(f.admin(), &configv1.WatchRequest{})
	must(t, err)
	next(t, open)
	f.stop()
	_, err = open.Recv()
	if errors.Is(err, io.EOF) {
		t.Error("Recv() = EOF, want a status that says to watch again")
	}
	wantCode(t, err, codes.Unavailable, "watch again")
}
