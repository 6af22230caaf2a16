// Command load puts servers under the load of many visitors and prints what it costs them: memory of idle
// sockets, a message and its answer, a message that many are told, a conversation with a bot, and a storm of
// reconnections. The same clients load our server, a socket.io server on node and a server of bare hops, in
// turn and in one run, so that the ratios mean something on any machine. Every measurement has a server of
// its own; nothing leaves the loopback; docs/benchmarks.md says what came out.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/internal/run"
)

func main() { run.Main(measure) }

// bench is a run of the tool.
type bench struct {
	sizes
	programs
	runs     int
	only     string
	profiles string
	limit    time.Duration
	others   string
}

func (b *bench) flags(fs *flag.FlagSet) {
	fs.StringVar(&b.bin, "bin", ".bin/load", "`directory` of the programs")
	fs.StringVar(&b.node, "node", "e2e/peers/node-server", "`directory` of the node server")
	fs.IntVar(&b.runs, "runs", 3, "how often everything is measured")
	fs.StringVar(&b.only, "only", "", "`scenarios` separated by commas; empty = all")
	fs.StringVar(&b.profiles, "profiles", "", "`directory` for profiles of our servers; costs them a little")
	fs.StringVar(&b.others, "others", "", "be the others of a storm at `server@host:port`; for the tool itself")
	fs.DurationVar(&b.limit, "limit", 30*time.Minute, "how long all of it may take")
	fs.IntVar(&b.sockets, "n", 5000, "sockets that are idle, and that reconnect in a storm")
	fs.IntVar(&b.tabs, "tabs", 1000, "sockets that are told the same message")
	fs.IntVar(&b.messages, "messages", 50_000, "messages that are sent back")
	fs.IntVar(&b.stored, "stored", 5_000, "messages that are stored")
	fs.IntVar(&b.rate, "rate", 100, "messages a second where they are paced")
	fs.DurationVar(&b.paced, "paced", 5*time.Second, "how long they are")
}

// scenario is what is measured, of which servers; the last one is compared with.
type scenario struct {
	name, title string
	servers     []string
	kind        kind
	run         func(*bench, context.Context, *server) (figures, error)
}

func scenarios(b *bench) []scenario {
	return []scenario{
		{"idle", fmt.Sprintf("%d idle sockets", b.sockets), []string{ours, framing, node}, quietBot, (*bench).idle},
		{"echo", "A message of 200 bytes and its echo; the all-in-one stores it", []string{ours, framing, node}, quietBot, (*bench).echo},
		{"fan-out", fmt.Sprintf("A message for %d sockets; a message is a delivery to one", b.tabs), []string{ours, framing, node}, quietBot, (*bench).fanOut},
		{"round-trip", "A message and the bot's answer, both stored", []string{ours, hops}, talkingBot, (*bench).echo},
		{"storm", fmt.Sprintf("%d sockets reconnect at once and resume", b.sockets), []string{ours, node}, recoverable, (*bench).storm},
	}
}

func measure(ctx context.Context, args []string, getenv func(string) string) error {
	b := new(bench)
	if err := conf.Parse("load", args, getenv, b.flags); err != nil {
		return err
	}
	if b.others != "" {
		return beOthers(ctx, b.others, os.Stdin, os.Stdout)
	}
	if err := b.check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	cases := scenarios(b)
	if b.only != "" {
		only := strings.Split(b.only, ",")
		cases = slices.DeleteFunc(cases, func(c scenario) bool { return !slices.Contains(only, c.name) })
	}
	var r report
	for n := range b.runs {
		for _, c := range cases {
			for _, name := range c.servers { // in turn, so that whatever else the machine does hits all alike
				f, err := b.once(ctx, c, name)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", c.name, name, err)
				}
				slog.InfoContext(ctx, "measured", "run", n+1, "scenario", c.name, "server", name, "figures", f)
				r.add(c.name, name, f)
			}
		}
	}
	return r.write(os.Stdout, cases)
}

// spareFiles is what a server and the tool have open beside the sockets.
const spareFiles = 500

// check says what cannot work before it fails half way.
func (b *bench) check() error {
	if b.runs < 1 || b.sockets < 1 || b.tabs < 2 || b.messages < 1 || b.stored < 1 || b.rate < 1 || b.paced <= 0 {
		return fmt.Errorf("every number must be positive, and -tabs at least 2")
	}
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return fmt.Errorf("limit of open files: %w", err)
	}
	if need := max(b.sockets+otherConns, b.tabs, pacedConns) + spareFiles; uint64(need) > files.Max {
		return fmt.Errorf("%d sockets need %d open files in the tool and in the server, but a process may have %d here (ulimit -Hn): raise that, or take %d fewer",
			b.sockets, need, files.Max, uint64(need)-files.Max)
	}
	return nil
}

func (b *bench) once(ctx context.Context, c scenario, name string) (figures, error) {
	s, err := b.start(ctx, name, c.kind)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	return c.run(b, ctx, s)
}
