package operator

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/switchboard-chat/switchboard/internal/authz"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/rpcerr"
	"github.com/switchboard-chat/switchboard/services/operator/desk"

	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

const (
	defaultPage  = 50
	maxPage      = 200
	maxPageToken = 512
	maxScanned   = 5000 // dialogs that one call looks at; a page may be shorter, even empty, and have a next one
)

// ListDialogs implements OperatorService.
func (s *Service) ListDialogs(ctx context.Context, req *operatorv1.ListDialogsRequest) (*operatorv1.ListDialogsResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	if err := seesBot(p, req.GetBot()); err != nil {
		return nil, err
	}
	q, size, err := listQuery(req)
	if err != nil {
		return nil, err
	}
	res := &operatorv1.ListDialogsResponse{}
	for scanned := 0; scanned < maxScanned; scanned += maxPage {
		found, err := s.dialogs.find(ctx, q)
		if err != nil {
			return nil, failed(ctx, "list dialogs", err)
		}
		for i, d := range found {
			q.After = cursorOf(d)
			if !reads(p, who, d) {
				continue
			}
			res.Dialogs = append(res.Dialogs, d.Dialog)
			if len(res.GetDialogs()) == size && (i+1 < len(found) || len(found) == maxPage) {
				res.NextPageToken = pageToken(q.After)
				return res, nil
			}
		}
		if len(found) < maxPage {
			return res, nil
		}
	}
	res.NextPageToken = pageToken(q.After)
	return res, nil
}

// GetDialog implements OperatorService.
func (s *Service) GetDialog(ctx context.Context, req *operatorv1.GetDialogRequest) (*operatorv1.GetDialogResponse, error) {
	p, who, err := caller(ctx)
	if err != nil {
		return nil, err
	}
	d, err := s.dialog(ctx, p, req.GetDialogId())
	if err != nil {
		return nil, failed(ctx, "get dialog", err)
	}
	if !reads(p, who, d) {
		return nil, errNotFound
	}
	return &operatorv1.GetDialogResponse{Dialog: d.Dialog}, nil
}

// dialog returns a dialog of one of the caller's bots, or [docstore.ErrNotFound].
func (s *Service) dialog(ctx context.Context, p authz.Principal, id string) (desk.Dialog, error) {
	if id == "" || len(id) > desk.MaxID {
		return desk.Dialog{}, rpcerr.Invalid("dialog_id", fmt.Errorf("%.80q: want the id of a dialog", id))
	}
	d, err := s.dialogs.get(ctx, id)
	if err == nil && !p.SeesBot(d.GetBot()) {
		err = docstore.ErrNotFound
	}
	return d, err
}

// reads reports whether the caller may see the dialog.
func reads(p authz.Principal, who desk.Caller, d desk.Dialog) bool {
	return p.SeesBot(d.GetBot()) && desk.Reads(d.Dialog, who)
}

func listQuery(req *operatorv1.ListDialogsRequest) (q docstore.Query, size int, err error) {
	q = docstore.Query{Sort: []string{"opened_at"}, Limit: maxPage}
	size = int(req.GetPageSize())
	switch {
	case size == 0:
		size = defaultPage
	case size < 0 || size > maxPage:
		return q, 0, rpcerr.Invalid("page_size", fmt.Errorf("%d: want 1 to %d, or 0 for %d", size, maxPage, defaultPage))
	}
	states := req.GetStates()
	if len(states) == 0 {
		states = []operatorv1.DialogState{operatorv1.DialogState_DIALOG_STATE_WAITING, operatorv1.DialogState_DIALOG_STATE_ACTIVE}
	}
	open, wanted := true, make([]int64, len(states))
	for i, st := range states {
		if _, known := operatorv1.DialogState_name[int32(st)]; !known || st == operatorv1.DialogState_DIALOG_STATE_UNSPECIFIED {
			return q, 0, rpcerr.Invalid(fmt.Sprintf("states[%d]", i), fmt.Errorf("%v: want opening, waiting, active or closed", st))
		}
		open = open && st != operatorv1.DialogState_DIALOG_STATE_CLOSED
		wanted[i] = int64(st)
	}
	q.Where = append(q.Where, docstore.Cond{Field: "state", Op: docstore.In, Value: wanted})
	if open { // few among the many that are closed
		q.Where = append(q.Where, is("open", true))
	}
	if req.GetBot() != "" {
		q.Where = append(q.Where, is("bot", req.GetBot()))
	}
	q.After, err = parsePageToken(req.GetPageToken())
	return q, size, err
}

func cursorOf(d desk.Dialog) *docstore.Cursor {
	return &docstore.Cursor{Values: []any{d.GetOpenedAt().AsTime()}, ID: d.GetId()}
}

// place is what a page token holds.
type place struct {
	OpenedAt time.Time `json:"t"`
	ID       string    `json:"i"`
}

func pageToken(c *docstore.Cursor) string {
	data, err := json.Marshal(place{c.Values[0].(time.Time), c.ID})
	if err != nil { // a time and a string always encode
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func parsePageToken(s string) (*docstore.Cursor, error) {
	if s == "" {
		return nil, nil
	}
	var at place
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(s) > maxPageToken || json.Unmarshal(data, &at) != nil || at.ID == "" {
		return nil, rpcerr.Invalid("page_token", errors.New("want next_page_token of the page before, or nothing for the first page"))
	}
	return &docstore.Cursor{Values: []any{at.OpenedAt}, ID: at.ID}, nil
}
