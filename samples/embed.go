// Package samples holds the bot that a new installation begins with.
package samples

import _ "embed"

// Welcome is a JSON object: "bot" is a switchboard.config.v1.Bot in protojson, "scenario" is its
// scenario in the format of docs/scenario-format.md.
//
//go:embed welcome.json
var Welcome []byte
