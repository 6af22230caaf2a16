package gateway_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/switchboard-chat/switchboard/internal/bus"
	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/internal/token"
	chatv1 "github.com/switchboard-chat/switchboard/proto/switchboard/chat/v1"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
	gatewayv1 "github.com/switchboard-chat/switchboard/proto/switchboard/gateway/v1"
	"github.com/switchboard-chat/switchboard/services/gateway"
	"github.com/switchboard-chat/switchboard/services/gateway/limit"
)

// What a visitor says is acknowledged with its place once it is stored, shown in every tab, and
// stored once however often it is sent.
func TestMessageIsStoredOnceAndShownInEveryTab(t *testing.T) {
	s := newSite(t)
	first, session := s.visit()
	second := s.dial(shop)
	second.connect(map[string]any{"token": session.field("token")})
	second.next()
	second.next()

	id := newID()
	ack, before := first.emit("message", say(id, "hello"))
	if ack.field("ok") != "true" || ack.field("id") != session.field("conversation")+"/"+id {
		t.Fatalf("acknowledged with %s", ack.args)
	}
	shown := second.next()
	if shown.name != "message" || shown.field("text") != "hello" || shown.offset() != ack.field("offset") {
		t.Errorf("the other tab got %s %s, want hello at %s", shown.name, shown.args, ack.field("offset"))
	}
	if len(before) == 0 {
		before = append(before, first.next())
	}
	if before[0].offset() != ack.field("offset") {
		t.Errorf("the own tab got %s", before[0].args)
	}
	for attempt := 1; attempt <= 2; attempt++ {
		frame := say(id, "hello")
		frame["attempt"] = attempt
		again, extra := first.emit("message", frame)
		if again.field("duplicate") != "true" || again.field("offset") != ack.field("offset") || len(extra) != 0 {
			t.Errorf("attempt %d: %s, and %v was shown", attempt, again.args, extra)
		}
	}
}

