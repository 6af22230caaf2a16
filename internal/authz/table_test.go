package authz

import (
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/switchboard-chat/switchboard/internal/token"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

// methods are the full names of every method of ours and of the health service.
func methods(t *testing.T) map[string]bool {
	t.Helper()
	all := make(map[string]bool)
	protoregistry.GlobalFiles.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if p := string(f.Package()); !strings.HasPrefix(p, "switchboard.") && p != "grpc.health.v1" {
			return true
		}
		for i := range f.Services().Len() {
			s := f.Services().Get(i)
			for j := range s.Methods().Len() {
				all["/"+string(s.FullName())+"/"+string(s.Methods().Get(j).Name())] = true
			}
		}
		return true
	})
	return all
}

func TestTableIsComplete(t *testing.T) {
	rules, all := table(), methods(t)
	for m := range all {
		if _, ok := rules[m]; !ok {
			t.Errorf("%s is not in the table", m)
		}
	}
	for m := range rules {
		if !all[m] {
			t.Errorf("%s is in the table and does not exist", m)
		}
	}
}

// TestEveryContractIsLinked keeps TestTableIsComplete honest: it sees only files that are linked in.
func TestEveryContractIsLinked(t *testing.T) {
	const root = "../../proto"
	files, err := filepath.Glob(filepath.Join(root, "switchboard/*/v*/*.proto"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no .proto files under %s: %v", root, err)
	}
	for _, f := range files {
		rel, err := filepath.Rel(root, f)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := protoregistry.GlobalFiles.FindFileByPath(filepath.ToSlash(rel)); err != nil {
			t.Errorf("%s: %v; import its package in the table", rel, err)
		}
	}
}

func person(r configv1.Role) Principal  { return Principal{Kind: Person, ID: "u", Role: r} }
func machine(r configv1.Role) Principal { return Principal{Kind: Machine, ID: "k", Role: r} }
func service(name string) Principal     { return Principal{Kind: Service, ID: name} }

// callers are named by one letter, so that a row of the matrix fits on a line.
func callers() map[rune]Principal {
	return map[rune]Principal{
		'o': person(configv1.Role_ROLE_OPERATOR),
		's': person(configv1.Role_ROLE_SUPERVISOR),
		'a': person(configv1.Role_ROLE_ADMIN),
		'i': machine(configv1.Role_ROLE_INTEGRATOR),
		'A': machine(configv1.Role_ROLE_ADMIN),
		'?': person(configv1.Role_ROLE_UNSPECIFIED),
		'G': service(token.Gateway),
		'S': service(token.Scenario),
		'H': service(token.History),
		'O': service(token.Operator),
		'C': service(token.Config),
		'-': {},
	}
}

func TestWhoMayCallWhat(t *testing.T) {
	const everybody = "osaiA?GSHOC-"
	for method, want := range map[string]string{
		"switchboard.config.v1.BotService/ListBots":                "osaiA",
		"switchboard.config.v1.BotService/GetBot":                  "osaiA",
		"switchboard.config.v1.BotService/Watch":                   "osaiA",
		"switchboard.config.v1.BotService/CreateBot":               "aA",
		"switchboard.config.v1.BotService/UpdateBot":               "aA",
		"switchboard.config.v1.AuthService/SignIn":                 everybody,
		"switchboard.config.v1.AuthService/Refresh":                everybody,
		"switchboard.config.v1.AuthService/SignOut":                everybody,
		"switchboard.config.v1.AuthService/GetMe":                  "osaiA?GSHOC",
		"switchboard.config.v1.AccessService/CreateUser":           "aA",
		"switchboard.config.v1.AccessService/ListUsers":            "aA",
		"switchboard.config.v1.AccessService/CreateApiKey":         "aA",
		"switchboard.config.v1.AccessService/ListApiKeys":          "aA",
		"switchboard.config.v1.AccessService/RevokeApiKey":         "aA",
		"switchboard.operator.v1.OperatorService/ListDialogs":      "osaiA",
		"switchboard.operator.v1.OperatorService/GetDialog":        "osaiA",
		"switchboard.operator.v1.OperatorService/Watch":            "osaiA",
		"switchboard.operator.v1.OperatorService/Take":             "osaA",
		"switchboard.operator.v1.OperatorService/SendTyping":       "osaA",
		"switchboard.operator.v1.OperatorService/Send":             "osaiA",
		"switchboard.operator.v1.OperatorService/Close":            "osaiA",
		"switchboard.operator.v1.IntakeService/OpenDialog":         "S",
		"switchboard.gateway.v1.GatewayService/Deliver":            "SO",
		"switchboard.gateway.v1.GatewayService/ChangeOwner":        "SO",
		"switchboard.gateway.v1.GatewayService/SendEvent":          "SO",
		"switchboard.gateway.v1.VisitorService/RevokeVisitor":      "osaiA",
		"switchboard.history.v1.HistoryService/ListMessages":       "osaiAGO",
		"switchboard.scenario.v1.ScenarioService/GetScenario":      "saA",
		"switchboard.scenario.v1.ScenarioService/PublishScenario":  "aA",
		"grpc.health.v1.Health/Check":                              everybody,
		"grpc.health.v1.Health/List":                               everybody,
		"grpc.health.v1.Health/Watch":                              everybody,
		"switchboard.config.v1.BotService/DropEverything":          "",
		"grpc.reflection.v1.ServerReflection/ServerReflectionInfo": "",
	} {
		for letter, p := range callers() {
			if got, want := table()["/"+method].allows(p), strings.ContainsRune(want, letter); got != want {
				t.Errorf("%s by %q (%s): allowed %v, want %v", method, letter, p.describe(), got, want)
			}
		}
	}
}

func TestSeesBot(t *testing.T) {
	for name, tt := range map[string]struct {
		p    Principal
		want bool
	}{
		"nobody":            {Principal{}, false},
		"nobody with a bot": {Principal{Bots: []string{"1"}}, false},
		"all bots":          {person(configv1.Role_ROLE_OPERATOR), true},
		"own bot":           {Principal{Kind: Machine, Bots: []string{"0", "1"}}, true},
		"another's bot":     {Principal{Kind: Machine, Bots: []string{"10"}}, false},
		"service":           {service(token.Gateway), true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.p.SeesBot("1"); got != tt.want {
				t.Errorf("SeesBot(1) = %v, want %v", got, tt.want)
			}
		})
	}
}
