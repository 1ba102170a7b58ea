package hclspec

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/lvsform/lvsform/spec"
)

// allVIPs evaluates the vips of every node: whoever holds an address matters to the others.
func (l *loader) allVIPs() {
	all := slices.Clone(l.sites)
	if l.nowhere != nil {
		all = append(all, l.nowhere)
	}
	for _, s := range all {
		s.vips()
	}
	elsewhere, expanded := l.together(all), map[*declaration]bool{}
	for _, s := range all {
		for d := range s.keys {
			expanded[d] = true
		}
	}
	for _, s := range all {
		s.shareVIPs(elsewhere, expanded)
	}
	l.answers()
}

func (l *loader) vips() {
	l.layer = "vip"
	for _, block := range l.blocks["vip"] {
		d := l.declared(block)
		for _, in := range l.instances(block, d) {
			v := l.vip(in)
			if l == l.nowhere && !v.IsWhollyKnown() && !l.diags.HasErrors() {
				l.apart[in.addr] = true // it is made of target
				continue
			}
			if l.named["vip"][block.Labels[0]] == d {
				l.vipsAt[in.addr] = v
			}
		}
	}
}

// together are the values of vips that are the same wherever they are.
func (l *loader) together(all []*loader) map[string]cty.Value {
	out := map[string]cty.Value{}
	for _, s := range all {
		for addr, v := range s.vipsAt {
			if first, ok := out[addr]; ok && !first.RawEquals(v) {
				l.apart[addr] = true
			}
			out[addr] = v
		}
	}
	for addr := range l.apart {
		delete(out, addr)
	}
	return out
}

// shareVIPs makes what can be referred to: the vips of the node, and those of others, so that a node can be ready to take a
// vip over.
func (l *loader) shareVIPs(elsewhere map[string]cty.Value, expanded map[*declaration]bool) {
	groups := map[string]map[string]cty.Value{}
	for _, vips := range []map[string]cty.Value{elsewhere, l.vipsAt} {
		for addr, v := range vips {
			name, key, _ := nameAndKey(addr)
			if groups[name] == nil {
				groups[name] = map[string]cty.Value{}
			}
			groups[name][key] = v
		}
	}
	vals := map[string]cty.Value{}
	for name, d := range l.named["vip"] {
		all := groups[name]
		if expanded[d] {
			l.keys[d] = sortedKeys(all)
		}
		if one, ok := all[""]; ok && !d.forEach {
			vals[name] = one
		} else if d.forEach || !l.isApart("vip."+name) {
			vals[name] = l.group(d, cty.NilVal, all)
		}
	}
	l.root.Variables["vip"] = cty.ObjectVal(vals)
}

// vip gives what can be referred to: ipv4 and ipv6 are there if there is exactly one.
func (l *loader) vip(in instance) cty.Value {
	b := l.open(in.block, vipKind, in.ctx)
	h := b.holder()
	a, ok := b.get("addresses")
	if !ok {
		return cty.DynamicVal
	}
	elements, ok := a.elements()
	var all, v4, v6 []cty.Value
	for _, e := range elements {
		addr, good := e.virtualAddress()
		if !good {
			ok = false
			continue
		}
		if h.name != "" && !unicast(addr) {
			e.errorf("LVS017", "Invalid address", "%s is not an address that an interface can have: write the one that clients connect to.", addr)
			continue
		}
		l.hold(in, h, addr)
		text := cty.StringVal(addr.String())
		all = append(all, text)
		if addr.Is4() {
			v4 = append(v4, text)
		} else {
			v6 = append(v6, text)
		}
	}
	if !ok {
		return cty.DynamicVal
	}
	vals := map[string]cty.Value{"addresses": cty.ListValEmpty(cty.String)}
	if len(all) > 0 {
		vals["addresses"] = cty.ListVal(all)
	}
	if len(v4) == 1 {
		vals["ipv4"] = v4[0]
	}
	if len(v6) == 1 {
		vals["ipv6"] = v6[0]
	}
	return cty.ObjectVal(vals)
}

// holder is how a vip is held.
type holder struct {
	name     string // of the interface; "" if something else holds it
	anycast  bool
	announce spec.Announce
	// explicit says that the block says how it is announced.
	explicit bool
}

func (b *body) holder() (h holder) {
	if a, ok := b.get("interface"); ok {
		h.name = a.interfaceName()
	}
	if a, ok := b.get("anycast"); ok {
		h.anycast, _ = a.boolean()
		if expr, _ := b.expression("anycast"); h.anycast && h.name == "" && !b.bad {
			b.errorf("LVS048", expr.Range(), "Attribute without effect", "Without an interface lvsform does not hold the addresses, and anycast says how they are held: set interface, or leave anycast out.")
		}
	}
	c := b.child("announce")
	switch {
	case h.name != "" && h.name != "lo" && !h.anycast:
		h.announce = spec.DefaultAnnounce
	case c == nil || b.bad:
	case h.name == "":
		b.errorf("LVS048", c.header, "Attribute without effect", "Without an interface lvsform does not hold the addresses: whatever holds them announces them. Set interface, or leave announce out.")
	default:
		b.errorf("LVS048", c.header, "Attribute without effect", "Addresses that are routed to are not announced to neighbours: leave announce out where the interface is lo, or anycast is true.")
	}
	if c == nil {
		return h
	}
	h.explicit = true
	if a, ok := c.get("count"); ok {
		n, _ := a.number(0, 100)
		h.announce.Count = int(n)
	}
	if a, ok := c.get("interval"); ok {
		h.announce.Interval, _ = a.duration()
		if h.announce.Interval > time.Minute {
			a.errorf("LVS019", "Invalid duration", "interval is %s: write at most 1m, because an apply lasts until the last announcement.", h.announce.Interval)
		}
	}
	return h
}

// hold puts an address on the interface.
func (l *loader) hold(in instance, h holder, addr netip.Addr) {
	if h.name == "" {
		return
	}
	k := spec.AddressKey{Interface: h.name, Prefix: netip.PrefixFrom(addr, addr.BitLen())}
	name := in.addr + ".address[" + strconv.Quote(k.Prefix.String()) + "]"
	l.put(k, spec.VIP(k), spec.Object{Name: name, Announce: h.announce, Side: spec.SideDirector}, origin{block: in.block}, false)
	l.held = append(l.held, held{addr: addr, at: k, holder: h, in: in})
	l.holds[addr] = true
}

// held is an address that a vip of the node holds.
type held struct {
	addr netip.Addr
	at   spec.AddressKey
	holder
	in instance
}

// virtualAddress is an address that may have the prefix length of a single one.
func (a value) virtualAddress() (netip.Addr, bool) {
	if a.v.Type() == cty.String && strings.Contains(a.v.AsString(), "/") {
		p, err := netip.ParsePrefix(a.v.AsString())
		if err == nil && p.IsSingleIP() {
			return p.Addr(), true
		}
	}
	return a.address()
}

// declared is the declaration of a block; for one whose name is wrong or taken it is nobody's.
func (l *loader) declared(block *hcl.Block) *declaration {
	if d, ok := l.byBlock[block]; ok {
		return d
	}
	return &declaration{block: block}
}
