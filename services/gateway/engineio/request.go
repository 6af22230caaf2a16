package engineio

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/websocket"
)

// Peer is what the handshake told of the other side.
type Peer struct {
	Origin    string // the Origin header; empty for what is not a browser
	Host      string // the Host header
	IP        string // of the connection
	UserAgent string
	Query     url.Values // of a peer of revision 3, which has no other way to say who it is; else nil
}

func peer(r *http.Request) Peer {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	return Peer{Origin: Origin(r), Host: r.Host, IP: ip, UserAgent: r.UserAgent()}
}

// Origin is what the request's Origin header says. Several are one, as in every other header (RFC 9110, 5.3),
// which is nobody's: two readers of the request shall not each find the one that they like.
func Origin(r *http.Request) string { return strings.Join(r.Header.Values("Origin"), ", ") }

// mayBe reports whether the request can be the peer's: a page is of one origin. A browser does not name it
// with every request.
func (p Peer) mayBe(r *http.Request) bool {
	origin := Origin(r)
	return origin == "" || p.Origin == "" || origin == p.Origin
}

// Errors of a request as the reference numbers them; its text belongs to the protocol, too.
type refusal struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	closes  bool   // the session, too
}

var (
	transportUnknown   = refusal{Code: 0, Message: "Transport unknown"}
	sessionUnknown     = refusal{Code: 1, Message: "Session ID unknown"}
	badHandshakeMethod = refusal{Code: 2, Message: "Bad handshake method"}
	badRequest         = refusal{Code: 3, Message: "Bad request"}
	overlapping        = refusal{Code: 3, Message: "Bad request", closes: true}
	badVersion         = refusal{Code: 5, Message: "Unsupported protocol version"}
)

func refuse(w http.ResponseWriter, why refusal) { refuseWith(w, http.StatusBadRequest, why) }

func refuseWith(w http.ResponseWriter, status int, why refusal) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(why) // the peer may be gone
}

const (
	pollingTransport   = "polling"
	websocketTransport = "websocket"
)

// ServeHTTP serves both transports. What is wrong with a request is looked for in the order of the
// reference: transport, session, method, and then the rest.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	share(w.Header(), r, q.Get("EIO"))
	if r.Method == http.MethodOptions {
		preflight(w, r)
		return
	}
	transport := q.Get("transport")
	if transport != pollingTransport && transport != websocketTransport {
		refuse(w, transportUnknown)
		return
	}
	if sid := q.Get("sid"); sid != "" {
		s.resume(w, r, sid, transport)
		return
	}
	s.handshake(w, r, q, transport)
}

func (s *Server) handshake(w http.ResponseWriter, r *http.Request, q url.Values, transport string) {
	revision, known := s.revision(q.Get("EIO"))
	switch {
	case r.Method != http.MethodGet:
		refuse(w, badHandshakeMethod)
		return
	case !known:
		refuse(w, badVersion)
		return
	case transport == websocketTransport && !websocket.IsWebSocketUpgrade(r):
		refuse(w, badRequest)
		return
	}
	sess := s.add(r, revision, transport == pollingTransport)
	switch {
	case sess == nil:
		http.Error(w, "shutting down", http.StatusServiceUnavailable)
		return
	case revision == revision3:
		sess.Peer.Query = q
	}
	if transport == websocketTransport {
		s.openWebSocket(w, r, sess)
		return
	}
	sess.openPolling(w)
}

const (
	revision3 = 3
	revision4 = 4
)

func (s *Server) revision(eio string) (revision byte, known bool) {
	switch {
	case eio == "4":
		return revision4, true
	case eio == "3" && s.cfg.AllowEIO3:
		return revision3, true
	}
	return 0, false
}

// forwarded marks a request that another server has handed over. It goes no further: whoever is asked
// for a session that it does not have, for the second time, must not send the request round again.
const forwarded = "X-Engineio-Forwarded"

// resume serves a request of a session, if need be by the server that has it.
func (s *Server) resume(w http.ResponseWriter, r *http.Request, sid, transport string) {
	if owner, _, named := strings.Cut(sid, "."); named && owner != s.cfg.ID && s.cfg.Route != nil && r.Header.Get(forwarded) == "" {
		if h, ok := s.cfg.Route(owner); ok {
			unshare(w.Header())
			r = r.Clone(r.Context())
			r.Header.Set(forwarded, s.cfg.ID+".")
			h.ServeHTTP(w, r)
			return
		}
	}
	sess := s.find(sid)
	switch {
	case sess == nil || !sess.Peer.mayBe(r):
		refuse(w, sessionUnknown)
	case transport == websocketTransport && websocket.IsWebSocketUpgrade(r):
		sess.upgrade(w, r)
	case transport == websocketTransport:
		refuse(w, badRequest)
	case r.Method == http.MethodGet:
		sess.poll(w, r)
	case r.Method == http.MethodPost:
		sess.post(w, r)
	default:
		refuse(w, badRequest)
	}
}

// Pages of other origins may poll, as they may open a WebSocket: whether one is welcome is decided at
// the handshake of what sits on the engine. Nothing here depends on cookies, so none are asked for; but
// clients of revision 3 always ask to send them, and get no answer from their browser unless they may.
func share(h http.Header, r *http.Request, eio string) {
	h.Add("Vary", "Origin")
	origin := Origin(r)
	if origin == "" {
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	if eio == "3" {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
}

// unshare takes back what share has said, for another server to say.
func unshare(h http.Header) {
	for _, name := range []string{"Vary", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"} {
		h.Del(name)
	}
}

// preflight allows whatever a page asks for: a method that there is not is refused in words that the page
// can read, and headers of the page's own (a client's extraHeaders) do no harm.
func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
