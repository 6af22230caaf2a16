package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/switchboard-chat/switchboard/internal/conf"
	"github.com/switchboard-chat/switchboard/services/config"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/history"
	"github.com/switchboard-chat/switchboard/services/operator"
	"github.com/switchboard-chat/switchboard/services/scenario"
)

//go:generate sh -c "go run . settings >../../docs/settings.md"

const settingsHead = `# Settings

Every setting of every program: a flag, or else its variable. Printed by ` + "`switchboard settings`" + `; a
program's own ` + "`-h`" + ` says the same. Durations are written as ` + "`90s`, `10m` or `24h`" + `.

Traces are sent where ` + "`OTEL_EXPORTER_OTLP_ENDPOINT`" + ` says, and by the other variables of the
[OpenTelemetry exporter](https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
`

// writeSettings writes the table of every program's settings in Markdown.
func writeSettings(w io.Writer) error {
	if _, err := io.WriteString(w, settingsHead); err != nil {
		return err
	}
	for _, p := range []struct {
		name, what string
		flags      func(*flag.FlagSet)
	}{
		{"switchboard", "The all-in-one.", new(options).flags},
		{"gateway", "", new(gateway.Options).Flags},
		{"scenario", "", new(scenario.Options).Flags},
		{"operator", "", new(operator.Options).Flags},
		{"history", "", new(history.Options).Flags},
		{"config", "", new(config.Options).Flags},
	} {
		if p.what != "" {
			p.what += "\n\n"
		}
		if _, err := fmt.Fprintf(w, "\n## %s\n\n%s%s", p.name, p.what, conf.Markdown(p.flags)); err != nil {
			return err
		}
	}
	return nil
}
