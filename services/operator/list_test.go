package operator_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

// pages lists everything page by page and returns the ids.
func (o *office) pages(ctx context.Context, req *operatorv1.ListDialogsRequest) (ids []string, pages int) {
	o.t.Helper()
	for {
		res, err := o.ListDialogs(ctx, req)
		if err != nil {
			o.t.Fatal(err)
		}
		pages++
		if n := int(req.GetPageSize()); n > 0 && len(res.GetDialogs()) > n {
			o.t.Errorf("a page of %d dialogs, want at most %d", len(res.GetDialogs()), n)
		}
		for _, d := range res.GetDialogs() {
			ids = append(ids, d.GetId())
		}
		if res.GetNextPageToken() == "" {
			return ids, pages
		}
		req.PageToken = res.GetNextPageToken()
	}
}

func TestListDialogsPages(t *testing.T) {
	o := newOffice(t)
	var want []string
	for range 7 {
		want = append(want, o.ask(conversation()))
	}
	sorted := slices.Clone(want) // within a millisecond dialogs are in the order of their ids, as here
	slices.Sort(sorted)
	for size, pages := range map[int32]int{0: 1, 1: 7, 3: 3, 7: 1, 200: 1} {
		got, n := o.pages(o.anna(), &operatorv1.ListDialogsRequest{PageSize: size})
		if !slices.Equal(got, sorted) || n != pages {
			t.Errorf("by %d: %d pages of %q, want %d of %q", size, n, got, pages, sorted)
		}
	}
	// What is opened between two pages does not shift them.
	first, err := o.ListDialogs(o.anna(), &operatorv1.ListDialogsRequest{PageSize: 4})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Close(o.boss(), &operatorv1.CloseRequest{DialogId: sorted[0]}); err != nil {
		t.Fatal(err)
	}
	rest, _ := o.pages(o.anna(), &operatorv1.ListDialogsRequest{PageSize: 4, PageToken: first.GetNextPageToken()})
	if !slices.Equal(rest, sorted[4:]) {
		t.Errorf("the second page is %q, want %q", rest, sorted[4:])
	}
}

func TestListDialogsVisible(t *testing.T) {
	o := newOffice(t)
	queued := o.ask(conversation())
	annas := o.taken(o.anna(), conversation()).GetId()
	borys := o.taken(o.borys(), conversation()).GetId()
	second := o.ask(conversationOf("2"))
	done := o.taken(o.anna(), conversation()).GetId()
	if _, err := o.Close(o.anna(), &operatorv1.CloseRequest{DialogId: done}); err != nil {
		t.Fatal(err)
	}
	states := func(s ...operatorv1.DialogState) *operatorv1.ListDialogsRequest {
		return &operatorv1.ListDialogsRequest{States: s}
	}
	tests := map[string]struct {
		by   context.Context
		req  *operatorv1.ListDialogsRequest
		want []string
	}{
		"an operator":                        {o.anna(), states(), []string{queued, annas, second}},
		"an operator of one bot":             {o.as("anna", configv1.Role_ROLE_OPERATOR, "1"), states(), []string{queued, annas}},
		"an operator about one bot":          {o.anna(), &operatorv1.ListDialogsRequest{Bot: "2"}, []string{second}},
		"a supervisor":                       {o.boss(), states(), []string{queued, annas, borys, second}},
		"a machine of one bot":               {o.crm("1"), states(), []string{queued, annas, borys}},
		"only what is taken":                 {o.boss(), states(active), []string{annas, borys}},
		"an operator about what was hers":    {o.anna(), states(closed), []string{done}},
		"an operator about what was another": {o.borys(), states(closed), nil},
		"everything":                         {o.boss(), states(opening, waiting, active, closed), []string{queued, annas, borys, second, done}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, _ := o.pages(tt.by, tt.req)
			slices.Sort(got)
			want := slices.Clone(tt.want)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("listed %q, want %q", got, want)
			}
			all := []string{queued, annas, borys, second, done}
			for _, id := range all { // GetDialog lets see what some list does
				_, err := o.GetDialog(tt.by, &operatorv1.GetDialogRequest{DialogId: id})
				if slices.Contains(want, id) && err != nil {
					t.Errorf("GetDialog(%s): %v", id, err)
				}
			}
		})
	}
	for name, tt := range map[string]struct {
		by context.Context
		id string
	}{
		"another's":             {o.anna(), borys},
		"another's, closed":     {o.borys(), done},
		"another bot's":         {o.as("anna", configv1.Role_ROLE_OPERATOR, "1"), second},
		"another bot's, by key": {o.crm("1"), second},
	} {
		_, err := o.GetDialog(tt.by, &operatorv1.GetDialogRequest{DialogId: tt.id})
		if err == nil {
			t.Errorf("%s: GetDialog shows it", name)
		}
		wantCode(t, err, codes.NotFound, "no such dialog")
	}
}

func TestListDialogsBadInput(t *testing.T) {
	o := newOffice(t)
	tests := map[string]struct {
		req   *operatorv1.ListDialogsRequest
		field string
	}{
		"a bot that widens a subject": {&operatorv1.ListDialogsRequest{Bot: "*"}, "bot"},
		"a page of less than nothing": {&operatorv1.ListDialogsRequest{PageSize: -1}, "page_size"},
		"a large page":                {&operatorv1.ListDialogsRequest{PageSize: 201}, "page_size"},
		"no state":                    {&operatorv1.ListDialogsRequest{States: []operatorv1.DialogState{waiting, 0}}, "states[1]"},
		"an unknown state":            {&operatorv1.ListDialogsRequest{States: []operatorv1.DialogState{99}}, "states[0]"},
		"a token of somebody's own":   {&operatorv1.ListDialogsRequest{PageToken: "2"}, "page_token"},
		"a token of other JSON":       {&operatorv1.ListDialogsRequest{PageToken: "e30"}, "page_token"},
		"a long token":                {&operatorv1.ListDialogsRequest{PageToken: strings.Repeat("e", 1000)}, "page_token"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := o.ListDialogs(o.anna(), tt.req)
			wantField(t, err, tt.field)
		})
	}
	_, err := o.ListDialogs(o.as("anna", configv1.Role_ROLE_OPERATOR, "2"), &operatorv1.ListDialogsRequest{Bot: "1"})
	wantCode(t, err, codes.NotFound, "no bot")
	_, err = o.ListDialogs(t.Context(), &operatorv1.ListDialogsRequest{})
	wantCode(t, err, codes.Unauthenticated, "")
	_, err = o.GetDialog(o.anna(), &operatorv1.GetDialogRequest{})
	wantField(t, err, "dialog_id")
}
