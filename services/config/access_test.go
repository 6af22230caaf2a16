package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/switchboard-chat/switchboard/internal/authz"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

func TestCreatedUserSignsIn(t *testing.T) {
	f := start(t)
	f.create(newBot("1"))
	made, err := f.manage.CreateUser(f.admin(), &configv1.CreateUserRequest{
		User:     &configv1.User{Id: "ignored", Email: "Ann@Example.com", Name: "Ann", Role: configv1.Role_ROLE_OPERATOR, Bots: []string{"1"}},
		Password: "ten or more",
	})
	must(t, err)
	want := &configv1.User{Id: made.GetUser().GetId(), Email: "ann@example.com", Name: "Ann", Role: configv1.Role_ROLE_OPERATOR, Bots: []string{"1"}}
	if diff := cmp.Diff(want, made.GetUser(), protocmp.Transform()); diff != "" || want.GetId() == "ignored" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	in, err := f.signIn("ann@example.com", "ten or more")
	must(t, err)
	if diff := cmp.Diff(want, in.GetUser(), protocmp.Transform()); diff != "" {
		t.Errorf("signed in (-want +got):\n%s", diff)
	}
	ann := header(t.Context(), "Bearer "+in.GetTokens().GetAccessToken())
	_, err = f.manage.ListUsers(ann, &configv1.ListUsersRequest{})
	wantCode(t, err, codes.PermissionDenied, "is for admin; the caller is operator")

	_, err = f.manage.CreateUser(f.admin(), &configv1.CreateUserRequest{
		User: &configv1.User{Email: "ANN@example.com", Name: "Ann", Role: configv1.Role_ROLE_ADMIN}, Password: "ten or more",
	})
	wantCode(t, err, codes.AlreadyExists, "user.email: there is a user with ann@example.com")
}

func TestCreateUserNamesEveryField(t *testing.T) {
	f := start(t)
	f.create(newBot("1"))
	good := func() *configv1.CreateUserRequest {
		return &configv1.CreateUserRequest{
			User:     &configv1.User{Email: "ann@example.com", Name: "Ann", Role: configv1.Role_ROLE_OPERATOR},
			Password: "ten or more",
		}
	}
	for name, tt := range map[string]struct {
		spoil func(*configv1.CreateUserRequest)
		want  string
	}{
		"nothing": {
			func(r *configv1.CreateUserRequest) { r.User, r.Password = nil, "" },
			"user.email: expected an e-mail address such as ann@example.com; user.name: expected 1 to 100 characters on one line; " +
				"user.role: expected operator, supervisor or admin; password: expected 10 to 256 bytes",
		},
		"e-mail with a name": {func(r *configv1.CreateUserRequest) { r.User.Email = "Ann <ann@example.com>" }, "user.email: expected"},
		"e-mail long":        {func(r *configv1.CreateUserRequest) { r.User.Email = strings.Repeat("a", 250) + "@b.cd" }, "user.email: expected"},
		"name two lines":     {func(r *configv1.CreateUserRequest) { r.User.Name = "a\nb" }, "user.name: expected"},
		"role of a machine":  {func(r *configv1.CreateUserRequest) { r.User.Role = configv1.Role_ROLE_INTEGRATOR }, "user.role: integrator is for machines"},
		"role unknown":       {func(r *configv1.CreateUserRequest) { r.User.Role = 77 }, "user.role: expected"},
		"bot unknown":        {func(r *configv1.CreateUserRequest) { r.User.Bots = []string{"1", "2"} }, `user.bots[1]: no bot "2"`},
		"bot twice":          {func(r *configv1.CreateUserRequest) { r.User.Bots = []string{"1", "1"} }, "user.bots[1]: listed twice"},
		"many bots":          {func(r *configv1.CreateUserRequest) { r.User.Bots = make([]string, 51) }, "user.bots: 51 bots, expected at most 50"},
		"admin with bots": {func(r *configv1.CreateUserRequest) {
			r.User.Role, r.User.Bots = configv1.Role_ROLE_ADMIN, []string{"1"}
		}, "user.bots: expected none: an administrator"},
		"password short": {func(r *configv1.CreateUserRequest) { r.Password = "ten or le" }, "password: expected 10 to 256"},
		"password long":  {func(r *configv1.CreateUserRequest) { r.Password = strings.Repeat("x", 257) }, "password: expected 10 to 256"},
	} {
		t.Run(name, func(t *testing.T) {
			r := good()
			tt.spoil(r)
			_, err := f.manage.CreateUser(f.admin(), r)
			wantCode(t, err, codes.InvalidArgument, tt.want)
		})
	}
	r, err := f.manage.ListUsers(f.admin(), &configv1.ListUsersRequest{})
	must(t, err)
	if len(r.GetUsers()) != 0 {
		t.Errorf("%d users after refusals, want none", len(r.GetUsers()))
	}
}

