package drivertest

import (
	"math/rand/v2"
	"net/netip"
	"strings"

	"github.com/lvsform/lvsform/spec"
)

// RandomNode is a node as configurations make them: a RandomState, and around it interfaces, settings, addresses and rules, some of them
// those of a director, some those of a real server (see AddressSide). It agrees with itself as a kernel does (see CloseNode).
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

// AddressSide is what an address of a RandomNode is for.
func AddressSide(k spec.AddressKey) spec.Side {
	switch {
	case k.Interface == "lo" || k.Interface == "tunl0":
		return spec.SideQuiet
	case k.Interface == "any.cast1":
		return spec.SideServer
	case strings.HasPrefix(k.Prefix.String(), "10.") || strings.HasPrefix(k.Prefix.String(), "2001:db8:5:"): // its own
		return ""
	}
	return spec.SideDirector
}

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

// sixAll are settings that go to every interface by IPv6.
var sixAll = []string{"forwarding", "disable_ipv6"}

func nodeSettings(r *rand.Rand, s *spec.State) {
	putSysctl(s, "net.ipv4.ip_forward", pick(r, "0", "1"))
	for _, name := range sixAll {
		putSysctl(s, "net.ipv6.conf.all."+name, pick(r, "0", "1"))
	}
	putSysctl(s, "net.ipv4.conf.all.accept_redirects", pick(r, "0", "1"))
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
			for _, setting := range sixAll {
				set("ipv6", setting, s.Sysctls[spec.ConfSysctl("ipv6", "all", setting)].Value, "0", "1", "2")
			}
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
			k := spec.AddressKey{Interface: pick(r, "lo", "lo", "tunl0", "any.cast1"), Prefix: netip.PrefixFrom(a, a.BitLen())}
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