func TestResumeBringsWhatWasMissedAndNothingElse(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	bot := s.as(token.Scenario)
	reply := func(n int) {
		req := &gatewayv1.DeliverRequest{Message: botText(session.field("conversation"), fmt.Sprintf("r/%d", n), fmt.Sprint(n))}
		if _, err := bot.Deliver(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	reply(0)
	seen := c.next().offset()
	_ = c.ws.Close()
	for n := 1; n <= 5; n++ {
		reply(n)
	}
	back := s.dial(shop)
	back.connect(map[string]any{"token": session.field("token"), "offset": seen})
	if again := back.next(); again.name != "session" || again.field("resumed") != "true" {
		t.Fatalf("first event %s %s, want a resumed session", again.name, again.args)
	}
	reply(6)
	for n := 1; n <= 6; n++ {
		if e := back.next(); e.name != "message" || e.field("text") != fmt.Sprint(n) {
			t.Fatalf("event %d is %s %s", n, e.name, e.args)
		}
	}
}

// A history that is behind is completed from the log: no gap, no repeat.
func TestFirstLoadJoinsHistoryAndLog(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	for n := range 5 {
		ack, _ := c.emit("message", say(newID(), fmt.Sprint(n)))
		if n == 2 {
			var gen string
			_, _ = fmt.Sscanf(strings.ReplaceAll(ack.field("offset"), "-", " "), "%s %d", &gen, &s.record.upTo)
		}
	}
	again := s.dial(shop)
	again.connect(map[string]any{"token": session.field("token"), "offset": "000000000-7"}) // of another generation
	again.next()
	h := again.next()
	if got := strings.Count(string(h.args[0]), `"type":"text"`); h.name != "history" || got != 3 {
		t.Fatalf("%s with %d texts, want 3 from the history", h.name, got)
	}
	for n := 3; n < 5; n++ {
		if e := again.next(); e.field("text") != fmt.Sprint(n) {
			t.Fatalf("then %s %s, want %d from the log", e.name, e.args, n)
		}
	}
}

// A replica of history may have recorded an event before another one has recorded an earlier one.
func TestFirstLoadFillsAHoleOfTheHistory(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	for n := range 4 {
		ack, _ := c.emit("message", say(newID(), fmt.Sprint(n)))
		if n == 1 {
			s.record.lost = try[bus.Offset](t)(bus.ParseOffset(ack.field("offset"))).Sequence
		}
	}
	again := s.dial(shop)
	again.connect(map[string]any{"token": session.field("token")})
	again.next()
	h := again.next()
	var texts []string
	for _, m := range regexp.MustCompile(`"text":"(.)"`).FindAllStringSubmatch(string(h.args[0]), -1) {
		texts = append(texts, m[1])
	}
	if got := strings.Join(texts, ""); h.name != "history" || got != "0123" {
		t.Errorf("%s %s, want the history with 0123", h.name, got)
	}
}

func TestOlderHistoryIsPaged(t *testing.T) {
	s := newSite(t)
	c, _ := s.visit()
	var third string
	for n := range 5 {
		ack, _ := c.emit("message", say(newID(), fmt.Sprint(n)))
		if n == 2 {
			third = ack.field("offset")
		}
	}
	ack, _ := c.emit("history", map[string]any{"before": third, "page_size": 1})
	if ack.field("ok") != "true" || ack.field("has_more") != "true" || !strings.Contains(ack.field("messages"), `"text":"1"`) {
		t.Errorf("page %s", ack.args)
	}
}

// Everything that a client can get wrong is answered with the field, and the connection goes on.
func TestBadFramesAreAnswered(t *testing.T) {
	s := newSiteWith(t, gateway.Config{Messages: limit.Unlimited()})
	c, session := s.visit()
	tests := map[string]struct {
		frame     any
		code, fld string
	}{
		"no id":             {map[string]any{"type": "text", "text": "x"}, "bad_request", "id"},
		"upper-case id":     {say(strings.ToUpper(newID()), "x"), "bad_request", "id"},
		"no type":           {map[string]any{"id": newID()}, "bad_request", "type"},
		"unknown type":      {map[string]any{"id": newID(), "type": "poke"}, "bad_request", "type"},
		"unknown field":     {map[string]any{"id": newID(), "type": "text", "text": "x", "author": "bot"}, "bad_request", "author"},
		"wrong kind":        {map[string]any{"id": newID(), "type": "text", "text": 7}, "bad_request", "text"},
		"empty text":        {say(newID(), " \n"), "bad_request", "text"},
		"long text":         {say(newID(), strings.Repeat("я", 4097)), "too_large", "text"},
		"stray field":       {map[string]any{"id": newID(), "type": "end", "text": "bye"}, "bad_request", "text"},
		"reply elsewhere":   {map[string]any{"id": newID(), "type": "text", "text": "x", "reply_to": newID() + "/1"}, "bad_request", "reply_to"},
		"params not object": {map[string]any{"id": newID(), "type": "params", "params_from_site": []int{1}}, "bad_request", "params_from_site"},
		"no params":         {map[string]any{"id": newID(), "type": "params"}, "bad_request", "params_from_site"},
		"deep params":       {map[string]any{"id": newID(), "type": "params", "params_from_site": map[string]any{"a": nested(20)}}, "too_large", "params_from_site.a"},
		"large params":      {map[string]any{"id": newID(), "type": "params", "params_from_site": map[string]any{"a": strings.Repeat("x", 9000)}}, "too_large", "params_from_site"},
		"not an object":     {"hello", "bad_request", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := s.reconnect(session)
			ack, _ := c.emit("message", tt.frame)
			if e := ack.field("error"); ack.field("ok") != "false" || !strings.Contains(e, `"`+tt.code+`"`) || tt.fld != "" && !strings.Contains(e, `"field":"`+tt.fld+`"`) {
				t.Errorf("answered %s, want %s of %s", ack.args, tt.code, tt.fld)
			}
			if ack, _ := c.emit("message", say(newID(), "still there")); ack.field("ok") != "true" {
				t.Errorf("then %s", ack.args)
			}
		})
	}
	for name, frame := range map[string]string{"not UTF-8": "42[\"message\",\"\xff\"]", "unknown event": `42["dance"]`} {
		c.write(frame)
		e := c.next()
		for e.name == "message" { // of the other tabs
			e = c.next()
		}
		if e.name != "problem" || e.field("code") != "bad_request" {
			t.Errorf("%s got %s %s", name, e.name, e.args)
		}
	}
}

func nested(n int) any {
	if n == 0 {
		return 1
	}
	return map[string]any{"a": nested(n - 1)}
}

// reconnect is another tab of the session's visitor.
func (s *site) reconnect(session event) *client {
	c := s.dial(shop)
	c.connect(map[string]any{"token": session.field("token")})
	c.next()
	c.next()
	return c
}

func TestWhoMayConnect(t *testing.T) {
	s := newSite(t)
	_, session := s.visit()
	other := try[*token.Keys](t)(token.NewKeys([]byte(strings.Repeat("o", token.MinSecret))))
	forged := try[string](t)(other.SignVisitor(token.Visitor{Bot: "1", Visitor: newID(), Conversation: newID(), Site: shop}))
	elsewhere := try[string](t)(s.tokens.SignVisitor(token.Visitor{Bot: "1", Visitor: newID(), Conversation: newID(), Site: "https://gone.example.com"}))
	nobot := try[string](t)(s.tokens.SignVisitor(token.Visitor{Bot: "2", Visitor: newID(), Conversation: newID(), Site: shop}))
	tests := map[string]struct {
		origin string
		auth   map[string]any
		want   string // a code, or "" for welcome
	}{
		"allowed origin":            {shop, map[string]any{"bot_id": "1"}, ""},
		"own origin":                {s.url, map[string]any{"bot_id": "1"}, ""},
		"own origin with token":     {s.url, map[string]any{"token": session.field("token")}, ""},
		"token without origin":      {"", map[string]any{"token": session.field("token")}, ""},
		"no origin":                 {"", map[string]any{"bot_id": "1"}, "origin_forbidden"},
		"forbidden origin":          {"https://evil.example.com", map[string]any{"bot_id": "1"}, "origin_forbidden"},
		"token, forbidden origin":   {"https://evil.example.com", map[string]any{"token": session.field("token")}, "origin_forbidden"},
		"origin with a slash":       {shop + "/", map[string]any{"bot_id": "1"}, "origin_forbidden"},
		"http for https":            {"http://shop.example.com", map[string]any{"bot_id": "1"}, "origin_forbidden"},
		"token of a site now off":   {s.url, map[string]any{"token": elsewhere}, "origin_forbidden"},
		"unknown bot":               {shop, map[string]any{"bot_id": "nope"}, "bot_unknown"},
		"bot id that is a wildcard": {shop, map[string]any{"bot_id": "*"}, "bot_unknown"},
		"token of a bot now gone":   {shop, map[string]any{"token": nobot}, "bot_unknown"},
		"forged token":              {shop, map[string]any{"token": forged}, "token_invalid"},
		"rubbish token":             {shop, map[string]any{"token": "x.y.z"}, "token_invalid"},
		"token of another bot":      {shop, map[string]any{"token": session.field("token"), "bot_id": "7"}, "token_invalid"},
		"nothing":                   {shop, map[string]any{}, "token_missing"},
		"unknown field":             {shop, map[string]any{"bot_id": "1", "admin": true}, "bad_request"},
		"params not an object":      {shop, map[string]any{"bot_id": "1", "params_from_site": 7}, "bad_request"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := s.dial(tt.origin).connect(tt.auth)
			if tt.want == "" && !strings.HasPrefix(got, "40{") || tt.want != "" && (!strings.HasPrefix(got, "44{") || !strings.Contains(got, `"code":"`+tt.want+`"`)) {
				t.Errorf("CONNECT: %s, want %q", got, tt.want)
			}
		})
	}
}