func TestListUsersPages(t *testing.T) {
	f := start(t)
	for _, name := range []string{"c", "a", "b"} {
		_, err := f.users.create(t.Context(), &configv1.User{Email: name + "@example.com"}, "")
		must(t, err)
	}
	var got []string
	for token := ""; ; {
		r, err := f.manage.ListUsers(f.admin(), &configv1.ListUsersRequest{PageSize: 2, PageToken: token})
		must(t, err)
		for _, u := range r.GetUsers() {
			got = append(got, u.GetEmail())
		}
		if token = r.GetNextPageToken(); token == "" {
			break
		}
		got = append(got, "|")
	}
	if diff := cmp.Diff([]string{"a@example.com", "b@example.com", "|", "c@example.com"}, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

func TestPagesAreValidated(t *testing.T) {
	f := start(t)
	for _, id := range []string{"1", "2"} {
		f.create(newBot(id))
	}
	bots, err := f.bot.ListBots(f.admin(), &configv1.ListBotsRequest{PageSize: 1})
	must(t, err)
	for name, tt := range map[string]struct {
		size  int32
		token string
		want  string
	}{
		"negative":        {-1, "", "page_size: expected 1 to 200, or 0 for 50"},
		"too many":        {201, "", "page_size: expected 1 to 200"},
		"not base64":      {0, "???", "page_token: expected next_page_token"},
		"not ours":        {0, "e30", "page_token: expected next_page_token"},
		"of another list": {0, bots.GetNextPageToken(), "page_token: expected next_page_token"},
		"huge":            {0, strings.Repeat("A", 5000), "page_token: expected next_page_token"},
		"both":            {-1, "???", "page_size: expected 1 to 200, or 0 for 50; page_token: expected"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.manage.ListUsers(f.admin(), &configv1.ListUsersRequest{PageSize: tt.size, PageToken: tt.token})
			wantCode(t, err, codes.InvalidArgument, tt.want)
			_, err = f.manage.ListApiKeys(f.admin(), &configv1.ListApiKeysRequest{PageSize: tt.size, PageToken: tt.token})
			wantCode(t, err, codes.InvalidArgument, tt.want)
		})
	}
}

func TestApiKeyLives(t *testing.T) {
	f := start(t)
	f.create(newBot("1"))
	f.create(newBot("2"))
	made, err := f.manage.CreateApiKey(f.admin(), &configv1.CreateApiKeyRequest{
		Name: "CRM", Role: configv1.Role_ROLE_INTEGRATOR, Bots: []string{"2"},
	})
	must(t, err)
	hash := authz.HashKey(made.GetSecret())
	f.await("the key", func() bool { _, ok := f.cache.Key(hash); return ok })
	crm := header(t.Context(), "API-Key "+made.GetSecret())
	r, err := f.bot.ListBots(crm, &configv1.ListBotsRequest{})
	must(t, err)
	if len(r.GetBots()) != 1 || r.GetBots()[0].GetId() != "2" {
		t.Errorf("the key sees %v, want bot 2 only", r.GetBots())
	}

	_, err = f.manage.RevokeApiKey(f.admin(), &configv1.RevokeApiKeyRequest{Id: made.GetApiKey().GetId()})
	must(t, err)
	f.await("the revocation", func() bool { _, ok := f.cache.Key(hash); return !ok })
	_, err = f.bot.ListBots(crm, &configv1.ListBotsRequest{})
	wantCode(t, err, codes.Unauthenticated, "unknown or revoked")
	_, err = f.manage.RevokeApiKey(f.admin(), &configv1.RevokeApiKeyRequest{Id: made.GetApiKey().GetId()})
	wantCode(t, err, codes.NotFound, "no API key")

	id := made.GetApiKey().GetId()
	if got := f.entries(); !slices.Contains(got, "tester key.create "+id) || !slices.Contains(got, "tester key.revoke "+id) {
		t.Errorf("audit lacks the key's life: %q", got)
	}
}

func TestListApiKeysPages(t *testing.T) {
	f := start(t)
	want := make(map[string]*configv1.ApiKey)
	for i := range 3 {
		made, err := f.manage.CreateApiKey(f.admin(), &configv1.CreateApiKeyRequest{Name: fmt.Sprint(i), Role: configv1.Role_ROLE_INTEGRATOR})
		must(t, err)
		want[made.GetApiKey().GetId()] = made.GetApiKey()
	}
	got := make(map[string]*configv1.ApiKey)
	for token, pages := "", 0; pages == 0 || token != ""; pages++ {
		r, err := f.manage.ListApiKeys(f.admin(), &configv1.ListApiKeysRequest{PageSize: 2, PageToken: token})
		must(t, err)
		for _, k := range r.GetApiKeys() {
			got[k.GetId()] = k
		}
		token = r.GetNextPageToken()
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestCreateApiKeyNamesEveryField(t *testing.T) {
	f := start(t)
	for name, tt := range map[string]struct {
		r    *configv1.CreateApiKeyRequest
		want string
	}{
		"nothing":         {&configv1.CreateApiKeyRequest{}, "name: expected 1 to 100 characters on one line; role: expected integrator, operator"},
		"bot unknown":     {&configv1.CreateApiKeyRequest{Name: "x", Role: configv1.Role_ROLE_INTEGRATOR, Bots: []string{"7"}}, `bots[0]: no bot "7"`},
		"admin with bots": {&configv1.CreateApiKeyRequest{Name: "x", Role: configv1.Role_ROLE_ADMIN, Bots: []string{"7"}}, "bots: expected none"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.manage.CreateApiKey(f.admin(), tt.r)
			wantCode(t, err, codes.InvalidArgument, tt.want)
		})
	}
}
