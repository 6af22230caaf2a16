// Command operator runs the operator service on its own.
package main

import (
	"github.com/switchboard-chat/switchboard/internal/run"
	"github.com/switchboard-chat/switchboard/services/operator"
)

func main() { run.Main(operator.Start) }