// A change of the list is live: those who are no longer welcome leave, and come back in vain.
func TestOriginsAreLive(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	if err := s.bucket.PutBot(t.Context(), &configv1.Bot{Id: "1", Name: "Shop", Version: 2}); err != nil {
		t.Fatal(err)
	}
	if got := c.read(); !strings.HasPrefix(got, "closed") {
		t.Errorf("received %s, want the end", got)
	}
	if got := s.dial(s.url).connect(map[string]any{"token": session.field("token")}); !strings.Contains(got, "origin_forbidden") {
		t.Errorf("CONNECT: %s", got)
	}
}

func botText(conversation, local, text string) *chatv1.Message {
	c := subject.Conversation{Bot: "1", ID: conversation}
	return &chatv1.Message{
		Id: c.MessageID(local), Bot: c.Bot, Conversation: c.ID, Author: chatv1.Author_AUTHOR_VISITOR, // the gateway knows better
		Body: &chatv1.Message_Text{Text: &chatv1.Text{Text: text}},
	}
}

func TestTakeOverThroughTheDoor(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	conversation := session.field("conversation")
	bot, op := s.as(token.Scenario), s.as(token.Operator)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(bot.Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: botText(conversation, "q/0", "in time")}))
	if e := c.next(); e.field("author") != "bot" {
		t.Errorf("shown as %s", e.args)
	}
	take := &gatewayv1.ChangeOwnerRequest{
		Id: conversation + "/take", Bot: "1", Conversation: conversation,
		Change: &chatv1.OwnerChange{
			Owner:  &chatv1.Owner{Kind: chatv1.OwnerKind_OWNER_KIND_OPERATOR, OperatorId: "u1", OperatorName: "Olena"},
			Reason: chatv1.OwnerReason_OWNER_REASON_TAKEN,
		},
	}
	taken, err := op.ChangeOwner(t.Context(), take)
	must(taken, err)
	if e := c.next(); e.field("type") != "owner" || !strings.Contains(e.field("owner"), "Olena") || e.field("epoch") != fmt.Sprint(taken.GetEpoch()) {
		t.Errorf("shown as %s", e.args)
	}
	again, err := op.ChangeOwner(t.Context(), take) // a repeat succeeds
	if err != nil || again.GetEpoch() != taken.GetEpoch() {
		t.Errorf("repeat: %v, %v", again, err)
	}
	_, err = bot.Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: botText(conversation, "q/1", "too late")})
	st := status.Convert(err)
	if st.Code() != codes.FailedPrecondition || len(st.Details()) != 1 || st.Details()[0].(*gatewayv1.OwnerConflict).GetEpoch() != taken.GetEpoch() {
		t.Errorf("late bot: %v %v", err, st.Details())
	}
	must(op.Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: botText(conversation, "op", "hello"), Epoch: taken.GetEpoch()}))
	if e := c.next(); e.field("author") != "operator" || e.field("text") != "hello" {
		t.Errorf("shown as %s", e.args)
	}
}

