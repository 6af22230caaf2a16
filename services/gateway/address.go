package gateway

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Networks are address ranges, such as those of the proxies before the gateway.
type Networks []netip.Prefix

// MarshalText implements [encoding.TextMarshaler]: ranges or addresses, separated by commas.
func (n Networks) MarshalText() ([]byte, error) {
	var all []string
	for _, p := range n {
		all = append(all, p.String())
	}
	return []byte(strings.Join(all, ",")), nil
}

// UnmarshalText reads what MarshalText writes.
func (n *Networks) UnmarshalText(text []byte) error {
	*n = nil
	for s := range strings.SplitSeq(string(text), ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		p, err := parseNetwork(s)
		if err != nil {
			return err
		}
		*n = append(*n, p)
	}
	return nil
}

// parseNetwork reads an address, or a range in CIDR notation.
func parseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || p != p.Masked() {
		return netip.Prefix{}, fmt.Errorf("%.60q: want an address such as 203.0.113.7, or a range such as 203.0.113.0/24 or 2001:db8::/32", s)
	}
	return p, nil
}

// contains reports whether a is in one of the ranges.
func (n Networks) contains(a netip.Addr) bool {
	for _, p := range n {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

const maxForwarded = 32 // entries of X-Forwarded-For that are looked at

// client returns the address of who asks. X-Forwarded-For is believed as far as proxies wrote it that
// are ours: from the right, up to the first address that is not one of them. What stands before
// anybody can have written.
func (n Networks) client(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	at = at.Unmap().WithZone("")
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= max(0, len(forwarded)-maxForwarded) && n.contains(at); i-- {
		next, ok := forwardedBy(forwarded[i])
		if !ok {
			break // a proxy of ours writes addresses; this is somebody else's
		}
		at = next
	}
	return at
}

// forwardedBy is an entry of X-Forwarded-For; some proxies write ports, too.
func forwardedBy(entry string) (netip.Addr, bool) {
	entry = strings.TrimSpace(entry)
	if ap, err := netip.ParseAddrPort(entry); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	if inner, ok := strings.CutPrefix(entry, "["); ok {
		entry, _ = strings.CutSuffix(inner, "]")
	}
	a, err := netip.ParseAddr(entry)
	return a.Unmap().WithZone(""), err == nil
}

// known gives h requests that come from the client, whatever stands between.
func (n Networks) known(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a := n.client(r); a.IsValid() && len(n) > 0 {
			r = r.Clone(r.Context())
			r.RemoteAddr = netip.AddrPortFrom(a, 0).String()
		}
		h.ServeHTTP(w, r)
	})
}

// who is the address as limits count it: whoever has an IPv6 address has a whole /64 of them.
func who(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Is4() {
		return ip
	}
	return netip.PrefixFrom(a, 64).Masked().String()
}
