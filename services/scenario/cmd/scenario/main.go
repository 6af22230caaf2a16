// Command scenario runs the scenario service on its own.
package main

import (
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/services/scenario"
)

func main() { run.Main(scenario.Start) }
