// Command gateway runs the gateway service.
package main

import (
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/services/gateway"
)

func main() { run.Main(gateway.Start) }
