package deps

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArchitecture(t *testing.T) {
	packages := list(t)
	for _, v := range Violations(packages) {
		t.Error(v)
	}
	// A rule about a package that does not exist would hold in silence.
	named := slices.Clone(pure)
	for embedded := range embedders {
		named = append(named, embedded)
	}
	for _, name := range named {
		if !slices.ContainsFunc(packages, func(p Package) bool { return p.ImportPath == Module+name }) {
			t.Errorf("a rule names %s, which does not exist", name)
		}
	}
}

// list returns the packages of all the workspace's modules, seen from any of its folders.
func list(t *testing.T) []Package {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", Module+"...")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var packages []Package
	for d := json.NewDecoder(out); ; {
		var p Package
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	return packages
}

// TestRulesFire tries made-up imports, so that no rule is silent because it matches nothing.
func TestRulesFire(t *testing.T) {
	tests := map[string]struct {
		from string
		to   string // of ours when it begins with "~/"
		test bool   // a test imports it
		want string
	}{
		"a service imports another":           {from: "services/gateway", to: "~/services/history", want: "services/gateway imports services/history: a service never imports another; they meet on the bus and over gRPC"},
		"a part of a service imports another": {from: "services/gateway/socketio", to: "~/services/scenario/flow", want: "services/gateway/socketio imports services/scenario/flow: a service never imports another; they meet on the bus and over gRPC"},
		"a service's test imports another":    {from: "services/gateway", to: "~/services/history", test: true, want: "services/gateway imports services/history: a service never imports another; they meet on the bus and over gRPC"},
		"a service imports its own part":      {from: "services/gateway", to: "~/services/gateway/wire"},
		"a service's own program":             {from: "services/gateway/cmd/gateway", to: "~/services/gateway"},
		"a name that only begins alike":       {from: "services/gateway2", to: "~/services/gateway", want: "services/gateway2 imports services/gateway: a service never imports another; they meet on the bus and over gRPC"},
		"the all-in-one imports a service":    {from: "cmd/switchboard", to: "~/services/history"},
		"another program imports a service":   {from: "cmd/other", to: "~/services/history", want: "cmd/other imports services/history: only cmd/switchboard runs services"},
		"what is shared imports a service":    {from: "internal/bus", to: "~/services/history", want: "internal/bus imports services/history: only cmd/switchboard runs services"},
		"e2e imports a service":               {from: "e2e/load", to: "~/services/history", want: "e2e/load imports services/history: only cmd/switchboard runs services"},

		"flow reads files":                    {from: "services/scenario/flow", to: "os", want: "services/scenario/flow imports os: a pure package does no I/O"},
		"flow's test reads files":             {from: "services/scenario/flow", to: "os", test: true},
		"flow calls over HTTP":                {from: "services/scenario/flow", to: "net/http", want: "services/scenario/flow imports net/http: a pure package does no I/O"},
		"flow logs":                           {from: "services/scenario/flow", to: "log/slog", want: "services/scenario/flow imports log/slog: a pure package does no I/O"},
		"flow parses an address":              {from: "services/scenario/flow", to: "net/mail"},
		"flow uses a clean part of the rest":  {from: "services/scenario/flow", to: "encoding/json"},
		"flow publishes":                      {from: "services/scenario/flow", to: "~/internal/bus", want: "services/scenario/flow imports internal/bus: a pure package imports of ours only pure packages and contracts"},
		"desk opens a database":               {from: "services/operator/desk", to: "database/sql", want: "services/operator/desk imports database/sql: a pure package does no I/O"},
		"desk stores documents":               {from: "services/operator/desk", to: "~/internal/docstore", want: "services/operator/desk imports internal/docstore: a pure package imports of ours only pure packages and contracts"},
		"desk uses a contract":                {from: "services/operator/desk", to: "~/proto/switchboard/chat/v1"},
		"the widget's rules dial":             {from: "services/config/widget", to: "net", want: "services/config/widget imports net: a pure package does no I/O"},
		"the widget's rules look at names":    {from: "services/config/widget", to: "golang.org/x/net/idna"},
		"the widget's rules speak HTTP/2":     {from: "services/config/widget", to: "golang.org/x/net/http2", want: "services/config/widget imports golang.org/x/net/http2: not known to do no I/O"},
		"wire uses NATS":                      {from: "services/gateway/wire", to: "github.com/nats-io/nats.go", want: "services/gateway/wire imports github.com/nats-io/nats.go: not known to do no I/O"},
		"wire uses gRPC":                      {from: "services/gateway/wire", to: "google.golang.org/grpc", want: "services/gateway/wire imports google.golang.org/grpc: not known to do no I/O"},
		"wire builds subjects":                {from: "services/gateway/wire", to: "~/internal/subject"},
		"a service may do I/O beside its own": {from: "services/scenario", to: "net/http"},

		"the gateway holds the widget":     {from: "services/gateway", to: "~/web/widget"},
		"history holds the widget":         {from: "services/history", to: "~/web/widget", want: "services/history imports web/widget: only services/gateway may hold these files"},
		"the gateway holds the console":    {from: "services/gateway", to: "~/web/console", want: "services/gateway imports web/console: only internal/consoleweb may hold these files"},
		"the product imports e2e":          {from: "internal/natstest", to: "~/e2e/load", want: "internal/natstest imports e2e/load: the product knows nothing of its end-to-end tests"},
		"a test of the product imports it": {from: "cmd/switchboard", to: "~/e2e", test: true, want: "cmd/switchboard imports e2e: the product knows nothing of its end-to-end tests"},
		"e2e imports its own":              {from: "e2e/load", to: "~/e2e/peer"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			to := tt.to
			if to[:2] == "~/" {
				to = Module + to[2:]
			}
			p := Package{ImportPath: Module + tt.from}
			if tt.test {
				p.XTestImports = []string{to}
			} else {
				p.Imports = []string{to}
			}
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			if diff := cmp.Diff(want, Violations([]Package{p})); diff != "" {
				t.Errorf("Violations (-want +got):\n%s", diff)
			}
		})
	}
}
