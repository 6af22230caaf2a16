package widget

import (
	"fmt"
	"net/netip"

	"github.com/switchboard-chat/switchboard/internal/subject"
	configv1 "github.com/switchboard-chat/switchboard/proto/switchboard/config/v1"
)

const (
	maxBlocks       = 1000
	maxBlockMessage = 500
	maxBlockNote    = 200
)

func (v *checker) blocks(blocks []*configv1.Block) {
	if len(blocks) > maxBlocks {
		v.Add("blocks", "%d entries, expected at most %d", len(blocks), maxBlocks)
		return
	}
	for i, b := range blocks {
		field := fmt.Sprintf("blocks[%d]", i)
		switch who := b.GetWho().(type) {
		case *configv1.Block_Network:
			if err := ParseNetwork(who.Network); err != nil {
				v.Add(field+".network", "%s", err)
			}
		case *configv1.Block_Visitor:
			v.uuid(field+".visitor", who.Visitor)
		case *configv1.Block_Conversation:
			v.uuid(field+".conversation", who.Conversation)
		default:
			v.Add(field, "expected network, visitor or conversation")
		}
		v.line(field+".note", b.GetNote(), maxBlockNote)
		if u := b.GetUntil(); u != nil && !u.IsValid() {
			v.Add(field+".until", "expected a time, or nothing")
		}
	}
}

func (v *checker) uuid(field, s string) {
	if !subject.IsUUID(s) {
		v.Add(field, "expected a canonical lower-case UUID")
	}
}

// ParseNetwork reports what is wrong with the text of an address or of a range of addresses: a range
// has no bits behind its prefix, so that a typing error does not block half the world.
func ParseNetwork(s string) error {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" && !a.Is4In6() {
		return nil
	}
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil || p.Addr().Is4In6():
		return fmt.Errorf("%.60q, expected an address such as 203.0.113.7 or a range such as 203.0.113.0/24 or 2001:db8::/32", s)
	case p != p.Masked():
		return fmt.Errorf("%q is not the beginning of its range, expected %q", s, p.Masked())
	case p.Bits() == 0:
		return fmt.Errorf("%q is everybody; take the sites from allowed_origins instead", s)
	}
	return nil
}
