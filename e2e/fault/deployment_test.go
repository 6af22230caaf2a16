package fault

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	scenariov1 "github.com/switchboard-chat/switchboard/proto/switchboard/scenario/v1"
)

const (
	email    = "admin@example.com"
	password = "correct horse battery staple"

	// duplicateWindow is so short that the tests' outages are longer.
	duplicateWindow = 2 * time.Second
)

// scenarioJSON answers every question with another number, so that a question that is decided twice
// gets two answers. Each question is followed by the next prompt.
const scenarioJSON = `{"format": 1, "nodes": [
	{"id": "start", "type": "start", "next": "ask"},
	{"id": "ask", "type": "input", "text": "Ask.", "save_as": "q", "validate": {"kind": "text"}, "next": "say"},
	{"id": "say", "type": "message", "text": "{{q}} is number {{random}}", "next": "ask"}
]}`

// shape is how a deployment differs from the usual one.
type shape struct {
	cluster bool     // three NATS servers
	links   bool     // visitors come through links
	gateway []string // more settings of the gateways
}

// deployment is the services as processes of their own: two gateways and two scenario replicas, each
// of these behind a proxy.
type deployment struct {
	broker    *process            // the only one
	brokers   map[string]*process // or those of a cluster, by name
	nats      *nats.Conn
	gateways  [2]*process
	links     []*link  // before the gateways
	doors     []string // where visitors reach the gateways
	scenarios [2]*process
	proxies   [2]*proxy
	history   historyv1.HistoryServiceClient
	admin     func(context.Context) context.Context
}

func newDeployment(t *testing.T, shape shape) *deployment {
	t.Helper()
	secret := make([]byte, 48)
	_, _ = rand.Read(secret) // never fails
	d := &deployment{}
	var natsURL string
	replicas := "1"
	if shape.cluster {
		d.brokers, natsURL = natsCluster(t)
		replicas = strconv.Itoa(len(d.brokers))
	} else {
		d.broker, natsURL = natsServer(t)
	}
	dir := t.TempDir()
	service := func(name string, public, inside string, args ...string) *process {
		return start(t, name, public, append([]string{
			"-addr", public, "-internal-addr", inside, "-nats-url", natsURL, "-nats-replicas", replicas,
			"-secret", base64.RawURLEncoding.EncodeToString(secret), "-duplicate-window", duplicateWindow.String(),
		}, args...)...)
	}
	store := func(name string) string { return (&url.URL{Scheme: "file", Opaque: dir + "/" + name + ".db"}).String() }
	config, history, historyIn := address(t), address(t), address(t)
	gatewayIn, operatorIn, scenario := address(t), address(t), address(t)
	service("config", config, address(t), "-store", store("config"), "-admin-email", email, "-admin-password", password)
	service("history", history, historyIn, "-store", store("history"))
	for i, inside := range []string{gatewayIn, address(t)} {
		door := address(t)
		args := slices.Concat(unlimited(), []string{"-history", historyIn}, shape.gateway)
		d.gateways[i] = service("gateway", door, inside, args...)
		if shape.links {
			l := newLink(t, door)
			d.links, door = append(d.links, l), l.addr
		}
		d.doors = append(d.doors, door)
	}
	service("operator", address(t), operatorIn, "-store", store("operator"), "-gateway", gatewayIn)
	for i, addr := range []string{scenario, address(t)} {
		d.proxies[i] = newProxy(t, gatewayIn)
		d.scenarios[i] = service("scenario", addr, address(t), "-store", store("scenario"), "-gateway", d.proxies[i].addr, "-operator", operatorIn)
	}
	d.history = historyv1.NewHistoryServiceClient(dial(t, history))
	d.admin = setUp(t, dial(t, config), dial(t, scenario), password)
	var err error
	if d.nats, err = nats.Connect(natsURL, nats.MaxReconnects(-1)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.nats.Close)
	return d
}

// unlimited lets all visitors come from one address.
func unlimited() []string {
	return []string{"-limit-connects", "0", "-limit-conversations", "0", "-limit-bot-messages", "0"}
}

// natsServer runs a NATS server with JetStream as a process, and returns its URL.
func natsServer(t *testing.T) (*process, string) {
	t.Helper()
	addr := address(t)
	return startUntil(t, "nats", listens(addr), "-port", port(t, addr), "-store-dir", t.TempDir()), "nats://" + addr
}

// natsCluster runs three, and returns them by name, with their URLs.
func natsCluster(t *testing.T) (map[string]*process, string) {
	t.Helper()
	var routes, urls []string
	for range 3 {
		routes, urls = append(routes, "nats://"+address(t)), append(urls, "nats://"+address(t))
	}
	brokers := map[string]*process{}
	for i, url := range urls {
		name, addr := fmt.Sprintf("n%d", i), strings.TrimPrefix(url, "nats://")
		brokers[name] = startUntil(t, "nats", listens(addr), "-port", port(t, addr), "-store-dir", t.TempDir(),
			"-name", name, "-cluster-port", port(t, strings.TrimPrefix(routes[i], "nats://")), "-routes", strings.Join(routes, ","))
	}
	return brokers, strings.Join(urls, ",")
}

// listens waits until somebody listens at addr.
func listens(addr string) func() error {
	return func() error {
		return until(func(ctx context.Context) error {
			c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
			if err == nil {
				err = c.Close()
			}
			return err
		})
	}
}

func port(t *testing.T, addr string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// dial opens a connection to a public address.
func dial(t *testing.T, addr string) *grpc.ClientConn {
	t.Helper()
	cc, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cc.Close() })
	return cc
}

// setUp makes the bot and its scenario, and returns how to call as an administrator.
func setUp(t *testing.T, config, scenario grpc.ClientConnInterface, password string) func(context.Context) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	session, err := configv1.NewAuthServiceClient(config).SignIn(ctx, &configv1.SignInRequest{Email: email, Password: password})
	if err != nil {
		t.Fatal(err)
	}
	admin := func(ctx context.Context) context.Context {
		return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+session.GetTokens().GetAccessToken())
	}
	_, err = configv1.NewBotServiceClient(config).CreateBot(admin(ctx), &configv1.CreateBotRequest{Bot: &configv1.Bot{
		Id: botID, Name: "Fault", AllowedOrigins: []string{site},
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = scenariov1.NewScenarioServiceClient(scenario).PublishScenario(admin(ctx), &scenariov1.PublishScenarioRequest{Bot: botID, Json: scenarioJSON})
	if err != nil {
		t.Fatal(fmt.Errorf("publish: %w", err))
	}
	return admin
}
