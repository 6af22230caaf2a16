package gateway_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// poller is a client that polls, each request at another gateway, as behind a load balancer.
type poller struct {
	t     *testing.T
	sites []*site
	query string
	n     int
}

func (p *poller) ask(method, body string) (int, string) {
	p.t.Helper()
	at := p.sites[p.n%len(p.sites)]
	p.n++
	req, err := http.NewRequestWithContext(p.t.Context(), method, at.url+"/socket.io/?EIO=4&transport=polling"+p.query, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Origin", shop)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, string(data)
}

// until polls until something comes that has want in it.
func (p *poller) until(want string) {
	p.t.Helper()
	for {
		status, body := p.ask(http.MethodGet, "")
		if status != http.StatusOK {
			p.t.Fatalf("polled %d %s while waiting for %s", status, body, want)
		}
		if strings.Contains(body, want) {
			return
		}
	}
}

// A client that polls is led to another gateway with every request, and notices nothing; an upgrade is
// handed over, too.
func TestPollingOverSeveralGateways(t *testing.T) {
	s := newSite(t)
	defer http.DefaultClient.CloseIdleConnections()
	p := &poller{t: t, sites: []*site{s.beside(), s.beside(), s.beside()}}
	_, open := p.ask(http.MethodGet, "")
	p.query = "&sid=" + strings.Split(open, `"`)[3]
	if status, body := p.ask(http.MethodPost, `40{"bot_id":"1"}`); status != http.StatusOK {
		t.Fatalf("CONNECT: %d %s", status, body)
	}
	p.until(`["history"`)
	if status, body := p.ask(http.MethodPost, `421["message",{"id":"`+newID()+`","type":"text","text":"hello"}]`); status != http.StatusOK {
		t.Fatalf("message: %d %s", status, body)
	}
	p.until(`431[{"ok":true`)

	ws, res, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(p.sites[1].url, "http")+"/socket.io/?EIO=4&transport=websocket"+p.query, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	c := &client{t: t, ws: ws}
	defer ws.Close()
	c.write("2probe")
	if got := c.read(); got != "3probe" {
		t.Fatalf("the probe was answered by %s", got)
	}
	c.write("5")
	c.write(`42["dance"]`)
	for e := c.next(); e.name != "problem"; e = c.next() {
		if e.name != "message" { // hello itself may come only now
			t.Fatalf("received %s %s", e.name, e.args)
		}
	}
}

func TestSessionsOfAGatewayThatIsGone(t *testing.T) {
	s := newSite(t)
	defer http.DefaultClient.CloseIdleConnections()
	for name, sid := range map[string]string{"gone": "A1b2.x", "no id": "*.x", "wildcard": "%3E.x", "empty": ".x", "long": strings.Repeat("a", 999) + ".x"} {
		t.Run(name, func(t *testing.T) {
			p := &poller{t: t, sites: []*site{s.beside()}, query: "&sid=" + sid}
			if status, body := p.ask(http.MethodGet, ""); status != http.StatusBadRequest || !strings.Contains(body, "Session ID unknown") {
				t.Errorf("%d %s", status, body)
			}
		})
	}
}
