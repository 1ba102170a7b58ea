package drivertest

import (
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"

	"github.com/lvsform/lvsform/spec"
)

// RandomNode is a node as configurations make them: a RandomState, and around it interfaces, settings, addresses and rules, some of them
// those of a director, some those of a real server (see QuietAddress). It agrees with itself as a kernel does (see CloseNode).
func RandomNode(r *rand.Rand) spec.State {
	s := RandomState(r)
	nodeLinks(r, &s)
	nodeSettings(r, &s)
	nodeMarks(r, &s)
	nodeVIPs(r, &s)
	nodeRealServer(r, &s)
	nodeMasquerade(r, &s)
	for _, a := range addresses("192.0.2.53", "2001:db8::53") {
		if r.IntN(3) == 0 {
			s.Set(spec.NeighbourKey{Interface: pick(r, "eth0", "eth1"), Address: a}, spec.Neighbour{MAC: pick(r, "02:00:5e:00:53:01", "02:00:5e:00:53:02")})
		}
	}
	CloseNode(&s)
	return s
}

// QuietAddress says that an address of a RandomNode is that of a real server.
func QuietAddress(k spec.AddressKey) bool { return k.Interface == "lo" || k.Interface == "tunl0" }

func nodeLinks(r *rand.Rand, s *spec.State) {
	s.Set(spec.LinkKey{Name: "lo"}, spec.Link{Type: "loopback", Up: true})
	s.Set(spec.LinkKey{Name: "eth0"}, spec.Link{Type: "device", Up: true})
	s.Set(spec.LinkKey{Name: "eth1"}, spec.Link{Type: "device", Up: r.IntN(2) == 0})
	for _, name := range []string{"dummy0", "any.cast1"} {
		if r.IntN(3) == 0 {
			s.Set(spec.LinkKey{Name: name}, spec.Link{Type: "dummy", Up: r.IntN(2) == 0})
		}
	}
	for _, name := range []string{"ipip", "ip_gre", "ip6_tunnel", "fou", "ip_vs_ftp"} {
		if r.IntN(5) > 0 {
			continue
		}
		m := spec.ModuleKey{Name: name}
		s.Set(m, spec.Module{})
		for _, l := range m.Tunnels() {
			s.Set(l, spec.Link{Type: tunnelTypes[l.Name], Up: r.IntN(2) == 0 && l.Name != "gretap0" && l.Name != "erspan0"})
		}
	}
	if s.Get(spec.ModuleKey{Name: "fou"}) != nil && r.IntN(2) == 0 {
		s.Set(spec.GUEReceiver(pick[uint16](r, 6080, 6081)), spec.Link{Type: "gue", Up: true})
	}
}

var tunnelTypes = map[string]string{"tunl0": "ipip", "gre0": "gre", "gretap0": "gretap", "erspan0": "erspan", "ip6tnl0": "ip6tnl"}

func putSysctl(s *spec.State, name, value string) {
	s.Set(spec.SysctlKey{Name: name}, spec.Sysctl{Value: value})
}

func nodeSettings(r *rand.Rand, s *spec.State) {
	putSysctl(s, "net.ipv4.ip_forward", pick(r, "0", "1"))
	putSysctl(s, "net.ipv6.conf.all.forwarding", pick(r, "0", "1"))
	for _, name := range []string{"conntrack", "expire_nodest_conn", "expire_quiescent_template", "drop_entry"} {
		putSysctl(s, "net.ipv4.vs."+name, pick(r, "0", "1"))
	}
	putSysctl(s, "net.ipv4.vs.sync_threshold", pick(r, "3 50", "0 0"))
	names := []string{"all", "default"}
	for _, k := range s.Keys() {
		if l, ok := k.(spec.LinkKey); ok && s.Links[l].Type != "gue" {
			names = append(names, l.Name)
		}
	}
	for _, name := range names {
		forward := s.Sysctls[spec.SysctlKey{Name: "net.ipv4.ip_forward"}].Value
		set := func(family, setting string, usual string, others ...string) {
			if r.IntN(3) == 0 {
				usual = pick(r, others...)
			}
			s.Set(spec.ConfSysctl(family, name, setting), spec.Sysctl{Value: usual})
		}
		set("ipv4", "arp_ignore", "0", "1", "2", "3", "8")
		set("ipv4", "arp_announce", "0", "1", "2", "3")
		set("ipv4", "rp_filter", "0", "1", "2")
		set("ipv4", "forwarding", forward, "0", "1")
		if name != "all" {
			set("ipv6", "forwarding", s.Sysctls[spec.SysctlKey{Name: "net.ipv6.conf.all.forwarding"}].Value, "0", "1", "2")
		}
	}
}

