// Command history runs the history service.
package main

import (
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/services/history"
)

func main() { run.Main(history.Start) }
