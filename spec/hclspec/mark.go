package hclspec

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
)

// markRule is one packet filter of a match block.
type markRule struct {
	key   spec.MarkRuleKey
	block *hcl.Block
}

// match reads a match block of a listener for the mark: every address with every port or range.
func (l *loader) match(block *hcl.Block, parent *body, mark spec.ServiceKey) (out []markRule) {
	b := l.open(block, matchKind, parent.ctx)
	b.adopt(parent)
	var protocol spec.Protocol
	if a, ok := b.get("protocol"); ok {
		word, _ := a.word([]string{"tcp", "udp", "sctp"}, "protocol")
		protocol, _ = spec.ParseProtocol(word)
	}
	addresses, ports := b.list("addresses"), b.list("ports")
	for name, list := range map[string][]value{"addresses": addresses, "ports": ports} {
		if expr, ok := b.expression(name); ok && len(list) == 0 && !b.bad {
			l.warnf("LVS217", expr.Range(), "Match for nothing", "No packets get mark %d by a match without %s: fill the list, or leave the block out.", mark.FWMark, name)
		}
	}
	for _, e := range addresses {
		addr, ok := e.address()
		switch {
		case !ok:
			continue
		case !unicast(addr):
			e.errorf("LVS017", "Invalid address", "%s is no address that clients connect to: write the one that they do.", addr)
			continue
		case spec.FamilyOf(addr) != mark.Family():
			e.errorf("LVS017", "Invalid address", "%s is not %s, and the mark is: give it a listener with family = %q.", addr, mark.Family(), spec.FamilyOf(addr))
			continue
		}
		for _, p := range ports {
			if first, last, ok := p.portRange(); ok && protocol != 0 {
				out = append(out, markRule{spec.MarkRuleKey{Protocol: protocol, Address: addr, First: first, Last: last}, block})
			}
		}
	}
	return out
}

// marks puts the rules that give packets their marks into the desired State.
func (l *loader) marks() {
	var all []spec.MarkRuleKey
	for _, block := range l.blocks["service"] {
		for _, s := range l.services[block] {
			for _, in := range s.listeners {
				name := s.addr + "." + spec.ListenerName(in.key)
				for _, r := range in.rules {
					o := spec.Object{Name: name + ".match[" + strconv.Quote(matchName(r.key)) + "]"}
					l.markOnce(r, spec.MarkRule{Mark: in.key.FWMark}, o, s)
					all = append(all, r.key)
				}
			}
		}
	}
	l.overlaps(all)
}

// markOnce: packets have one mark.
func (l *loader) markOnce(r markRule, v spec.MarkRule, o spec.Object, s *service) {
	if first, ok := l.node.Desired.State.MarkRules[r.key]; ok && first != v {
		l.overlap(r.key, r.block, r.key)
		return
	}
	l.put(r.key, v, o, origin{block: r.block, around: s.block}, false)
}

// overlaps finds rules of different marks that match the same packets.
func (l *loader) overlaps(all []spec.MarkRuleKey) {
	marks := l.node.Desired.State.MarkRules
	slices.SortFunc(all, func(a, b spec.MarkRuleKey) int { return spec.CompareKeys(a, b) })
	// Of the rules for the address so far: the one that reaches furthest, and that of those with another mark than it has.
	var furthest, other *spec.MarkRuleKey
	for _, k := range all {
		if furthest == nil || furthest.Protocol != k.Protocol || furthest.Address != k.Address {
			furthest, other = &k, nil
			continue
		}
		before := furthest
		if marks[*before] == marks[k] {
			before = other
		}
		if before != nil && last(*before) >= k.First {
			l.overlap(k, l.node.origins[k].block, *before)
		}
		switch differs := marks[k] != marks[*furthest]; {
		case last(k) > last(*furthest) && differs:
			furthest, other = &k, furthest
		case last(k) > last(*furthest):
			furthest = &k
		case differs && (other == nil || last(k) > last(*other)):
			other = &k
		}
	}
}

// last is the last port that the rule is for.
func last(k spec.MarkRuleKey) uint16 {
	if k.Last == 0 {
		return 65535
	}
	return k.Last
}

func (l *loader) overlap(k spec.MarkRuleKey, block *hcl.Block, before spec.MarkRuleKey) {
	l.clash("LVS056", block.DefRange, "Packets with two marks", "Packets for %s get the mark of %s too, declared at %s: a packet has one mark, so the ports must not overlap.",
		matchName(k), l.node.Desired.Objects[before].Name, l.node.origins[before].place(""))
}

// unicast says that packets can be sent to the address alone.
func unicast(a netip.Addr) bool {
	return a.IsValid() && !a.IsUnspecified() && !a.IsMulticast() && !a.Is4In6() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// shadowed warns of listeners that a mark takes all packets from.
func (l *loader) shadowed() {
	type target struct {
		protocol spec.Protocol
		addr     netip.Addr
	}
	rules := map[target][]spec.MarkRuleKey{}
	for k := range l.node.Desired.State.MarkRules {
		at := target{k.Protocol, k.Address}
		rules[at] = append(rules[at], k)
	}
	if len(rules) == 0 {
		return
	}
	for k := range l.node.Desired.State.Services {
		if k.IsMark() {
			continue
		}
		matching := slices.DeleteFunc(slices.Clone(rules[target{k.Protocol, k.Address.Addr()}]), func(r spec.MarkRuleKey) bool {
			return !r.Matches(k.Protocol, k.Address)
		})
		slices.SortFunc(matching, func(a, b spec.MarkRuleKey) int { return cmp.Compare(a.First, b.First) })
		if len(matching) > 0 {
			l.warnf("LVS210", l.node.origins[k].place(""), "Listener behind a mark",
				"%s gets no packets: %s marks them, and the kernel looks for the mark first. Remove one of the two.", k, l.node.Desired.Objects[matching[0]].Name)
		}
	}
}

// matchName is a rule as its key writes it: "tcp 192.0.2.10:80".
func matchName(k spec.MarkRuleKey) string { return strings.TrimPrefix(k.String(), "mark_rule ") }
