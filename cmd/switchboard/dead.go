package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/conf"
)

const deadUsage = "want: switchboard dead [-nats-url URL] [-consumer NAME] list, or: switchboard dead [-nats-url URL] replay ID"

// dead lists what consumers gave up, or asks one to try again. It speaks to a NATS server of a
// cluster; the all-in-one opens no port for it.
func dead(ctx context.Context, args []string, getenv func(string) string) error {
	var url, consumer string
	var rest []string
	for i, a := range args {
		if a == "list" || a == "replay" {
			args, rest = args[:i], args[i:]
			break
		}
	}
	if err := conf.Parse("switchboard dead", args, getenv, func(fs *flag.FlagSet) {
		fs.StringVar(&url, "nats-url", nats.DefaultURL, "NATS `URL`")
		fs.StringVar(&consumer, "consumer", "", "list one consumer's only: scenario, operator or history")
	}); err != nil {
		return err
	}
	if len(rest) == 0 {
		return errors.New(deadUsage)
	}
	nc, err := nats.Connect(url, nats.Name("switchboard dead"))
	if err != nil {
		return fmt.Errorf("-nats-url: %w", err)
	}
	defer nc.Close()
	log, err := bus.Attach(ctx, nc)
	if err != nil {
		return err
	}
	switch {
	case rest[0] == "list" && len(rest) == 1:
		return listDead(ctx, log, consumer)
	case rest[0] == "replay" && len(rest) == 2:
		id, err := strconv.ParseUint(rest[1], 10, 64)
		if err != nil {
			return fmt.Errorf("replay %q: want the id of a dead letter", rest[1])
		}
		return log.Replay(ctx, id)
	}
	return errors.New(deadUsage)
}

func listDead(ctx context.Context, log *bus.Log, consumer string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tCONSUMER\tBOT\tCONVERSATION\tFROM\tSEQUENCE\tTRIES\tERROR")
	for after := uint64(0); ; {
		page, err := log.DeadLetters(ctx, consumer, after, bus.MaxPage)
		if err != nil {
			return err
		}
		for _, d := range page {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%d\t%d\t%s\n", d.ID, d.Consumer, d.Conversation.Bot, d.Conversation.ID, d.From, d.Sequence, d.Deliveries, d.Error)
			after = d.ID
		}
		if len(page) < bus.MaxPage {
			return w.Flush()
		}
	}
}
