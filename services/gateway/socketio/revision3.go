package socketio

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// Clients of Engine.IO revision 3 speak revision 4 of this protocol: they have no payload for CONNECT, and
// say by queries what others say by it.

// splitNamespace takes the query off a namespace, where clients of revision 4 of the protocol have what
// they authenticate with.
func splitNamespace(s string) (name string, auth json.RawMessage) {
	name, query, ok := strings.Cut(s, "?")
	if !ok {
		return s, nil
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return name, nil
	}
	return name, authOf(values)
}

// transportKeys of a query are the engine's.
var transportKeys = []string{"EIO", "transport", "sid", "t", "b64", "j"}

// handshakeAuth is what the address of a client of revision 3 says beside.
func handshakeAuth(query url.Values) json.RawMessage {
	q := url.Values{}
	for k, v := range query {
		if !slices.Contains(transportKeys, k) {
			q[k] = v
		}
	}
	return authOf(q)
}

// authOf is a query as the payload of a CONNECT: its keys with their first values.
func authOf(query url.Values) json.RawMessage {
	if len(query) == 0 {
		return nil
	}
	first := map[string]string{}
	for k := range query {
		first[k] = query.Get(k)
	}
	data, err := json.Marshal(first)
	if err != nil {
		panic(err) // strings always marshal
	}
	return data
}
