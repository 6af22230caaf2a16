package gateway

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/switchboard-chat/switchboard/internal/subject"
	"github.com/switchboard-chat/switchboard/services/gateway/engineio"
)

// A client that polls sends many requests, and a load balancer leads each to any gateway. The session's
// id names the gateway that has it; another one asks over NATS for that one's address, and hands the
// request over. A gateway that does not answer has gone, and its sessions with it.

const (
	peerTimeout   = 2 * time.Second
	peerIdleConns = 256 // to one gateway: a poll that waits holds one
)

// peers are the other gateways.
type peers struct {
	id        string // of this one, new with every start
	advertise string // empty = there are no others
	nc        *nats.Conn
	transport http.RoundTripper
}

func newPeers(advertise string, nc *nats.Conn) peers {
	p := peers{id: engineio.NewID(), advertise: advertise, nc: nc}
	if advertise != "" {
		p.transport = &http.Transport{
			DialContext:         (&net.Dialer{Timeout: peerTimeout}).DialContext,
			MaxIdleConnsPerHost: peerIdleConns, IdleConnTimeout: time.Minute,
		}
	}
	return p
}

// answer tells others the address of this one until stop is called.
func (p peers) answer() (stop func(), err error) {
	if p.advertise == "" {
		return func() {}, nil
	}
	at, err := subject.Gateway(p.id)
	if err != nil {
		return nil, err
	}
	sub, err := p.nc.Subscribe(at, func(m *nats.Msg) {
		if err := m.Respond([]byte(p.advertise)); err != nil {
			slog.Warn("address not told", "err", err)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("subscribe %s: %w", at, err)
	}
	return func() {
		_ = sub.Unsubscribe()
		p.transport.(*http.Transport).CloseIdleConnections()
	}, nil
}

// find returns the gateway of that id, for requests.
func (p peers) find(id string) (http.Handler, bool) {
	at, err := subject.Gateway(id)
	if err != nil || p.advertise == "" {
		return nil, false
	}
	m, err := p.nc.Request(at, nil, peerTimeout)
	if err != nil {
		if !errors.Is(err, nats.ErrNoResponders) {
			slog.Warn("gateway not found", "gateway", id, "err", err)
		}
		return nil, false
	}
	target := &url.URL{Scheme: "http", Host: string(m.Data)}
	return &httputil.ReverseProxy{
		Transport: p.transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil { // and not the client's own end
				slog.WarnContext(r.Context(), "request not handed over", "gateway", id, "err", err)
			}
			w.WriteHeader(http.StatusBadGateway)
		},
	}, true
}

// advertised is the address to tell others: the setting, or else that under which NATS sees this
// process, with the port that it listens on.
func advertised(setting string, addr net.Addr, nc *nats.Conn) (string, error) {
	if setting != "" {
		if _, _, err := net.SplitHostPort(setting); err != nil {
			return "", fmt.Errorf("-advertise: %w", err)
		}
		return setting, nil
	}
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "", err
	}
	ip, err := nc.GetClientIP()
	if err != nil {
		return "", fmt.Errorf("-advertise: NATS does not say how it sees this process: %w", err)
	}
	return net.JoinHostPort(ip.String(), port), nil
}
