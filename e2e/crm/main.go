// Command crm is how a company's own system works with Switchboard over gRPC: it lists the open
// dialogs of a bot, reads what was said in each, and says something there, with -stream as an AI agent does:
// it thinks first, and then writes word by word. CRM_KEY is the API key.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	historyv1 "github.com/switchboard-chat/switchboard/proto/switchboard/history/v1"
	operatorv1 "github.com/switchboard-chat/switchboard/proto/switchboard/operator/v1"
)

func main() {
	if err := work(); err != nil {
		fmt.Fprintln(os.Stderr, "crm:", err)
		os.Exit(1)
	}
}

func work() error {
	addr := flag.String("addr", "127.0.0.1:8080", "`address` of Switchboard")
	record := flag.String("history", "", "`address` of the history service, where it is another")
	bot := flag.String("bot", "1", "whose dialogs")
	text := flag.String("say", "Hello from the CRM.", "what to say in each")
	pieces := flag.Bool("stream", false, "think first, and say it word by word")
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if key := os.Getenv("CRM_KEY"); key != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "API-Key "+key)
	}
	var conns [2]*grpc.ClientConn
	for i, a := range []string{*addr, cmp.Or(*record, *addr)} {
		conn, err := grpc.NewClient(a, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return err
		}
		defer conn.Close()
		conns[i] = conn
	}
	operator, history := operatorv1.NewOperatorServiceClient(conns[0]), historyv1.NewHistoryServiceClient(conns[1])

	list, err := operator.ListDialogs(ctx, &operatorv1.ListDialogsRequest{Bot: *bot})
	if err != nil {
		return err
	}
	for _, d := range list.GetDialogs() {
		fmt.Fprintf(os.Stdout, "dialog %s of %s\n", d.GetId(), d.GetVisitor().GetName())
		page, err := history.ListMessages(ctx, &historyv1.ListMessagesRequest{Bot: *bot, Conversation: d.GetConversation()})
		if err != nil {
			return err
		}
		for _, m := range page.GetMessages() {
			fmt.Fprintf(os.Stdout, "  %s: %s\n", m.GetAuthor(), cmp.Or(m.GetText().GetText(), m.GetButton().GetText(), m.GetKeyboard().GetText()))
		}
		id := uuid.Must(uuid.NewV7()).String() // of the pieces too
		if *pieces {
			if err := stream(ctx, operator, d.GetId(), id, *text); err != nil {
				return err
			}
		}
		if _, err := operator.Send(ctx, &operatorv1.SendRequest{
			DialogId: d.GetId(), ClientId: id, Body: &operatorv1.SendRequest_Text{Text: &chatv1.Text{Text: *text, ParseMode: markdown}},
		}); err != nil {
			return err
		}
	}
	return nil
}

const markdown = chatv1.ParseMode_PARSE_MODE_MARKDOWN

// stream shows that the answer is thought about, and then its pieces. Whoever lost one goes on with the message.
func stream(ctx context.Context, operator operatorv1.OperatorServiceClient, dialog, id, text string) error {
	if _, err := operator.SendThinking(ctx, &operatorv1.SendThinkingRequest{DialogId: dialog, Text: "Looking in the catalogue"}); err != nil {
		return err
	}
	at := 0
	for _, piece := range strings.SplitAfter(text, " ") {
		if _, err := operator.SendPartial(ctx, &operatorv1.SendPartialRequest{
			DialogId: dialog, ClientId: id, At: uint32(at), Text: piece, ParseMode: markdown,
		}); err != nil {
			return err
		}
		at += len(utf16.Encode([]rune(piece)))
	}
	return nil
}