// nodeMarks adds services that are found by mark, and the rules that give it.
func nodeMarks(r *rand.Rand, s *spec.State) {
	if r.IntN(2) == 0 {
		k := spec.Mark(pick[uint32](r, 1, 2), pick(r, spec.IPv4, spec.IPv4, spec.IPv6))
		v := validService(r, k)
		v.OnePacket = false
		s.Set(k, v)
		for range r.IntN(4) {
			d, w := validDestination(r, k, v, false)
			s.Set(d, w)
		}
	}
	for _, k := range s.Keys() {
		mark, ok := k.(spec.ServiceKey)
		if !ok || !mark.IsMark() {
			continue
		}
		vip := pick(r, addresses("192.0.2.10", "192.0.2.10", "192.0.2.11")...)
		if mark.MarkFamily == spec.IPv6 {
			vip = netip.MustParseAddr("2001:db8::10")
		}
		for _, ports := range pick(r, [][2]uint16{{80, 80}}, [][2]uint16{{80, 80}, {443, 443}}, [][2]uint16{{80, 443}}, [][2]uint16{{0, 0}}, nil) {
			s.Set(spec.MarkRuleKey{Protocol: pick(r, spec.TCP, spec.TCP, spec.UDP), Address: vip, First: ports[0], Last: ports[1]}, spec.MarkRule{Mark: mark.FWMark})
		}
	}
}

// nodeVIPs gives the director addresses: of services, of marks, and others.
func nodeVIPs(r *rand.Rand, s *spec.State) {
	on := addresses("192.0.2.10", "192.0.2.11", "2001:db8::10")
	for range r.IntN(5) {
		a := pick(r, on...)
		k := spec.AddressKey{Interface: pick(r, "eth0", "eth0", "eth1", "dummy0"), Prefix: netip.PrefixFrom(a, pick(r, a.BitLen(), a.BitLen(), a.BitLen()-8))}
		v := spec.VIP(k)
		v.Deprecated = v.Deprecated != (r.IntN(4) == 0)
		s.Set(k, v)
	}
	for _, p := range []string{"10.0.5.2/24", "10.1.0.2/24", "2001:db8:5::2/64"} {
		if r.IntN(2) == 0 {
			k := spec.AddressKey{Interface: pick(r, "eth0", "eth1"), Prefix: netip.MustParsePrefix(p)}
			s.Set(k, spec.Address{Label: spec.VIP(k).Label, Scope: "global"})
		}
	}
}

// nodeRealServer holds addresses that must not be heard of, and in most cases sees to that in one of the ways there are.
func nodeRealServer(r *rand.Rand, s *spec.State) {
	var vips []netip.Addr
	for _, a := range addresses("198.51.100.1", "198.51.100.2", "192.0.2.10", "2001:db8:9::1") {
		if r.IntN(3) == 0 {
			k := spec.AddressKey{Interface: pick(r, "lo", "lo", "tunl0"), Prefix: netip.PrefixFrom(a, a.BitLen())}
			s.Set(k, spec.VIP(k))
			vips = append(vips, a)
		}
	}
	mute := func(names ...string) {
		for _, name := range names {
			s.Set(spec.ConfSysctl("ipv4", name, "arp_ignore"), spec.Sysctl{Value: pick(r, "1", "1", "2", "8")})
			s.Set(spec.ConfSysctl("ipv4", name, "arp_announce"), spec.Sysctl{Value: "2"})
		}
	}
	switch r.IntN(5) {
	case 0, 1:
		mute("all")
	case 2:
		mute("eth0", "eth1")
	case 3:
		for _, a := range vips {
			for _, name := range []string{"eth0", "eth1"} {
				if a.Is4() {
					s.Set(spec.ARPFilterKey{Interface: name, Address: a}, spec.ARPFilter{Source: pick(r, netip.Addr{}, netip.MustParseAddr("10.0.0.11"))})
				}
			}
		}
	}
}

