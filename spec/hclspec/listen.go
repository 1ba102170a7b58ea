package hclspec

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/lvsform/lvsform/spec"
)

func (l *loader) listenPorts(block *hcl.Block, parent *body, word string) (out []listener) {
	b := l.open(block, listenPortKind, parent.ctx)
	b.adopt(parent)
	protocol, _ := spec.ParseProtocol(word)
	onePacket := b.onePacket()
	if onePacket && protocol != spec.UDP {
		a, _ := b.get("one_packet")
		a.errorf("LVS106", "One-packet scheduling of a protocol with connections", "The kernel schedules single packets of UDP only: leave one_packet out for %s.", protocol)
	}
	addresses, ports := b.addresses(), b.ports()
	for _, addr := range addresses {
		for _, port := range ports {
			out = append(out, listener{key: spec.Listener(protocol, netip.AddrPortFrom(addr, port)), block: block, onePacket: onePacket})
		}
	}
	return out
}

func (l *loader) listenMark(block *hcl.Block, parent *body) []listener {
	b := l.open(block, listenMarkKind, parent.ctx)
	b.adopt(parent)
	family := spec.IPv4
	if a, ok := b.get("family"); ok {
		word, _ := a.word([]string{"ipv4", "ipv6"}, "address family")
		if f, err := spec.ParseFamily(word); err == nil {
			family = f
		}
	}
	a, ok := b.get("mark")
	if !ok {
		return nil
	}
	if a.v.RawEquals(cty.Zero) {
		a.errorf("LVS103", "Firewall mark 0", "A packet without a mark has mark 0: use a mark of 1 to 4294967295.")
		return nil
	}
	mark, ok := a.number(1, 1<<32-1)
	if !ok {
		return nil
	}
	in := listener{key: spec.Mark(uint32(mark), family), block: block, onePacket: b.onePacket()}
	for block := range b.children("match") {
		in.rules = append(in.rules, l.match(block, b, in.key)...)
	}
	return []listener{in}
}

// adopt makes what is wrong in b wrong in its parent.
func (b *body) adopt(parent *body) {
	b.parent = parent
	if b.bad {
		parent.spoil()
	}
}

func (b *body) onePacket() bool {
	a, ok := b.get("one_packet")
	if !ok {
		return false
	}
	on, _ := a.boolean()
	return on
}

func (b *body) addresses() (out []netip.Addr) {
	a, ok := b.get("addresses")
	if !ok {
		return nil
	}
	elements, _ := a.elements()
	for _, e := range elements {
		if addr, ok := e.address(); ok {
			out = append(out, addr)
		}
	}
	return out
}

// ports reads numbers, ranges and "any", which is port 0 to the kernel.
func (b *body) ports() (out []uint16) {
	a, ok := b.get("ports")
	if !ok {
		return nil
	}
	elements, _ := a.elements()
	for _, e := range elements {
		first, last, ok := e.portRange()
		if !ok {
			continue
		}
		for p := int(first); p <= int(last); p++ {
			out = append(out, uint16(p))
		}
	}
	return out
}

func (a value) portRange() (first, last uint16, ok bool) {
	if a.v.Type() != cty.String {
		n, ok := a.number(1, 65535)
		return uint16(n), uint16(n), ok
	}
	text := a.v.AsString()
	if text == "any" {
		return 0, 0, true
	}
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		to = from
	}
	f, err1 := strconv.ParseUint(strings.TrimSpace(from), 10, 16)
	t, err2 := strconv.ParseUint(strings.TrimSpace(to), 10, 16)
	if err1 != nil || err2 != nil || f == 0 || f > t {
		a.errorf("LVS018", "Invalid port", "%q is not a port: write a number from 1 to 65535, a range such as \"8000-8010\", or \"any\".", text)
		return 0, 0, false
	}
	return uint16(f), uint16(t), true
}

// dotted is the text of a mask that is not a number.
func (a value) dotted() (string, bool) {
	if a.v.Type() != cty.String || !strings.Contains(a.v.AsString(), ".") {
		return "", false
	}
	return a.v.AsString(), true
}
