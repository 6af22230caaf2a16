// Command config runs the config service.
package main

import (
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/services/config"
)

func main() { run.Main(config.Start) }
