package hclspec

import (
	"net/netip"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

func (l *loader) vips() {
	l.layer = "vip"
	vals := map[string]cty.Value{}
	for _, block := range l.blocks["vip"] {
		d := l.declared(block)
		one, all := cty.NilVal, map[string]cty.Value{}
		for _, in := range l.instances(block, d, vipKind) {
			one = l.vip(in)
			all[in.key] = one
		}
		if name := block.Labels[0]; l.named["vip"][name] == d {
			vals[name] = d.group(one, all)
		}
	}
	l.root.Variables["vip"] = cty.ObjectVal(vals)
}

// vip gives what can be referred to: ipv4 and ipv6 are there if there is exactly one.
func (l *loader) vip(in instance) cty.Value {
	b := l.open(in.block, vipKind, in.ctx)
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