func TestDeliverRefuses(t *testing.T) {
	s := newSite(t)
	c := newID()
	tests := map[string]struct {
		as   string
		req  *gatewayv1.DeliverRequest
		want codes.Code
	}{
		"history does not speak": {token.History, &gatewayv1.DeliverRequest{Message: botText(c, "a", "x")}, codes.PermissionDenied},
		"no conversation":        {token.Scenario, &gatewayv1.DeliverRequest{Message: botText("", "a", "x")}, codes.InvalidArgument},
		"wildcard":               {token.Scenario, &gatewayv1.DeliverRequest{Message: botText("*", "a", "x")}, codes.InvalidArgument},
		"id of another":          {token.Scenario, &gatewayv1.DeliverRequest{Message: &chatv1.Message{Id: newID() + "/1", Bot: "1", Conversation: c}}, codes.InvalidArgument},
		"no body":                {token.Scenario, &gatewayv1.DeliverRequest{Message: &chatv1.Message{Id: c + "/1", Bot: "1", Conversation: c}}, codes.InvalidArgument},
		"empty text":             {token.Scenario, &gatewayv1.DeliverRequest{Message: botText(c, "a", "")}, codes.InvalidArgument},
		"bot beside the owner":   {token.Scenario, &gatewayv1.DeliverRequest{Message: botText(c, "a", "x"), Unfenced: true}, codes.InvalidArgument},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := s.as(tt.as).Deliver(t.Context(), tt.req); status.Code(err) != tt.want {
				t.Errorf("Deliver = %v, want %v", err, tt.want)
			}
		})
	}
}

func TestLiveEvents(t *testing.T) {
	s := newSite(t)
	c, session := s.visit()
	req := func(e *gatewayv1.LiveEvent) *gatewayv1.SendEventRequest {
		return &gatewayv1.SendEventRequest{Bot: "1", Conversation: session.field("conversation"), Event: e}
	}
	thinking := &gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Thinking{Thinking: &gatewayv1.Thinking{Text: "Looking", Ttl: durationpb.New(1e9)}}}
	if _, err := s.as(token.Scenario).SendEvent(t.Context(), req(thinking)); err != nil {
		t.Fatal(err)
	}
	if e := c.next(); e.name != "thinking" || e.field("text") != "Looking" || e.field("ttl_ms") != "1000" {
		t.Errorf("shown as %s %s", e.name, e.args)
	}
	typing := &gatewayv1.LiveEvent{Event: &gatewayv1.LiveEvent_Typing{Typing: &gatewayv1.Typing{Name: "Olena"}}}
	if _, err := s.as(token.Operator).SendEvent(t.Context(), req(typing)); err != nil {
		t.Fatal(err)
	}
	if e := c.next(); e.name != "typing" || e.field("author") != "operator" {
		t.Errorf("shown as %s %s", e.name, e.args)
	}
	thinking.GetThinking().Ttl = durationpb.New(1e12)
	if _, err := s.as(token.Scenario).SendEvent(t.Context(), req(thinking)); status.Code(err) != codes.InvalidArgument {
		t.Errorf("endless thinking: %v", err)
	}
}

// While something is away, the gateway refuses politely and loses nothing.
func TestHistoryAway(t *testing.T) {
	s := newSite(t)
	s.record.down = true
	c := s.dial(shop)
	if got := c.connect(map[string]any{"bot_id": "1"}); !strings.Contains(got, `"code":"unavailable"`) || !strings.Contains(got, "retry_after_ms") {
		t.Errorf("CONNECT: %s", got)
	}
	s.record.down = false
	if got := c.connect(map[string]any{"bot_id": "1"}); !strings.HasPrefix(got, "40{") {
		t.Errorf("CONNECT again: %s", got)
	}
}