func nodeMasquerade(r *rand.Rand, s *spec.State) {
	for _, k := range s.Keys() {
		if d, ok := k.(spec.DestinationKey); ok && s.Destinations[d].Forward == spec.Masquerade && r.IntN(2) == 0 {
			source := pick(r, netip.Addr{}, netip.MustParseAddr("10.0.5.2"))
			if d.Address.Addr().Is6() {
				source = netip.Addr{}
			}
			s.Set(spec.MasqueradeRuleKey{Destination: d}, spec.MasqueradeRule{Source: source})
			putSysctl(s, "net.ipv4.vs.conntrack", "1")
		}
	}
}

// CloseNode makes a state agree with itself: what a link carries needs the link, and it has its settings; a tunnel needs its module; a mark
// rule needs its service, a masquerade rule its destination; what the kernel keeps the same is the same.
func CloseNode(s *spec.State) {
	for name, tunnelType := range tunnelTypes {
		module, l := spec.ModuleKey{Name: spec.TunnelModule(tunnelType)}, spec.LinkKey{Name: name}
		if _, loaded := s.Modules[module]; !loaded {
			s.Set(l, nil)
		} else if s.Get(l) == nil {
			s.Set(l, spec.Link{Type: tunnelType})
		}
	}
	if _, loaded := s.Modules[spec.ModuleKey{Name: "fou"}]; !loaded {
		maps.DeleteFunc(s.Links, func(_ spec.LinkKey, l spec.Link) bool { return l.Type == "gue" })
	}
	there := func(name string) bool { return s.Get(spec.LinkKey{Name: name}) != nil }
	maps.DeleteFunc(s.Addresses, func(k spec.AddressKey, _ spec.Address) bool { return !there(k.Interface) })
	maps.DeleteFunc(s.Neighbours, func(k spec.NeighbourKey, _ spec.Neighbour) bool { return !there(k.Interface) })
	maps.DeleteFunc(s.Sysctls, func(k spec.SysctlKey, _ spec.Sysctl) bool { return k.Interface() != "" && !there(k.Interface()) })
	maps.DeleteFunc(s.MarkRules, func(k spec.MarkRuleKey, v spec.MarkRule) bool {
		return s.Get(spec.Mark(v.Mark, spec.FamilyOf(k.Address))) == nil
	})
	maps.DeleteFunc(s.Masquerade, func(k spec.MasqueradeRuleKey, _ spec.MasqueradeRule) bool {
		return s.Destinations[k.Destination].Forward != spec.Masquerade
	})
	closeAddresses(s)
	closeSettings(s)
}

// closeAddresses: an interface has an IPv6 address once.
func closeAddresses(s *spec.State) {
	for _, k := range s.Keys() {
		a, ok := k.(spec.AddressKey)
		if !ok || a.Prefix.Addr().Is4() {
			continue
		}
		for bits := a.Prefix.Bits() + 1; bits <= 128; bits++ {
			s.Set(spec.AddressKey{Interface: a.Interface, Prefix: netip.PrefixFrom(a.Prefix.Addr(), bits)}, nil)
		}
	}
}

func closeSettings(s *spec.State) {
	defaults := map[spec.SysctlKey]spec.Sysctl{}
	for k, l := range s.Links {
		if l.Type == "gue" {
			continue
		}
		for _, name := range []string{"arp_ignore", "arp_announce", "rp_filter", "forwarding"} {
			for _, family := range []string{"ipv4", "ipv6"} {
				c := spec.ConfSysctl(family, k.Name, name)
				d, _ := c.Default()
				if v, ok := s.Sysctls[d]; ok && s.Get(c) == nil {
					defaults[c] = v
				}
			}
		}
	}
	for k, v := range defaults {
		s.Set(k, v)
	}
	for k, l := range s.Links { // of these, IPv6 knows when they are up
		if l.Type == "ipip" || l.Type == "gre" {
			s.Set(spec.ConfSysctl("ipv6", k.Name, "forwarding"), nil)
		}
	}
	if v, ok := s.Sysctls[spec.SysctlKey{Name: "net.ipv4.ip_forward"}]; ok {
		s.Set(spec.ConfSysctl("ipv4", "all", "forwarding"), v)
	}
}

