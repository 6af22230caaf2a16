package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/internal/subject"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
)

const (
	defaultPage = 50
	maxPage     = 200
	maxBytes    = 3 << 20 // of a page: clients of gRPC refuse messages of more than 4 MiB
)

type server struct {
	historyv1.UnimplementedHistoryServiceServer
	messages docstore.Collection
}

// ListMessages implements HistoryService. Offsets of a generation that has ended are places, too.
func (s *server) ListMessages(ctx context.Context, req *historyv1.ListMessagesRequest) (*historyv1.ListMessagesResponse, error) {
	c := subject.Conversation{Bot: req.GetBot(), ID: req.GetConversation()}
	q, err := query(c, req)
	if err != nil {
		return nil, err
	}
	if p, ok := authz.FromContext(ctx); !ok || !p.SeesBot(c.Bot) {
		return nil, status.Errorf(codes.NotFound, "there is no bot %q", c.Bot)
	}
	found, err := docstore.All[record](ctx, s.messages, q)
	if err != nil {
		return nil, failed(ctx, err)
	}
	page := within(found[:min(len(found), q.Limit-1)])
	res := &historyv1.ListMessagesResponse{HasMore: len(page) < len(found), Messages: make([]*chatv1.Message, len(page))}
	for i, r := range page {
		m := new(chatv1.Message)
		if err := proto.Unmarshal(r.Message, m); err != nil {
			return nil, fmt.Errorf("record %s: %w", r.ID, err)
		}
		res.Messages[i] = m
	}
	if q.Sort[0] == newestFirst {
		slices.Reverse(res.Messages)
	}
	return res, nil
}

// within are as many of the first records as one page holds, at least one.
func within(found []record) []record {
	size := 0
	for i, r := range found {
		if size += len(r.Message); size > maxBytes && i > 0 {
			return found[:i]
		}
	}
	return found
}

const (
	oldestFirst = "pos"
	newestFirst = "-pos"
)

// query asks for one record more than the page, which tells whether there is more.
func query(c subject.Conversation, req *historyv1.ListMessagesRequest) (docstore.Query, error) {
	if err := subject.ValidateBot(c.Bot); err != nil {
		return docstore.Query{}, rpcerr.Invalid("bot", err)
	}
	if err := c.Validate(); err != nil {
		return docstore.Query{}, rpcerr.Invalid("conversation", err)
	}
	size := int(req.GetPageSize())
	switch {
	case size == 0:
		size = defaultPage
	case size < 0 || size > maxPage:
		return docstore.Query{}, rpcerr.Invalid("page_size", fmt.Errorf("%d: want 1 to %d, or 0 for %d", size, maxPage, defaultPage))
	}
	q := docstore.Query{
		Where: []docstore.Cond{{Field: "conversation", Op: docstore.Eq, Value: c.Key()}},
		Sort:  []string{newestFirst},
		Limit: size + 1,
	}
	switch from := req.GetFrom().(type) {
	case *historyv1.ListMessagesRequest_Before:
		return bounded(q, "before", from.Before, docstore.Lt)
	case *historyv1.ListMessagesRequest_After:
		q.Sort = []string{oldestFirst}
		return bounded(q, "after", from.After, docstore.Gt)
	}
	return q, nil
}

func bounded(q docstore.Query, field, offset string, op docstore.Op) (docstore.Query, error) {
	o, err := bus.ParseOffset(offset)
	if err != nil {
		return docstore.Query{}, rpcerr.Invalid(field, err)
	}
	q.Where = append(q.Where, docstore.Cond{Field: "pos", Op: op, Value: position(o)})
	return q, nil
}

// failed is what a caller sees when the store did not answer; the reason stays in the logs.
func failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return status.FromContextError(ctx.Err()).Err()
	}
	if errors.Is(err, docstore.ErrUndeclared) || errors.Is(err, docstore.ErrType) || errors.Is(err, docstore.ErrInvalid) {
		return fmt.Errorf("the store was asked wrongly: %w", err)
	}
	slog.ErrorContext(ctx, "the store failed", "err", err)
	return status.Error(codes.Unavailable, "the history cannot be read now; try again")
}
