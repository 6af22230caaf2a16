package preview

import (
	"fmt"
	"net/netip"
	"strings"
)

// Networks are ranges of addresses that are looked at although they are not public, such as an intranet's.
type Networks []netip.Prefix

// UnmarshalText reads addresses and ranges that are separated by commas.
func (n *Networks) UnmarshalText(text []byte) error {
	var list Networks
	for s := range strings.SplitSeq(string(text), ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		p, err := netip.ParsePrefix(s)
		if a, aerr := netip.ParseAddr(s); aerr == nil && a.Zone() == "" {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return fmt.Errorf("%q: want an address such as 10.1.2.3, or a range such as 10.0.0.0/8", s)
		}
		list = append(list, p.Masked())
	}
	*n = list
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (n Networks) MarshalText() ([]byte, error) {
	parts := make([]string, len(n))
	for i, p := range n {
		parts[i] = p.String()
	}
	return []byte(strings.Join(parts, ",")), nil
}

// Have reports whether an address is in one of the ranges.
func (n Networks) have(a netip.Addr) bool {
	for _, p := range n {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// special are the ranges that lead to no public page: the registries of special-purpose addresses of RFC 6890 and
// its successors, and the ranges through which an IPv6 address names an IPv4 one.
func special() []netip.Prefix {
	var list []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/3",      // unspecified, loopback, IPv4-compatible, IPv4-mapped, NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), discard-only
		"2001::/23", // Teredo, benchmarking, ORCHID
		"2001:db8::/32", "2002::/16", "2620:4f:8000::/48",
		"3ffe::/16", "3fff::/20", // the old 6bone, documentation
		"4000::/2", "8000::/1", // nothing that is global: site and link local, unique local, multicast, 5f00::/16
	} {
		list = append(list, netip.MustParsePrefix(s))
	}
	return list
}

// public reports whether an address is one of the public internet's, or of what is allowed beside it.
func (f *Fetcher) public(a netip.Addr) bool {
	a = a.Unmap() // as the system does it, too
	if f.allowed.have(a) {
		return true
	}
	return a.IsValid() && a.Zone() == "" && a.IsGlobalUnicast() && !f.special.have(a)
}