// OddNode is a node that a kernel may be in, and nobody would ask for: what is left of many random operations.
func OddNode(r *rand.Rand) spec.State {
	host := RandomNode(r).Host()
	host.Set(spec.TimeoutsKey{}, spec.Timeouts{TCP: 900, TCPFin: 120, UDP: 300})
	n := spec.NewNode(oddKernel(), host)
	for range r.IntN(40) {
		k := oddHostKey(r, n.State())
		before, after := n.State().Get(k), oddHostValue(r, k)
		if before != nil && r.IntN(3) == 0 {
			after = nil
		}
		_ = n.Do(k, before, after)
	}
	for range r.IntN(40) {
		c := RandomChange(r, n.State())
		_ = n.Do(c.Key, c.Before, c.After)
	}
	return n.State()
}

func oddHostKey(r *rand.Rand, present spec.State) spec.Key {
	iface := pick(r, "lo", "eth0", "eth1", "dummy0", "tunl0", "bogus")
	if all := present.Host().Keys(); r.IntN(3) == 0 {
		i := slices.IndexFunc(all, func(k spec.Key) bool { return k == spec.Key(spec.LinkKey{Name: "lo"}) })
		if k := pick(r, all...); k != all[i] && k != spec.Key(spec.LinkKey{Name: "eth0"}) {
			return k
		}
	}
	a := pick(r, addresses("192.0.2.10", "198.51.100.1", "10.2.0.1", "2001:db8::10", "fd00::7", "127.0.0.1", "224.0.0.1", "0.0.0.0")...)
	switch r.IntN(8) {
	case 0:
		return spec.ModuleKey{Name: pick(r, "ipip", "ip_gre", "bogus")}
	case 1:
		return spec.LinkKey{Name: pick(r, "eth1", "dummy0", "dummy9", "gue:7000", "sixteen--letters")}
	case 2:
		return spec.ConfSysctl(pick(r, "ipv4", "ipv6"), pick(r, "all", "default", iface), pick(r, "arp_ignore", "arp_announce", "rp_filter", "forwarding"))
	case 3:
		return spec.NeighbourKey{Interface: iface, Address: a}
	case 4:
		return spec.ARPFilterKey{Interface: iface, Address: a}
	case 5:
		return spec.MarkRuleKey{Protocol: pick(r, spec.TCP, spec.UDP, spec.SCTP), Address: a, First: pick[uint16](r, 0, 80), Last: pick[uint16](r, 80, 90)}
	case 6:
		return spec.MasqueradeRuleKey{Destination: oddDestinationKey(r, oddServiceKey(r))}
	}
	return spec.AddressKey{Interface: iface, Prefix: netip.PrefixFrom(a, pick(r, a.BitLen(), a.BitLen()-1, 24))}
}

func oddHostValue(r *rand.Rand, k spec.Key) spec.Value {
	switch k.Kind() {
	case spec.KindModule:
		return spec.Module{}
	case spec.KindLink:
		return spec.Link{Type: pick(r, "dummy", "gue", "device", "ipip"), Up: r.IntN(2) == 0}
	case spec.KindSysctl:
		return spec.Sysctl{Value: pick(r, "0", "1", "2", "3", strconv.Itoa(r.IntN(12)-2), "word")}
	case spec.KindNeighbour:
		return spec.Neighbour{MAC: pick(r, "02:00:5e:00:53:01", "ff:ff:ff:ff:ff:ff", "")}
	case spec.KindARPFilter:
		return spec.ARPFilter{Source: pick(r, netip.Addr{}, netip.MustParseAddr("10.0.0.1"))}
	case spec.KindMarkRule:
		return spec.MarkRule{Mark: pick[uint32](r, 0, 1, 2, 0xffffffff)}
	case spec.KindMasqueradeRule:
		return spec.MasqueradeRule{Source: pick(r, netip.Addr{}, netip.MustParseAddr("10.0.0.1"))}
	}
	return spec.Address{
		Label: pick(r, "", "eth0", "eth0:web"), Scope: "global", NoPrefixRoute: r.IntN(2) == 0,
		NoDAD: r.IntN(2) == 0, Deprecated: r.IntN(2) == 0, Dynamic: r.IntN(4) == 0, Origin: pick[uint8](r, 0, 2, spec.OriginLVSForm),
	}
}
