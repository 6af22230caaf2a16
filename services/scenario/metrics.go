package scenario

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
)

var (
	droppedReplies = counter("switchboard_scenario_dropped_replies_total", "replies that were refused or could not be made")
	skippedEvents  = counter("switchboard_scenario_skipped_events_total", "events that could not be read")
)

func counter(name, description string) metric.Int64Counter {
	c, err := otel.Meter("github.com/switchboard-chat/switchboard/services/scenario").
		Int64Counter(name, metric.WithDescription(description))
	if err != nil {
		otel.Handle(err)
	}
	return c
}

func logUnreadable(ctx context.Context, c subject.Conversation, err error) {
	slog.ErrorContext(ctx, "session is not readable: the conversation goes on by the log",
		"bot", c.Bot, "conversation", c.ID, "err", err)
}

func logSkipped(ctx context.Context, e bus.Event) {
	slog.ErrorContext(ctx, "event skipped: it is not readable",
		"bot", e.Conversation.Bot, "conversation", e.Conversation.ID, "sequence", e.Sequence, "err", e.Err)
	skippedEvents.Add(ctx, 1)
}

func logDefects(ctx context.Context, e bus.Event, defects []defect) {
	for _, d := range defects {
		slog.ErrorContext(ctx, "scenario not followed", "bot", e.Conversation.Bot, "conversation", e.Conversation.ID,
			"node", d.node, "what", d.what)
		droppedReplies.Add(ctx, 1)
	}
}
