// Package scenario is the service that answers for the bots: it keeps their scenarios, follows the log
// of every conversation, decides by the scenario what to say, and says it through the gateway.
//
// An event is decided once. The decision, with the rendered replies, is kept in the conversation's
// session by one compare-and-set before anything is said; whatever happens after that only repeats
// what is kept (docs/adr/0003-ids-outboxes-and-idempotency.md).
package scenario

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/grpc"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/docstore"
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/internal/settings"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
	scenariov1 "github.com/switchboard-chat/switchboard/proto/switchboard/scenario/v1"
)

// Defaults of [Deps].
const (
	DefaultSessionAge = 30 * 24 * time.Hour
	defaultDuplicates = 10 * time.Minute
)

// Deps is what the service works with. It remains the caller's. What has no default is required.
type Deps struct {
	Store     docstore.Store
	Settings  *settings.Bucket
	Cache     *settings.Cache // of the same bucket; whoever made it runs it
	Log       *bus.Log
	JetStream jetstream.JetStream // of the same NATS as the log
	Gateway   gatewayv1.GatewayServiceClient
	Intake    operatorv1.IntakeServiceClient

	SessionAge time.Duration // how long a session is kept after its last event; 30 days
	Replicas   int           // copies of the sessions in the NATS cluster; 1
	Duplicates time.Duration // the log's duplicate window; 10 minutes
}

func (d Deps) withDefaults() (Deps, error) {
	if d.Store == nil || d.Settings == nil || d.Cache == nil || d.Log == nil || d.JetStream == nil || d.Gateway == nil || d.Intake == nil {
		return d, errors.New("scenario: a dependency is missing")
	}
	if d.SessionAge < 0 || d.Duplicates < 0 {
		return d, errors.New("scenario: SessionAge and Duplicates must not be negative")
	}
	if d.SessionAge == 0 {
		d.SessionAge = DefaultSessionAge
	}
	if d.Duplicates == 0 {
		d.Duplicates = defaultDuplicates
	}
	d.Replicas = max(d.Replicas, 1)
	return d, nil
}

// Service is the scenario service. Make it with [New], register it on a server that has the
// interceptors of authz, and run it. Several replicas may run on the same NATS and store.
type Service struct {
	api      *scenarioService
	versions *versions
	worker   *worker
	follower *follower
}

// New makes the collection of scenarios and the bucket of sessions if they are not there yet.
func New(ctx context.Context, d Deps) (*Service, error) {
	d, err := d.withDefaults()
	if err != nil {
		return nil, err
	}
	docs, err := d.Store.Collection(ctx, scenarioSchema())
	if err != nil {
		return nil, fmt.Errorf("open collection %s: %w", scenarioSchema().Name, err)
	}
	sessions, err := openSessions(ctx, d.JetStream, d.Replicas, d.SessionAge)
	if err != nil {
		return nil, err
	}
	record := &scenarios{docs: docs}
	versions := newVersions(record, d.Settings, d.Cache)
	return &Service{
		api:      &scenarioService{scenarios: record, versions: versions},
		versions: versions,
		worker: &worker{
			log: d.Log, sessions: sessions, flows: newFlows(record, versions), age: d.SessionAge,
			carrier: &carrier{log: d.Log, gateway: d.Gateway, intake: d.Intake, trust: d.Duplicates / 2},
		},
		follower: &follower{log: d.Log, nc: d.JetStream.Conn()},
	}, nil
}

// Register offers ScenarioService. The server must have authz's interceptors: the methods trust the
// caller that they find in the context.
func (s *Service) Register(r grpc.ServiceRegistrar) {
	scenariov1.RegisterScenarioServiceServer(r, s.api)
}

// Run answers in conversations until ctx ends, finishes those under way, and returns nil. It also
// announces versions whose announcement was missed, at once and then every 30 s.
func (s *Service) Run(ctx context.Context) error {
	return run.All(ctx, s.versions, s.follower, s.worker)
}

// EnsureScenario publishes json as the bot's first scenario if the bot has none.
func (s *Service) EnsureScenario(ctx context.Context, bot, json string) error {
	return s.api.ensure(ctx, bot, json)
}
