// Command switchboard is the whole product in one process: the five services, an embedded NATS
// server and embedded storage, on one port and under one directory.
package main

import (
	"context"
	"os"

	"github.com/switchboard-chat/switchboard/internal/run"
)

func main() { run.Main(start) }

// start chooses what the command does by its first argument; see [run.Start].
func start(ctx context.Context, args []string, getenv func(string) string) error {
	if len(args) == 0 {
		return serve(ctx, args, getenv)
	}
	switch args[0] {
	case "dead":
		return dead(ctx, args[1:], getenv)
	case "settings":
		return writeSettings(os.Stdout)
	}
	return serve(ctx, args, getenv)
}
