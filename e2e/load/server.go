package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	scenariov1 "github.com/switchboard-chat/switchboard/proto/switchboard/scenario/v1"
)

// The servers that are compared, by the names in the tables.
const (
	ours    = "all-in-one"     // the whole product in one process
	framing = "our framing"    // the gateway's engineio and socketio, with an echo on them
	node    = "node socket.io" // the reference
	hops    = "bare hops"      // gorilla/websocket and nats.go, with nothing on them
)

// kinds are the ways in which a server is asked.
type kind int

const (
	quietBot    kind = iota // nobody answers; a message is stored and shown
	talkingBot              // a scenario answers
	recoverable             // connections are dropped and come back
)

// server is a process under load and how to speak with it.
type server struct {
	*process
	name    string
	dialect dialect
	dir     string
}

func (s *server) clients() *clients { return &clients{addr: s.addr, origin: site, dialect: s.dialect} }

func (s *server) stop() {
	s.process.stop()
	_ = os.RemoveAll(s.dir) // a temporary directory
}

// programs is where the servers' programs are.
type programs struct{ bin, node string }

// start runs a server of its own for one measurement.
func (p programs) start(ctx context.Context, name string, k kind) (s *server, err error) {
	dir, err := os.MkdirTemp("", "switchboard-load")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir) // a temporary directory
		}
	}()
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	probe, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	s = &server{name: name, dir: dir}
	var cmd *exec.Cmd
	switch name {
	case ours:
		cmd = p.program(ctx, "switchboard", "-addr", addr, "-data-dir", dir,
			"-limit-messages", "0", "-limit-connects", "0", "-limit-conversations", "0", "-limit-bot-messages", "0")
	case hops:
		cmd = p.program(ctx, "hops", "-addr", addr, "-data-dir", dir)
		s.dialect = bare{}
	case framing:
		cmd = p.program(ctx, "echo", "-addr", addr)
		s.dialect = echoes{}
	case node:
		_, port, _ := strings.Cut(addr, ":")
		cmd = exec.CommandContext(ctx, "node", "--expose-gc", filepath.Join(p.node, "server.mjs")) //nolint:gosec // a program of this repository
		cmd.Env = append(os.Environ(), "PORT="+port, "NODE_ENV=production")
		if k == recoverable {
			cmd.Env = append(cmd.Env, "RECOVERY=1")
		}
		probe = addr
		s.dialect = echoes{recovery: k == recoverable}
	}
	if name != node {
		cmd.Env = append(os.Environ(), "PROBE_ADDR="+probe)
	}
	if s.process, err = start(ctx, cmd, addr, probe); err != nil {
		return nil, err
	}
	if name == ours {
		if err := s.setUp(ctx, k); err != nil {
			s.process.stop()
			return nil, fmt.Errorf("%w\n%s", err, s.output)
		}
	}
	return s, nil
}

func (p programs) program(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, filepath.Join(p.bin, name), args...) //nolint:gosec // a program of this repository
}

var firstPassword = regexp.MustCompile(`Password +(\S+)`)

const (
	email = "admin@example.com"
	botID = "load"

	// scenarioJSON answers every message with one.
	scenarioJSON = `{"format": 1, "nodes": [
		{"id": "start", "type": "start", "next": "ask"},
		{"id": "ask", "type": "input", "text": "You say: {{q}}", "save_as": "q", "validate": {"kind": "text"}, "next": "ask"}
	]}`
)

// setUp makes the bot, and its scenario if it is to answer.
func (s *server) setUp(ctx context.Context, k kind) error {
	s.dialect = visitors{bot: botID, shown: asStored}
	cc, err := grpc.NewClient(s.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer cc.Close()
	password, err := s.says(ctx, firstPassword)
	if err != nil {
		return err
	}
	session, err := configv1.NewAuthServiceClient(cc).SignIn(ctx, &configv1.SignInRequest{Email: email, Password: password})
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+session.GetTokens().GetAccessToken())
	_, err = configv1.NewBotServiceClient(cc).CreateBot(ctx, &configv1.CreateBotRequest{Bot: &configv1.Bot{
		Id: botID, Name: "Load", AllowedOrigins: []string{site},
	}})
	if err != nil {
		return fmt.Errorf("create the bot: %w", err)
	}
	if k != talkingBot {
		return s.admits(ctx)
	}
	s.dialect = visitors{bot: botID, shown: asAnswered}
	_, err = scenariov1.NewScenarioServiceClient(cc).PublishScenario(ctx, &scenariov1.PublishScenarioRequest{Bot: botID, Json: scenarioJSON})
	if err != nil {
		return fmt.Errorf("publish the scenario: %w", err)
	}
	return s.admits(ctx)
}

// admits waits until the gateway has heard of the bot.
func (s *server) admits(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		c := new(conn)
		err := s.clients().open(ctx, 0, c)
		c.drop()
		if !errors.Is(err, errRefused) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(askAgain):
		}
	}
}
