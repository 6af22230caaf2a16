package samples_test

import (
	"encoding/json"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	"github.com/switchboard-chat/switchboard/samples"
)

// TestWelcomeIsABot sees that the bot half is what the config service takes; the scenario half is
// tested beside the engine.
func TestWelcomeIsABot(t *testing.T) {
	var sample map[string]json.RawMessage
	if err := json.Unmarshal(samples.Welcome, &sample); err != nil {
		t.Fatal(err)
	}
	if len(sample) != 2 || sample["scenario"] == nil {
		t.Errorf("%d fields, want bot and scenario", len(sample))
	}
	var bot configv1.Bot
	if err := protojson.Unmarshal(sample["bot"], &bot); err != nil {
		t.Fatal(err)
	}
	if bot.GetId() != "1" {
		t.Errorf("the bot's id is %q, want 1, which the embed code names by default", bot.GetId())
	}
	if len(bot.GetAllowedOrigins()) != 0 {
		t.Errorf("the sample allows %v, want only the demo page", bot.GetAllowedOrigins())
	}
}