// Many tabs come and go while messages flow: everybody sees the same, in the same order.
func TestTabsComeAndGo(t *testing.T) {
	s := newSite(t)
	_, session := s.visit()
	const tabs, messages = 8, 40
	bot := s.as(token.Scenario)
	var wg sync.WaitGroup
	for tab := range tabs {
		wg.Go(func() {
			offset, got := "", 0
			for got < messages {
				c := s.dial(shop)
				auth := map[string]any{"token": session.field("token")}
				if offset != "" {
					auth["offset"] = offset
				}
				c.connect(auth)
				for stay := 0; got < messages && stay < 3+tab; {
					e := c.next()
					switch e.name {
					case "history":
						got, offset = strings.Count(string(e.args[0]), `"type":"text"`), e.offset()
					case "message":
						if e.field("text") != fmt.Sprint(got) {
							t.Errorf("tab %d: %s, want %d", tab, e.args, got)
							return
						}
						got, offset = got+1, e.offset()
						stay++
					}
				}
				_ = c.ws.Close()
			}
		})
	}
	for n := range messages {
		if _, err := bot.Deliver(t.Context(), &gatewayv1.DeliverRequest{Message: botText(session.field("conversation"), fmt.Sprintf("m/%d", n), fmt.Sprint(n))}); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
}

func TestHTTP(t *testing.T) {
	s := newSite(t)
	tests := map[string]struct {
		method, path, body string
		header             map[string]string
		status             int
		contains           string
	}{
		"token":                  {"POST", "/widget/v2/token", `{"bot_id":"1","site":"` + shop + `"}`, map[string]string{"Origin": s.url}, 200, `"renewed":false`},
		"token for another site": {"POST", "/widget/v2/token", `{"bot_id":"1","site":"https://evil.example.com"}`, nil, 403, "origin_forbidden"},
		"token across sites":     {"POST", "/widget/v2/token", `{"bot_id":"1","site":"` + shop + `"}`, map[string]string{"Origin": shop}, 403, "origin_forbidden"},
		"token of no bot":        {"POST", "/widget/v2/token", `{"bot_id":"9","site":"` + shop + `"}`, nil, 404, "bot_unknown"},
		"token, unknown field":   {"POST", "/widget/v2/token", `{"bot_id":"1","sight":"x"}`, nil, 400, `"field":"sight"`},
		"token, long body":       {"POST", "/widget/v2/token", `{"bot_id":"` + strings.Repeat("1", 9000) + `"}`, nil, 413, "too_large"},
		"settings":               {"GET", "/widget/v2/settings/1.js", "", map[string]string{"Origin": shop}, 200, `__kw.settings("1",{"title":"Shop"`},
		"settings, our page":     {"GET", "/widget/v2/settings/1.js", "", nil, 200, `__kw.settings(`},
		"settings, evil page":    {"GET", "/widget/v2/settings/1.js", "", map[string]string{"Origin": "https://evil.example.com"}, 200, `__kw.refused("1",{"code":"origin_forbidden"`},
		"settings, and why not":  {"GET", "/widget/v2/settings/1.js", "", map[string]string{"Origin": "https://evil.example.com"}, 200, `(allowed_origins). "+new URL("../why?bot-id=1\u0026site=https%3A%2F%2Fevil.example.com",document.currentScript.src)});`},
		"settings of no bot":     {"GET", "/widget/v2/settings/%3Cscript%3E.js", "", map[string]string{"Origin": shop}, 200, `__kw.refused("\u003cscript\u003e",{"code":"bot_unknown"`},
		"polling":                {"GET", "/socket.io/?EIO=4&transport=polling", "", nil, 200, `"upgrades":["websocket"]`},
		"another protocol":       {"GET", "/socket.io/?EIO=3&transport=websocket", "", nil, 400, "Unsupported protocol version"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), tt.method, s.url+tt.path, strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range tt.header {
				req.Header.Set(k, v)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != tt.status || !strings.Contains(string(body), tt.contains) {
				t.Errorf("%d %s, %v; want %d with %s", res.StatusCode, body, err, tt.status, tt.contains)
			}
		})
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestShutdownSendsSocketsElsewhere(t *testing.T) {
	s := newSite(t)
	c, _ := s.visit()
	s.stop()
	s.stop = func() {}
	if got := c.read(); !strings.Contains(got, "1012") {
		t.Errorf("received %s, want close code 1012", got)
	}
}
