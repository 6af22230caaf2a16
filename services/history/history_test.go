package history_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/docstore/sqlite"
	"github.com/switchboard-chat/switchboard/internal/eventually"
	"github.com/switchboard-chat/switchboard/internal/natstest"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/history"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

const patience = 30 * time.Second

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, natstest.Linger()...)
}

func must[T any](tb testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}

// openLog waits for JetStream, which a young server may still be starting.
func openLog(tb testing.TB, nc *nats.Conn) *bus.Log {
	tb.Helper()
	var log *bus.Log
	eventually.Succeeds(tb, "the log opens", func() error {
		var err error
		log, err = bus.Open(tb.Context(), nc, bus.Config{})
		return err
	})
	return log
}

func openStore(tb testing.TB) docstore.Store {
	tb.Helper()
	store := must[docstore.Store](tb)(sqlite.Open(filepath.Join(tb.TempDir(), "history.db")))
	tb.Cleanup(func() { _ = store.Close(context.Background()) })
	return store
}

// run starts the service on the log and returns its gRPC methods; stop ends it and waits.
func run(tb testing.TB, nc *nats.Conn, log *bus.Log, store docstore.Store) (api historyv1.HistoryServiceServer, stop func()) {
	tb.Helper()
	s := must[*history.Service](tb)(history.New(tb.Context(), history.Deps{Conn: nc, Log: log, Store: store}))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Errorf("Run() = %v, want nil", err)
		}
	})
	tb.Cleanup(stop)
	var r registrar
	s.Register(&r)
	return r.api, stop
}

// registrar catches the service's methods, to call them without a server.
type registrar struct {
	api historyv1.HistoryServiceServer
}

func (r *registrar) RegisterService(_ *grpc.ServiceDesc, impl any) {
	r.api = impl.(historyv1.HistoryServiceServer)
}

func operator(ctx context.Context, bots ...string) context.Context {
	return authz.With(ctx, authz.Principal{Kind: authz.Person, ID: "u", Role: configv1.Role_ROLE_OPERATOR, Bots: bots})
}

func conversation() subject.Conversation {
	return subject.Conversation{Bot: "1", ID: uuid.Must(uuid.NewV7()).String()}
}

func text(c subject.Conversation, local string) *chatv1.Message {
	return &chatv1.Message{
		Id: c.MessageID(local), Bot: c.Bot, Conversation: c.ID, Author: chatv1.Author_AUTHOR_VISITOR, Time: timestamppb.Now(),
		Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: local}},
	}
}

// say appends texts and waits for the log to be there again if it is not.
func say(tb testing.TB, log *bus.Log, c subject.Conversation, locals ...string) {
	tb.Helper()
	for _, local := range locals {
		eventually.Succeeds(tb, "append "+local, func() error {
			_, err := log.Append(tb.Context(), c, subject.Visitor, text(c, local), nil)
			return err
		})
	}
}

func numbered(from, to int) []string {
	var out []string
	for i := from; i <= to; i++ {
		out = append(out, fmt.Sprintf("m%03d", i))
	}
	return out
}

// list reads a page and returns the local part of its ids.
func list(ctx context.Context, api historyv1.HistoryServiceServer, req *historyv1.ListMessagesRequest) ([]string, *historyv1.ListMessagesResponse, error) {
	res, err := api.ListMessages(operator(ctx), req)
	if err != nil {
		return nil, nil, err
	}
	out := []string{}
	for _, m := range res.GetMessages() {
		out = append(out, m.GetId()[len(m.GetConversation())+1:])
	}
	return out, res, nil
}

// recorded waits until the conversation's newest page is exactly want.
func recorded(tb testing.TB, api historyv1.HistoryServiceServer, c subject.Conversation, want []string) *historyv1.ListMessagesResponse {
	tb.Helper()
	var page *historyv1.ListMessagesResponse
	eventually.Succeeds(tb, "record", func() error {
		got, res, err := list(tb.Context(), api, &historyv1.ListMessagesRequest{Bot: c.Bot, Conversation: c.ID, PageSize: 200})
		page = res
		if err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
			err = fmt.Errorf("got %v, want %v", got, want)
		}
		return err
	})
	return page
}

// flaky is a store whose collections refuse to work while it is broken.
type flaky struct {
	docstore.Store
	mu     sync.Mutex
	broken bool
}

type flakyCollection struct {
	docstore.Collection
	store *flaky
}

var errBroken = errors.New("disk unplugged")

func (f *flaky) set(broken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = broken
}

func (f *flaky) Collection(ctx context.Context, s docstore.Schema) (docstore.Collection, error) {
	c, err := f.Store.Collection(ctx, s)
	return &flakyCollection{c, f}, err
}

func (c *flakyCollection) InsertNew(ctx context.Context, docs []any) (int, error) {
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	if c.store.broken {
		return 0, errBroken
	}
	return c.Collection.InsertNew(ctx, docs)
}
