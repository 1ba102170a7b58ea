package hclspec

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/lvsform/lvsform/spec"
)

// holding is an address that a node holds.
type holding struct {
	site *loader
	held
}

// answers looks for addresses that ARP would be answered for twice, and tells every node what the others hold.
func (l *loader) answers() {
	all := map[netip.Addr][]holding{}
	for _, s := range l.sites {
		for _, h := range s.held {
			all[h.addr] = append(all[h.addr], holding{s, h})
		}
	}
	for addr, holders := range all {
		for _, s := range l.sites {
			s.tell(addr, holders[0].site.node.Name)
		}
		for i, h := range holders {
			l.taken(h)
			before := slices.IndexFunc(holders[:i], func(o holding) bool { return (o.site != h.site || o.at != h.at) && !(o.anycast && h.anycast) })
			if before >= 0 {
				l.both(holders[before], h)
			}
		}
	}
}

// taken says that an address is a machine's own: another's, which would answer ARP for it, too, or that of the node, which would lose
// it with the VIP.
func (l *loader) taken(h holding) {
	at := origin{block: h.in.block}.place("addresses")
	switch owner := l.known[h.addr]; {
	case owner == nil:
	case owner == h.site:
		l.errorf("LVS066", at, "VIP that is a machine's own address",
			"%s is the address of node.%s itself, and would be taken away with %s: leave interface out, or write an address that no machine has of its own.",
			h.addr, owner.node.Name, h.in.addr)
	case !h.anycast:
		l.errorf("LVS049", at, "Address that several nodes answer for",
			"%s is the address of node.%s itself, and %s puts it on node.%s: both would answer ARP for it. A VIP is an address that no machine has of its own.",
			h.addr, owner.node.Name, h.in.addr, h.site.node.Name)
	}
}

// both says that two answer for one address: two nodes, or two interfaces of one.
func (l *loader) both(a, b holding) {
	at := origin{block: b.in.block}.place("interface")
	if a.site == b.site {
		l.warnf("LVS214", at, "VIP on two interfaces", "%s is on %s (%s) and on %s (%s) of one node, which answers ARP for it on both: leave one of them out.",
			a.addr, a.name, a.in.addr, b.name, b.in.addr)
		return
	}
	l.errorf("LVS049", at, "Address that several nodes answer for",
		"%s is on node.%s (%s) and on node.%s (%s): both would answer ARP for it. Place it on one node, set anycast = true where it is routed to, or leave interface out where VRRP moves it.",
		a.addr, a.site.node.Name, a.in.addr, b.site.node.Name, b.in.addr)
}

// tell makes an address known as one that another node holds, unless the node holds it too.
func (l *loader) tell(addr netip.Addr, other string) {
	if l.holds[addr] {
		return
	}
	if l.node.Desired.Elsewhere == nil {
		l.node.Desired.Elsewhere = map[netip.Addr]string{}
	}
	l.node.Desired.Elsewhere[addr] = other
}

// unplaced evaluates what no node has: what is wrong with it is said all the same.
func (l *loader) unplaced() {
	last := l.nowhere
	if last == nil {
		last = l.sites[0]
	} else {
		last.serve()
		last.table()
		last.rest()
		last.node.Desired.State.SyncDaemons = nil // they do not run beside anything
		last.judge()
	}
	for _, block := range l.blocks["pool"] {
		if !l.anywhere(func(s *loader) bool { return s.poolsOf[block] != nil }) {
			last.fillPool(last.declared(block))
		}
	}
}

// anywhere says that it holds for one of the loaders.
func (l *loader) anywhere(is func(*loader) bool) bool {
	return slices.ContainsFunc(slices.Concat(l.sites, []*loader{l.nowhere}), func(s *loader) bool { return s != nil && is(s) })
}

// acrossNodes are the rules for several nodes, and what is allowed and still doubtful.
func (l *loader) acrossNodes(asked []*loader) {
	for _, s := range asked {
		s.loud()
	}
	if l.anywhere(func(s *loader) bool { return s.diags.HasErrors() }) || l.diags.HasErrors() {
		return
	}
	for _, s := range asked {
		s.doubts()
		s.forgotten()
	}
	if len(asked) == len(l.sites) {
		l.unusedPools()
		l.unjudged()
	}
}

// loud looks for VIPs that the node holds and other nodes direct: it would take the connections away from them.
func (l *loader) loud() {
	for _, h := range l.held {
		if l.directs(h.addr) {
			continue
		}
		for _, s := range l.sites {
			if s.directs(h.addr) {
				l.errorf("LVS050", origin{block: h.in.block}.place("interface"), "VIP that is not kept quiet",
					"A service of node.%s listens on %s, and node.%s, which has none that does, would answer ARP for it: on real servers the VIPs of a service come from a real_server block, which keeps them quiet.",
					s.node.Name, h.addr, l.node.Name)
				break
			}
		}
	}
}

// directs says that a service of the node listens on the address.
func (l *loader) directs(addr netip.Addr) bool {
	l.serve()
	return l.listens[addr]
}

// forgotten warns of servers that are nodes and do not hold the VIPs: the classic mistake of direct routing. It is said once
// for each place, and of each server once.
func (l *loader) forgotten() {
	told, places := map[*hcl.Block]bool{}, map[hcl.Range][]string{}
	for _, block := range l.blocks["service"] {
		for _, s := range l.services[block] {
			clear(places)
			if s.pool != nil {
				l.withoutVIP(s, told, places)
			}
			for at, nodes := range places {
				l.warnf("LVS209", at, "Server without the VIP",
					"%s has servers that are nodes, and no real_server block there names it: %s. Add one, or they drop what they are sent, unless the VIPs are there by other means.",
					s.addr, some(nodes))
			}
		}
	}
}

// withoutVIP finds the nodes by the places of the servers that they are.
func (l *loader) withoutVIP(s *service, told map[*hcl.Block]bool, places map[hcl.Range][]string) {
	for _, server := range s.pool.servers {
		f := server.dest.Forward
		if told[server.block] || f != spec.Direct && f != spec.TunnelTo {
			continue
		}
		there := l.known[server.v4]
		if there == nil {
			there = l.known[server.v6]
		}
		if there == nil || there == l || there.holdsAll(s) || slices.ContainsFunc(there.realServers(), func(r *realServer) bool { return r.covers(s) }) {
			continue
		}
		told[server.block] = true
		places[server.block.DefRange] = append(places[server.block.DefRange], "node."+there.node.Name)
	}
}

// holdsAll says that vips put the addresses of a service on the node, as far as they are known.
func (l *loader) holdsAll(s *service) bool {
	return !slices.ContainsFunc(s.listeners, func(in listener) bool {
		addresses := in.addresses()
		return len(addresses) == 0 || slices.ContainsFunc(addresses, func(a netip.Addr) bool { return !l.holds[a] })
	})
}

// unusedPools warns of pools that no service uses on any node.
func (l *loader) unusedPools() {
	for _, block := range l.blocks["pool"] {
		unused := map[string]bool{}
		for _, s := range slices.Concat(l.sites, []*loader{l.nowhere}) {
			if s == nil {
				continue
			}
			for _, p := range s.poolsOf[block] {
				if !l.used[p.addr] {
					unused[p.addr] = true
				}
			}
		}
		if len(unused) > 0 {
			names := some(slices.Collect(maps.Keys(unused)))
			l.warnf("LVS201", block.DefRange, "Unused pool", "No service uses %s: it has no effect.", names)
		}
	}
}
