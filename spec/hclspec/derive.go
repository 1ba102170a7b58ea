package hclspec

import (
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"github.com/lvsform/lvsform/spec"
)

// derive puts what a real server needs into the desired State: it follows from the services, as the nodes have them that
// they are on.
func (l *loader) derive(r *realServer) {
	if r.bad {
		return
	}
	d := derivation{loader: l, realServer: r, addresses: map[netip.Addr]bool{}}
	for _, ref := range r.services {
		var keys []string
		for _, other := range l.serving(ref.block) {
			for _, s := range other.services[ref.block] {
				keys = append(keys, s.key)
				if ref.names(s) && other != l.nowhere {
					d.service(s)
				}
			}
		}
		if !ref.all && !slices.Contains(keys, ref.key) {
			l.errorf("LVS013", origin{block: r.in.block}.place("services"), "Reference to a missing instance", "service.%s has no instance %q.%s",
				ref.block.Labels[0], ref.key, didYouMean(ref.key, keys))
		}
	}
	d.quiet()
}

// derivation is what one real_server block has led to so far.
type derivation struct {
	*loader
	*realServer
	addresses map[netip.Addr]bool
	// seen are the tunnels that were prepared.
	seen map[arrival]bool
}

// arrival is how packets reach a real server.
type arrival struct {
	tunnel       spec.Tunnel
	outer, inner spec.Family
}

// add puts a derived object, whose name lies below the block's.
func (d *derivation) add(k spec.Key, v spec.Value, part, name string, o spec.Object) {
	o.Name = d.in.addr + "." + part + "[" + strconv.Quote(name) + "]"
	d.put(k, v, o, origin{block: d.in.block}, true)
}

func (d *derivation) setting(name, value string, minimum bool) {
	d.add(spec.SysctlKey{Name: name}, spec.Sysctl{Value: value}, "sysctl", name, spec.Object{Minimum: minimum})
}

// service derives what one service on one node needs. Without servers it is the VIPs all the same: there will be some.
func (d *derivation) service(s *service) {
	if s.pool == nil {
		return // what is wrong was said
	}
	own := d.own(s.pool)
	reached := slices.DeleteFunc(slices.Clone(own), func(s *server) bool { return s.dest.Forward != spec.Direct && s.dest.Forward != spec.TunnelTo })
	if len(reached) == 0 && len(own) > 0 {
		d.errorf("LVS062", origin{block: d.in.block}.place("services"), "Real server that needs nothing",
			"%s reaches this server by %s, for which it needs no VIP: leave %s out of services.", s.addr, methodName(own[0].dest.Forward, own[0].fullNAT), s.addr)
		return
	}
	for _, in := range s.listeners {
		for _, server := range reached {
			if server.dest.Forward == spec.TunnelTo {
				d.tunnel(arrivalOf(in, server))
			}
		}
		d.hold(in, s)
	}
}

// own are the servers of a pool that are the node, or all of them if the node is not known to be one.
func (d *derivation) own(p *pool) (own []*server) {
	if !d.node.Address.IsValid() {
		return p.servers
	}
	if own = p.at(d.node.Address); len(own) == 0 {
		return p.servers
	}
	return own
}

func arrivalOf(in listener, s *server) arrival {
	a := arrival{tunnel: s.dest.Tunnel, inner: in.key.Family(), outer: spec.IPv4}
	if a.inner == spec.IPv4 && !s.v4.IsValid() || a.inner == spec.IPv6 && s.v6.IsValid() {
		a.outer = spec.IPv6
	}
	return a
}

// hold puts the addresses of a listener on the interface.
func (d *derivation) hold(in listener, s *service) {
	if in.key.IsMark() && len(in.rules) == 0 {
		d.errorf("LVS057", origin{block: d.in.block}.place("services"), "Addresses that are not known",
			"%s listens for mark %d, and what sets the mark is not declared: add match to it, so that the addresses are known.", s.addr, in.key.FWMark)
	}
	for _, addr := range in.addresses() {
		d.holdAddress(addr)
	}
}

func (d *derivation) holdAddress(a netip.Addr) {
	if d.addresses[a] || !unicast(a) {
		return
	}
	d.addresses[a] = true
	if d.holds[a] && d.arp != "none" {
		loud := d.held[slices.IndexFunc(d.held, func(h held) bool { return h.addr == a })]
		d.errorf("LVS050", origin{block: d.in.block}.place("on"), "VIP that is not kept quiet",
			"node.%s holds %s by %s, to answer ARP for it, and %s would have it keep quiet: place them on different nodes.", d.node.Name, a, loud.in.addr, d.in.addr)
		return
	}
	k := spec.AddressKey{Interface: d.name, Prefix: netip.PrefixFrom(a, a.BitLen())}
	side := spec.SideQuiet
	if d.arp == "none" {
		side = spec.SideServer
	}
	d.add(k, spec.VIP(k), "address", k.Prefix.String(), spec.Object{Side: side})
}

// quiet keeps the node from answering ARP for the addresses. IPv6 addresses of other interfaces are never answered for.
func (d *derivation) quiet() {
	four := slices.DeleteFunc(slices.Collect(maps.Keys(d.addresses)), netip.Addr.Is6)
	switch {
	case len(four) == 0:
	case d.arp == "sysctl":
		d.setting("net.ipv4.conf.all.arp_ignore", "1", true)
		d.setting("net.ipv4.conf.all.arp_announce", "2", true)
		d.contradictions()
	case d.arp == "filter" && !d.node.Address.Is4():
		d.errorf("LVS064", d.in.block.DefRange, "Filter without an address to ask from",
			"The node answers clients from %s, and what it asks by ARP for that must leave with another address: set address of node.%s to its IPv4 address on %s.",
			slices.MinFunc(four, netip.Addr.Compare), d.node.Name, d.receiving[0])
	case d.arp == "filter":
		for _, a := range four {
			for _, name := range d.receiving {
				d.add(spec.ARPFilterKey{Interface: name, Address: a}, spec.ARPFilter{Source: d.node.Address}, "arp_filter", name+"/"+a.String(), spec.Object{})
			}
		}
	}
}

// contradictions: the greater of an interface's setting and the one for all holds.
func (d *derivation) contradictions() {
	for k, v := range d.node.Desired.State.Sysctls {
		if rank, ok := k.Quietness(v); ok && rank < 0 && k.Base() == "arp_ignore" && k.Interface() != "" {
			d.clash("LVS054", d.node.origins[k].place("values"), "Setting that contradicts what depends on it",
				"%s is %s here, with which the interface answers for addresses of others, and %s is to be quiet: leave it out.", k, v.Value, d.in.addr)
		}
	}
}

// tunnel prepares what packets of a tunnel arrive at.
func (d *derivation) tunnel(a arrival) {
	if d.seen[a] {
		return
	}
	if d.seen == nil {
		d.seen = map[arrival]bool{}
	}
	d.seen[a] = true
	kind := a.kind()
	if kind == "" || a.tunnel.Type == spec.GRE && a.tunnel.Checksum != spec.ChecksumNone {
		d.errorf("LVS063", d.in.block.DefRange, "Tunnel that nothing receives",
			"No interface of a kernel takes %s: use another tunnel or address for this server, or set it up by other means.", a)
		return
	}
	from := origin{block: d.in.block}
	d.tunnelModules(kind, d.in.addr, from)
	link := tunnelLinks[kind]
	d.add(spec.LinkKey{Name: link}, spec.Link{Type: kind, Up: true}, "link", link, spec.Object{})
	if a.tunnel.Type == spec.GUE {
		d.tunnelModules("gue", d.in.addr, from)
		k := spec.GUEReceiver(a.tunnel.Port)
		if a.outer == spec.IPv6 {
			k = spec.GUEReceiver6(a.tunnel.Port)
		}
		d.add(k, spec.Link{Type: "gue", Up: true}, "link", k.Name, spec.Object{})
	}
	if a.inner == spec.IPv4 { // whose sources are not behind the tunnel
		d.setting("net.ipv4.conf."+link+".rp_filter", "0", false)
		d.setting("net.ipv4.conf.all.rp_filter", "0", false)
	}
}

// kind is the kind of interface that packets arrive at, "" if there is none: those that the kernel has for all tunnels
// take one family, in one other.
func (a arrival) kind() string {
	gre := a.tunnel.Type == spec.GRE
	switch {
	case a.outer == spec.IPv4 && gre:
		return "gre"
	case a.outer == spec.IPv6 && gre:
		return "ip6gre"
	case a.outer == spec.IPv4 && a.inner == spec.IPv4:
		return "ipip"
	case a.outer == spec.IPv4:
		return "sit"
	case a.inner == spec.IPv6:
		return "ip6tnl"
	}
	return ""
}

// String is "IPv4 in gre in IPv6".
func (a arrival) String() string {
	names := map[spec.Family]string{spec.IPv4: "IPv4", spec.IPv6: "IPv6"}
	with := ""
	if a.tunnel.Checksum != spec.ChecksumNone {
		with = " with checksums"
	}
	return names[a.inner] + " in " + a.tunnel.Type.String() + with + " in " + names[a.outer]
}

// tunnelModules puts the module that a link needs.
func (l *loader) tunnelModules(kind, addr string, from origin) {
	module := spec.TunnelModule(kind)
	l.put(spec.ModuleKey{Name: module}, spec.Module{}, spec.Object{Name: addr + ".module[" + strconv.Quote(module) + "]"}, from, true)
}

// quietLinks takes announcements back where nobody would hear them.
func (l *loader) quietLinks() {
	for _, h := range l.held {
		if o := l.node.Desired.Objects[h.at]; !h.explicit && l.isVirtual(h.at.Interface) && o.Announce != (spec.Announce{}) {
			o.Announce = spec.Announce{}
			l.node.Desired.Objects[h.at] = o
		}
	}
}
